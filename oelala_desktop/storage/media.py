"""The media index: every picture and video of the media folders, what made it, and how to find it. Disposable: it is
filled by scans, and what cannot be read off the disk (favourites) is kept elsewhere."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.job import Owner
from oelala_desktop.domain.media import Facet, Facets, MediaItem, MediaListing, MediaQuery, MediaStats

from . import media_query as sql
from .index_file import IndexFile
from .media_info import LAYOUT, unpack
from .media_schema import ENGINE, LORA, MODEL, VERSION, create
from .media_writing import Changes, Entry, Stamp, Writing, folder_id, move, remove

#: values of one statement (SQLite takes 32,766)
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class KnownFolder:
    """`print` is a hash of what was in it when all of that was in the index; `mtime_ns` 0 if not known for certain."""

    id: int
    path: str
    mtime_ns: int
    print: bytes | None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """`id` and `moment` are None for a file that was refused."""

    id: int | None
    moment: int | None
    stamp: Stamp


class MediaStore:
    """The index of one home: what is asked of it and what is written into it."""

    def __init__(self, path: Path) -> None:
        self.file = IndexFile(path, create, VERSION << 16 | LAYOUT, _is_whole)
        self._writing = Writing()
        self._stats = MediaStats(0, 0)
        #: the reading connection's own word for the state of the file that was counted
        self._counted: int | None = None

    async def open(self) -> None:
        await self.file.open()
        await self.file.write(self._writing.begin)

    async def close(self) -> None:
        await self.file.close()

    def forget_lookups(self) -> None:
        """To be called when the index was begun anew."""
        self._counted = None
        self._writing.reset()

    # Looking up

    async def page(self, query: MediaQuery) -> MediaListing:
        """Raises InvalidField for an unknown sort or a foreign cursor."""
        return await self.file.read(lambda c: read_page(c, query))

    async def ids(self, query: MediaQuery) -> list[int]:
        """Of all that the filter shows, in its order; `cursor` and `limit` do not matter."""

        def work(c: sqlite3.Connection) -> list[int]:
            statement = sql.build(c, _whole(query))
            return [row[0] for row in c.execute(statement.sql("i.id"), statement.values)]

        return await self.file.read(work)

    async def count(self, query: MediaQuery) -> int:
        def work(c: sqlite3.Connection) -> int:
            statement = sql.build(c, _whole(query), ordered=False)
            return int(c.execute(statement.sql("count(*)"), statement.values).fetchone()[0])

        return await self.file.read(work)

    async def days(self, query: MediaQuery) -> list[tuple[dt.date, int]]:
        """Local days and how many files each has, in the order of a query by date."""

        def work(c: sqlite3.Connection) -> list[tuple[dt.date, int]]:
            statement = sql.build(c, _whole(query), ordered=False)
            day = "date(i.mtime_ns / 1000000000, 'unixepoch', 'localtime')"
            way = "DESC" if query.descending else "ASC"
            rows = c.execute(
                f"{statement.sql(f'{day} AS day, count(*)')} GROUP BY day ORDER BY day {way}", statement.values
            )
            return [(dt.date.fromisoformat(row[0]), row[1]) for row in rows]

        return await self.file.read(work)

    async def stats(self) -> MediaStats:
        def work(c: sqlite3.Connection) -> MediaStats:
            version = c.execute("PRAGMA data_version").fetchone()[0]
            if version != self._counted:
                counts = dict(c.execute("SELECT kind, count(*) FROM items GROUP BY kind"))
                for (kind,) in c.execute("SELECT kind FROM items WHERE hidden"):
                    counts[kind] -= 1
                self._stats = MediaStats(counts.get("video", 0), counts.get("image", 0))
                self._counted = version
            return self._stats

        return await self.file.read(work)

    async def many(self, ids: Sequence[int]) -> list[MediaItem]:
        """Those of them that exist (files waiting for the trash too), in the order of `ids`."""

        def work(c: sqlite3.Connection) -> list[MediaItem]:
            rows = _in_chunks(c, f"SELECT {sql.ITEM_COLUMNS} FROM {sql.ITEM_TABLES} WHERE i.id IN (%s)", ids)
            found = {row[0]: sql.to_item(row) for row in rows}
            return [found[item_id] for item_id in ids if item_id in found]

        return await self.file.read(work)

    async def by_path(self, path: str) -> MediaItem | None:
        split = Path(path)
        place = (sql.to_bytes(split.parent), sql.to_bytes(split.name))
        query = f"SELECT {sql.ITEM_COLUMNS} FROM {sql.ITEM_TABLES} WHERE f.path = ? AND i.file = ?"

        def work(c: sqlite3.Connection) -> MediaItem | None:
            row = c.execute(query, place).fetchone()
            return sql.to_item(row) if row else None

        return await self.file.read(work)

    async def infos(self, ids: Sequence[int]) -> dict[int, GenerationInfo]:
        query = "SELECT i.id, d.info FROM items i JOIN details d ON d.moment = i.moment WHERE i.id IN (%s)"

        def work(c: sqlite3.Connection) -> dict[int, GenerationInfo]:
            return {row[0]: unpack(row[1]) for row in _in_chunks(c, query, ids)}

        return await self.file.read(work)

    async def stamps(self, ids: Sequence[int]) -> dict[int, Stamp]:
        query = "SELECT id, size, mtime_ns, inode FROM items WHERE id IN (%s)"
        rows = await self.file.read(lambda c: _in_chunks(c, query, ids))
        return {row[0]: Stamp(*row[1:]) for row in rows}

    async def facets(self) -> Facets:
        """What can be filtered by, most used first."""
        query = (
            "SELECT n.kind, n.name, count(*) FROM uses u JOIN names n ON n.id = u.name GROUP BY n.id"
            " ORDER BY count(*) DESC, n.name"
        )

        def work(c: sqlite3.Connection) -> Facets:
            by_kind: dict[int, list[Facet]] = {MODEL: [], LORA: [], ENGINE: []}
            for kind, name, count in c.execute(query):
                by_kind[kind].append(Facet("" + name, count))  # a name that is no text is damage
            return Facets(*(tuple(by_kind[kind]) for kind in (MODEL, LORA, ENGINE)))

        return await self.file.read(work)

    # What scans need

    async def folders(self) -> list[KnownFolder]:
        query = "SELECT id, path, mtime_ns, print FROM folders"

        def work(c: sqlite3.Connection) -> list[KnownFolder]:
            return [KnownFolder(row[0], sql.to_text(row[1]), row[2], row[3]) for row in c.execute(query)]

        return await self.file.read(work)

    async def files_in(self, folder: str, names: Iterable[str] | None = None) -> dict[str, KnownFile]:
        """By name; `names` narrows it down to a few."""
        wanted = None if names is None else [sql.to_bytes(name) for name in names]
        return await self.file.read(lambda c: _files_in(c, sql.to_bytes(folder), wanted))

    # Changing

    async def save(self, entries: Sequence[Entry]) -> Changes:
        now = time.time()
        return await self.file.write(lambda c: self._writing.save(c, entries, now))

    async def refuse(self, files: Sequence[tuple[str, str, Stamp]]) -> None:
        """Folder, name and stamp of files that cannot be read."""

        def work(c: sqlite3.Connection) -> None:
            rows = [(folder_id(c, f), sql.to_bytes(name), s.size, s.mtime_ns, s.inode) for f, name, s in files]
            c.executemany("INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?)", rows)

        if files:
            await self.file.write(work)

    async def remove(self, ids: Sequence[int]) -> Changes:
        query = "SELECT moment, id FROM items WHERE id IN (%s)"
        return await self.file.write(lambda c: remove(c, _in_chunks(c, query, ids)))

    async def remove_folders(self, ids: Sequence[int]) -> Changes:
        """Folders and all that is right in them."""

        def work(c: sqlite3.Connection) -> Changes:
            changes = remove(c, _in_chunks(c, "SELECT moment, id FROM items WHERE folder IN (%s)", ids))
            c.executemany("DELETE FROM refused WHERE folder = ?", [(number,) for number in ids])
            c.executemany("DELETE FROM folders WHERE id = ?", [(number,) for number in ids])
            return changes

        return await self.file.write(work)

    async def unrefuse(self, folder: str, names: Sequence[str]) -> None:
        rows = [(sql.to_bytes(folder), sql.to_bytes(name)) for name in names]
        query = "DELETE FROM refused WHERE folder = (SELECT id FROM folders WHERE path = ?) AND file = ?"
        await self.file.write(lambda c: c.executemany(query, rows))

    async def move(self, item_id: int, folder: str, name: str) -> Changes:
        return await self.file.write(lambda c: move(c, item_id, folder, name))

    async def keep_folders(self, seen: Sequence[tuple[str, int, bytes | None]], generation: int = 0) -> None:
        """Path, mtime and print of folders whose content is in the index now: that of the `generation` in which it was
        compared. One that was begun anew since then has not got all of it, and the folders are looked at again."""

        def work(c: sqlite3.Connection) -> None:
            if generation != self.file.generation:
                return
            rows = [(mtime_ns, print_, folder_id(c, path)) for path, mtime_ns, print_ in seen]
            c.executemany("UPDATE folders SET mtime_ns = ?, print = ? WHERE id = ?", rows)

        await self.file.write(work)

    async def hide(self, ids: Sequence[int], owner: Owner) -> list[int]:
        """Takes files out of sight in the name of a process. Returns the ids of those that were in sight before."""
        query = "UPDATE items SET hidden = 1, hider = ?, hider_boot = ? WHERE NOT hidden AND id IN (%s) RETURNING id"
        rows = await self.file.write(lambda c: _in_chunks(c, query, ids, owner.lock, owner.boot))
        return [row[0] for row in rows]

    async def show(self, ids: Sequence[int]) -> list[int]:
        """Returns the ids of those that were out of sight before."""
        query = "UPDATE items SET hidden = 0, hider = NULL WHERE hidden AND id IN (%s) RETURNING id"
        return [row[0] for row in await self.file.write(lambda c: _in_chunks(c, query, ids))]

    async def hidden(self) -> dict[int, Owner]:
        """Which files are out of sight, and by whom."""
        query = "SELECT id, hider, hider_boot FROM items INDEXED BY items_hidden WHERE hidden"
        return {row[0]: Owner(*row[1:]) for row in await self.file.read(lambda c: c.execute(query).fetchall())}

    async def set_favorite(self, ids: Sequence[int], favorite: bool) -> list[int]:
        """Returns the ids of those that were not so before."""
        query = "UPDATE items SET favorite = ? WHERE favorite <> ? AND id IN (%s) RETURNING id"
        rows = await self.file.write(lambda c: _in_chunks(c, query, ids, int(favorite), int(favorite)))
        return [row[0] for row in rows]

    async def of_size(self, sizes: Iterable[int]) -> list[int]:
        """Ids of files of one of these sizes: the only ones that can have a given content."""
        query = "SELECT id FROM items WHERE size IN (%s)"
        return [row[0] for row in await self.file.read(lambda c: _in_chunks(c, query, list(sizes)))]

    async def size(self) -> int:
        """How many files are in the index."""
        return int((await self.file.read(lambda c: c.execute("SELECT count(*) FROM items").fetchone()))[0])

    async def begin_load(self) -> None:
        """From now on the search index is not kept up; `end_load` makes it anew. For thousands of files at once."""
        await self.file.write(lambda c: c.execute("UPDATE state SET bulk = 1"))

    async def end_load(self) -> None:
        def work(c: sqlite3.Connection) -> None:
            if c.execute("SELECT bulk FROM state").fetchone()[0]:
                c.execute("INSERT INTO search (search) VALUES ('rebuild')")
                c.execute("UPDATE state SET bulk = 0")

        await self.file.write(work)


def read_page(c: sqlite3.Connection, query: MediaQuery) -> MediaListing:
    limit = min(max(query.limit, 1), sql.MAX_LIMIT)
    statement = sql.build(c, query)
    columns = f"{sql.ITEM_COLUMNS}{f', i.{statement.key}' if statement.key else ''}"
    rows = c.execute(f"{statement.sql(columns)} LIMIT ?", [*statement.values, limit + 1]).fetchall()
    items = tuple([sql.to_item(row) for row in rows[:limit]])
    if len(rows) <= limit:
        return MediaListing(items)
    last = rows[limit - 1]
    return MediaListing(items, sql.write_cursor(query, last[21] if statement.key else 0, last[20]))


def _is_whole(c: sqlite3.Connection) -> bool:
    """Whether every file has a folder and what made it, and the next id is a new one."""
    stray = (
        "SELECT 1 FROM items i LEFT JOIN details d ON d.moment = i.moment LEFT JOIN folders f ON f.id = i.folder"
        " WHERE d.moment IS NULL OR f.id IS NULL"
    )
    last = "SELECT last_id >= (SELECT coalesce(max(id), 0) FROM items) FROM state"
    return bool(c.execute(f"SELECT NOT EXISTS ({stray}) AND ({last})").fetchone()[0] == 1)


def _whole(query: MediaQuery) -> MediaQuery:
    return replace(query, cursor=None)


def _in_chunks(c: sqlite3.Connection, query: str, values: Sequence[Any], *before: Any) -> list[Any]:
    """Runs a query whose `%s` stands for a list of values, as often as the list is long for SQLite."""
    rows: list[Any] = []
    for at in range(0, len(values), _CHUNK):
        part = values[at : at + _CHUNK]
        rows += c.execute(query % ",".join("?" * len(part)), [*before, *part]).fetchall()
    return rows


def _files_in(c: sqlite3.Connection, folder: bytes, names: list[bytes] | None) -> dict[str, KnownFile]:
    row = c.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
    if row is None:
        return {}
    known = "SELECT file, id, moment, size, mtime_ns, inode FROM items WHERE folder = ?"
    refused = "SELECT file, NULL, NULL, size, mtime_ns, inode FROM refused WHERE folder = ?"
    rows: list[Any] = []
    for query in (known, refused):
        if names is None:
            rows += c.execute(query, row).fetchall()
        else:
            rows += _in_chunks(c, query + " AND file IN (%s)", names, row[0])
    return {sql.to_text(r[0]): KnownFile(r[1], r[2], Stamp(*r[3:])) for r in rows}
