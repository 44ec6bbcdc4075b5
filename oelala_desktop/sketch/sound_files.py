"""Writing sound files with PyAV: FLAC, MP3 and Opus."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from oelala_desktop.sketch.sound import LAYOUTS, Sound

ENCODERS = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus"}
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
AT_ONCE = 1 << 18
"""Samples of each channel that are handed to an encoder at a time."""


def write_sound(
    path: Path, sound: Sound, kind: str, quality: str, metadata: Mapping[str, str], check: Callable[[], None]
) -> None:
    """Encode a sound as `flac`, `mp3` (quality V0, or bits a second like `128k`) or `opus`, with tags of any name.

    Opus takes the next rate that it knows. Raises ValueError for what the kind cannot hold.
    """
    samples = sound.waveform[0]
    layout = LAYOUTS.get(samples.shape[0])
    if layout is None:
        raise ValueError(f"A sound of {samples.shape[0]} channels cannot be saved; one, two or six can.")
    rate = sound.sample_rate
    if kind == "opus":
        rate = next((known for known in OPUS_RATES if known >= rate), OPUS_RATES[-1])
    try:
        with av.open(str(path), "w", format=kind) as container:
            container.metadata.update(metadata)
            stream = container.add_stream(ENCODERS[kind], rate=rate, layout=layout)
            assert isinstance(stream, av.AudioStream)
            if quality.endswith("k"):
                stream.bit_rate = int(quality[:-1]) * 1000
            elif kind == "mp3":
                stream.codec_context.qscale = True
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
            for first in range(0, samples.shape[1], AT_ONCE):
                check()
                part = np.ascontiguousarray(samples[:, first : first + AT_ONCE])
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
                frame.sample_rate, frame.pts, frame.time_base = sound.sample_rate, first, Fraction(1, sound.sample_rate)
                for piece in resampler.resample(frame):
                    container.mux(stream.encode(piece))
            for piece in resampler.resample(None):
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        text = f"{samples.shape[0]} channels at {sound.sample_rate} Hz"
        raise ValueError(f"{kind.upper()} cannot hold this sound: {text}.") from error
