"""A MediaQuery as SQL. Pages go by key, never by offset: what is inserted meanwhile neither repeats nor hides a row."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.media import SORTS, MediaItem, MediaQuery

from .media_schema import ENGINE, LORA, MODEL, first_moment
from .media_search import HOLDS, read_typed
from .sqlite_errors import Damaged

MAX_LIMIT = 1000
_COLUMN = {"name": "sort_name", "size": "size", "duration": "length", "favorites": "favorite"}

ITEM_COLUMNS = (
    "i.id, f.path, i.file, i.name, i.kind, i.format, i.size, i.mtime_ns, i.added, i.width, i.height, i.frames, i.fps,"
    " i.length, i.prompt_key IS NOT NULL, i.is_sketch, i.is_start, i.favorite, i.job_id, i.has_sound,"
    " i.moment"
)
ITEM_TABLES = "items i CROSS JOIN folders f ON f.id = i.folder"


_N = type(None)
#: of the columns of an item: a damaged row may have anything there
_TYPES: tuple[type | tuple[type, ...], ...] = (
    int, bytes, bytes, str, str, str, int, int, (int, float), (int, _N), (int, _N), (int, _N), (int, float, _N),
    (int, float), int, int, int, int, (str, _N), int,
)  # fmt: skip


def to_item(row: tuple[Any, ...]) -> MediaItem:
    """Raises Damaged."""
    if not all(isinstance(value, right) for value, right in zip(row, _TYPES, strict=False)):
        raise Damaged("a row of it is not readable")
    folder = to_text(row[1])
    return MediaItem(
        row[0], join(folder, to_text(row[2])), folder, row[3], row[4], row[5], row[6], row[7] / 1e9, row[8], row[9],
        row[10], row[11], row[12], row[13] or None, bool(row[14]), bool(row[15]), bool(row[16]), bool(row[17]), row[18],
        bool(row[19]),
    )  # fmt: skip


def to_bytes(path: str | Path) -> bytes:
    """Names as the database keeps them: also those that are no text."""
    return str(path).encode("utf-8", "surrogateescape")


def to_text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def join(folder: str, name: str) -> str:
    return folder + _SEPARATOR + name if not folder.endswith(_SEPARATOR) else folder + name


_SEPARATOR = str(Path("a", "b"))[1]


@dataclass(slots=True)
class Statement:
    """The parts behind SELECT. `order` is empty where the order does not matter."""

    tables: str
    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    order: str = ""
    key: str | None = None

    def sql(self, columns: str) -> str:
        where = " AND ".join(self.conditions) or "1"
        return f"SELECT {columns} FROM {self.tables} WHERE {where}{self.order}"

    def require(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)


def build(connection: sqlite3.Connection, query: MediaQuery, *, ordered: bool = True) -> Statement:
    """Raises InvalidField for an unknown sort or a cursor that is not of this query."""
    if query.sort not in SORTS:
        raise InvalidField("sort", f"sort: {query.sort!r} is unknown; there are {', '.join(SORTS)}.")
    key = _COLUMN.get(query.sort)
    typed = read_typed(connection, query.text)
    by_search = typed.match is not None and key is None
    moment = "search.rowid" if by_search else "i.moment"
    tables = f"search CROSS JOIN items i ON i.moment = search.rowid{_FOLDERS}" if by_search else ITEM_TABLES
    statement = Statement(tables, key=key)
    if typed.match is not None:
        match = "search MATCH ?" if by_search else "i.moment IN (SELECT rowid FROM search WHERE search MATCH ?)"
        statement.require(match, typed.match)
    for sign in typed.signs:
        statement.require(HOLDS.format(moment=moment), sign)
    _filter(statement, query, moment)
    if query.cursor is not None:
        _resume(statement, query, moment)
    if ordered:
        way = "DESC" if query.descending else "ASC"
        statement.order = f" ORDER BY {f'i.{key} {way}, ' if key else ''}{moment} {way}"
    return statement


_FOLDERS = " CROSS JOIN folders f ON f.id = i.folder"


def _filter(statement: Statement, query: MediaQuery, moment: str) -> None:
    statement.require("i.hidden = 0")
    if query.hide_start_images:
        statement.require("i.is_start = 0")
    if query.kind is not None:
        statement.require("i.kind = ?", query.kind)
    if query.favorite is not None:
        statement.require("i.favorite = ?", int(query.favorite))
    for kind, name in ((MODEL, query.model), (LORA, query.lora), (ENGINE, query.engine)):
        if name is not None:
            chosen = "SELECT moment FROM uses WHERE name = (SELECT id FROM names WHERE kind = ? AND name = ?)"
            statement.require(f"i.moment IN ({chosen})", kind, name)
    if query.since is not None:
        statement.require(f"{moment} >= ?", first_moment(query.since))
    if query.until is not None:
        statement.require(f"{moment} < ?", first_moment(query.until + 1))


def _resume(statement: Statement, query: MediaQuery, moment: str) -> None:
    value, last = _read_cursor(query)
    sign = "<" if query.descending else ">"
    if statement.key is None:
        statement.require(f"{moment} {sign} ?", last)
    else:
        statement.require(f"(i.{statement.key}, {moment}) {sign} (?, ?)", value, last)


def write_cursor(query: MediaQuery, value: Any, moment: int) -> str:
    return encode_cursor([query.sort, query.descending, value, moment])


def _read_cursor(query: MediaQuery) -> tuple[Any, int]:
    parts = decode_cursor(query.cursor or "")
    if len(parts) != 4 or parts[:2] != [query.sort, query.descending] or not _is_key(query.sort, *parts[2:]):
        raise InvalidField("cursor", "cursor: it belongs to another order; ask for the first page again.")
    return parts[2], parts[3]


def _is_key(sort: str, value: Any, moment: Any) -> bool:
    """Whether these can be of a row: SQLite orders texts behind numbers, so a wrong type would skip or repeat all."""
    right = {"name": (str,), "duration": (int, float)}.get(sort, (int,))
    return type(value) in right and is_int64(moment) and (type(value) is not int or is_int64(value))


def is_int64(value: Any) -> bool:
    """Whether this is a whole number that SQLite can hold."""
    return type(value) is int and -(2**63) <= value < 2**63


def encode_cursor(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        parts = None
    if not isinstance(parts, list) or not all(isinstance(part, str | int | float) for part in parts):
        raise InvalidField("cursor", "cursor: this is none of ours; ask for the first page again.")
    return parts
