"""Files into the media index and out of it. Plain functions on a connection, inside the caller's transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from oelala_desktop.domain.generation import GenerationInfo

from .media_info import clean_words, pack, unpack
from .media_query import to_bytes
from .media_schema import ENGINE, FIRST_AMBIGUOUS, LORA, MODEL, moment_of, sort_name
from .media_search import searchable

#: values of one statement
_CHUNK = 5000
#: seconds; what claims to be longer says nothing
_FOREVER = 1e9
_MOST_IDS = 1 << 40  # more is damage


class Stamp(NamedTuple):
    """What tells that a file is still the one that was read."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A video says which picture it begins with. `rule`: `digest` (the picture's content is known), `name` (only its
    name is), `companion` (the picture that a saver wrote beside the video). `size` are the bytes of the picture's file
    where they are known besides its content."""

    rule: str
    file: str
    digest: str | None = None
    size: int | None = None


#: rule, file, digest, size
_ClaimRow = tuple[str, bytes, str | None, int | None]


@dataclass(slots=True)  # thousands are made in a scan: frozen ones take four times as long
class Entry:
    """A file as it was read, ready for the index. `folder` and `file` as the file system has them."""

    folder: str
    file: str
    stamp: Stamp
    kind: str
    format: str
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    duration: float | None
    info: GenerationInfo
    is_sketch: bool = False
    favorite: bool = False
    job_id: str | None = None
    claims: tuple[Claim, ...] = ()
    has_sound: bool = False


@dataclass(slots=True)
class Changes:
    """Ids of items, and the names and sizes of files whose standing as a start picture may have changed."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)

    def touch(self, claims: Iterable[tuple[bytes, int | None]]) -> None:
        """Names and sizes in claims that came or went."""
        for file, size in claims:
            self.touched.add(file)
            if size is not None:
                self.sizes.add(size)

    def include(self, other: Changes) -> None:
        self.added += other.added
        self.changed += other.changed
        self.removed += other.removed
        self.touched |= other.touched
        self.sizes |= other.sizes


class Writing:
    """Remembers what it has looked up; belongs to one index file and its writing thread."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], int] = {}
        self._last_id = 0

    def reset(self) -> None:
        """The index was begun anew. Ids that somebody may still hold name nothing, rather than another file."""
        self._names.clear()

    def begin(self, connection: sqlite3.Connection) -> None:
        """To be called when the index is opened."""
        row = connection.execute("SELECT last_id FROM state").fetchone()
        self._last_id = row[0] if row and type(row[0]) is int and 0 <= row[0] < _MOST_IDS else 0

    def save(self, connection: sqlite3.Connection, entries: Sequence[Entry], now: float) -> Changes:
        """Puts files in, in the place of what was known under their names."""
        changes = Changes()
        self._last_id = last = _take_ids(connection, self._last_id, len(entries))
        ordered = sorted(entries, key=lambda entry: entry.stamp.mtime_ns)  # the search index wants rising row ids
        folders = {folder: folder_id(connection, folder) for folder in {entry.folder for entry in ordered}}
        places = [(folders[entry.folder], to_bytes(entry.file)) for entry in ordered]
        old = _known(connection, places)
        rows, details, claims, uses = [], [], [], []
        moments = _Moments(connection, last)
        for item_id, entry, place in zip(range(last - len(entries) + 1, last + 1), ordered, places, strict=True):
            known = old.get(place)
            added, job_id = now, entry.job_id
            told: list[_ClaimRow] = []
            if known is not None:
                if known.is_same_file(entry) and known.job_id and not entry.job_id:
                    told = _told_by_job(connection, known.moment, entry)
                changes.touch(_delete(connection, known.moment))
                if known.is_same_file(entry):
                    item_id, added, job_id = known.id, known.added, job_id or known.job_id
                    changes.changed.append(item_id)
                else:
                    changes.removed.append(known.id)
                    changes.added.append(item_id)
            else:
                changes.added.append(item_id)
            moment = moments.take(entry.stamp.mtime_ns, item_id)
            rows.append(_item_row(entry, moment, item_id, place[0], added, job_id))
            details.append((moment, words_of(rows[-1][4], entry.info), orjson.Fragment(pack(entry.info))))
            claims += [(moment, *row) for row in (*map(_claim_row, entry.claims), *told)]
            uses += [(number, moment) for number in self._uses(connection, entry.info)]
            if entry.kind == "image":
                changes.touched.add(place[1])
        _insert_all(connection, rows)
        connection.execute(_INSERT_DETAILS, (orjson.dumps(details).decode(),))
        connection.execute(_INSERT_USES, (orjson.dumps(uses).decode(),))
        connection.executemany("INSERT INTO claims VALUES (?, ?, ?, ?, ?)", claims)
        changes.touch((claim[2], claim[4]) for claim in claims)
        return changes

    def _uses(self, c: sqlite3.Connection, info: GenerationInfo) -> Iterator[int]:
        """Numbers of the names that an item can be filtered by."""
        for key in _names(info):
            number = self._names.get(key)
            if number is None:
                named = (key[0], clean(key[1]))
                c.execute("INSERT OR IGNORE INTO names (kind, name) VALUES (?, ?)", named)
                number = c.execute("SELECT id FROM names WHERE kind = ? AND name = ?", named).fetchone()[0]
                self._names[key] = number
            yield number


def _names(info: GenerationInfo) -> set[tuple[int, str]]:
    """What an item can be filtered by."""
    used = {(MODEL, model.name) for model in info.models}
    used.update((LORA, lora.name) for lora in info.loras)
    if info.engine:
        used.add((ENGINE, info.engine))
    return used


def _take_ids(c: sqlite3.Connection, above: int, count: int) -> int:
    """The last of `count` new ids. Also takes the write lock before anything is looked up."""
    c.execute("UPDATE state SET last_id = max(last_id, ?) + ?", (above, count))
    return int(c.execute("SELECT last_id FROM state").fetchone()[0])


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    moment: int
    size: int
    inode: int
    added: float
    job_id: str | None

    def is_same_file(self, entry: Entry) -> bool:
        """Touched, not replaced."""
        return self.size == entry.stamp.size and self.inode == entry.stamp.inode


Place = tuple[int, bytes]


def _known(c: sqlite3.Connection, places: Sequence[Place]) -> dict[Place, _Known]:
    """What is in the index under these names. What was refused under them is forgotten."""
    found: dict[Place, _Known] = {}
    for folder in {place[0] for place in places}:
        names = [file for number, file in places if number == folder]
        for at in range(0, len(names), _CHUNK):
            part = names[at : at + _CHUNK]
            where = f"WHERE folder = ? AND file IN ({','.join('?' * len(part))})"
            query = f"SELECT file, id, moment, size, inode, added, job_id FROM items {where}"
            for row in c.execute(query, (folder, *part)):
                found[folder, row[0]] = _Known(*row[1:])
            c.execute(f"DELETE FROM refused {where}", (folder, *part))
    return found


class _Moments:
    """Row ids that no file has yet. `last` is the last id given: as long as ids fit into a moment whole, no two are
    equal, and nothing has to be looked up."""

    def __init__(self, c: sqlite3.Connection, last: int) -> None:
        self._c = c
        self._unique = last < FIRST_AMBIGUOUS
        self._taken: set[int] = set()

    def take(self, mtime_ns: int, item_id: int) -> int:
        moment = moment_of(mtime_ns, item_id)
        if self._unique:
            return moment
        while moment in self._taken or self._c.execute("SELECT 1 FROM items WHERE moment = ?", (moment,)).fetchone():
            moment += 1
        self._taken.add(moment)
        return moment


_COLUMNS = (
    "moment, id, folder, file, name, sort_name, kind, format, size, mtime_ns, inode, added, width, height, frames, fps,"
    " length, prompt_key, is_sketch, favorite, job_id, has_sound"
)
_FILE = 3
_FIELDS = [f"json_extract(value, '$[{number}]')" for number in range(22)]
_FIELDS[_FILE] = f"CAST({_FIELDS[_FILE]} AS BLOB)"
# A batch goes over as one JSON text: then all of it is one step of SQLite, during which other threads run.
_INSERT = f"INSERT INTO items ({_COLUMNS}) SELECT {', '.join(_FIELDS)} FROM json_each(?)"
_INSERT_ODD = f"INSERT INTO items ({_COLUMNS}) VALUES ({', '.join('?' * len(_FIELDS))})"
_INSERT_DETAILS = f"INSERT INTO details SELECT {', '.join(_FIELDS[:3])} FROM json_each(?)"
_INSERT_USES = f"INSERT OR IGNORE INTO uses SELECT {', '.join(_FIELDS[:2])} FROM json_each(?)"


def _insert_all(c: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
    """`rows` are in the order of _COLUMNS."""
    plain, odd = [], []
    for row in rows:
        if row[_FILE] == row[_FILE + 1]:
            plain.append(row)
        else:  # a name that is no text
            odd.append((*row[:_FILE], to_bytes(row[_FILE]), *row[_FILE + 1 :]))
    c.execute(_INSERT, (orjson.dumps(plain).decode(),))
    c.executemany(_INSERT_ODD, odd)


def _item_row(
    entry: Entry, moment: int, item_id: int, folder: int, added: float, job_id: str | None
) -> tuple[Any, ...]:
    stamp, name, length = entry.stamp, clean(entry.file), entry.duration
    return (
        moment, item_id, folder, entry.file, name, sort_name(name), entry.kind, entry.format, stamp.size,
        stamp.mtime_ns, stamp.inode, added, entry.width, entry.height, entry.frames, entry.fps,
        length if length and length < _FOREVER else 0.0, prompt_key(entry.info.prompt), entry.is_sketch,
        entry.favorite, clean_words(job_id) if job_id else None, entry.has_sound,
    )  # fmt: skip


def _claim_row(claim: Claim) -> _ClaimRow:
    return claim.rule, to_bytes(claim.file), claim.digest, claim.size


def _told_by_job(c: sqlite3.Connection, moment: int, entry: Entry) -> list[_ClaimRow]:
    """What a job has said of a file that does not say it itself: who reads the file alone, later, must not undo it."""
    own = set(map(_claim_row, entry.claims))
    rows = c.execute("SELECT rule, file, digest, size FROM claims WHERE moment = ?", (moment,)).fetchall()
    return [row for row in rows if row not in own]


def _delete(c: sqlite3.Connection, moment: int) -> list[tuple[bytes, int | None]]:
    """Takes a row out; returns the names and sizes that its claims were about."""
    claimed = c.execute("SELECT file, size FROM claims WHERE moment = ?", (moment,)).fetchall()
    stored = c.execute("SELECT info FROM details WHERE moment = ?", (moment,)).fetchone()
    for kind, name in _names(unpack(stored[0])) if stored else ():
        number = "SELECT id FROM names WHERE kind = ? AND name = ?"
        c.execute(f"DELETE FROM uses WHERE name = ({number}) AND moment = ?", (kind, clean(name), moment))
    for table in ("details", "claims", "items"):
        c.execute(f"DELETE FROM {table} WHERE moment = ?", (moment,))
    return claimed


def remove(c: sqlite3.Connection, moments: Iterable[tuple[int, int]]) -> Changes:
    """`moments` are pairs of moment and id."""
    changes = Changes()
    for moment, item_id in moments:
        changes.touch(_delete(c, moment))
        changes.removed.append(item_id)
    return changes


def folder_id(c: sqlite3.Connection, folder: str) -> int:
    path = to_bytes(folder)
    row = c.execute("SELECT id FROM folders WHERE path = ?", (path,)).fetchone()
    if row is None:
        row = c.execute("INSERT INTO folders (path, mtime_ns) VALUES (?, 0) RETURNING id", (path,)).fetchone()
    return int(row[0])


def move(c: sqlite3.Connection, item_id: int, folder: str, file: str) -> Changes:
    """The same file under another name."""
    changes = Changes()
    row = c.execute("SELECT moment, file, kind FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        return changes
    moment, old, kind = row
    number, new, name = folder_id(c, folder), to_bytes(file), clean(file)
    there = c.execute("SELECT moment, id FROM items WHERE folder = ? AND file = ?", (number, new)).fetchone()
    if there is not None and there[1] != item_id:
        changes.include(remove(c, [there]))
    change = "UPDATE items SET folder = ?, file = ?, name = ?, sort_name = ? WHERE id = ?"
    c.execute(change, (number, new, name, sort_name(name), item_id))
    info = c.execute("SELECT info FROM details WHERE moment = ?", (moment,)).fetchone()
    if info is not None:
        words = words_of(name, unpack(info[0]))
        c.execute("UPDATE details SET words = ? WHERE moment = ?", (words, moment))
    changes.changed.append(item_id)
    changes.touched |= {old, new} if kind == "image" else set()
    return changes


def clean(text: str) -> str:
    """Text that can be stored and sent anywhere: what is no character becomes a question mark in a diamond."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text


def words_of(name: str, info: GenerationInfo) -> str:
    return searchable(f"{name}\n{info.prompt or ''}\n{info.original_t2i_prompt or ''}")


def prompt_key(prompt: str | None) -> int | None:
    """The same for equal prompts; a signed number of 64 bits."""
    if not prompt:
        return None
    digest = hashlib.blake2b(prompt.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
