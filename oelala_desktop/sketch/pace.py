"""Sounds that are played at another speed, or from the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import numpy as np
from av.filter import Graph

from oelala_desktop.sketch.frames import Samples, allocate_samples
from oelala_desktop.sketch.sound import LAYOUTS, Sound

#: samples that are handed to the filter at a time
_BLOCK = 65536


def fitted(sound: Sound, seconds: float) -> Sound:
    """As long as that: cut, or with silence behind it."""
    return Sound(_lasting(sound.waveform[0], round(seconds * sound.sample_rate))[None], sound.sample_rate)


def reversed_sound(sound: Sound) -> Sound:
    return Sound(np.ascontiguousarray(sound.waveform[..., ::-1]), sound.sample_rate)


def paced(sound: Sound, speed: float, check: Callable[[], None]) -> Sound:
    """So many times as fast, in its own pitch."""
    given = sound.waveform[0]
    made = _lasting(given, round(given.shape[1] / speed))
    made[:] = 0
    filled = 0
    for part in _stretched(given, sound.sample_rate, speed, check):
        fitting = part[:, : made.shape[1] - filled]
        made[:, filled : filled + fitting.shape[1]] = fitting
        filled += fitting.shape[1]
    return Sound(made[None], sound.sample_rate)


def _lasting(samples: Samples, length: int) -> Samples:
    made = allocate_samples(samples.shape[0], max(1, length))
    kept = min(samples.shape[1], made.shape[1])
    made[:, :kept] = samples[:, :kept]
    made[:, kept:] = 0
    return made


def _stretched(samples: Samples, rate: int, speed: float, check: Callable[[], None]) -> Iterator[Samples]:
    """Samples [channels, n], one part after another, from FFmpeg's atempo, which takes half the speed and more."""
    layout = LAYOUTS.get(samples.shape[0], f"{samples.shape[0]}c")
    graph = Graph()
    last = graph.add_abuffer(sample_rate=rate, format="fltp", layout=layout, time_base=Fraction(1, rate))
    steps = [graph.add("atempo", f"{tempo:.6f}") for tempo in _tempos(speed)]
    planes = graph.add("aformat", "sample_fmts=fltp")  # atempo gives the channels interleaved
    for step in (*steps, planes, sink := graph.add("abuffersink")):
        last.link_to(step)
        last = step
    graph.configure()
    for first in range(0, samples.shape[1], _BLOCK):
        check()
        part = np.ascontiguousarray(samples[:, first : first + _BLOCK])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        graph.push(frame)
        yield from _waiting(sink)
    graph.push(None)
    yield from _waiting(sink)


def _waiting(sink: av.filter.context.FilterContext) -> Iterator[Samples]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield np.asarray(frame.to_ndarray(), np.float32)


def _tempos(speed: float) -> Iterator[float]:
    while speed < 0.5:
        yield 0.5
        speed /= 0.5
    yield speed
