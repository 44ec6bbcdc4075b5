"""The jobs database: every job from the moment it was asked for. Rows are whole Job snapshots; the columns beside
them are what is searched by."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oelala_desktop.domain.job import Job, JobState, Owner

from .database import Database
from .job_rows import BadRow, job_of, mark_of
from .job_schema import MIGRATIONS, REMEMBER, JobKeeper, put

log = logging.getLogger(__name__)

_OPEN_STATES = tuple(s.value for s in JobState if not s.is_final)
_AT_ONCE = 500  # rows that are read together
_CLOSE = 1e-6  # two positions nearer than that leave no room for a third
_FARTHEST = 2.0**50  # what lies beyond is no position that we gave
_TIME = "INSERT INTO timings (engine, preset, work, seconds, finished) VALUES (?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read. `created` and `at` (when that was found) are seconds since the epoch; `document` is
    what the row held. `is_restored`: a backup had the job."""

    number: int
    job_id: str
    state: str
    created: float
    why: str
    at: float
    document: bytes
    is_restored: bool


class JobStore:
    """`is_alive` tells whether the process of an owner still runs."""

    def __init__(self, path: Path, is_alive: Callable[[Owner], bool] = lambda owner: False) -> None:
        self.path = path
        self._is_alive = is_alive
        self._database = Database(path, MIGRATIONS, JobKeeper())

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    async def save(self, *jobs: Job) -> None:
        """Writes the rows, new or changed, in one transaction; when it returns they are on the disk."""
        over = [(job.id,) for job in jobs if job.state.is_final]

        def work(c: sqlite3.Connection) -> None:
            put(c, jobs)
            c.executemany("DELETE FROM cancels WHERE id = ?", over)

        await self._database.run(work)

    async def ask_cancel(self, *job_ids: str) -> None:
        """Writes down that the jobs are to end; kept until they have ended."""
        rows = [(job_id,) for job_id in job_ids]
        await self._database.run(lambda c: c.executemany("INSERT OR IGNORE INTO cancels (id) VALUES (?)", rows))

    async def cancels(self) -> frozenset[str]:
        """Ids of jobs that are to end and have not yet."""
        return frozenset(
            row[0] for row in await self._database.run(lambda c: c.execute("SELECT id FROM cancels").fetchall())
        )

    async def get(self, job_id: str) -> Job | None:
        query = "SELECT document FROM jobs WHERE id = ?"
        found = _jobs(await self._database.run(lambda c: c.execute(query, (job_id,)).fetchall()))
        return found[0] if found else None

    async def find(self, prefix: str) -> list[Job]:
        """Jobs whose id starts with `prefix`, at most two (enough to tell that it is not unique)."""
        query = "SELECT document FROM jobs WHERE id >= ? AND id < ? LIMIT 2"
        row, is_one = (prefix, f"{prefix}\U0010ffff"), bool(prefix) and prefix.isascii()
        return _jobs(await self._database.run(lambda c: c.execute(query, row).fetchall() if is_one else []))

    async def open_jobs(self) -> list[Job]:
        """Every job that is not in a final state, in queue order."""
        marks = ",".join("?" * len(_OPEN_STATES))
        query = f"SELECT document FROM jobs WHERE state IN ({marks}) ORDER BY position"
        return await self._database.run(lambda c: _jobs(c.execute(query, _OPEN_STATES).fetchall()))

    async def recent(self, limit: int, *, hidden: bool = False) -> list[Job]:
        """The newest jobs first; cleared ones only if asked for."""
        query = "SELECT document FROM jobs WHERE hidden <= ? ORDER BY created DESC LIMIT ?"
        return _jobs(await self._database.run(lambda c: c.execute(query, (int(hidden), limit)).fetchall()))

    async def inputs_named(self) -> set[str] | None:
        """Paths of the kept inputs of all jobs, also of those that were cleared; None when a job cannot be read."""
        paths: set[str] = set()
        async for rows in self._documents():
            found = await asyncio.to_thread(_jobs, rows)
            if len(found) < len(rows):
                return None
            paths |= {given.path for job in found for given in job.kept}
        return paths

    async def marked(self, marks: Collection[str]) -> list[Job]:
        """The jobs that have one of these marks, oldest first, also those that were cleared."""
        known = frozenset(marks) - {""}

        def among(rows: list[tuple[object]]) -> list[Job]:
            return _jobs(row for row in rows if mark_of(row[0]) in known)

        found = [job async for rows in self._documents() for job in await asyncio.to_thread(among, rows)]
        return sorted(found, key=lambda job: job.created_at)

    async def _documents(self) -> AsyncIterator[list[tuple[object]]]:
        """Of all jobs, some at once."""
        last = ""
        query = "SELECT id, document FROM jobs WHERE id > ? ORDER BY id LIMIT ?"

        def work(c: sqlite3.Connection) -> list[tuple[str, object]]:
            return c.execute(query, (last, _AT_ONCE)).fetchall()

        while rows := await self._database.run(work):
            last = rows[-1][0]
            yield [(document,) for _, document in rows]

    async def hide_finished(self) -> list[str]:
        """Takes all final jobs off the list (their files and rows stay). Returns their ids."""

        def work(c: sqlite3.Connection) -> list[str]:
            c.execute("BEGIN IMMEDIATE")
            marks = ",".join("?" * len(_OPEN_STATES))
            query = f"SELECT document FROM jobs WHERE hidden = 0 AND state NOT IN ({marks})"
            jobs = _jobs(c.execute(query, _OPEN_STATES).fetchall())
            put(c, [replace(job, hidden=True) for job in jobs])
            return [job.id for job in jobs]

        return await self._database.run(work)

    async def adopt(self, owner: Owner, wanted: Callable[[Job], bool] = lambda job: True) -> list[Job]:
        """Makes `owner` the driver of every open job that is `wanted` and whose own driver is gone; returns these jobs
        in queue order.

        One transaction that takes the write lock first, so that of two starting processes only one gets a job."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            marks = ",".join("?" * len(_OPEN_STATES))
            query = f"SELECT document FROM jobs WHERE state IN ({marks}) ORDER BY position"
            found = _jobs(c.execute(query, _OPEN_STATES).fetchall())
            open_ = [job for job in found if wanted(job)]
            orphans = [j for j in open_ if j.owner is None or j.owner == owner or not self._is_alive(j.owner)]
            adopted = [replace(job, owner=owner) for job in orphans]
            put(c, adopted)
            return adopted

        return await self._database.run(work)

    async def claim(self, job: Job, room: int) -> bool:
        """Saves `job`, which is about to be sent, if the other living processes of this home have fewer than `room`
        jobs on its server; else changes nothing. One transaction, so that of two processes only one gets the place."""

        def work(c: sqlite3.Connection) -> bool:
            c.execute("BEGIN IMMEDIATE")
            if len(_of_others(c, job, self._is_alive)) >= room:
                return False
            put(c, [job])
            return True

        return await self._database.run(work)

    async def on_server_of_others(self, job: Job) -> int:
        """How many jobs the server of `job` has of this home's other living processes."""
        return len(await self._database.run(lambda c: _of_others(c, job, self._is_alive)))

    async def append(self, *jobs: Job) -> list[Job]:
        """Saves the jobs, new or changed, behind all others and in the order given; returns them with their positions.

        One transaction that takes the write lock first, so that two processes never give the same position."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            return _append(c, jobs)

        return await self._database.run(work)

    async def append_beside(self, job: Job, *changed: Job) -> Job:
        """As `append` of one job, with changed rows of others in the same transaction."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            put(c, changed)
            return _append(c, [job])

        return (await self._database.run(work))[0]

    async def place(self, order: Sequence[Job], at: int) -> list[Job]:
        """Saves `order[at]` with a position between its neighbours in `order`; where these are too close, all of
        `order` get new ones behind all others. Returns the jobs whose positions changed. One transaction, as above."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            if at == len(order) - 1:
                return _append(c, order[at:])
            high = order[at + 1].position
            low = _last_position(c, below=high)
            middle = (high - 2 if low is None else low) / 2 + high / 2
            if high > _FARTHEST or high - middle < _CLOSE or (at and order[at - 1].position >= middle):
                return _append(c, order)
            moved = replace(order[at], position=middle)
            put(c, [moved])
            return [moved]

        return await self._database.run(work)

    async def remember_time(self, engine: str, preset: str, work: float, seconds: float, finished: float) -> None:
        """`work` is pixels × frames × steps of a job that took `seconds` on that engine."""
        row = (engine, preset, work, seconds, finished)
        await self._database.run(lambda c: c.execute(_TIME, row))

    async def times(self, engine: str, preset: str) -> list[tuple[float, float]]:
        """(work, seconds) of the last 50 jobs of that preset on that engine, newest first."""
        query = "SELECT work, seconds FROM timings WHERE engine = ? AND preset = ? ORDER BY finished DESC LIMIT 50"
        return await self._database.run(lambda c: c.execute(query, (engine, preset)).fetchall())

    async def remember_size(self, engine: str, preset: str, size: tuple[int, int, int]) -> None:
        """`size` (width, height, frames) of a job that is done, kept if it is the largest of its preset there."""
        await self._database.run(lambda c: c.execute(REMEMBER, (engine, preset, *size)))

    async def largest(self, engine: str, preset: str) -> tuple[int, int, int] | None:
        """(width, height, frames) of the largest job of that preset that was done on that engine; None before any."""
        query = "SELECT width, height, frames FROM largest WHERE engine = ? AND preset = ?"
        return await self._database.run(lambda c: c.execute(query, (engine, preset)).fetchone())

    async def flag(self, name: str) -> str | None:
        query = "SELECT value FROM flags WHERE name = ?"
        row = await self._database.run(lambda c: c.execute(query, (name,)).fetchone())
        return row[0] if row else None

    async def set_flag(self, name: str, value: str) -> None:
        row = (name, value)
        await self._database.run(lambda c: c.execute("INSERT OR REPLACE INTO flags (name, value) VALUES (?,?)", row))

    # What could not be read

    def take_news(self) -> list[str]:
        """Sentences on what had to be mended since this was last asked."""
        return self._database.take_news()

    async def set_aside(self) -> list[SetAside]:
        """Rows that could not be read, oldest first; they are kept as they are."""
        return await self._set_aside("TRUE")

    async def untold(self) -> list[SetAside]:
        """Those of them that nobody was told of yet."""
        return await self._set_aside("NOT told")

    async def _set_aside(self, which: str) -> list[SetAside]:
        is_restored = "EXISTS (SELECT 1 FROM jobs WHERE id = job)"
        query = f"SELECT number, job, state, created, why, at, document, {is_restored} FROM set_aside WHERE {which}"
        rows = await self._database.run(lambda c: c.execute(f"{query} ORDER BY number").fetchall())
        return [
            SetAside(n, str(job), str(state), _number(created), str(why), _number(at), document or b"", bool(restored))
            for n, job, state, created, why, at, document, restored in rows
        ]

    async def clear_set_aside(self) -> None:
        """Nothing is left of them."""
        await self._database.run(lambda c: c.execute("DELETE FROM set_aside"))

    async def count_as_told(self) -> None:
        await self._database.run(lambda c: c.execute("UPDATE set_aside SET told = 1 WHERE NOT told"))

    async def flags(self, beginning: str) -> dict[str, str]:
        """All whose names begin so, by what follows."""
        query = "SELECT substr(name, ?), value FROM flags WHERE substr(name, 1, ?) = ?"
        row = (len(beginning) + 1, len(beginning), beginning)
        return dict(await self._database.run(lambda c: c.execute(query, row).fetchall()))

    async def drop_flag(self, name: str) -> None:
        await self._database.run(lambda c: c.execute("DELETE FROM flags WHERE name = ?", (name,)))


def _append(c: sqlite3.Connection, jobs: Sequence[Job]) -> list[Job]:
    last = _last_position(c, below=_FARTHEST) or 0.0
    placed = [replace(job, position=float(int(last) + number)) for number, job in enumerate(jobs, 1)]
    put(c, placed)
    return placed


def _last_position(c: sqlite3.Connection, *, below: float) -> float | None:
    """The largest position under `below`: state by state, since the index begins with it."""
    each = "SELECT MAX(position) AS position FROM jobs WHERE state = '{}' AND position < ?1"
    query = f"SELECT MAX(position) FROM ({' UNION ALL '.join(map(each.format, JobState))})"
    row = c.execute(query, (below,)).fetchone()
    return None if row[0] is None else float(row[0])


def _of_others(c: sqlite3.Connection, job: Job, is_alive: Callable[[Owner], bool]) -> list[Job]:
    """A job whose process is gone does not count: nobody may be there to see it end."""
    query = "SELECT document FROM jobs WHERE state IN (?, ?)"
    rows = _jobs(c.execute(query, (JobState.SENT.value, JobState.RUNNING.value)))
    place = (job.engine.kind, job.engine.url)
    there = [row for row in rows if (row.engine.kind, row.engine.url) == place and row.owner != job.owner]
    return [row for row in there if row.owner is not None and is_alive(row.owner)]


def _jobs(rows: Iterable[tuple[object]]) -> list[Job]:
    """Those that can be read: the others are set aside by the next start."""
    found = []
    for (document,) in rows:
        try:
            found.append(job_of(document))
        except BadRow as error:
            log.error("a job cannot be read: %s", error)
    return found


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
