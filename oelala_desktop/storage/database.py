"""One SQLite connection on one thread of its own: no query runs on the event loop, none at the same time as another.

Migrations are functions in order; `PRAGMA user_version` counts those done. A damaged file is set aside, never deleted.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from oelala_desktop.domain.errors import CannotSave

log = logging.getLogger(__name__)
T = TypeVar("T")
Migration = Callable[[sqlite3.Connection], None]


class Database:
    """`synchronous` is FULL for what must survive a power cut, NORMAL for what can be made again."""

    def __init__(self, path: Path, migrations: Sequence[Migration], *, synchronous: str, backup: bool = False) -> None:
        self._path = path
        self._migrations = migrations
        self._synchronous = synchronous
        self._backup = backup
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=path.stem)
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Raises CannotSave when the file can neither be opened nor made anew."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._open)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._worker, self._close)
        self._worker.shutdown()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` on the database's thread inside one transaction. Raises CannotSave when the disk refuses."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._run, work)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            raise CannotSave(f"The database {self._path.name} is closed.")
        try:
            with self._connection:
                return work(self._connection)
        except sqlite3.OperationalError as error:
            raise CannotSave(f"The database {self._path} does not take changes: {error}.") from error

    def _open(self) -> None:
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError as error:
            raise CannotSave(f"The database {self._path} cannot be opened: {error}.") from error
        except sqlite3.DatabaseError:
            self._set_aside()
            self._connection = self._connect()
        if self._backup:
            self._save_copy(self._connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=20, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={self._synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("quick_check failed")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        if done >= len(self._migrations):
            return
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            done = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, step in enumerate(self._migrations[done:], done + 1):
                step(connection)
                connection.execute(f"PRAGMA user_version={number}")

    @property
    def _copy(self) -> Path:
        return self._path.with_suffix(".backup")

    def _save_copy(self, connection: sqlite3.Connection) -> None:
        part = self._path.with_suffix(f".{os.getpid()}.part")
        try:
            target = sqlite3.connect(part)
            connection.backup(target)
            target.close()
            part.replace(self._copy)
        except (OSError, sqlite3.Error) as error:
            log.warning("no backup of %s: %s", self._path.name, error)
            part.unlink(missing_ok=True)

    def _set_aside(self) -> None:
        """A damaged file keeps its content under another name; the last backup, if any, takes its place."""
        aside = self._path.with_name(f"{self._path.stem}.damaged-{time.time_ns()}{self._path.suffix}")
        log.error("%s is damaged; it is kept as %s", self._path, aside.name)
        self._path.rename(aside)
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        if self._backup and self._copy.exists():
            self._path.write_bytes(self._copy.read_bytes())

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
