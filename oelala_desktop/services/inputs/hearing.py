"""Decoded sound of a container, each piece at its place on the track."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from .streams import is_cover

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

#: seconds by which times may wander from counted samples before it is a gap
_GAP = Fraction(1, 20)


class Heard(NamedTuple):
    """`at` counts samples from the track's zero; negative before it."""

    at: int
    frame: AudioFrame


def zero_of(source: InputContainer, stream: Any) -> Fraction:
    """Second of the file at which its track begins: with the first frame where it is a video."""
    for other in source.streams.video:
        if not is_cover(other) and other.start_time is not None and other.time_base is not None:
            return other.start_time * Fraction(other.time_base)
    return Fraction(stream.start_time or 0) * Fraction(stream.time_base or 1)


def frames_of(packets: Iterator[Any]) -> Iterator[AudioFrame]:
    for packet in packets:
        yield from packet.decode()


def placed(frames: Iterator[AudioFrame], zero: Fraction) -> Iterator[Heard]:
    """Samples are counted, as the times of some containers are coarser than a sample; a real gap is kept."""
    expected: int | None = None
    for frame in frames:
        told = expected or 0
        if frame.pts is not None and frame.time_base is not None:
            told = round((frame.pts * Fraction(frame.time_base) - zero) * frame.sample_rate)
        if expected is None or abs(told - expected) > _GAP * frame.sample_rate:
            expected = told
        yield Heard(expected, frame)
        expected += frame.samples
