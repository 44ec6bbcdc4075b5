"""The jobs database: every job from the moment it was asked for. Rows are whole Job snapshots; the columns beside
them are what is searched by."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from oelala_desktop.domain.job import (
    EngineRef,
    InputPicture,
    Job,
    JobError,
    JobState,
    Output,
    Owner,
)

from .database import Database

_OPEN_STATES = tuple(s.value for s in JobState if not s.is_final)
_CLOSE = 1e-6  # two positions nearer than that leave no room for a third
_FARTHEST = 2.0**50  # what lies beyond is no position that we gave


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, position REAL NOT NULL, created REAL NOT NULL,"
        " hidden INTEGER NOT NULL, owner_pid INTEGER, owner_started REAL, document BLOB NOT NULL) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX jobs_open ON jobs (state, position)")
    connection.execute("CREATE INDEX jobs_shown ON jobs (hidden, created)")
    connection.execute("CREATE TABLE timings (engine TEXT, preset TEXT, work REAL, seconds REAL, finished REAL)")
    connection.execute("CREATE INDEX timings_by ON timings (engine, preset, finished)")
    connection.execute("CREATE TABLE flags (name TEXT PRIMARY KEY, value TEXT)")


def _add_cancels(connection: sqlite3.Connection) -> None:
    """Beside the rows, not in them: whoever drives a job writes its row, but anybody may ask for its end."""
    connection.execute("CREATE TABLE cancels (id TEXT PRIMARY KEY)")


def _add_largest(connection: sqlite3.Connection) -> None:
    """The largest job done, by engine and preset; filled from what has been done until now."""
    connection.execute(
        "CREATE TABLE largest (engine TEXT, preset TEXT, width INTEGER, height INTEGER, frames INTEGER,"
        " PRIMARY KEY (engine, preset))"
    )
    for (document,) in connection.execute("SELECT document FROM jobs WHERE state = 'done'").fetchall():
        with suppress(zlib.error, ValueError, TypeError, KeyError):
            job = _job(document)
            place = f"{job.engine.kind} {job.engine.url}".strip()
            connection.execute(_REMEMBER, (place, job.preset, job.width, job.height, max(1, job.num_frames)))


_REMEMBER = (
    "INSERT INTO largest VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET"
    " width = excluded.width, height = excluded.height, frames = excluded.frames"
    " WHERE excluded.width * excluded.height * excluded.frames > width * height * frames"
)
_MIGRATIONS = (_create, _add_cancels, _add_largest)


def _rescue(damaged: Path, connection: sqlite3.Connection) -> int:
    """Jobs of the damaged file that the backup does not have, or has in an older state: read from both ends, as far
    as each goes."""
    found: dict[str, tuple[Any, ...]] = {}
    with closing(sqlite3.connect(f"file:{quote(str(damaged))}?mode=ro", uri=True)) as old:
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.DatabaseError, zlib.error, ValueError, TypeError, KeyError):
                for row in old.execute(f"SELECT * FROM jobs ORDER BY id {order}"):
                    _job(row[-1])
                    found[row[0]] = row
    connection.executemany("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", found.values())
    return len(found)


class JobStore:
    def __init__(self, path: Path) -> None:
        self._database = Database(path, _MIGRATIONS, synchronous="FULL", backup=True, rescue=_rescue)

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    async def save(self, *jobs: Job) -> None:
        """Writes the rows, new or changed, in one transaction; when it returns they are on the disk."""
        rows = [_row(job) for job in jobs]
        over = [(job.id,) for job in jobs if job.state.is_final]

        def work(c: sqlite3.Connection) -> None:
            c.executemany("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", rows)
            c.executemany("DELETE FROM cancels WHERE id = ?", over)

        await self._database.run(work)

    async def ask_cancel(self, *job_ids: str) -> None:
        """Writes down that the jobs are to end; kept until they have ended."""
        rows = [(job_id,) for job_id in job_ids]
        await self._database.run(lambda c: c.executemany("INSERT OR IGNORE INTO cancels VALUES (?)", rows))

    async def cancels(self) -> frozenset[str]:
        """Ids of jobs that are to end and have not yet."""
        return frozenset(
            row[0] for row in await self._database.run(lambda c: c.execute("SELECT id FROM cancels").fetchall())
        )

    async def get(self, job_id: str) -> Job | None:
        query = "SELECT document FROM jobs WHERE id = ?"
        row = await self._database.run(lambda c: c.execute(query, (job_id,)).fetchone())
        return _job(row[0]) if row else None

    async def find(self, prefix: str) -> list[Job]:
        """Jobs whose id starts with `prefix`, at most two (enough to tell that it is not unique)."""
        query = "SELECT document FROM jobs WHERE substr(id, 1, ?) = ? LIMIT 2"
        row = (len(prefix), prefix)
        return _jobs(await self._database.run(lambda c: c.execute(query, row).fetchall() if prefix else []))

    async def open_jobs(self) -> list[Job]:
        """Every job that is not in a final state, in queue order."""
        marks = ",".join("?" * len(_OPEN_STATES))
        query = f"SELECT document FROM jobs WHERE state IN ({marks}) ORDER BY position"
        return _jobs(await self._database.run(lambda c: c.execute(query, _OPEN_STATES).fetchall()))

    async def recent(self, limit: int, *, hidden: bool = False) -> list[Job]:
        """The newest jobs first; cleared ones only if asked for."""
        query = "SELECT document FROM jobs WHERE hidden <= ? ORDER BY created DESC LIMIT ?"
        return _jobs(await self._database.run(lambda c: c.execute(query, (int(hidden), limit)).fetchall()))

    async def hide_finished(self) -> list[str]:
        """Takes all final jobs off the list (their files and rows stay). Returns their ids."""

        def work(c: sqlite3.Connection) -> list[str]:
            marks = ",".join("?" * len(_OPEN_STATES))
            query = f"SELECT document FROM jobs WHERE hidden = 0 AND state NOT IN ({marks})"
            jobs = _jobs(c.execute(query, _OPEN_STATES).fetchall())
            rows = [_row(replace(job, hidden=True)) for job in jobs]
            c.executemany("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", rows)
            return [job.id for job in jobs]

        return await self._database.run(work)

    async def adopt(self, owner: Owner, is_alive: Callable[[Owner], bool]) -> list[Job]:
        """Makes `owner` the driver of every open job whose own driver is gone; returns these jobs in queue order.

        One transaction that takes the write lock first, so that of two starting processes only one gets a job."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            marks = ",".join("?" * len(_OPEN_STATES))
            query = f"SELECT document FROM jobs WHERE state IN ({marks}) ORDER BY position"
            found = _jobs(c.execute(query, _OPEN_STATES).fetchall())
            orphans = [j for j in found if j.owner is None or j.owner == owner or not is_alive(j.owner)]
            adopted = [replace(job, owner=owner) for job in orphans]
            c.executemany("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", [_row(j) for j in adopted])
            return adopted

        return await self._database.run(work)

    async def claim(self, job: Job, room: int, is_alive: Callable[[Owner], bool]) -> bool:
        """Saves `job`, which is about to be sent, if the other living processes of this home have fewer than `room`
        jobs on its server; else changes nothing. One transaction, so that of two processes only one gets the place."""

        def work(c: sqlite3.Connection) -> bool:
            c.execute("BEGIN IMMEDIATE")
            if len(_of_others(c, job, is_alive)) >= room:
                return False
            c.execute("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", _row(job))
            return True

        return await self._database.run(work)

    async def on_server_of_others(self, job: Job, is_alive: Callable[[Owner], bool]) -> int:
        """How many jobs the server of `job` has of this home's other living processes."""
        return len(await self._database.run(lambda c: _of_others(c, job, is_alive)))

    async def append(self, *jobs: Job) -> list[Job]:
        """Saves the jobs, new or changed, behind all others and in the order given; returns them with their positions.

        One transaction that takes the write lock first, so that two processes never give the same position."""

        def work(c: sqlite3.Connection) -> list[Job]:
            c.execute("BEGIN IMMEDIATE")
            return _append(c, jobs)

        return await self._database.run(work)

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
            c.execute("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", _row(moved))
            return [moved]

        return await self._database.run(work)

    async def remember_time(self, engine: str, preset: str, work: float, seconds: float, finished: float) -> None:
        """`work` is pixels × frames × steps of a job that took `seconds` on that engine."""
        row = (engine, preset, work, seconds, finished)
        await self._database.run(lambda c: c.execute("INSERT INTO timings VALUES (?,?,?,?,?)", row))

    async def times(self, engine: str, preset: str) -> list[tuple[float, float]]:
        """(work, seconds) of the last 50 jobs of that preset on that engine, newest first."""
        query = "SELECT work, seconds FROM timings WHERE engine = ? AND preset = ? ORDER BY finished DESC LIMIT 50"
        return await self._database.run(lambda c: c.execute(query, (engine, preset)).fetchall())

    async def remember_size(self, engine: str, preset: str, size: tuple[int, int, int]) -> None:
        """`size` (width, height, frames) of a job that is done, kept if it is the largest of its preset there."""
        await self._database.run(lambda c: c.execute(_REMEMBER, (engine, preset, *size)))

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
        await self._database.run(lambda c: c.execute("INSERT OR REPLACE INTO flags VALUES (?,?)", row))


def _append(c: sqlite3.Connection, jobs: Sequence[Job]) -> list[Job]:
    last = _last_position(c, below=_FARTHEST) or 0.0
    placed = [replace(job, position=float(int(last) + number)) for number, job in enumerate(jobs, 1)]
    c.executemany("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", map(_row, placed))
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
    rows = _jobs(c.execute(query, (JobState.SENT.value, JobState.RUNNING.value)).fetchall())
    place = (job.engine.kind, job.engine.url)
    there = [row for row in rows if (row.engine.kind, row.engine.url) == place and row.owner != job.owner]
    return [row for row in there if row.owner is not None and is_alive(row.owner)]


def _row(job: Job) -> tuple[Any, ...]:
    document = zlib.compress(orjson.dumps(asdict(job)), 1)
    owner = job.owner
    return (
        job.id,
        job.state.value,
        job.position,
        job.created_at,
        int(job.hidden),
        owner.pid if owner else None,
        owner.started if owner else None,
        document,
    )


def _jobs(rows: Iterable[tuple[bytes]]) -> list[Job]:
    return [_job(row[0]) for row in rows]


def _job(document: bytes) -> Job:
    data = orjson.loads(zlib.decompress(document))
    error, owner = data.pop("error"), data.pop("owner")
    return Job(
        **data
        | {
            "state": JobState(data["state"]),
            "engine": EngineRef(**data["engine"]),
            "pictures": tuple(InputPicture(**p) for p in data["pictures"]),
            "warnings": tuple(data.get("warnings", ())),
            "outputs": tuple(Output(**o) for o in data["outputs"]),
            "error": JobError(**error) if error else None,
            "owner": Owner(**owner) if owner else None,
        }
    )
