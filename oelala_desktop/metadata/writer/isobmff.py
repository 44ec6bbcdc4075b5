"""Text into mp4 and mov: `mdta` keys in the movie's `meta`, the layout of FFmpeg's `use_metadata_tags`.

The frames are copied as they are. Where the index lies before them (faststart) and grows, the chunk offsets in it
(`stco`, `co64`) move by the same amount.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers.boxes import children, find, top_level
from oelala_desktop.metadata.containers.isobmff import key_names
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer.replacing import copy

_U32 = struct.Struct(">I").unpack_from


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the boxes do not make a whole movie."""
    parts = list(top_level(source))
    if any(end > source.size for *_, end in parts):
        raise Unreadable(f"{source.name} is incomplete: it ends before its last part.")
    movie = next(((offset, body, end) for kind, offset, body, end in parts if kind == b"moov"), None)
    if movie is None or movie[2] - movie[1] > limits.INDEX:
        raise Unreadable(f"{source.name} is a damaged video: it has no usable index.")
    if any(kind == b"moof" for kind, *_ in parts):
        _write_fragmented(source, parts, texts, out)
        return
    offset, body, end = movie
    old = source.at(body, end - body)
    new = with_texts(old, texts)
    delta = len(new) + 8 - (end - offset)
    behind = any(kind == b"mdat" and at > offset for kind, at, _, _ in parts)
    if behind and delta:
        moved = _moved(new, end, delta)
        if moved is None:
            _write_at_end(source, offset, end, new, out)
            return
        new = moved
    copy(source, 0, offset, out)
    out.write(_box(b"moov", new))
    copy(source, end, source.size, out)


def _write_at_end(source: Source, offset: int, end: int, movie: bytes, out: BinaryIO) -> None:
    """Frames beyond 4 GiB cannot be pointed at after a move by 32 bits: leave a gap and put the index last."""
    copy(source, 0, offset, out)
    out.write(struct.pack(">I4s", end - offset, b"free"))
    copy(source, offset + 8, source.size, out)
    out.write(_box(b"moov", movie))


def _write_fragmented(
    source: Source, parts: list[tuple[bytes, int, int, int]], texts: dict[str, bytes], out: BinaryIO
) -> None:
    """Fragments are pointed at from many places: nothing moves, the texts go into a `meta` of the file (ISO/IEC
    14496-12 §8.11.1), in front of the random access index, which must stay last."""
    last = next((at for kind, at, _, _ in parts if kind == b"mfra"), source.size)
    start = 0
    for kind, at, body, end in parts:
        if kind == b"meta" and end - body <= limits.INDEX and _is_keyed(source.at(body, end - body)):
            copy(source, start, at, out)
            start = end
    copy(source, start, last, out)
    out.write(_box(b"meta", _new_meta(texts)))
    copy(source, last, source.size, out)


def with_texts(movie: bytes, texts: dict[str, bytes]) -> bytes:
    """The body of `moov` with the texts in its keyed `meta`, which is made if there is none."""
    for path in ((b"udta", b"meta"), (b"meta",)):
        found = find(movie, 0, len(movie), path)
        if found and _is_keyed(movie[found[0] : found[1]]):
            return _replaced(movie, path, _extended(movie[found[0] : found[1]], texts))
    box = _box(b"meta", _new_meta(texts))
    if find(movie, 0, len(movie), (b"meta",)):
        raise Unreadable("This video's own metadata is in a form that cannot be added to.")
    if find(movie, 0, len(movie), (b"udta", b"meta")):
        # An iTunes-style list is there: ours goes beside it, where QuickTime has it.
        return movie + box
    user_data = find(movie, 0, len(movie), (b"udta",))
    if user_data is None:
        return movie + _box(b"udta", box)
    body = movie[user_data[0] : user_data[1]]
    return _replaced(movie, (b"udta",), box + body)


def _is_keyed(meta: bytes) -> bool:
    found = find(meta, _meta_start(meta), len(meta), (b"hdlr",))
    return found is not None and meta[found[0] + 8 : found[0] + 12] == b"mdta"


def _meta_start(meta: bytes) -> int:
    return 0 if meta[4:8] == b"hdlr" else 4


def _replaced(data: bytes, path: tuple[bytes, ...], body: bytes) -> bytes:
    """`data` with the body of the box at `path` replaced."""
    for kind, start, end in children(data, 0, len(data)):
        if kind == path[0]:
            inner = _replaced(data[start:end], path[1:], body) if len(path) > 1 else body
            head = start - (8 if data[start - 4 : start] == kind else 16)
            return data[:head] + _box(kind, inner) + data[end:]
    return data


def _extended(meta: bytes, texts: dict[str, bytes]) -> bytes:
    """A keyed `meta` with the texts added, or put in the place of those of the same names."""
    start = _meta_start(meta)
    names: list[bytes] = []
    items: list[bytes] = []
    others = b""
    ours = {key.encode() for key in texts}
    for kind, body, end in children(meta, start, len(meta)):
        if kind == b"keys":
            names = key_names(meta, body, end)
        elif kind == b"ilst":
            items += [_box(item, meta[at:stop]) for item, at, stop in children(meta, body, end, limits.PARTS)]
        else:
            others += _box(kind, meta[body:end])
    kept = [item for item in items if _item_name(item, names) not in ours]
    return meta[:start] + others + _keys_and_items(names, kept, texts)


def _item_name(item: bytes, names: list[bytes]) -> bytes | None:
    index = int.from_bytes(item[4:8], "big")
    return names[index - 1] if 0 < index <= len(names) else None


def _new_meta(texts: dict[str, bytes]) -> bytes:
    handler = _box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    return bytes(4) + handler + _keys_and_items([], [], texts)


def _keys_and_items(names: list[bytes], items: list[bytes], texts: dict[str, bytes]) -> bytes:
    names = [*names, *(key.encode() for key in texts if key.encode() not in names)]
    keys = b"".join(_box(b"mdta", name) for name in names)
    added = [
        _box(struct.pack(">I", names.index(key.encode()) + 1), _box(b"data", struct.pack(">II", 1, 0) + text))
        for key, text in texts.items()
    ]
    return _box(b"keys", struct.pack(">II", 0, len(names)) + keys) + _box(b"ilst", b"".join([*items, *added]))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _moved(movie: bytes, beyond: int, delta: int) -> bytes | None:
    """The index with all chunk offsets that point beyond the old one moved; None if one does not fit any more."""
    moved = bytearray(movie)
    for width, at in _offset_tables(movie):
        value = int.from_bytes(movie[at : at + width], "big")
        if value >= beyond:
            if value + delta >= 1 << (8 * width):
                return None
            moved[at : at + width] = (value + delta).to_bytes(width, "big")
    return bytes(moved)


def _offset_tables(movie: bytes) -> Iterator[tuple[int, int]]:
    """(bytes wide, position) of each chunk offset of each track."""
    for kind, body, end in children(movie, 0, len(movie)):
        table = find(movie, body, end, (b"mdia", b"minf", b"stbl")) if kind == b"trak" else None
        for inner, start, stop in children(movie, *table) if table else ():
            width = {b"stco": 4, b"co64": 8}.get(inner)
            if width and stop - start >= 8:
                count = min(_U32(movie, start + 4)[0], (stop - start - 8) // width)
                yield from ((width, start + 8 + i * width) for i in range(count))
