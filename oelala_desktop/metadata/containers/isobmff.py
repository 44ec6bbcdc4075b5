"""mp4 and mov: ISO/IEC 14496-12, QuickTime File Format ("Metadata", "User data atoms"), iTunes' `ilst`.

Texts are looked for where writers put them: `moov/udta/meta` and `moov/meta` with `mdta` keys (FFmpeg's
`use_metadata_tags`, so ComfyUI's SaveVideo and today's VHS), `ilst` items such as `©cmt` (older VHS), QuickTime's own
`©…` strings, and a `meta` of the file itself.
"""

from __future__ import annotations

import struct

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers.boxes import children, find, leaves, top_level
from oelala_desktop.metadata.containers.fragments import Fragments
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

_U32 = struct.Struct(">I").unpack_from
_U64 = struct.Struct(">Q").unpack_from
_U32_PAIR = struct.Struct(">II").unpack_from
#: what iTunes-style four-letter items are called elsewhere
_ITEM_NAMES = {b"\xa9cmt": "comment", b"\xa9nam": "title", b"desc": "description", b"\xa9des": "description"}
_UTF16 = 2
#: what is looked into inside a track
_TRACK = frozenset({b"mdia", b"minf", b"stbl"})
#: rows of a table of frame durations that are added up; a steady rate has one
_LONGEST_TABLE = 64


def walk(source: Source, format_: str) -> Contents:
    """Facts and texts. Raises Unreadable without a usable `moov`."""
    contents = Contents(format_)
    movie: bytes | None = None
    file_meta = b""
    first_frame_data = False
    fragments: list[tuple[int, int]] = []
    for kind, _, body, end in top_level(source):
        if end > source.size:
            if kind == b"moov" or movie is None:
                raise Unreadable(f"{source.name} is a damaged video: it ends inside its {_name(kind)}.")
            contents.damage = f"ends inside its {_name(kind)}"
            break
        if kind == b"moov" and movie is None:
            movie = _load(source, body, end)
        elif kind == b"meta" and not file_meta:
            file_meta = _load(source, body, end)
            take_meta(contents, file_meta, 0, len(file_meta))
        elif kind == b"mdat":
            first_frame_data = True
        elif kind == b"moof":
            fragments.append((body, end))
    if movie is None:
        raise Unreadable(f"{source.name} is a damaged video: its index (moov) is missing.")
    if not first_frame_data and contents.damage is None:
        contents.damage = "has no frames in it"
    _read_movie(contents, movie, source.size, Fragments(source, movie, fragments))
    return contents


def _name(kind: bytes) -> str:
    return {b"moov": "index", b"mdat": "frames"}.get(kind, "structure")


def _load(source: Source, body: int, end: int) -> bytes:
    if end - body > limits.INDEX:
        raise Unreadable(f"{source.name} has an index of {(end - body) // limits.MIB} MiB; that is beyond reading.")
    return source.at(body, end - body)


def _read_movie(contents: Contents, movie: bytes, file_size: int, fragments: Fragments) -> None:
    tracks = 0
    seen: set[bytes] = set()
    for kind, body, end in children(movie, 0, len(movie)):
        if kind == b"mvhd":
            scale, length = _times(movie, body, end, 12)
            if scale and length:
                contents.duration = round(length / scale, 6)
        elif kind == b"trak" and tracks < limits.TRACKS:
            tracks += 1
            parts = leaves(movie, body, end, _TRACK)
            _check_offsets(contents, movie, parts, file_size)
            _read_track(contents, movie, parts, fragments)
        elif kind == b"udta" and kind not in seen:
            _take_user_data(contents, movie, body, end)
        elif kind == b"meta" and kind not in seen:
            take_meta(contents, movie, body, end)
        seen.add(kind)


def _times(data: bytes, body: int, end: int, skipped: int) -> tuple[int, int]:
    """(time scale, duration) of mvhd (8 bytes of dates before them in version 0, 16 in version 1) and mdhd."""
    if end - body < 32 and data[body : body + 1] == b"\1":
        return 0, 0
    if data[body : body + 1] == b"\1":
        scale: int = _U32(data, body + 20)[0]
        length: int = _U64(data, body + 24)[0]
        return scale, 0 if length == 2**64 - 1 else length
    if end - body < skipped + 8:
        return 0, 0
    scale, length = _U32_PAIR(data, body + skipped)
    return scale, 0 if length == 2**32 - 1 else length


def _read_track(contents: Contents, movie: bytes, parts: dict[bytes, tuple[int, int]], fragments: Fragments) -> None:
    handler = parts.get(b"hdlr")
    kind = movie[handler[0] + 8 : handler[0] + 12] if handler else b""
    if kind not in (b"vide", b"soun") or (kind == b"vide" and contents.width is not None):
        return
    more, longer = fragments.of(_track_number(movie, *parts[b"tkhd"])) if b"tkhd" in parts else (0, 0)
    sizes = parts.get(b"stsz")
    indexed = _U32(movie, sizes[0] + 8)[0] if sizes and sizes[1] - sizes[0] >= 12 else 0
    if kind == b"soun":
        contents.has_sound |= indexed + more > 0
        return
    if b"tkhd" in parts:
        _read_size(contents, movie, *parts[b"tkhd"])
    contents.frames = indexed + more or None
    if b"mdhd" in parts and contents.frames:
        scale, length = _times(movie, *parts[b"mdhd"], 12)
        length = _decoding_time(movie, *parts[b"stts"]) or length if b"stts" in parts else length
        if more:
            # the header of a fragmented file counts what is in the index, or nothing
            length = (length if indexed else 0) + longer
            contents.duration = round(length / scale, 6) if scale and length else None
        if scale and length:
            contents.fps = round(contents.frames * scale / length, 3)


def _track_number(movie: bytes, body: int, end: int) -> int:
    # tkhd: two dates before it, 8 bytes each in version 1 (ISO/IEC 14496-12 §8.3.2)
    at = body + (20 if movie[body : body + 1] == b"\1" else 12)
    return int.from_bytes(movie[at : min(at + 4, end)], "big")


def _decoding_time(movie: bytes, body: int, end: int) -> int:
    """The sum of the frames' own durations, in the track's time scale. The track's header counts the shift of the first
    shown frame as well, which is no frame. 0 for a table too long to add up (frames of all kinds of length)."""
    count = _U32(movie, body + 4)[0] if end - body >= 8 else 0
    if not 0 < count <= min(_LONGEST_TABLE, (end - body - 8) // 8):
        return 0
    rows = (_U32_PAIR(movie, body + 8 + at * 8) for at in range(count))
    return sum(frames * length for frames, length in rows)


def _read_size(contents: Contents, movie: bytes, body: int, end: int) -> None:
    # tkhd ends with a 3×3 matrix and the shown width and height in 16.16 (ISO/IEC 14496-12 §8.3.2).
    if end - body < 80:
        return
    width, height = _U32_PAIR(movie, end - 8)
    contents.turned = movie[end - 44 : end - 40] == b"\0\0\0\0" and movie[end - 40 : end - 36] != b"\0\0\0\0"
    contents.width, contents.height = width >> 16, height >> 16


def _check_offsets(contents: Contents, movie: bytes, parts: dict[bytes, tuple[int, int]], file_size: int) -> None:
    """The last chunk of the track must begin within the file."""
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        body, stop = parts.get(kind, (0, 0))
        if stop - body < 8 + width or contents.damage:
            continue
        count = min(_U32(movie, body + 4)[0], (stop - body - 8) // width)
        last = int.from_bytes(movie[body + 8 + (count - 1) * width : body + 8 + count * width], "big")
        if count and last >= file_size:
            contents.damage = "ends before its last frames"


def _take_user_data(contents: Contents, movie: bytes, start: int, end: int) -> None:
    with_meta = False
    for kind, body, stop in children(movie, start, end):
        if kind == b"meta" and not with_meta:
            with_meta = True
            take_meta(contents, movie, body, stop)
        elif kind[:1] == b"\xa9" and stop - body >= 4:
            length = int.from_bytes(movie[body : body + 2], "big")
            key = _ITEM_NAMES.get(kind) or kind[1:].decode("latin-1")
            contents.keep(key, movie[body + 4 : min(body + 4 + length, stop)])


def take_meta(contents: Contents, data: bytes, start: int, end: int) -> None:
    """Keep the texts of one `meta` box, given the range of its body."""
    # ISO makes it a full box (4 bytes of version and flags first), QuickTime does not.
    if data[start + 4 : start + 8] != b"hdlr":
        start += 4
    parts = {kind: (body, stop) for kind, body, stop in reversed(children(data, start, end))}
    names = key_names(data, *parts[b"keys"]) if b"keys" in parts else []
    if b"ilst" in parts:
        for item, body, stop in children(data, *parts[b"ilst"]):
            _take_item(contents, data, item, body, stop, names)


def key_names(data: bytes, body: int, end: int) -> list[bytes]:
    """The names in a `keys` box, in order (QuickTime File Format, "Metadata item keys atom")."""
    return [data[at:stop] for _, at, stop in children(data, body + 8, end)]


def _take_item(contents: Contents, data: bytes, kind: bytes, body: int, end: int, names: list[bytes]) -> None:
    index = int.from_bytes(kind, "big")
    if 0 < index <= len(names):
        key = names[index - 1].decode("utf-8", "replace")
    elif kind == b"----":
        found = find(data, body, end, (b"name",))
        key = data[found[0] + 4 : found[1]].decode("utf-8", "replace") if found else ""
    else:
        key = _ITEM_NAMES.get(kind) or kind.decode("latin-1").lstrip("©")
    value = find(data, body, end, (b"data",))
    if not key or value is None or value[1] - value[0] < 8:
        return
    if value[1] - value[0] > contents.room:
        return
    text = data[value[0] + 8 : value[1]]
    contents.keep(key, text.decode("utf-16-be", "replace") if data[value[0] + 3] == _UTF16 else text)
