"""Writing sounds with PyAV: beside a film's pictures, and into files of their own as FLAC, MP3 or Opus."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from oelala_desktop.sketch.sound import LAYOUTS, Sound

ENCODERS = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus"}
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)


class Track:
    """A sound on its way into a file, with FFmpeg's name of its encoder; Opus takes the next rate that it knows.

    `quality` is bits a second, like `128k`, `V0` for an MP3, or nothing. Raises ValueError for a number of channels
    that has no layout.
    """

    def __init__(self, container: av.container.OutputContainer, sound: Sound, encoder: str, quality: str = "") -> None:
        samples = sound.waveform[0]
        layout = LAYOUTS.get(samples.shape[0])
        if layout is None:
            raise ValueError(f"A sound of {samples.shape[0]} channels cannot be saved; one, two or six can.")
        rate = sound.sample_rate
        if encoder == "libopus":
            rate = next((known for known in OPUS_RATES if known >= rate), OPUS_RATES[-1])
        stream = container.add_stream(encoder, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if quality.endswith("k"):
            stream.bit_rate = int(quality[:-1]) * 1000
        elif quality:
            stream.codec_context.qscale = True
        self._container, self._stream, self._layout = container, stream, layout
        self._samples, self._rate, self._done = samples, sound.sample_rate, 0
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)

    def play_until(self, second: Fraction | float) -> None:
        """Write what is not written yet up to this time."""
        end = min(self._samples.shape[1], math.ceil(second * self._rate))
        if end <= self._done:
            return
        part = np.ascontiguousarray(self._samples[:, self._done : end])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._done, Fraction(1, self._rate)
        self._done = end
        self._encode(frame)

    def close(self) -> None:
        """Write what the encoder still holds."""
        self._encode(None)
        self._container.mux(self._stream.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for part in self._resampler.resample(frame):
            self._container.mux(self._stream.encode(part))


def write_sound(
    path: Path, sound: Sound, kind: str, quality: str, metadata: Mapping[str, str], check: Callable[[], None]
) -> None:
    """Encode a sound as `flac`, `mp3` or `opus`, with tags of any name. Raises ValueError for what that cannot hold."""
    try:
        with av.open(str(path), "w", format=kind) as container:
            container.metadata.update(metadata)
            track = Track(container, sound, ENCODERS[kind], "" if kind == "flac" else quality)
            for second in range(1, math.ceil(sound.seconds) + 1):
                check()
                track.play_until(second)
            track.close()
    except av.FFmpegError as error:
        text = f"{sound.waveform.shape[1]} channels at {sound.sample_rate} Hz"
        raise ValueError(f"{kind.upper()} cannot hold this sound: {text}.") from error
