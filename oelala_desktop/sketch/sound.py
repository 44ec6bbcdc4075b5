"""What an AUDIO is here, and reading one from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.frames import Samples, allocate_samples
from oelala_desktop.sketch.window import Window, reading

#: seconds of sound that room is made for because a file says how long it is; what comes beyond finds its room later
TRUSTED = 600
#: the channel layouts that ComfyUI's savers know, by the number of channels
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


@dataclass(frozen=True)
class Sound:
    """An AUDIO between nodes: samples [batch, channels, samples] from −1 to 1, and how many there are a second."""

    waveform: npt.NDArray[np.float32]
    sample_rate: int

    @property
    def seconds(self) -> float:
        return float(self.waveform.shape[2] / self.sample_rate)

    def part(self, first: int, end: int) -> Sound:
        """The samples from `first` up to `end`. A view, not a copy."""
        return Sound(self.waveform[..., first:end], self.sample_rate)


def read_sound(path: Path, check: Callable[[], None], window: Window | None = None) -> Sound | None:
    """The sound of a film's part, or of a whole file where there is no window; None where it has none.

    As ComfyUI does it, a film's last sound is taken, and a sound file's first. A sound that sets in late is not moved.
    Raises ValueError when it cannot be decoded, MemoryError where there is no room.
    """
    with reading(path, "sound") as container:
        streams = [stream for stream in container.streams.audio if stream.codec_context is not None]
        if not streams:
            return None
        stream = streams[0] if window is None else streams[-1]
        parts = _parts(container, stream, window, check)
        seconds = min(TRUSTED, (container.duration or 0) / av.time_base)
        samples = _joined(path, parts, int(seconds * (stream.sample_rate or 0)))
        if samples is None:
            return None
        if window is not None and window.length:
            samples = samples[:, : int(window.length * stream.sample_rate)]
        return Sound(samples[None], stream.sample_rate)


def _parts(
    container: av.container.InputContainer, stream: av.AudioStream, window: Window | None, check: Callable[[], None]
) -> Iterator[Samples]:
    """Samples [channels, n] of one decoded frame after another, from the window's start to a frame beyond its end."""
    if window is not None and window.start:
        container.seek(int(window.start * av.time_base))
    resampler = av.AudioResampler(format="fltp")
    started = window is None
    for packet in container.demux(stream):
        for frame in (part for decoded in packet.decode() for part in resampler.resample(decoded)):
            check()
            samples = np.asarray(frame.to_ndarray(), np.float32)
            at = frame.time or 0.0
            if window is not None and window.end is not None and at > window.end:
                return
            if window is not None and not started:
                early = max(0, int((window.start - at) * frame.sample_rate))
                if early >= samples.shape[1]:
                    continue
                samples, started = samples[:, early:], True
            yield samples


def _joined(path: Path, parts: Iterator[Samples], expected: int) -> Samples | None:
    made: Samples | None = None
    filled = 0
    for part in parts:
        channels, length = part.shape
        if made is None:
            made = allocate_samples(channels, max(expected, length))
        elif channels != made.shape[0]:
            raise ValueError(f"The sound of {path.name} changes from {made.shape[0]} channels to {channels}.")
        elif filled + length > made.shape[1]:
            larger = allocate_samples(channels, filled + max(length, filled // 2))
            larger[:, :filled] = made[:, :filled]
            made = larger
        made[:, filled : filled + length] = part
        filled += length
    return None if made is None else made[:, :filled]
