"""One SQLite connection on one thread of its own: no query runs on the event loop, none at the same time as another.

Migrations are functions in order; `PRAGMA user_version` counts those done. A damaged file is set aside, never deleted.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar, cast

from oelala_desktop.domain.errors import CannotSave

log = logging.getLogger(__name__)
T = TypeVar("T")
Migration = Callable[[sqlite3.Connection], None]
Rescue = Callable[[Path, sqlite3.Connection], int]


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Damage of the file itself, not a disk that is full or refuses for now."""
    return not isinstance(error, sqlite3.OperationalError)


def without_cursor(result: T) -> T:
    """A cursor must not leave its thread: freed on another one, it would reset its statement while this one runs the
    next. Nobody needs it once its work is done."""
    if isinstance(result, sqlite3.Cursor):
        result.close()
        return cast(T, None)
    return result


class Database:
    """`synchronous` is FULL for what must survive a power cut, NORMAL for what can be made again. `rescue` copies what
    it can read of a damaged file into the fresh one and returns how many rows that were."""

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        synchronous: str,
        backup: bool = False,
        rescue: Rescue | None = None,
    ) -> None:
        self._path = path
        self._migrations = migrations
        self._synchronous = synchronous
        self._backup = backup
        self._rescue = rescue
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
                return without_cursor(work(self._connection))
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise CannotSave(f"The database {self._path} does not take changes: {error}.") from error

    def _open(self) -> None:
        try:
            if self._backup and self._copy.exists() and self._is_blank():
                # a file that lost all its bytes is no less damaged than one with wrong ones
                self._set_aside()
            try:
                self._connection = self._connect()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._connection = self._recover()
        except (OSError, sqlite3.DatabaseError) as error:
            raise CannotSave(f"The database {self._path} cannot be opened: {error}.") from error
        if self._backup:
            self._save_copy(self._connection)

    def _is_blank(self) -> bool:
        """Missing or empty, and nothing in its log either."""
        wal = Path(f"{self._path}-wal")
        return not any(path.exists() and path.stat().st_size for path in (self._path, wal))

    def _recover(self) -> sqlite3.Connection:
        """The last backup, and whatever of the damaged file can still be read."""
        aside = self._set_aside()
        try:
            connection = self._connect()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._set_aside(restore=False)
            connection = self._connect()
        if self._rescue is not None and aside is not None:
            try:
                with connection:
                    count = self._rescue(aside, connection)
                log.warning("%s rows of %s were still readable", count, aside.name)
            except sqlite3.DatabaseError as error:
                log.warning("nothing more could be read out of %s: %s", aside.name, error)
        return connection

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
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(part)) as target:
                target.execute("PRAGMA synchronous=FULL")
                connection.backup(target)
            part.replace(self._copy)
        except (OSError, sqlite3.Error) as error:
            log.warning("no backup of %s: %s", self._path.name, error)
            for left in (part, Path(f"{part}-journal")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)

    def _set_aside(self, *, restore: bool = True) -> Path | None:
        """A damaged file keeps its content under another name; the last backup, if any, takes its place. Returns that
        name, None if there was no file."""
        aside: Path | None = self._path.with_name(f"{self._path.stem}.damaged-{time.time_ns()}{self._path.suffix}")
        log.error("%s is damaged; it is kept as %s", self._path, aside)
        for suffix in ("-wal", "-shm", ""):
            try:
                Path(f"{self._path}{suffix}").rename(f"{aside}{suffix}")
            except FileNotFoundError:
                aside = aside if suffix else None
        if restore and self._backup and self._copy.exists():
            part = self._path.with_suffix(f".{os.getpid()}.part")
            shutil.copyfile(self._copy, part)
            part.replace(self._path)
        return aside

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
