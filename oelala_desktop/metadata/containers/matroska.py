"""webm and mkv: EBML (RFC 8794) and Matroska (RFC 9559). Tags are SimpleTag pairs; FFmpeg writes their names in upper
case, so they are kept in lower case."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

SEGMENT, SEEK_HEAD, _INFO, _TRACKS, TAGS = 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1254C367
_CLUSTER, _BLOCK_GROUP, _SIMPLE_BLOCK = 0x1F43B675, 0xA0, 0xA3
_TIMESTAMP_SCALE, _DURATION = 0x2AD7B1, 0x4489
_TRACK, _TRACK_TYPE, _TRACK_NUMBER, _DEFAULT_DURATION, _VIDEO = 0xAE, 0x83, 0xD7, 0x23E383, 0xE0
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xB0, 0xBA
#: types of a track (RFC 9559 §5.1.4.1.3)
_IS_VIDEO, _IS_SOUND = 1, 2
TAG, TARGETS, _TARGET_TRACK, SIMPLE_TAG, TAG_NAME, TAG_STRING = 0x7373, 0x63C0, 0x63C5, 0x67C8, 0x45A3, 0x4487
UNKNOWN = -1
#: how many parts of a kind are read; one is usual
_REPEATS = 4
_OF_SEGMENT = frozenset({SEEK_HEAD, _INFO, _TRACKS, TAGS, _CLUSTER, 0x1C53BB6B, 0x1043A770, 0x1941A469})


def walk(source: Source, format_: str) -> Contents:
    """Facts and texts. Raises Unreadable when there is no segment or no track in it."""
    contents = Contents(format_)
    start, end = segment(source)
    if end > source.size:
        contents.damage = "ends before its last part"
    track, clusters = 0, 0
    counted: list[tuple[int, int]] = []
    seen: list[int] = []
    for kind, body, stop in elements(source, start, min(end, source.size)):
        if stop > source.size:
            contents.damage = "ends inside its frames" if kind == _CLUSTER else "ends inside its structure"
            break
        if kind in (_INFO, _TRACKS, TAGS) and stop - body <= limits.INDEX and seen.count(kind) < _REPEATS:
            seen.append(kind)
            track = _take(contents, kind, source.at(body, stop - body)) or track
        elif kind == _CLUSTER:
            clusters += 1
            counted.append((body, stop))
    if contents.width is None and not clusters:
        raise Unreadable(f"{source.name} is a damaged video: it has no picture track.")
    if not clusters and contents.damage is None:
        contents.damage = "has no frames in it"
    _finish(contents, source, track, counted)
    return contents


def _take(contents: Contents, kind: int, data: bytes) -> int:
    """Read one of the small parts; the number of the video track if this was the list of tracks, else 0."""
    if kind == _INFO:
        _read_info(contents, data)
    elif kind == TAGS:
        _take_tags(contents, data)
    else:
        return _read_tracks(contents, data)
    return 0


def segment(source: Source) -> tuple[int, int]:
    """(start, end) of the segment's body; the end lies beyond the file if that is cut off.
    Raises Unreadable without one."""
    for kind, body, stop in elements(source, 0, source.size):
        if kind == SEGMENT:
            return body, stop
    raise Unreadable(f"{source.name} is a damaged video: its segment is missing.")


def _finish(contents: Contents, source: Source, track: int, clusters: list[tuple[int, int]]) -> None:
    if contents.fps is not None and contents.duration:
        contents.frames = max(1, round(contents.duration * contents.fps))
        return
    left, frames = limits.PARTS // 4, 0
    for body, stop in clusters:
        for kind, block, _ in elements(source, body, min(stop, source.size)):
            left -= 1
            if left <= 0:
                # Too many to count; nothing is better than a wrong number.
                return
            if kind in (_SIMPLE_BLOCK, _BLOCK_GROUP) and _of_track(source, kind, block, track):
                frames += 1
        left -= 1
    if frames:
        contents.frames = frames
        if contents.duration and frames > 1:
            contents.fps = round(frames / contents.duration, 3)


def _of_track(source: Source, kind: int, body: int, track: int) -> bool:
    if kind == _BLOCK_GROUP:
        return True
    number, _ = _vint(source.at(body, 8), 0, keep_marker=False)
    return number == track or not track


def elements(source: Source, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(id, start of the body, end) of each element; a segment or cluster of unknown size goes to the end of the
    file. Ends at the first impossible head."""
    left = limits.PARTS
    while left > 0:
        left -= 1
        head = source.at(start, 12) if start < end else b""
        kind, size, body = _head(head)
        if not kind:
            return
        if size != UNKNOWN:
            stop = start + body + size
        else:
            stop = source.size
            if kind == _CLUSTER:
                stop, left = _cluster_end(source, start + body, end, left)
        yield kind, start + body, stop
        start = stop


def _cluster_end(source: Source, start: int, end: int, left: int) -> tuple[int, int]:
    """Where a cluster of a live stream ends, in front of the first element that cannot be inside it, and what is left
    of the elements that may be looked at."""
    while left > 0:
        left -= 1
        kind, size, body = _head(source.at(start, 12) if start < end else b"")
        if kind in _OF_SEGMENT:
            return start, left
        if not kind or size == UNKNOWN:
            break
        start += body + size
    return end, left


def children(data: bytes, start: int, end: int, most: int = limits.ENTRIES) -> Iterator[tuple[int, int, int]]:
    """The same within bytes at hand; elements that reach beyond are left out."""
    for _ in range(most):
        kind, size, body = _head(data[start : start + 12]) if start < end else (0, 0, 0)
        if not kind or size < 0 or start + body + size > end:
            return
        yield kind, start + body, start + body + size
        start += body + size


def _head(data: bytes) -> tuple[int, int, int]:
    """(id, size, length of both); id 0 if there is none."""
    kind, at = _vint(data, 0, keep_marker=True)
    if not at or at > 4:
        return 0, 0, 0
    size, after = _vint(data, at, keep_marker=False)
    if after <= at:
        return 0, 0, 0
    if size == (1 << (7 * (after - at))) - 1:
        size = UNKNOWN
    return kind, size, after


def _vint(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-size integer and the offset after it (RFC 8794 §4); the offset is 0 if it is cut off."""
    first = data[at] if at < len(data) else 0
    if not first:
        return 0, 0
    length = 9 - first.bit_length()
    if at + length > len(data):
        return 0, 0
    value = int.from_bytes(data[at : at + length], "big")
    return value if keep_marker else value & ((1 << (7 * length)) - 1), at + length


def _unsigned(data: bytes, body: int, stop: int) -> int:
    return int.from_bytes(data[body:stop], "big") if stop - body <= 8 else 0


def _read_info(contents: Contents, data: bytes) -> None:
    scale, ticks = 1_000_000, 0.0
    for kind, body, stop in children(data, 0, len(data)):
        if kind == _TIMESTAMP_SCALE:
            scale = _unsigned(data, body, stop)
        elif kind == _DURATION and stop - body in (4, 8):
            ticks = struct.unpack(">f" if stop - body == 4 else ">d", data[body:stop])[0]
    seconds = ticks * scale / 1e9
    if 0 < seconds < 1e9:
        contents.duration = round(seconds, 6)


def _read_tracks(contents: Contents, data: bytes) -> int:
    """The number of the first video track, 0 if there is none."""
    number: int | None = None
    for kind, body, stop in children(data, 0, len(data), limits.TRACKS):
        if kind != _TRACK:
            continue
        fields = {name: (at, end) for name, at, end in children(data, body, stop, 256)}
        type_ = _unsigned(data, *fields[_TRACK_TYPE]) if _TRACK_TYPE in fields else _IS_VIDEO
        contents.has_sound |= type_ == _IS_SOUND
        if number is not None or _VIDEO not in fields or type_ != _IS_VIDEO:
            continue
        for name, at, end in children(data, *fields[_VIDEO]):
            if name == _PIXEL_WIDTH:
                contents.width = _unsigned(data, at, end)
            elif name == _PIXEL_HEIGHT:
                contents.height = _unsigned(data, at, end)
        nanoseconds = _unsigned(data, *fields.get(_DEFAULT_DURATION, (0, 0)))
        if nanoseconds:
            contents.fps = round(1e9 / nanoseconds, 3)
        number = _unsigned(data, *fields.get(_TRACK_NUMBER, (0, 0)))
    return number or 0


def _take_tags(contents: Contents, data: bytes) -> None:
    left = limits.ENTRIES
    for kind, body, stop in children(data, 0, len(data)):
        if kind != TAG or left <= 0:
            continue
        parts = list(children(data, body, stop, left))
        left -= len(parts)
        if any(name == TARGETS and _of_one_track(data, at, end) for name, at, end in parts):
            continue
        for name, at, end in parts:
            if name == SIMPLE_TAG:
                _take_tag(contents, data, at, end)


def _of_one_track(data: bytes, start: int, end: int) -> bool:
    parts = children(data, start, end, 16)
    return any(name == _TARGET_TRACK and _unsigned(data, at, stop) for name, at, stop in parts)


def _take_tag(contents: Contents, data: bytes, start: int, end: int) -> None:
    key = tag_name(data, start, end)
    text = b""
    for kind, body, stop in children(data, start, end, 16):
        if kind == TAG_STRING and stop - body <= contents.room:
            text = data[body:stop].rstrip(b"\0")
    if key:
        contents.keep(key, text)


def tag_name(data: bytes, start: int, end: int) -> str:
    """The name of a SimpleTag in lower case."""
    for kind, body, stop in children(data, start, end, 16):
        if kind == TAG_NAME and stop - body <= 1024:
            return data[body:stop].rstrip(b"\0").decode("utf-8", "replace").lower()
    return ""
