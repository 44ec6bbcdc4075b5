"""Favourites: which contents the user has marked. Kept apart from the index, which is disposable."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .database import Database

_BLOCK = 1 << 20


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE favorites (hash BLOB PRIMARY KEY, size INTEGER NOT NULL, marked REAL NOT NULL) WITHOUT ROWID"
    )


def content_hash(path: Path) -> bytes:
    """Of all bytes of a file. Raises OSError."""
    found = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.digest()


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks as they are at one time: a scan asks for each file."""

    by_size: Mapping[int, frozenset[bytes]] = field(default_factory=dict)

    def holds(self, path: Path, size: int) -> bool:
        """Blocking: reads the whole file if a favourite has its size. Raises OSError."""
        marked = self.by_size.get(size)
        return marked is not None and content_hash(path) in marked


class FavoriteStore:
    def __init__(self, path: Path) -> None:
        self._database = Database(path, (_create,), synchronous="FULL", backup=True)
        self.marks = Marks()

    async def open(self) -> None:
        await self._database.open()
        await self._load()

    async def close(self) -> None:
        await self._database.close()

    async def mark(self, contents: Mapping[bytes, int]) -> None:
        """`contents` maps hashes to sizes in bytes."""
        rows = [(digest, size, time.time()) for digest, size in contents.items()]
        await self._database.run(lambda c: c.executemany("INSERT OR IGNORE INTO favorites VALUES (?, ?, ?)", rows))
        await self._load()

    async def unmark(self, contents: Iterable[bytes]) -> None:
        rows = [(digest,) for digest in contents]
        await self._database.run(lambda c: c.executemany("DELETE FROM favorites WHERE hash = ?", rows))
        await self._load()

    async def _load(self) -> None:
        rows = await self._database.run(lambda c: c.execute("SELECT size, hash FROM favorites").fetchall())
        found: dict[int, set[bytes]] = {}
        for size, digest in rows:
            found.setdefault(size, set()).add(digest)
        self.marks = Marks({size: frozenset(digests) for size, digests in found.items()})
