"""A damaged database made anew, out of all that can still be read of it and of its backups. The damaged file keeps its
content under another name."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from .backups import Backups, open_to_read, part_of, state_of
from .salvage import Record, records
from .sqlite_errors import what_is_wrong

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """What a database knows of its own rows. All of it runs inside a transaction of the caller."""

    #: tables beside the one that is salvaged; they are copied as they are, where they can be read
    others: Sequence[str]

    def is_whole(self, connection: sqlite3.Connection) -> bool:
        """Whether every row can be read; reads them all."""
        ...

    def take(self, connection: sqlite3.Connection, found: Iterable[Record], *, behind: bool) -> int:
        """Puts in what is a row and newer than what is there, or in place of what is damaged; `behind`: it may be older
        than the last that was written. Returns how many."""
        ...

    def settle(self, connection: sqlite3.Connection, spare: Iterable[Record]) -> int:
        """Mends rows that cannot be read, out of `spare` where nothing else helps; what is beyond that is kept apart as
        it is. Returns how many of those there were."""
        ...


def salvaged(sources: Iterable[Path]) -> Iterator[Record]:
    for source in sources:
        try:
            yield from records(source)
        except OSError as error:
            log.warning("%s cannot be read: %s", source.name, error)


def rebuild(
    path: Path, backups: Backups, keeper: Keeper, connect: Callable[[Path], sqlite3.Connection]
) -> tuple[Path | None, int]:
    """Nobody else may have it open. Returns under which name the damaged file is kept, if there was one, and how many
    rows are there again. Raises OSError or sqlite3.Error; then nothing has changed."""
    part = part_of(path)
    # a rebuilding that was cut short may have put the log aside already
    sources = [*reversed(list(backups)), *_asides(path)[-1:], path]
    try:
        with closing(connect(part)) as fresh:
            with fresh:
                count = keeper.take(fresh, salvaged(sources), behind=True)
                for table in keeper.others:
                    _copy(table, sources[::-1], fresh)
                last = max(state_of(source)[1] for source in sources if source.exists() or source == path)
                fresh.execute("UPDATE about SET writes = max(writes, ?) + 1", (last,))
            if not keeper.is_whole(fresh):
                raise sqlite3.DatabaseError("what was saved cannot be read again")
            fresh.execute("PRAGMA journal_mode=DELETE")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        aside = _keep(path)
        part.replace(path)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                Path(f"{part}{suffix}").unlink(missing_ok=True)
    return aside, count


def _asides(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"))


def _keep(path: Path) -> Path | None:
    """The damaged file under another name too, its log under that name alone: a fresh file must not find it."""
    aside = path.with_name(f"{path.stem}.damaged-{time.time_ns()}{path.suffix}")
    found = path.exists()
    if found:
        try:
            os.link(path, aside)
        except OSError:
            shutil.copyfile(path, aside)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside if found else None


def _copy(table: str, sources: Iterable[Path], fresh: sqlite3.Connection) -> None:
    """From the first of `sources` that has it whole; what the ones before it have of it, too."""
    columns = ", ".join(row[1] for row in fresh.execute(f"PRAGMA table_info({table})"))
    marks = ",".join("?" * (columns.count(",") + 1))
    for source in sources:
        if not source.exists():
            continue
        rows: list[tuple[object, ...]] = []
        whole = False
        try:
            with closing(open_to_read(source)) as old:
                for row in old.execute(f"SELECT {columns} FROM {table}"):
                    rows.append(row)
                whole = True
        except (OSError, sqlite3.Error) as error:
            log.warning("%s of %s: %s", table, source.name, what_is_wrong(error))
        fresh.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)
        if whole:
            return
