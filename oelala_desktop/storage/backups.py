"""The backups of a database: the newest and two older ones. One is made only of what was read whole, and none is made
where nothing has changed since."""

from __future__ import annotations

import logging
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from .plain_file import put_aside

log = logging.getLogger(__name__)

KEPT = 3
#: no database has had more transactions: a number that is larger is damaged
MOST_WRITES = 2**40


def part_of(path: Path) -> Path:
    """A name for a file that is to take the place of another, swept if its process does not come that far."""
    return path.with_suffix(f".{uuid.uuid4().hex[:8]}.{os.getpid()}.part")


def open_to_read(path: Path) -> sqlite3.Connection:
    """Raises OSError or sqlite3.Error, the latter for an empty file too: beside such a one SQLite would delete the log,
    in which all of it may be."""
    if not path.stat().st_size:
        raise sqlite3.DatabaseError("it is empty")
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def state_of(path: Path) -> tuple[int, int]:
    """(version of its tables, transactions that were ever written) as the file itself says, (0, 0) if it does not."""
    try:
        with closing(open_to_read(path)) as connection:
            version, writes = connection.execute("SELECT version, writes FROM about").fetchone()
            stated = connection.execute("PRAGMA user_version").fetchone()[0]
            return min(int(version), int(stated)), int(writes) if 0 <= int(writes) < MOST_WRITES else 0
    except (OSError, sqlite3.Error, TypeError, ValueError):
        return 0, 0


class Backups:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = [path.with_suffix(".backup" + (f"-{n}" if n > 1 else "")) for n in range(1, KEPT + 1)]

    def __iter__(self) -> Iterator[Path]:
        """Newest first."""
        return (path for path in self._names if path.is_file())

    @property
    def newest(self) -> tuple[int, int]:
        """As `state_of`."""
        return state_of(self._names[0]) if self._names[0].is_file() else (0, 0)

    def save(self, connection: sqlite3.Connection, is_whole: Callable[[sqlite3.Connection], bool]) -> None:
        """`is_whole` reads a copy to its end; only then does it become the newest backup."""
        part = part_of(self._path)
        try:
            with closing(sqlite3.connect(part)) as target:
                target.execute("PRAGMA synchronous=FULL")
                connection.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")  # nothing is left beside it by those who read it
                if not is_whole(target):
                    raise sqlite3.DatabaseError("the copy is not whole")
            for name in self._names:
                put_aside(name)
            for older, newer in zip(self._names[:0:-1], self._names[-2::-1], strict=True):
                with suppress(FileNotFoundError):
                    newer.replace(older)
            part.replace(self._names[0])
            for name in self._names:  # left by who read one of an earlier version
                for suffix in ("-wal", "-shm"):
                    Path(f"{name}{suffix}").unlink(missing_ok=True)
        except (OSError, sqlite3.Error) as error:
            log.warning("no backup of %s: %s", self._path.name, error)
            for left in (part, Path(f"{part}-journal"), Path(f"{part}-wal"), Path(f"{part}-shm")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
