"""A job as a row. The document is the truth; the columns beside it are what is searched by, and can be made of it anew.
Every row has a checksum over all of itself, and its document the version of its writing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields, replace
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, TypeVar, cast

import orjson

from oelala_desktop.domain.job import (
    Awaited,
    EngineRef,
    Job,
    JobError,
    JobInput,
    JobState,
    Link,
    Output,
    Owner,
)
from oelala_desktop.domain.obstacle import Said

#: of documents; 0 were those without a checksum
VERSION = 1
COLUMNS = "id, state, position, created, hidden, revision, version, checksum, document"

_MOST = 64 * 2**20  # bytes of a document
_MARK = re.compile(rb'"mark":"([0-9a-f]+)"')  # within a text its quotes would have a backslash before them
_NUMBER = (int, float)
#: what JSON has for a field of that type
_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, NoneType),
    "int": _NUMBER,
    "int | None": (int, float, NoneType),
    "float": _NUMBER,
    "float | None": (int, float, NoneType),
    "bool": (bool,),
    "Mapping[str, Any]": (dict,),
    "Mapping[str, str]": (dict,),
    "tuple[str, ...]": (list,),
    "JobState": (str,),
}
R = TypeVar("R")


class BadRow(Exception):
    """A row that cannot be read; the text says why, in words that fit behind a colon."""


class Row(NamedTuple):
    """As in the table. `revision` rises with every write, so that of two copies of a row the newer is known."""

    id: str
    state: str
    position: float
    created: float
    hidden: int
    revision: int
    version: int
    checksum: int
    document: bytes

    @property
    def is_whole(self) -> bool:
        try:
            return self.checksum == _checksum(self[:-2], self.document)
        except TypeError:
            return False


def row_of(job: Job, revision: int) -> Row:
    document = zlib.compress(orjson.dumps(_plain(job)), 1)
    columns = (
        job.id,
        job.state.value,
        float(job.position),
        float(job.created_at),
        int(job.hidden),
        revision,
        VERSION,
    )
    return Row(*columns, _checksum(columns, document), document)


def _plain(job: Job) -> dict[str, Any]:
    """For orjson, which knows records itself: a graph need not be copied to be written."""
    if not job.unknown:
        return {name: getattr(job, name) for name in _fields(Job) if name != "unknown"}
    known = asdict(job)  # what a later version wrote may lie within a record
    merged: dict[str, Any] = _with(known, known.pop("unknown"))
    return merged


def _checksum(columns: Sequence[object], document: bytes) -> int:
    return zlib.crc32(document, zlib.crc32(orjson.dumps(columns)))


def job_of(document: object) -> Job:
    """Raises BadRow. A document says by its own checksum whether it is whole."""
    if not isinstance(document, bytes):
        raise BadRow("its document is none")
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(document, _MOST)
        if not unpacking.eof:
            raise BadRow("its document is cut short or too large")
        data = orjson.loads(text)
    except (zlib.error, ValueError) as error:
        raise BadRow("its document is damaged") from error
    return _job(data)


def mark_of(document: object) -> str:
    """What a batch knows the job by, read without all the rest; "" where it has none or cannot be read."""
    try:
        text = zlib.decompressobj().decompress(document, _MOST) if isinstance(document, bytes) else b""
    except zlib.error:
        return ""
    found = _MARK.search(text)
    return found[1].decode() if found else ""


def _job(data: object) -> Job:
    if not isinstance(data, dict):
        raise BadRow("its document is no job")
    data = _renamed(data)
    unknown: dict[str, Any] = {}
    values = {key: value for key, value in data.items() if key not in _RECORDS and key not in _LISTS}
    for key, kind in _RECORDS.items():
        values[key], unknown[key] = _record(kind, data.get(key), key)
    for key, kind in _LISTS.items():
        rows = data.get(key, [])
        if not isinstance(rows, list):
            raise BadRow(f"its {key} are no list")
        pairs = [_record(kind, row, key) for row in rows]
        values[key], unknown[key] = tuple(pair[0] for pair in pairs), [pair[1] for pair in pairs]
    values["owner"], unknown["owner"] = _owner(data.get("owner"))
    if values["engine"] is None or any(None in values[key] for key in _LISTS):
        raise BadRow("a part of it is missing")
    job, more = _record(Job, values | {"unknown": {}}, "job")
    if job is None:
        raise BadRow("its document is empty")
    said = more | {key: value for key, value in unknown.items() if (any(value) if isinstance(value, list) else value)}
    return replace(job, unknown=said) if said else job


_RECORDS: Mapping[str, type] = {
    "engine": EngineRef,
    "error": JobError,
    "awaits": Awaited,
    "link": Link,
    "continues": JobInput,
}
_LISTS: Mapping[str, type] = {"inputs": JobInput, "outputs": Output, "warnings": Said}


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    """As this version calls it: inputs were pictures, and warnings whole sentences."""
    out = dict(data)
    if "pictures" in out:
        out["inputs"] = out.pop("pictures")
    said = out.get("warnings")
    if isinstance(said, list):
        out["warnings"] = [{"code": "", "values": {"text": row}} if isinstance(row, str) else row for row in said]
    return out


def _owner(data: object) -> tuple[Owner | None, dict[str, Any]]:
    if isinstance(data, dict) and "pid" in data:  # as earlier versions wrote it
        return Owner(str(data["pid"]), ""), {}
    return _record(Owner, data, "owner")


def _record(kind: type[R], data: object, name: str) -> tuple[R | None, dict[str, Any]]:
    """What is known of it as a value, and what is not. Raises BadRow."""
    if data is None:
        return None, {}
    if not isinstance(data, dict):
        raise BadRow(f"its {name} is not readable")
    types = _fields(cast(Hashable, kind))
    known: dict[str, Any] = {}
    for key, (right, required) in types.items():
        if key not in data:
            if required:
                raise BadRow(f"it has no {key}")
            continue
        value = data[key]
        if right is not None and type(value) not in right:
            raise BadRow(f"its {key} is of a wrong kind")
        known[key] = _texts(value, key) if right == (list,) else value
    if "state" in types:
        try:
            known["state"] = JobState(str(known["state"]))
        except ValueError as error:
            raise BadRow(f"its state {str(known['state'])[:40]!r} is not known to this version") from error
    return kind(**known), {key: value for key, value in data.items() if key not in types}


def _texts(value: list[Any], name: str) -> tuple[str, ...]:
    if not all(isinstance(text, str) for text in value):
        raise BadRow(f"its {name} are no texts")
    return tuple(value)


@cache
def _fields(kind: Any) -> Mapping[str, tuple[tuple[type, ...] | None, bool]]:
    """For each field what JSON may have there (None: it is made already), and whether it must be there."""
    found = {}
    for field in fields(kind):
        required = field.default is MISSING and field.default_factory is MISSING
        found[field.name] = (_TYPES.get(str(field.type)), required)
    return found


def _with(known: Any, unknown: Any) -> Any:
    """What is known, and beside it what a later version wrote there."""
    if isinstance(known, dict) and isinstance(unknown, dict):
        return known | {key: _with(known[key], value) if key in known else value for key, value in unknown.items()}
    if isinstance(known, list | tuple) and isinstance(unknown, list) and len(known) == len(unknown):
        return [_with(mine, theirs) for mine, theirs in zip(known, unknown, strict=True)]
    return known
