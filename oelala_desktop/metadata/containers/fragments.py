"""Frames and length of a fragmented mp4, whose index is empty: they are told piece by piece, in a `moof` before each
run of frames (ISO/IEC 14496-12 §8.8)."""

from __future__ import annotations

import struct

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers.boxes import children, find
from oelala_desktop.metadata.source import Source

_U32 = struct.Struct(">I").unpack_from
_U32_PAIR = struct.Struct(">II").unpack_from
#: flags of `tfhd`, each with the size of its field; the default duration comes after the first two
_HEAD_FIELDS = ((0x01, 8), (0x02, 4))
_DEFAULT_DURATION = 0x08
#: flags of `trun`: fields before the table (4 bytes each), and fields of each of its rows (4 bytes each)
_RUN_FIELDS = (0x001, 0x004)
_ROW_DURATION = 0x100
_ROW_FIELDS = (0x100, 0x200, 0x400, 0x800)


class Fragments:
    """What the fragments of a file add up to, by the number of the track: its frames and their length, in the track's
    own time scale."""

    __slots__ = ("_defaults", "_tracks")

    def __init__(self, source: Source, movie: bytes, places: list[tuple[int, int]]) -> None:
        self._tracks: dict[int, tuple[int, int]] = {}
        self._defaults: dict[int, int] = {}
        # Too much to read is not half read: no length is better than a wrong one.
        if not places or sum(end - body for body, end in places) > limits.FRAGMENTS:
            return
        extends = find(movie, 0, len(movie), (b"mvex",))
        for kind, body, end in children(movie, *extends) if extends else ():
            if kind == b"trex" and end - body >= 16:
                self._defaults[_U32(movie, body + 4)[0]] = _U32(movie, body + 12)[0]
        for body, end in places:
            self._add(source.at(body, end - body))

    def of(self, track: int) -> tuple[int, int]:
        """(frames, their length) of one track."""
        return self._tracks.get(track, (0, 0))

    def _add(self, data: bytes) -> None:
        for kind, start, stop in children(data, 0, len(data)):
            if kind == b"traf":
                self._add_track(data, start, stop)

    def _add_track(self, data: bytes, start: int, stop: int) -> None:
        head = find(data, start, stop, (b"tfhd",))
        if head is None or head[1] - head[0] < 8:
            return
        flags, track = _U32_PAIR(data, head[0])
        at = head[0] + 8 + sum(size for flag, size in _HEAD_FIELDS if flags & flag)
        own = flags & _DEFAULT_DURATION and at + 4 <= head[1]
        default = _U32(data, at)[0] if own else self._defaults.get(track, 0)
        frames, length = self.of(track)
        for kind, body, end in children(data, start, stop):
            if kind == b"trun" and end - body >= 8:
                more, longer = _run(data, body, end, default)
                frames, length = frames + more, length + longer
        self._tracks[track] = frames, length


def _run(data: bytes, body: int, end: int, default: int) -> tuple[int, int]:
    """(frames, length) of one run."""
    flags, count = _U32_PAIR(data, body)
    if not flags & _ROW_DURATION:
        return count, count * default
    table = body + 8 + sum(4 for flag in _RUN_FIELDS if flags & flag)
    row = sum(4 for flag in _ROW_FIELDS if flags & flag)
    count = min(count, max(0, end - table) // row)
    return count, sum(_U32(data, table + at * row)[0] for at in range(count))
