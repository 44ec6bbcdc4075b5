"""How loud a sound is along its length, for drawing. Blocking."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oelala_desktop.services.files.confined import confined

from .hearing import Heard, frames_of, placed, zero_of
from .opening import name_of, opened, pixels_of
from .sound_facts import length_of
from .streams import seen, sound_of

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame
    from av.container import InputContainer

    Samples = np.ndarray[Any, np.dtype[np.float32]]

MOST_PEAKS = 10_000
#: seconds that are decoded whole; of a longer sound each slot's first part is heard, these seconds in all
_WHOLE = 300
#: seconds before a place at which decoding begins: what comes first after a leap lacks its half of the overlap
_RUN_UP = Fraction(1, 8)


def peaks(path: Path, count: int, start: float = 0.0, length: float | None = None) -> tuple[float, ...]:
    """The loudest of each of `count` equal slots of the part (seconds; without `length` to the end) of a sound or of a
    video's sound track: 0 is silence, 1 full scale. Zeros where it is silent or has ended, empty where the file has no
    sound. Raises Unreadable."""
    count = max(1, min(count, MOST_PEAKS))
    return confined.run(name_of(path), pixels_of(path), _peaks, path, count, start, length)


def _peaks(path: Path, count: int, start: float, length: float | None) -> tuple[float, ...]:
    import numpy as np

    name = name_of(path)
    with opened(path, "sound") as source:
        stream = sound_of(source)
        if stream is None:
            return ()
        begin = Fraction(max(0.0, start))
        span = Fraction(length) if length is not None else _end(source, stream, path) - begin
        found = np.zeros(count, np.float32)
        if span <= 0:
            return tuple(found.tolist())
        slot = span / count
        is_long = span > _WHOLE
        listen = _some(source, stream, begin, slot, count) if is_long else _all(source, stream, name, begin, span)
        for heard in listen:
            _raise(found, heard, begin, slot)
        return tuple(found.tolist())


def _end(source: InputContainer, stream: Any, path: Path) -> Fraction:
    """From a header where it tells; else the file is walked through once more."""
    if stream.duration and stream.time_base:
        told = ((stream.start_time or 0) + stream.duration) * Fraction(stream.time_base)
    elif source.duration:
        told = Fraction((source.start_time or 0) + source.duration, 1_000_000)
    else:
        with opened(path, "sound") as again:
            return length_of(again, again.streams[stream.index], name_of(path))
    end: Fraction = told - zero_of(source, stream)
    return end


def _raise(found: Samples, heard: Heard, begin: Fraction, slot: Fraction) -> None:
    """Each slot to the loudest of its samples in this piece."""
    import numpy as np

    levels = _levels(heard.frame)
    rate = heard.frame.sample_rate
    first, each = float(begin * rate), float(slot * rate)
    places = np.floor((heard.at - first + np.arange(levels.size)) / each).astype(np.int64)
    inside = (places >= 0) & (places < len(found))
    np.maximum.at(found, places[inside], levels[inside])


def _levels(frame: AudioFrame) -> Samples:
    """Of each sample the loudest channel, 0…1."""
    import numpy as np

    raw: Any = frame.to_ndarray()
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    if raw.dtype == np.uint8:
        levels = np.abs(raw.astype(np.float32) - 128) / 128
    elif raw.dtype.kind == "i":
        levels = np.abs(raw.astype(np.float32)) / -float(np.iinfo(raw.dtype).min)
    else:
        levels = np.nan_to_num(np.abs(raw).astype(np.float32), posinf=1.0)
    loudest: Samples = np.minimum(levels.max(axis=0), 1.0)
    return loudest


def _all(source: InputContainer, stream: Any, name: str, begin: Fraction, span: Fraction) -> Iterator[Heard]:
    zero = zero_of(source, stream)
    if begin > 1:
        _seek(source, stream, zero + begin - 1)
    frames = placed(frames_of(seen(source, stream, name)), zero)
    return takewhile(lambda heard: heard.at < (begin + span) * heard.frame.sample_rate, frames)


def _some(source: InputContainer, stream: Any, begin: Fraction, slot: Fraction, count: int) -> Iterator[Heard]:
    """The first part of each slot, at which the decoder arrives by a leap."""
    from av.error import FFmpegError

    zero, part = zero_of(source, stream), min(slot, Fraction(_WHOLE, count))
    for number in range(count):
        at = begin + number * slot
        try:
            _seek(source, stream, zero + at - _RUN_UP)
            for heard in placed(frames_of(source.demux(stream)), zero):
                rate = heard.frame.sample_rate
                if heard.at >= (at + part) * rate:
                    break
                if heard.at >= (at - _RUN_UP / 2) * rate:
                    yield heard
        except FFmpegError:
            continue  # what cannot be heard there stays silent


def _seek(source: InputContainer, stream: Any, second: Fraction) -> None:
    source.seek(int(second / Fraction(stream.time_base)), stream=stream)
