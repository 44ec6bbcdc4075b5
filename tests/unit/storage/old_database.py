"""A jobs database as earlier versions made it: no checksums, no record of its own version beside SQLite's."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.job import Job

_TABLES = (
    "CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, position REAL NOT NULL, created REAL NOT NULL,"
    " hidden INTEGER NOT NULL, owner_pid INTEGER, owner_started REAL, document BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX jobs_open ON jobs (state, position);"
    "CREATE INDEX jobs_shown ON jobs (hidden, created);"
    "CREATE TABLE timings (engine TEXT, preset TEXT, work REAL, seconds REAL, finished REAL);"
    "CREATE INDEX timings_by ON timings (engine, preset, finished);"
    "CREATE TABLE flags (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE cancels (id TEXT PRIMARY KEY)",
    "CREATE TABLE largest (engine TEXT, preset TEXT, width INTEGER, height INTEGER, frames INTEGER,"
    " PRIMARY KEY (engine, preset))",
)


def old_document(job: Job, **changes: Any) -> bytes:
    owner = {"pid": 2**22 + 5, "started": 1.0} if job.owner else None
    document = asdict(job) | {"owner": owner} | changes
    document.pop("unknown", None)
    given = document.pop("inputs")
    document["pictures"] = [{key: row[key] for key in ("key", "path", "upload_name", "original")} for row in given]
    document["warnings"] = [str(said) for said in job.warnings]
    return zlib.compress(orjson.dumps(document), 1)


def old_row(job: Job, **changes: Any) -> tuple[Any, ...]:
    document = old_document(job, **changes)
    return (job.id, job.state.value, job.position, job.created_at, int(job.hidden), 2**22 + 5, 1.0, document)


def old_database(path: Path, rows: Iterable[tuple[Any, ...]], version: int = len(_TABLES)) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        for tables in _TABLES[:version]:
            database.executescript(tables)
        database.executemany("INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?)", rows)
        database.execute(f"PRAGMA user_version={version}")
