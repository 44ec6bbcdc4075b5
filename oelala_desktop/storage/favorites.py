"""Favourites: which contents the user has marked. Kept apart from the index, which is disposable."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .database import Database
from .salvage import Record

_BLOCK = 1 << 20
_DIGEST = 16  # bytes


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS favorites"
        " (hash BLOB PRIMARY KEY, size INTEGER NOT NULL, marked REAL NOT NULL) WITHOUT ROWID"
    )


class _Keeper:
    others: Sequence[str] = ()

    def is_whole(self, connection: sqlite3.Connection) -> bool:
        return not any(not _is_mark(row) for row in connection.execute(_ALL))

    def take(self, connection: sqlite3.Connection, found: Iterable[Record], *, behind: bool) -> int:
        marks = {record[0]: record for record in found if _is_mark(record)}
        connection.executemany(_PUT, marks.values())
        return len(marks)

    def settle(self, connection: sqlite3.Connection, spare: Iterable[Record]) -> int:
        bad = [row for row in connection.execute(_ALL) if not _is_mark(row)]
        connection.executemany("DELETE FROM favorites WHERE hash = ?", [row[:1] for row in bad])
        self.take(connection, spare, behind=True)
        return len(bad)


_ALL = "SELECT hash, size, marked FROM favorites"
_PUT = "INSERT OR IGNORE INTO favorites (hash, size, marked) VALUES (?, ?, ?)"


def _is_mark(row: Sequence[object]) -> bool:
    if len(row) != 3 or not isinstance(row[0], bytes) or len(row[0]) != _DIGEST:
        return False
    return isinstance(row[1], int) and row[1] >= 0 and isinstance(row[2], int | float)


def content_hash(path: Path) -> bytes:
    """Of all bytes of a file. Raises OSError."""
    found = hashlib.blake2b(digest_size=_DIGEST)
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
        self._database = Database(path, (_create,), _Keeper())
        self.marks = Marks()

    async def open(self) -> None:
        await self._database.open()
        await self._load()

    def take_news(self) -> list[str]:
        """Sentences on what had to be mended since this was last asked."""
        return self._database.take_news()

    async def close(self) -> None:
        await self._database.close()

    async def mark(self, contents: Mapping[bytes, int]) -> None:
        """`contents` maps hashes to sizes in bytes."""
        rows = [(digest, size, time.time()) for digest, size in contents.items()]
        await self._database.run(lambda c: c.executemany(_PUT, rows))
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
