"""A part of a video without loss: its packets from the key frame at or before it."""

from __future__ import annotations

import bisect
import itertools
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .timeline import Timeline

#: what goes into an mp4 as it is
COPYABLE = frozenset({"h264", "hevc", "vp9", "av1", "mpeg4"})
#: here what follows a key frame may refer to what is shown before it and decoded after it
_CLOSED = frozenset({"h264"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets `first` to `last` in the order of decoding; their frames are `begin` up to `end` without a gap."""

    first: int
    last: int
    begin: int
    end: int


def stretch_of(line: Timeline, codec: str, begin: int, end: int) -> Stretch | None:
    """What must be copied to have the frames from `begin` up to `end`; None where that cannot be had by copying."""
    first = _key(line, line.times[begin], codec in _CLOSED)
    if first is None:
        return None
    start = line.pts[first]
    number = bisect.bisect_left(line.times, start)
    written, latest = 0, start
    for index in range(first, len(line.pts)):
        if not line.is_shown(index):
            return None  # an edit list hides it, or others refer to it: its time is none of the frames'
        if line.pts[index] < start:
            continue
        written, latest = written + 1, max(latest, line.pts[index])
        if number + written >= end and written == bisect.bisect_right(line.times, latest) - number:
            return Stretch(first, index, number, number + written)
    return None


def _key(line: Timeline, time: int, closed: bool) -> int | None:
    """The last key frame shown at this time or before."""
    earliest = array("q", itertools.accumulate(reversed(line.pts), min))
    for index in range(len(line.pts) - 1, -1, -1):
        if line.pts[index] <= time and line.is_key(index) and line.is_shown(index):
            is_first = earliest[len(line.pts) - index - 1] == line.pts[index]
            if is_first or not closed:
                return index
    return None


def copied(written: Any, packets: Iterator[Any], line: Timeline, part: Stretch) -> Iterator[Any]:
    """The packets of the stretch, of all those of the video, for the stream `written`. Times are set anew, a step of
    the rate apiece: containers round them, and a reader tells the rate by them. What leads up to an open key frame is
    left out, as it refers to what is not there."""
    start = line.pts[part.first]
    kept = [line.pts[index] for index in range(part.first, part.last + 1) if line.pts[index] >= start]
    numbers = [bisect.bisect_left(line.times, time) - part.begin for time in kept]
    delay = max(index - number for index, number in enumerate(numbers))
    done = 0
    for packet in itertools.islice(packets, part.first, part.last + 1):
        if packet.pts < start:
            continue
        packet.stream, packet.time_base = written, 1 / line.rate
        packet.pts, packet.dts, packet.duration = numbers[done], done - delay, 1
        done += 1
        yield packet
    if done < len(numbers):
        raise ValueError("packets are missing that were there before")
