"""One SQLite connection on one thread of its own: no query runs on the event loop, none at the same time as another.

Migrations are functions in order. What is in the file is distrusted: it is read whole when it is opened, mended out of
itself and its backups, and never replaced while another process has it open.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar, cast

from oelala_desktop.domain.errors import CannotSave

from .backups import MOST_WRITES, Backups, part_of, state_of
from .locks import FileLock
from .plain_file import put_aside
from .rebuilding import Keeper, rebuild, salvaged
from .salvage import PAGE, is_log_broken
from .sqlite_errors import Damaged, is_damage, is_damage_at_start, reading, what_is_wrong

log = logging.getLogger(__name__)
T = TypeVar("T")
Migration = Callable[[sqlite3.Connection], None]

_PATIENCE = 30.0


class _Replaced(Exception):
    """The file that is open here is no longer the one that others find."""


def without_cursor(result: T) -> T:
    """A cursor must not leave its thread: freed on another one, it would reset its statement while this one runs the
    next. Nobody needs it once its work is done."""
    if isinstance(result, sqlite3.Cursor):
        result.close()
        return cast(T, None)
    return result


class Database:
    """For what must survive a power cut. `keeper` knows its rows; another process may take `patience` seconds to open,
    or mend, the same file."""

    def __init__(
        self, path: Path, migrations: Sequence[Migration], keeper: Keeper, *, patience: float = _PATIENCE
    ) -> None:
        self._path = path
        self._patience = patience
        self._migrations = migrations
        self._keeper = keeper
        self._backups = Backups(path)
        self._lock = FileLock(path.with_suffix(".lock"))
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=path.stem)
        self._connection: sqlite3.Connection | None = None
        self._file: os.stat_result | None = None
        self._is_closed = True
        self._news: list[str] = []

    async def open(self) -> None:
        """Raises CannotSave when the file can neither be opened nor made anew, is of a later version, or is damaged
        while another process has it open."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._open)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._worker, self._close)
        self._worker.shutdown()

    def take_news(self) -> list[str]:
        """Sentences on what had to be mended since this was last asked."""
        news, self._news = self._news, []
        return news

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` on the database's thread inside one transaction; twice if the file was found damaged or replaced.
        Raises CannotSave when it is not taken; then nothing has changed."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._run, work)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = self._opened()
            try:
                return self._attempt(connection, work)
            except _Replaced:
                connection = self._follow(connection)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                log.warning("%s: %s", self._path, what_is_wrong(error))
                connection = self._mend(connection)
            return self._attempt(connection, work)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except (OSError, sqlite3.DatabaseError, _Replaced) as error:
            raise CannotSave(
                f"The database {self._path} does not take changes: {what_is_wrong(error)}.", detail=repr(error)
            ) from error

    def _attempt(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        with reading(), connection:
            before = connection.total_changes
            result = without_cursor(work(connection))
            if connection.total_changes != before:
                connection.execute("UPDATE about SET writes = writes + 1")
                if self._is_replaced():
                    raise _Replaced
            return result

    def _is_replaced(self) -> bool:
        try:
            return self._file is None or not os.path.samestat(self._path.stat(), self._file)
        except OSError:
            return True

    # Opening

    def _open(self) -> None:
        if self._connection is not None:
            return  # by an earlier call, whose caller did not wait for it
        try:
            alone = self._lock.take()
            if not alone and not self._lock.take(shared=True, patience=self._patience):
                raise self._busy()
            try:
                self._clear_odd()
                self._connection = self._connect_or_mend(alone)
                if alone:
                    self._back_up(self._connection)
                    if not self._lock.take(shared=True, patience=self._patience):
                        raise self._busy()
                self._is_closed = False
            except BaseException:
                self._close_connection()
                self._lock.release()
                raise
        except (OSError, sqlite3.DatabaseError) as error:
            raise CannotSave(
                f"The database {self._path} cannot be opened: {what_is_wrong(error)}.", detail=repr(error)
            ) from error

    def _busy(self) -> CannotSave:
        return CannotSave(f"Another Oelala is at work on {self._path} for too long; try again in a moment.")

    def _clear_odd(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            place = Path(f"{self._path}{suffix}")
            if kept := put_aside(place):
                self._news.append(f"{place.name} was no file; what lay there is kept as {kept}.")
                log.warning("%s", self._news[-1])

    def _connect_or_mend(self, alone: bool) -> sqlite3.Connection:
        version, writes = state_of(self._path) if self._path.exists() else (0, 0)
        self._refuse_later(version, self._path)
        try:
            if not self._is_there() and any(self._backups):
                raise Damaged("it is empty or gone")
            if self._is_emptied():
                raise Damaged("it is empty, but its log is not")
            if alone and is_log_broken(self._path):
                raise Damaged("its log is damaged")
            connection = self._connect(self._path)
            try:
                if writes < self._backups.newest[1]:
                    raise Damaged("it lacks what its backup has")
                with reading():
                    self._settle(connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.DatabaseError as error:
            if not is_damage_at_start(error, self._path):
                raise
            if not alone:
                raise CannotSave(
                    f"{self._path} is damaged, and another Oelala has it open. End that one and start again: then it "
                    "is mended."
                ) from error
            log.info("%s is damaged: %s", self._path, what_is_wrong(error))
            connection = self._rebuild()
        self._file = self._path.stat()
        return connection

    def _refuse_later(self, version: int, path: Path) -> None:
        if version > len(self._migrations):
            raise CannotSave(
                f"{path} was written by a later version of Oelala and is left as it is. Update Oelala, or set "
                "OELALA_HOME to another folder."
            )

    def _is_there(self) -> bool:
        """Not missing or empty, with nothing in its log either."""
        wal = Path(f"{self._path}-wal")
        return any(path.exists() and path.stat().st_size for path in (self._path, wal))

    def _is_emptied(self) -> bool:
        """A new file has its first page before it has a log. Told before SQLite looks, which would delete the log."""
        wal = Path(f"{self._path}-wal")
        return self._path.exists() and not self._path.stat().st_size and wal.exists() and wal.stat().st_size > 0

    def _rebuild(self) -> sqlite3.Connection:
        self._refuse_later(self._backups.newest[0], self._path)
        aside, count = rebuild(self._path, self._backups, self._keeper, self._connect)
        kept = f" The damaged file is kept as {aside}." if aside else ""
        self._news.append(f"{self._path.name} was damaged; {count} entries of it were saved.{kept}")
        log.info("%s", self._news[-1])
        return self._connect(self._path)

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=20, check_same_thread=False)
        try:
            with reading():
                for setting in (f"page_size={PAGE}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                    connection.execute(f"PRAGMA {setting}")
                if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                    raise Damaged("its pages do not fit each other")
                self._migrate(connection)
                for table in self._keeper.others:
                    connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        known = len(self._migrations)
        if _versions(connection) == (known, known):
            return
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            done = _version(_versions(connection), known)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS about (one INTEGER PRIMARY KEY CHECK (one = 1),"
                " version INTEGER NOT NULL, writes INTEGER NOT NULL)"
            )
            connection.execute("INSERT OR IGNORE INTO about VALUES (1, 0, 0)")
            for step in self._migrations[done:]:
                step(connection)
            connection.execute("UPDATE about SET version = ?, writes = writes + 1", (known,))
            connection.execute(f"PRAGMA user_version={known}")

    def _settle(self, connection: sqlite3.Connection) -> None:
        """Rows that cannot be read come out of the backups, or are set aside."""
        if self._keeper.is_whole(connection):
            return
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            count = self._keeper.settle(connection, salvaged(reversed(list(self._backups))))
            connection.execute("UPDATE about SET writes = writes + 1")
        log.info("%s: rows could not be read; %s of them were set aside", self._path, count)

    def _back_up(self, connection: sqlite3.Connection) -> None:
        writes = connection.execute("SELECT writes FROM about").fetchone()[0]
        if writes != self._backups.newest[1]:
            self._backups.save(connection, self._keeper.is_whole)

    # Mending in mid-use

    def _mend(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Damage was met: as after a new start, which mends it if no other process has the file open."""
        connection.close()
        self._connection = None
        return self._opened()

    def _follow(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """The file was deleted or replaced from outside, while all that was in it can still be read through the open
        connection: that goes into the file that is there now, or becomes it."""
        log.warning("%s was deleted or replaced while it was in use", self._path)
        self._clear_odd()
        part = part_of(self._path)
        try:
            with closing(sqlite3.connect(part)) as target:
                connection.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
            if not self._is_there():
                self._path.unlink(missing_ok=True)
                for suffix in ("-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
                with suppress(FileExistsError):
                    os.link(part, self._path)  # unlike a rename it takes nobody else's place
            fresh = self._connect(self._path)
            with fresh:
                fresh.execute("BEGIN IMMEDIATE")
                self._keeper.take(fresh, salvaged([part]), behind=False)
        finally:
            part.unlink(missing_ok=True)
        connection.close()
        self._connection, self._file = fresh, self._path.stat()
        return fresh

    def _opened(self) -> sqlite3.Connection:
        if self._is_closed:
            raise CannotSave(f"The database {self._path.name} is closed.")
        if self._connection is None:  # it could not be mended the last time
            self._open()
        return cast(sqlite3.Connection, self._connection)

    def _close(self) -> None:
        self._is_closed = True
        if self._connection is not None and self._is_replaced():
            with suppress(OSError, sqlite3.Error):
                self._follow(self._connection)
        self._close_connection()
        self._lock.release()

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _versions(connection: sqlite3.Connection) -> tuple[object, object]:
    """Of the tables, as it stands in two places, so that one damaged number is not taken for another version; None
    where it does not. Earlier versions had the one place only."""
    stated = connection.execute("PRAGMA user_version").fetchone()[0]
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
        return stated, None
    row = connection.execute("SELECT version, writes FROM about").fetchone()
    return stated, row[0] if row and type(row[1]) is int and row[1] < MOST_WRITES else None


def _version(versions: tuple[object, object], known: int) -> int:
    """Raises Damaged."""
    right = [number for number in reversed(versions) if type(number) is int and 0 <= number <= known]
    if not right:
        raise Damaged("its version is not readable")
    return right[0]
