"""The tables of the jobs database, and what becomes of rows that cannot be read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from oelala_desktop.domain.job import Job, JobState

from .job_rows import COLUMNS, VERSION, BadRow, Row, job_of, row_of
from .salvage import Record


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, position REAL NOT NULL,"
        " created REAL NOT NULL, hidden INTEGER NOT NULL, owner_pid INTEGER, owner_started REAL,"
        " document BLOB NOT NULL) WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE IF NOT EXISTS timings (engine TEXT, preset TEXT, work REAL, seconds REAL, finished REAL)"
    )
    connection.execute("CREATE INDEX IF NOT EXISTS timings_by ON timings (engine, preset, finished)")
    connection.execute("CREATE TABLE IF NOT EXISTS flags (name TEXT PRIMARY KEY, value TEXT)")


def _add_cancels(connection: sqlite3.Connection) -> None:
    """Beside the rows, not in them: whoever drives a job writes its row, but anybody may ask for its end."""
    connection.execute("CREATE TABLE IF NOT EXISTS cancels (id TEXT PRIMARY KEY)")


def _add_largest(connection: sqlite3.Connection) -> None:
    """The largest job done, by engine and preset; filled from what has been done until now."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS largest (engine TEXT, preset TEXT, width INTEGER, height INTEGER, frames INTEGER,"
        " PRIMARY KEY (engine, preset))"
    )
    for (document,) in connection.execute("SELECT document FROM jobs WHERE state = 'done'").fetchall():
        with suppress(BadRow):
            job = job_of(document)
            place = f"{job.engine.kind} {job.engine.url}".strip()
            connection.execute(REMEMBER, (place, job.preset, job.width, job.height, max(1, job.num_frames)))


def _distrust(connection: sqlite3.Connection) -> None:
    """Rows with a checksum, and a place for those that cannot be read. Earlier versions, should one still run, cannot
    write into a table with other columns."""
    old = connection.execute("SELECT id, state, created, document FROM jobs").fetchall()
    connection.execute("DROP TABLE jobs")
    connection.execute(
        "CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, position REAL NOT NULL, created REAL NOT NULL,"
        " hidden INTEGER NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL, checksum INTEGER NOT NULL,"
        " document BLOB NOT NULL) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX jobs_open ON jobs (state, position)")
    connection.execute("CREATE INDEX jobs_shown ON jobs (hidden, created)")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS set_aside (number INTEGER PRIMARY KEY, job TEXT, state TEXT, created REAL,"
        " version INTEGER, document BLOB, why TEXT NOT NULL, at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0)"
    )
    for job_id, state, created, document in old:
        try:
            put(connection, [job_of(document)])
        except BadRow as error:
            _keep_aside(connection, (job_id, state, created, 0, document), str(error))


def _name_inputs(connection: sqlite3.Connection) -> None:
    """Rows written from here on call what was given to a job its inputs; an earlier version would send them without."""


def _chain(connection: sqlite3.Connection) -> None:
    """Rows written from here on may wait for what another job makes, and have no graph until then; an earlier version
    would send them without."""


REMEMBER = (
    "INSERT INTO largest (engine, preset, width, height, frames) VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET"
    " width = excluded.width, height = excluded.height, frames = excluded.frames"
    " WHERE excluded.width * excluded.height * excluded.frames > width * height * frames"
)
MIGRATIONS = (_create, _add_cancels, _add_largest, _distrust, _name_inputs, _chain)
_PUT = f"INSERT OR REPLACE INTO jobs ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"


def put(connection: sqlite3.Connection, jobs: Iterable[Job]) -> None:
    """Writes rows, new or changed. The one way in: it gives each the number of the transaction that it is part of."""
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")
    revision = connection.execute("SELECT writes + 1 FROM about").fetchone()[0]
    connection.executemany(_PUT, [row_of(job, revision) for job in jobs])


class JobKeeper:
    others: Sequence[str] = ("flags", "cancels", "timings", "largest", "set_aside")

    def is_whole(self, connection: sqlite3.Connection) -> bool:
        return not any(True for _ in _bad(connection)) and not any(True for _ in _readable_again(connection))

    def take(self, connection: sqlite3.Connection, found: Iterable[Record], *, behind: bool) -> int:
        newest: dict[str, tuple[tuple[int, int], Job]] = {}
        for record in found:
            with suppress(BadRow):
                revision, job = _from_record(record)
                rank = (revision, _RANK[job.state])
                if job.id not in newest or rank >= newest[job.id][0]:
                    newest[job.id] = rank, job
        there = {row.id: row for row in _rows(connection) if row.is_whole}
        taken = [
            (revision, _asked_for_first(job) if behind else job)
            for (revision, _), job in newest.values()
            if job.id not in there or revision > there[job.id].revision
        ]
        connection.executemany(_PUT, [row_of(job, max(revision, 0)) for revision, job in taken])
        connection.execute("UPDATE about SET writes = max(writes, (SELECT COALESCE(max(revision), 0) FROM jobs))")
        return len(taken)

    def settle(self, connection: sqlite3.Connection, spare: Iterable[Record]) -> int:
        """Rows of which only the columns are damaged are made anew from their documents, the others come out of
        `spare` if they are there. Those that an earlier version, which knew less, has set aside come back."""
        for number, job in list(_readable_again(connection)):
            put(connection, [job])
            connection.execute("DELETE FROM set_aside WHERE number = ?", (number,))
        beyond = []
        for row in list(_bad(connection)):
            connection.execute("DELETE FROM jobs WHERE id = ?", (row.id,))
            try:
                put(connection, [_checked(row)])
            except BadRow as error:
                beyond.append((row, str(error)))
        if beyond:
            self.take(connection, spare, behind=True)
        known = {row.id for row in _rows(connection)}
        for row, why in beyond:
            values = (row.id, row.state, row.created, row.version, row.document)
            _keep_aside(connection, values, why)
        return sum(row.id not in known for row, _ in beyond)


_RANK = {state: number for number, state in enumerate(JobState)}


def _rows(connection: sqlite3.Connection) -> Iterable[Row]:
    return (Row(*values) for values in connection.execute(f"SELECT {COLUMNS} FROM jobs"))


def _bad(connection: sqlite3.Connection) -> Iterable[Row]:
    return (row for row in _rows(connection) if not row.is_whole or row.version > VERSION or row.state not in _RANK)


def _checked(row: Row) -> Job:
    """Raises BadRow."""
    if type(row.version) is int and row.version > VERSION and row.is_whole:
        raise BadRow("it was written by a later version")
    return job_of(row.document)


def _readable_again(connection: sqlite3.Connection) -> Iterable[tuple[int, Job]]:
    """Set aside by a version that knew less."""
    known = {row[0] for row in connection.execute("SELECT id FROM jobs")}
    for number, version, document in connection.execute("SELECT number, version, document FROM set_aside").fetchall():
        with suppress(BadRow):
            if version <= VERSION:
                job = job_of(document)
                if job.id not in known:
                    yield number, job


def _from_record(record: Record) -> tuple[int, Job]:
    """The revision and the job that a record off a page may be; -1 for those of earlier versions. Raises BadRow."""
    if len(record) == 9:
        try:
            row = Row(*record)._replace(position=float(record[2]), created=float(record[3]))  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise BadRow("no row") from error
        if row.is_whole:
            return row.revision, _checked(row)
        return -1, job_of(row.document)
    if len(record) == 8:
        return -1, job_of(record[-1])
    raise BadRow("no row")


def _asked_for_first(job: Job) -> Job:
    """What was waiting by then may have been sent since: the server is asked before it is sent again."""
    return replace(job, state=JobState.SENT, sent_at=None) if job.state is JobState.QUEUED else job


def _keep_aside(connection: sqlite3.Connection, row: tuple[Any, ...], why: str) -> None:
    connection.execute(
        "INSERT INTO set_aside (job, state, created, version, document, why, at) VALUES (?,?,?,?,?,?,?)",
        (*row, why, time.time()),
    )
