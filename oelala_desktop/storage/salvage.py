"""Records out of a damaged SQLite file, read from its pages alone: no schema, no tree and no checksum of the log is
needed, so that a bad page costs only what lies on it. Only of tables WITHOUT ROWID; who reads must tell good from bad.

The layout is SQLite's own (sqlite.org/fileformat2.html): a page begins with its kind and a list of places of cells; a
cell is a length and a record, whose rest, where it is long, lies on a chain of further pages.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .plain_file import read_plain

PAGE = 4096  # bytes of a page of ours

_HEAD = 100  # bytes of the file's head, on its first page
_LOG_HEAD, _FRAME_HEAD = 32, 24
_STEP = _FRAME_HEAD + PAGE
_KINDS = {0x0A: 8, 0x02: 12}  # pages of an index, which a table without row ids is: bytes of the page's own head
_MOST_LOCAL = (PAGE - 12) * 64 // 255 - 23  # bytes of a record that lie in its cell
_LEAST_LOCAL = (PAGE - 12) * 32 // 255 - 23
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_VALUES = 64

Value = int | float | str | bytes | None
Record = tuple[Value, ...]
Pages = Mapping[int, bytes]


class _Nonsense(Exception):
    pass


def records(path: Path) -> Iterator[Record]:
    """Everything in the file and its log that could be a record, older versions too; those of the newest come last.
    Raises OSError when it cannot be read at all."""
    main, log = _read(path), _read(Path(f"{path}-wal"))
    old = {number: main[at : at + PAGE] for number, at in enumerate(range(0, len(main), PAGE), 1)}
    yield from _of_pages(old, old)
    salt = log[16:24]
    frames = [log[at : at + _STEP] for at in range(_LOG_HEAD, len(log), _STEP)]
    frames.sort(key=lambda frame: frame[8:16] == salt)  # what an earlier round of the log left comes first
    new = dict(old)
    for frame in frames:
        new[int.from_bytes(frame[:4], "big")] = frame[_FRAME_HEAD:]
    for frame in frames:
        number = int.from_bytes(frame[:4], "big")
        yield from _of_pages({number: frame[_FRAME_HEAD:]}, new)


def is_log_broken(path: Path) -> bool:
    """Whether SQLite would leave out a part of what was written into the log, because its sums are wrong. Nobody may
    be writing. Raises OSError."""
    log = _read(Path(f"{path}-wal"))
    if len(log) <= _LOG_HEAD:
        return False
    salt = log[16:24]
    order = {b"\x37\x7f\x06\x82": "<", b"\x37\x7f\x06\x83": ">"}.get(log[:4])
    sums = _summed(log[: _LOG_HEAD - 8], (0, 0), order or "<")
    if order is None or log[8:12] != PAGE.to_bytes(4, "big") or sums != _two(log[_LOG_HEAD - 8 : _LOG_HEAD]):
        return True
    starts = range(_LOG_HEAD, len(log) - _STEP + 1, _STEP)
    last = max((at for at in starts if log[at + 8 : at + 16] == salt), default=0)
    for at in range(_LOG_HEAD, last + 1, _STEP):  # behind it lies what an earlier round left
        sums = _summed(log[at : at + 8] + log[at + _FRAME_HEAD : at + _STEP], sums, order)
        if log[at + 8 : at + 16] != salt or sums != _two(log[at + 16 : at + _FRAME_HEAD]):
            return True
    return False


def _read(path: Path) -> bytes:
    try:
        return read_plain(path)
    except FileNotFoundError:
        return b""


def _two(data: bytes) -> tuple[int, ...]:
    return struct.unpack(">2I", data)


def _summed(data: bytes, sums: tuple[int, ...], order: str) -> tuple[int, ...]:
    one, two = sums
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for first, second in zip(words, words, strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _of_pages(pages: Pages, chains: Pages) -> Iterator[Record]:
    """`chains` are where the rest of a long record is looked for."""
    for number, page in pages.items():
        at = _HEAD if number == 1 else 0
        head = _KINDS.get(page[at]) if len(page) > at else None
        if head is None:
            continue
        for place in _places(page[at:], head):
            try:
                payload = _payload(page, place + (4 if head == 12 else 0), chains)
                yield _record(payload)
            except (_Nonsense, IndexError, struct.error, UnicodeDecodeError):
                continue


def _places(page: bytes, head: int) -> Iterable[int]:
    count = int.from_bytes(page[3:5], "big")
    listed = page[head : head + 2 * count]
    return [int.from_bytes(listed[n : n + 2], "big") for n in range(0, len(listed) - 1, 2)]


def _payload(page: bytes, at: int, chains: Pages) -> bytes:
    length, at = _varint(page, at)
    if length <= _MOST_LOCAL:
        local = length
    else:
        local = _LEAST_LOCAL + (length - _LEAST_LOCAL) % (PAGE - 4)
        local = local if local <= _MOST_LOCAL else _LEAST_LOCAL
    payload = page[at : at + local]
    following = int.from_bytes(page[at + local : at + local + 4], "big")
    parts = [payload]
    missing = length - len(payload)
    if length > PAGE * len(chains) + _MOST_LOCAL:
        raise _Nonsense
    while missing > 0:
        more = chains.get(following)
        if more is None or len(payload) < local or len(more) < 5:
            raise _Nonsense
        parts.append(more[4 : 4 + missing])
        missing -= len(parts[-1])
        following = int.from_bytes(more[:4], "big")
    return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


def _record(payload: bytes) -> Record:
    size, at = _varint(payload, 0)
    kinds = []
    while at < size:
        kind, at = _varint(payload, at)
        kinds.append(kind)
        if len(kinds) > _MOST_VALUES:
            raise _Nonsense
    values = []
    for kind in kinds:
        value, at = _value(kind, payload, at)
        values.append(value)
    return tuple(values)


def _value(kind: int, payload: bytes, at: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], at
    length = 8 if kind == 7 else _INTEGERS[kind] if kind in _INTEGERS else (kind - 12) // 2 if kind >= 12 else -1
    data = payload[at : at + length]
    if length < 0 or len(data) < length:
        raise _Nonsense
    at += length
    if kind == 7:
        return float(struct.unpack(">d", data)[0]), at
    if kind < 12:
        return int.from_bytes(data, "big", signed=True), at
    return data if kind % 2 == 0 else data.decode(), at
