"""Thumbnails: JPEGs in one database, by what tells a file and by size. Disposable."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from .index_file import IndexFile
from .media_writing import Stamp

_VERSION = 1
#: bytes beyond which the oldest quarter is dropped at the start
_MOST_BYTES = 3 * 10**9
_CHUNK = 500


def _create(connection: sqlite3.Connection) -> None:
    # The rowid rises with age, so that the oldest go first. An empty picture says that none can be made.
    connection.execute(
        "CREATE TABLE thumbnails (made INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, jpeg BLOB NOT NULL)"
    )


def key_of(stamp: Stamp, size: int) -> int:
    """Of a file as it is now and a number for the size; a signed number of 64 bits."""
    text = f"{stamp.size}.{stamp.mtime_ns}.{stamp.inode}.{size}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


class ThumbnailStore:
    def __init__(self, path: Path) -> None:
        # pictures are kept by who shows them: pages of theirs need not be
        self._file = IndexFile(path, _create, _VERSION, cache=2_000)

    async def open(self) -> None:
        await self._file.open()
        await self._file.write(_drop_oldest)

    async def close(self) -> None:
        await self._file.close()

    async def get(self, keys: Iterable[int]) -> dict[int, bytes]:
        """Those that are there; empty bytes for files of which none can be made."""
        wanted = list(keys)

        def work(c: sqlite3.Connection) -> dict[int, bytes]:
            found: dict[int, bytes] = {}
            for at in range(0, len(wanted), _CHUNK):
                part = wanted[at : at + _CHUNK]
                marks = ",".join("?" * len(part))
                found.update(c.execute(f"SELECT key, jpeg FROM thumbnails WHERE key IN ({marks})", part))
            return found

        return await self._file.read(work)

    async def put(self, made: Mapping[int, bytes]) -> None:
        rows = list(made.items())
        query = "INSERT OR REPLACE INTO thumbnails (key, jpeg) VALUES (?, ?)"
        await self._file.write(lambda c: c.executemany(query, rows))


def _drop_oldest(c: sqlite3.Connection) -> None:
    pages, page, free = (
        c.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size", "freelist_count")
    )
    if (pages - free) * page > _MOST_BYTES:
        first, last = c.execute("SELECT min(made), max(made) FROM thumbnails").fetchone()
        c.execute("DELETE FROM thumbnails WHERE made < ?", (first + (last - first) // 4,))
