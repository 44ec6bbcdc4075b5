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


def between(pieces: Iterator[Heard], first: int, count: int) -> Iterator[AudioFrame]:
    """Exactly the samples from `first` on, at most `count` of them: what lies between pieces is silent. Ends with the
    sound."""
    done = first
    for at, frame in pieces:
        if at > done:
            yield from _silence(frame, min(at, first + count) - done)
        if at >= first + count:
            return
        start, stop = max(0, done - at), min(frame.samples, first + count - at)
        if start < stop:
            yield _sliced(frame, start, stop)
        done = max(done, at + frame.samples)


def _sliced(frame: AudioFrame, start: int, stop: int) -> AudioFrame:
    if (start, stop) == (0, frame.samples):
        frame.pts = None
        return frame
    samples: Any = frame.to_ndarray()
    each = 1 if frame.format.is_planar else frame.layout.nb_channels
    return _like(frame, samples[:, start * each : stop * each])


def _silence(frame: AudioFrame, count: int) -> Iterator[AudioFrame]:
    import numpy as np

    samples: Any = frame.to_ndarray()
    middle = 128 if samples.dtype == np.uint8 else 0
    each = 1 if frame.format.is_planar else frame.layout.nb_channels
    for begin in range(0, count, frame.sample_rate):
        size = min(frame.sample_rate, count - begin)
        yield _like(frame, np.full((samples.shape[0], size * each), middle, samples.dtype))


def _like(frame: AudioFrame, samples: Any) -> AudioFrame:
    import numpy as np
    from av import AudioFrame

    made = AudioFrame.from_ndarray(np.ascontiguousarray(samples), frame.format.name, frame.layout.name)
    made.sample_rate = frame.sample_rate
    return made
