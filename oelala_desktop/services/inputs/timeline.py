"""When each frame of a video is shown, told by its packets, of which none is decoded."""

from __future__ import annotations

import bisect
import itertools
import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oelala_desktop.domain.errors import Unreadable

_KEY, _SHOWN, _DISCARDED = 1, 2, 4
_FASTEST = 1000
#: how far a frame may lie from its even place, in frames: nearer to it than to any other
_SWAY = Fraction(1, 4)
#: VP8 says in its first byte whether a frame is shown, or only there for others to refer to (RFC 6386 §9.1)
_VP8_SHOWN = 0x10
#: seconds by which a time that a person gave may miss its frame
NEAR = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`pts` and `flags` stand in the order of decoding, `times` are those of the shown frames in theirs; all in units
    of `base` seconds. `rate` is in frames a second; `is_steady` that the frames come at even distances of it."""

    base: Fraction
    pts: array[int]
    flags: bytearray
    times: array[int]
    rate: Fraction
    is_steady: bool
    end: Fraction

    @property
    def frames(self) -> int:
        return len(self.times)

    @property
    def length(self) -> Fraction:
        """Seconds from the first frame to the end of the last."""
        return self.end - self.times[0] * self.base

    def second(self, number: int) -> Fraction:
        """When the frame of this number begins, in seconds after the first; the length for the one after the last."""
        if number >= len(self.times):
            return self.length
        return (self.times[number] - self.times[0]) * self.base

    def number(self, second: Fraction) -> int:
        """The first frame that begins at this second or later."""
        least = self.times[0] + (second - NEAR) / self.base
        return bisect.bisect_left(self.times, least)

    def key_before(self, second: Fraction) -> int | None:
        """The time, in units of `base`, of the last key frame that begins by this second; None where none does."""
        most = self.times[0] + second / self.base
        keys = (t for t, flag in zip(self.pts, self.flags, strict=True) if flag & _KEY and t <= most)
        return max(keys, default=None)

    def is_key(self, index: int) -> bool:
        return bool(self.flags[index] & _KEY)

    def is_shown(self, index: int) -> bool:
        return self.flags[index] & (_SHOWN | _DISCARDED) == _SHOWN


def evened(rate: Fraction, span: Fraction) -> tuple[Fraction, int]:
    """Rate and number of frames of what comes at uneven distances, once it is made even: the whole rate that is nearest
    to its average."""
    whole = Fraction(max(1, round(rate)))
    return whole, max(1, round(span * whole))


def number_at(rate: Fraction, second: Fraction) -> int:
    """Of frames that begin at even distances, the first that begins at this second or later."""
    return max(0, math.ceil((second - NEAR) * rate))


def timeline(stream: Any, packets: Iterable[Any], name: str) -> Timeline:
    """Raises Unreadable if there is no frame."""
    base, is_vp8 = Fraction(stream.time_base or 1), stream.codec_context.name.startswith(("vp8", "libvpx"))
    pts, flags, last = array("q"), bytearray(), 0
    for packet in packets:
        is_shown = not is_vp8 or bool(memoryview(packet)[0] & _VP8_SHOWN)
        pts.append(packet.pts)
        flags.append(_KEY * packet.is_keyframe | _SHOWN * is_shown | _DISCARDED * packet.is_discard)
        last = packet.duration or 0
    times = array("q", sorted(t for t, flag in zip(pts, flags, strict=True) if flag & (_SHOWN | _DISCARDED) == _SHOWN))
    if not times:
        raise Unreadable(f"{name} has no frame in it.")
    rate, is_steady = _rate(stream, times, base, last)
    step = 1 / rate if is_steady or not last else min(last * base, 1 / rate)
    return Timeline(base, pts, flags, times, rate, is_steady, times[-1] * base + step)


def _rate(stream: Any, times: array[int], base: Fraction, last: int) -> tuple[Fraction, bool]:
    span, steps = (times[-1] - times[0]) * base, len(times) - 1
    for declared in (stream.average_rate, stream.guessed_rate):
        rate = Fraction(declared or 0)
        if 0 < rate <= _FASTEST and _is_even(times, base, rate):
            return rate, True
    if not span:
        held = last * base
        return (1 / held if held and 1 / held <= _FASTEST else Fraction(1)), not steps
    rate = Fraction(steps / span).limit_denominator(1001)
    if not 0 < rate <= _FASTEST:
        rate = min(max(steps / span, Fraction(1, 3600)), Fraction(_FASTEST))
        return rate, False
    return rate, _is_even(times, base, rate)


def _is_even(times: array[int], base: Fraction, rate: Fraction) -> bool:
    """Whether each frame begins where it should, but for what its unit of time cannot say."""
    step = float(1 / (rate * base))
    most = max(1.0, step * float(_SWAY))
    first = times[0]
    if any(later <= before for before, later in itertools.pairwise(times)):
        return False
    return all(abs(time - first - number * step) <= most for number, time in enumerate(times))
