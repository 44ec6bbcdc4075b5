"""Files into the media index and out of it. Plain functions on a connection, inside the caller's transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from oelala_desktop.domain.generation import GenerationInfo

from .media_query import to_bytes
from .media_schema import ENGINE, LORA, MODEL, moment_of, sort_name


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file is still the one that was read."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A video says which picture it begins with. `rule`: `digest` (the picture's content is known), `name` (only its
    name is), `companion` (the picture that a saver wrote beside the video)."""

    rule: str
    file: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
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
    is_companion: bool = False
    favorite: bool = False
    job_id: str | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(slots=True)
class Changes:
    """Ids of items, and the names of files whose standing as a start picture may have changed."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)

    def include(self, other: Changes) -> None:
        self.added += other.added
        self.changed += other.changed
        self.removed += other.removed
        self.touched |= other.touched


class Writing:
    """Remembers what it has looked up; belongs to one index file and its writing thread."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], int] = {}

    def reset(self) -> None:
        self._names.clear()

    def save(self, connection: sqlite3.Connection, entries: Sequence[Entry], now: float) -> Changes:
        """Puts files in, in the place of what was known under their names."""
        changes = Changes()
        last = _take_ids(connection, len(entries))
        ordered = sorted(entries, key=lambda entry: entry.stamp.mtime_ns)  # the search index wants rising row ids
        for item_id, entry in zip(range(last - len(entries) + 1, last + 1), ordered, strict=True):
            self._save_one(connection, entry, item_id, now, changes)
        return changes

    def _save_one(self, c: sqlite3.Connection, entry: Entry, item_id: int, now: float, changes: Changes) -> None:
        folder, file = folder_id(c, entry.folder), to_bytes(entry.file)
        query = "SELECT id, moment, size, inode, added, job_id FROM items WHERE folder = ? AND file = ?"
        old = c.execute(query, (folder, file)).fetchone()
        if old is not None:
            entry = replace(entry, job_id=entry.job_id or old[5]) if _same_file(old, entry) else entry
            changes.touched.update(_delete(c, old[1]))
            if _same_file(old, entry):
                item_id, now = old[0], old[4]
                changes.changed.append(item_id)
            else:
                changes.removed.append(old[0])
                changes.added.append(item_id)
        else:
            changes.added.append(item_id)
        c.execute("DELETE FROM refused WHERE folder = ? AND file = ?", (folder, file))
        moment = _insert(c, entry, item_id, folder, file, now)
        self._note_uses(c, entry.info, moment)
        for claim in entry.claims:
            name = to_bytes(claim.file)
            c.execute("INSERT INTO claims VALUES (?, ?, ?, ?)", (moment, claim.rule, name, claim.digest))
            changes.touched.add(name)
        if entry.kind == "image":
            changes.touched.add(file)

    def _note_uses(self, c: sqlite3.Connection, info: GenerationInfo, moment: int) -> None:
        used = {(MODEL, model.name) for model in info.models} | {(LORA, lora.name) for lora in info.loras}
        if info.engine:
            used.add((ENGINE, info.engine))
        for key in used:
            kind, name = key[0], clean(key[1])
            number = self._names.get(key)
            if number is None:
                c.execute("INSERT OR IGNORE INTO names (kind, name) VALUES (?, ?)", (kind, name))
                number = c.execute("SELECT id FROM names WHERE kind = ? AND name = ?", (kind, name)).fetchone()[0]
                self._names[key] = number
            c.execute("INSERT OR IGNORE INTO uses VALUES (?, ?)", (number, moment))


def _take_ids(c: sqlite3.Connection, count: int) -> int:
    """The last of `count` new ids. Also takes the write lock before anything is looked up."""
    c.execute("UPDATE state SET last_id = last_id + ?", (count,))
    return int(c.execute("SELECT last_id FROM state").fetchone()[0])


def _same_file(old: Sequence[Any], entry: Entry) -> bool:
    """Touched, not replaced."""
    return bool(old[2] == entry.stamp.size and old[3] == entry.stamp.inode)


_INSERT = (
    "INSERT INTO items (moment, id, folder, file, name, sort_name, kind, format, size, mtime_ns, inode, added, width,"
    " height, frames, fps, length, prompt_key, is_sketch, is_companion, favorite, job_id)"
    f" VALUES ({', '.join('?' * 22)})"
)


def _insert(c: sqlite3.Connection, entry: Entry, item_id: int, folder: int, file: bytes, now: float) -> int:
    stamp, info = entry.stamp, entry.info
    moment = moment_of(stamp.mtime_ns, item_id)
    while c.execute("SELECT 1 FROM items WHERE moment = ?", (moment,)).fetchone():
        moment += 1
    name = clean(entry.file)
    row = (
        moment, item_id, folder, file, name, sort_name(name), entry.kind, entry.format, stamp.size, stamp.mtime_ns,
        stamp.inode, now, entry.width, entry.height, entry.frames, entry.fps, entry.duration or 0.0,
        prompt_key(info.prompt), entry.is_sketch, entry.is_companion, entry.favorite, entry.job_id,
    )  # fmt: skip
    c.execute(_INSERT, row)
    c.execute("INSERT INTO details VALUES (?, ?, ?)", (moment, words_of(name, info), pack(info)))
    return moment


def _delete(c: sqlite3.Connection, moment: int) -> set[bytes]:
    """Takes a row out; returns the names that its claims were about."""
    claimed = {row[0] for row in c.execute("SELECT file FROM claims WHERE moment = ?", (moment,))}
    for table in ("details", "uses", "claims", "items"):
        c.execute(f"DELETE FROM {table} WHERE moment = ?", (moment,))
    return claimed


def remove(c: sqlite3.Connection, moments: Iterable[tuple[int, int]]) -> Changes:
    """`moments` are pairs of moment and id."""
    changes = Changes()
    for moment, item_id in moments:
        changes.touched |= _delete(c, moment)
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
        words = words_of(name, GenerationInfo.from_dict(orjson.loads(info[0])))
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
    return clean_words("\n".join(filter(None, (name, info.prompt, info.original_t2i_prompt))))


def clean_words(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def prompt_key(prompt: str | None) -> int | None:
    """The same for equal prompts; a signed number of 64 bits."""
    if not prompt:
        return None
    digest = hashlib.blake2b(prompt.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def pack(info: GenerationInfo) -> bytes:
    try:
        return orjson.dumps(info)
    except TypeError:  # a lone surrogate or a number that is none of JSON's: both only in hostile files
        return orjson.dumps(_made_plain(info.as_dict()))


def _made_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean_words(str(key)): _made_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_made_plain(inner) for inner in value]
    if isinstance(value, str):
        return clean_words(value)
    if type(value) is int and not -(2**63) <= value < 2**64:
        return None
    return value
