"""Which pictures of the index are the first frame of a video: what videos claim, set against the pictures there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import media_query as sql
from .index_file import IndexFile

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that may be about a picture; `folder` is the video's."""

    rule: str
    file: str
    digest: str | None
    folder: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture, what is said about it, and what is held of it so far. `digest` is None until it was needed."""

    id: int
    folder: str
    file: str
    digest: str | None
    is_start: bool
    claims: tuple[Claimed, ...]
    #: pictures of that name in the whole index
    namesakes: int

    @property
    def path(self) -> str:
        return sql.join(self.folder, self.file)


_PICTURES = (
    "SELECT i.id, f.path, i.file, i.digest, i.is_start, i.size FROM items i JOIN folders f ON f.id = i.folder"
    " WHERE i.kind = 'image' AND i.file IN (%s)"
    " AND (i.is_start OR EXISTS (SELECT 1 FROM claims WHERE claims.file = i.file)"
    " OR EXISTS (SELECT 1 FROM claims WHERE claims.size = i.size))"
)
_SIZED = (
    "SELECT i.id, f.path, i.file, i.digest, i.is_start, i.size FROM items i INDEXED BY items_size"
    " JOIN folders f ON f.id = i.folder WHERE i.kind = 'image' AND i.size IN (%s)"
)
_ALIKE = (
    "SELECT i.id, f.path, i.file, i.digest, i.is_start, i.size FROM items i JOIN folders f ON f.id = i.folder"
    " WHERE i.kind = 'image' AND i.digest IN (SELECT digest FROM claims WHERE file IN (%s))"
)
_CLAIMS = (
    "SELECT c.rule, c.file, c.digest, f.path FROM claims c JOIN items i ON i.moment = c.moment"
    " JOIN folders f ON f.id = i.folder WHERE c.file = ? OR (c.digest IS NOT NULL AND c.digest = ?)"
    " OR (c.size IS NOT NULL AND c.size = ?)"
)
_NAMESAKES = "SELECT count(*) FROM items WHERE kind = 'image' AND file = ?"


class StartStore:
    def __init__(self, file: IndexFile) -> None:
        self._file = file

    async def candidates(self, files: Iterable[bytes], sizes: Iterable[int]) -> list[Candidate]:
        """Pictures that bear one of these names or sizes, or whose content is claimed under one of the names."""
        asked = [(_PICTURES, part) for part in _parts(files)]
        asked += [(_ALIKE, part) for _, part in tuple(asked)]
        asked += [(_SIZED, part) for part in _parts(sizes)]

        def work(c: sqlite3.Connection) -> list[Candidate]:
            rows: dict[int, tuple[Any, ...]] = {}
            for query, values in asked:
                rows |= {row[0]: row for row in c.execute(query % ",".join("?" * len(values)), values)}
            return _candidates(c, rows.values())

        return await self._file.read(work)

    async def settle(self, standing: Mapping[int, bool], digests: Mapping[int, str]) -> None:
        """Writes down which pictures are start pictures, and the digests that were made to find out."""

        def work(c: sqlite3.Connection) -> None:
            c.executemany("UPDATE items SET digest = ? WHERE id = ?", [(d, item_id) for item_id, d in digests.items()])
            rows = [(int(start), item_id) for item_id, start in standing.items()]
            c.executemany("UPDATE items SET is_start = ? WHERE id = ?", rows)

        if standing or digests:
            await self._file.write(work)


def _parts(values: Iterable[Any]) -> list[list[Any]]:
    """No more than one statement takes."""
    every = list(values)
    return [every[at : at + _CHUNK] for at in range(0, len(every), _CHUNK)]


def _candidates(c: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> list[Candidate]:
    found = []
    for item_id, folder, file, digest, start, size in rows:
        claims = tuple(
            Claimed(rule, sql.to_text(name), wanted, sql.to_text(place))
            for rule, name, wanted, place in c.execute(_CLAIMS, (file, digest, size))
        )
        if claims or start:
            place, name = sql.to_text(folder), sql.to_text(file)
            namesakes = c.execute(_NAMESAKES, (file,)).fetchone()[0]
            found.append(Candidate(item_id, place, name, digest, bool(start), claims, namesakes))
    return found
