"""Which pictures of the index are the first frame of a video: what videos claim, set against the pictures there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    "SELECT i.id, f.path, i.file, i.digest, i.is_start FROM items i JOIN folders f ON f.id = i.folder"
    " WHERE i.kind = 'image' AND i.file IN (%s)"
    " AND (i.is_start OR EXISTS (SELECT 1 FROM claims WHERE claims.file = i.file))"
)
_ALIKE = (
    "SELECT i.id, f.path, i.file, i.digest, i.is_start FROM items i JOIN folders f ON f.id = i.folder"
    " WHERE i.kind = 'image' AND i.digest IN (SELECT digest FROM claims WHERE file IN (%s))"
)
_CLAIMS = (
    "SELECT c.rule, c.file, c.digest, f.path FROM claims c JOIN items i ON i.moment = c.moment"
    " JOIN folders f ON f.id = i.folder WHERE c.file = ? OR (c.digest IS NOT NULL AND c.digest = ?)"
)
_NAMESAKES = "SELECT count(*) FROM items WHERE kind = 'image' AND file = ?"


class StartStore:
    def __init__(self, file: IndexFile) -> None:
        self._file = file

    async def candidates(self, files: Iterable[bytes]) -> list[Candidate]:
        """Pictures that bear one of these names, or whose content is claimed under one of them."""
        names = list(files)
        found: list[Candidate] = []
        for at in range(0, len(names), _CHUNK):
            part = names[at : at + _CHUNK]
            found += await self._file.read(lambda c, part=part: _candidates(c, part))  # type: ignore[misc]
        return found

    async def settle(self, standing: Mapping[int, bool], digests: Mapping[int, str]) -> None:
        """Writes down which pictures are start pictures, and the digests that were made to find out."""

        def work(c: sqlite3.Connection) -> None:
            c.executemany("UPDATE items SET digest = ? WHERE id = ?", [(d, item_id) for item_id, d in digests.items()])
            rows = [(int(start), item_id) for item_id, start in standing.items()]
            c.executemany("UPDATE items SET is_start = ? WHERE id = ?", rows)

        if standing or digests:
            await self._file.write(work)


def _candidates(c: sqlite3.Connection, names: list[bytes]) -> list[Candidate]:
    marks = ",".join("?" * len(names))
    rows = {row[0]: row for query in (_PICTURES, _ALIKE) for row in c.execute(query % marks, names)}
    found = []
    for item_id, folder, file, digest, start in rows.values():
        claims = tuple(
            Claimed(rule, sql.to_text(name), wanted, sql.to_text(place))
            for rule, name, wanted, place in c.execute(_CLAIMS, (file, digest))
        )
        if claims or start:
            place, name = sql.to_text(folder), sql.to_text(file)
            namesakes = c.execute(_NAMESAKES, (file,)).fetchone()[0]
            found.append(Candidate(item_id, place, name, digest, bool(start), claims, namesakes))
    return found
