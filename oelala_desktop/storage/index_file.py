"""A disposable database: one connection that writes and one that reads, each on a thread of its own, so that a page is
never kept waiting by a long load. A damaged file, or one of another version, is set aside and begun anew."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from oelala_desktop.domain.errors import CannotSave

from .database import without_cursor

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

#: SQLITE_CORRUPT and SQLITE_NOTADB, and SQLITE_IOERR_SHORT_READ: the file ends too early
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CUT_SHORT = sqlite3.SQLITE_IOERR_SHORT_READ
_SETTINGS = ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-16000")


class IndexFile:
    """`create` makes the tables; a file whose `user_version` is not `version` is begun anew."""

    def __init__(self, path: Path, create: Callable[[sqlite3.Connection], None], version: int) -> None:
        self._path = path
        self._create = create
        self._version = version
        self._writer = _Line(f"{path.stem}-write")
        self._reader = _Line(f"{path.stem}-read")
        self._renewing = asyncio.Lock()
        self._generation = 0
        #: called on the loop after the content was lost and begun anew
        self.on_lost: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Raises CannotSave when the file can neither be opened nor made anew."""
        await self._writer.call(self._connect)
        await self._reader.call(lambda: self._open_file(self._reader))

    async def close(self) -> None:
        for line in (self._reader, self._writer):
            await line.call(line.disconnect)
            line.stop()

    async def read(self, work: Work[T]) -> T:
        """Runs `work` on the reading thread; it sees all that was written before."""
        return await self._run(self._reader, work)

    async def write(self, work: Work[T]) -> T:
        """Runs `work` on the writing thread in one transaction. Raises CannotSave when the disk refuses."""
        return await self._run(self._writer, work)

    async def _run(self, line: _Line, work: Work[T]) -> T:
        generation = self._generation
        try:
            return await line.call(lambda: line.transact(work))
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise CannotSave(f"The index {self._path} does not take changes: {error}.") from error
        await self._renew(generation)
        return await line.call(lambda: line.transact(work))

    async def _renew(self, generation: int) -> None:
        """Several callers meet the same damage; the first of them sees to it."""
        async with self._renewing:
            if generation != self._generation:
                return
            self._generation += 1
            await self._reader.call(self._reader.disconnect)
            await self._writer.call(self._begin_anew)
            await self._reader.call(lambda: self._open_file(self._reader))
        self.on_lost()

    def _begin_anew(self) -> None:
        self._writer.disconnect()
        self._set_aside()
        self._connect()

    def _connect(self) -> None:
        try:
            try:
                self._prepare()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._writer.disconnect()
                self._set_aside()
                self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise CannotSave(f"The index {self._path} cannot be opened: {error}.") from error

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
            connection.execute(f"PRAGMA user_version={self._version}")

    def _open_file(self, line: _Line) -> None:
        connection = sqlite3.connect(self._path, timeout=20, check_same_thread=False)
        line.connection = connection
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.stem}.damaged{self._path.suffix}")
        log.error("%s is damaged; it is kept as %s and made anew", self._path, aside.name)
        self._remove(aside)
        if self._path.exists():
            self._path.rename(aside)
        self._remove(self._path)

    @staticmethod
    def _remove(path: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


class _Line:
    """A thread and the connection that only it uses."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.connection: sqlite3.Connection | None = None

    async def call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def transact(self, work: Work[T]) -> T:
        if self.connection is None:
            raise CannotSave("The list of your media is not open; start Oelala again if it does not come back.")
        with self.connection:
            return without_cursor(work(self.connection))

    def disconnect(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def stop(self) -> None:
        self._thread.shutdown()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGE or code == _CUT_SHORT
