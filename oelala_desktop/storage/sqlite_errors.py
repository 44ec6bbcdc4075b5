"""Which errors of SQLite tell that a file is damaged, and which that the disk refuses for now."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: what passes, or is no fault of the file; the low byte of an error's code
_FOR_NOW = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_RANGE,
    }
)
#: the file ends too early
_CUT_SHORT = sqlite3.SQLITE_IOERR_SHORT_READ
#: what SQLite says, with its most general code, of tables that were there
_BAD_TABLES = (
    "no such ",
    "malformed database",
    "unsupported file format",
    "has no column",
    "corrupt",
    "vtable constructor failed",
    "fts5 file format",
)


class Damaged(sqlite3.DatabaseError):
    """What was read cannot have been written by us. The text names no content."""


@contextmanager
def reading() -> Iterator[None]:
    """Around whatever a connection is asked: a text that is not UTF-8, or a message of SQLite that quotes one, is
    damage."""
    try:
        yield
    except UnicodeDecodeError:
        raise Damaged("a text in it is not readable") from None


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Of an error while a database is in use: of the file itself, not a disk that is full or refuses for now."""
    if isinstance(error, Damaged):
        return True
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # from the module, not from SQLite: a text that is not UTF-8
        return isinstance(error, sqlite3.OperationalError)
    if code == sqlite3.SQLITE_ERROR:
        return any(words in str(error) for words in _BAD_TABLES)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return False
    return code == _CUT_SHORT or code & 0xFF not in _FOR_NOW


def is_damage_at_start(error: sqlite3.DatabaseError, path: Path) -> bool:
    """The same of an error before any query of ours. What then comes as a general refusal is one of a bad head, if the
    file itself can be written."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return _takes_writing(path)
    return is_damage(error)


def _takes_writing(path: Path) -> bool:
    try:
        with path.open("r+b"), tempfile.TemporaryFile(dir=path.parent):
            return True
    except OSError:
        return False


def what_is_wrong(error: BaseException) -> str:
    """For logs and notices: never the content that could not be read, which may be a prompt."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    code = getattr(error, "sqlite_errorname", None)
    if isinstance(error, Damaged) or (code and code != "SQLITE_ERROR"):
        return str(error)
    return "a text in it is not readable" if code is None else "its tables are not as they should be"
