"""A disposable database: one connection that writes and one that reads, each on a thread of its own, so that a page is
never kept waiting by a long load. A damaged file, or one of another version, is set aside and begun anew; a process
that has it open finds that before it reads or commits, and goes over to the new one. `check` finds the damage of which
SQLite says nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from oelala_desktop.domain.errors import CannotSave

from .database import without_cursor
from .locks import FileLock
from .plain_file import put_aside
from .seal import Seal
from .sqlite_errors import is_damage, is_damage_at_start, reading, what_is_wrong

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

#: what code of ours fails with when a row holds something else than was put there
_NONSENSE = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)
_PATIENCE = 30.0  # seconds that another process may take to begin it anew
_OFTEN = 100_000  # steps of SQLite after which a check that is no longer wanted ends
_PARTS = ("", "-wal", "-shm")
_SETTINGS = ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY")
_CACHE = 16_000  # KiB of pages that each connection keeps


class _Replaced(Exception):
    """Another process has begun the file anew, or somebody deleted it."""


class IndexFile:
    """`create` makes the tables; a file whose `user_version` is not `version` is begun anew. One that has `is_whole`
    (whether its rows belong together) is sealed when it is closed, and can be checked. `cache` is in KiB, for each of
    its connections."""

    def __init__(
        self,
        path: Path,
        create: Callable[[sqlite3.Connection], None],
        version: int,
        is_whole: Work[bool] | None = None,
        *,
        cache: int = _CACHE,
    ) -> None:
        self._path = path
        self._cache = cache
        self._create = create
        self._version = version
        self._is_whole = is_whole
        self._seal = Seal(path)
        self._is_known = False  # to be sound: begun or checked in this run
        self._writer = _Line(f"{path.stem}-write")
        self._reader = _Line(f"{path.stem}-read")
        self._lock = FileLock(path.with_suffix(".lock"))
        self._renewing = asyncio.Lock()
        #: how often the content was lost and begun anew
        self.generation = 0
        self._has_doubted = False
        #: called on the loop after the content was lost and begun anew
        self.on_lost: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Raises CannotSave when the file can neither be opened nor made anew."""
        await self._writer.call(self._connect)
        await self._reader.call(lambda: self._open_file(self._reader))

    async def close(self) -> None:
        await self._reader.call(self._reader.disconnect)
        await self._writer.call(self._close)
        for line in (self._reader, self._writer):
            line.stop()

    async def check(self) -> None:
        """Reads the whole file, beside what else is done with it: one that is not what was closed, or, where it was not
        sealed, whose tables and rows do not belong together, is begun anew."""
        if self._is_whole is None or self._is_known:
            return
        generation, stop = self.generation, threading.Event()
        try:
            found = await asyncio.to_thread(self._is_sound, self._is_whole, stop)
        finally:
            stop.set()
        if found is False:
            log.error("%s is damaged: it does not hold what was put there", self._path.name)
            await self._renew(generation)
        elif generation == self.generation:
            self._is_known = found is True

    def _is_sound(self, is_whole: Work[bool], stop: threading.Event) -> bool | None:
        """None if that could not be found out."""
        sealed = self._seal.holds()
        if sealed is not None:
            return sealed
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", timeout=20, uri=True)) as c:
                c.set_progress_handler(stop.is_set, _OFTEN)
                with reading():
                    return c.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",) and is_whole(c)
        except sqlite3.DatabaseError as error:
            return False if is_damage(error) else None

    async def read(self, work: Work[T]) -> T:
        """Runs `work` on the reading thread; it sees all that was written before."""
        return await self._run(self._reader, work)

    async def write(self, work: Work[T]) -> T:
        """Runs `work` on the writing thread in one transaction. Raises CannotSave when the disk refuses."""
        return await self._run(self._writer, work)

    async def _run(self, line: _Line, work: Work[T]) -> T:
        generation = self.generation
        try:
            return await line.call(lambda: line.transact(work))
        except _Replaced:
            log.warning("%s was replaced while it was in use", self._path.name)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise self._refusal(error) from error
            log.error("%s is damaged: %s", self._path.name, what_is_wrong(error))
        except _NONSENSE as error:
            if self._has_doubted:  # once in a run: it may be a fault of ours
                raise
            self._has_doubted = True
            log.error("%s is damaged: what was read makes no sense (%s)", self._path.name, type(error).__name__)
        await self._renew(generation)
        try:
            return await line.call(lambda: line.transact(work))
        except (sqlite3.DatabaseError, _Replaced) as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> CannotSave:
        return CannotSave(f"The index {self._path} does not take changes: {what_is_wrong(error)}.")

    async def _renew(self, generation: int) -> None:
        """Several callers meet the same damage; the first of them sees to it."""
        async with self._renewing:
            if generation != self.generation:
                return
            self.generation += 1
            await self._reader.call(self._reader.disconnect)
            await self._writer.call(self._begin_anew)
            await self._reader.call(lambda: self._open_file(self._reader))
        self.on_lost()

    def _begin_anew(self) -> None:
        """Unless another process has done so already."""
        self._connect(anew=not self._writer.is_replaced())

    def _close(self) -> None:
        self._writer.disconnect()
        try:
            if self._is_whole is not None and self._lock.take():
                self._seal.put(known=self._is_known)
        except OSError as error:
            log.info("%s is not sealed: %s", self._path.name, error.strerror)
        finally:
            self._lock.release()

    def _connect(self, *, anew: bool = False) -> None:
        self._writer.disconnect()
        self._is_known = False
        try:
            if not self._lock.take(patience=_PATIENCE):
                raise CannotSave(f"Another Oelala is at work on {self._path} for too long; try again in a moment.")
            self._seal.take()
            self._clear_odd()
            if anew:
                self._set_aside()
            try:
                self._prepare()
            except sqlite3.DatabaseError as error:
                if not is_damage_at_start(error, self._path):
                    raise
                self._writer.disconnect()
                self._set_aside()
                self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise CannotSave(f"The index {self._path} cannot be opened: {what_is_wrong(error)}.") from error
        finally:
            self._lock.release()

    def _prepare(self) -> None:
        self._open_file(self._writer)
        found = self._writer.transact(lambda c: c.execute("PRAGMA user_version").fetchone()[0])
        if found == self._version:
            self._writer.transact(lambda c: c.execute("SELECT count(*) FROM sqlite_master").fetchone())
            return
        if found:
            log.info("%s is of version %s and is made anew", self._path.name, found)
            self._writer.disconnect()
            self._remove(self._path)
            self._open_file(self._writer)
        self._writer.transact(self._make)

    def _make(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] != self._version:
            self._create(connection)
            self._is_known = True
            connection.execute(f"PRAGMA user_version={self._version}")

    def _open_file(self, line: _Line) -> None:
        line.connect(self._path)
        line.transact(self._prepare_connection)

    def _prepare_connection(self, connection: sqlite3.Connection) -> None:
        for setting in (*_SETTINGS, f"cache_size=-{self._cache}"):
            connection.execute(f"PRAGMA {setting}")

    def _clear_odd(self) -> None:
        for suffix in _PARTS:
            if kept := put_aside(Path(f"{self._path}{suffix}")):
                log.error("%s%s was no file; what lay there is %s now", self._path, suffix, kept)

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.stem}.damaged{self._path.suffix}")
        log.error("%s is damaged; it is kept as %s and made anew", self._path, aside.name)
        put_aside(aside)
        self._remove(aside)
        if self._path.exists():
            self._path.rename(aside)
        self._remove(self._path)

    @staticmethod
    def _remove(path: Path) -> None:
        for suffix in _PARTS:
            Path(f"{path}{suffix}").unlink(missing_ok=True)


class _Line:
    """A thread and the connection that only it uses."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.connection: sqlite3.Connection | None = None
        self._place: Path | None = None
        self._file: os.stat_result | None = None

    def connect(self, path: Path) -> None:
        self.disconnect()
        self.connection = sqlite3.connect(path, timeout=20, check_same_thread=False)
        self._place, self._file = path, path.stat()

    def is_replaced(self) -> bool:
        """Whether others find another file at its place by now, or none."""
        try:
            return self._place is None or self._file is None or not os.path.samestat(self._place.stat(), self._file)
        except OSError:
            return True

    async def call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def transact(self, work: Work[T]) -> T:
        if self.connection is None:
            raise CannotSave("The list of your media is not open; start Oelala again if it does not come back.")
        with reading(), self.connection:
            if self.is_replaced():
                raise _Replaced
            result = without_cursor(work(self.connection))
            if self.connection.in_transaction and self.is_replaced():
                raise _Replaced
            return result

    def disconnect(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def stop(self) -> None:
        self._thread.shutdown()
