"""Small videos and sounds made by code. Every frame carries its number, every sample tells when it is heard."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

BITS, SIZE, RATE, SAMPLES = 8, (128, 64), 24, 48_000
MUXERS = {"mp4": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm", "m4a": "ipod", "opus": "ogg", "aac": "adts"}
H264 = {"preset": "veryfast", "crf": "12", "g": "12", "bf": "2"}
VPX = {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "1M", "g": "12"}


def picture(number: int, size: tuple[int, int] = SIZE) -> np.ndarray[Any, Any]:
    """Columns of black and white below, a slope above: the number in binary, upright."""
    width, height = size
    made = np.empty((height, width, 3), np.uint8)
    made[:] = np.linspace(40, 200, width, dtype=np.uint8)[None, :, None]
    for bit in range(BITS):
        made[height // 2 :, bit * width // BITS : (bit + 1) * width // BITS] = 235 if number >> bit & 1 else 20
    return made


def number_of(rgb: np.ndarray[Any, Any]) -> int:
    height, width = rgb.shape[:2]
    below = rgb[height * 3 // 4 - 2 : height * 3 // 4 + 3].mean(axis=(0, 2))
    return sum(int(below[(2 * bit + 1) * width // (2 * BITS)] > 127) << bit for bit in range(BITS))


def wave(count: int, tone: float = 440.0, first: int = 0) -> np.ndarray[Any, Any]:
    """Samples that grow louder through the first ten seconds."""
    at = np.arange(first, first + count) / SAMPLES
    made: np.ndarray[Any, Any] = (np.sin(2 * np.pi * tone * at) * (0.1 + 0.08 * at)).astype(np.float32)
    return made


def video(
    path: Path, frames: int = 36, *, codec: str = "libx264", options: dict[str, str] | None = None,
    size: tuple[int, int] = SIZE, rate: Fraction | int = RATE, times: Sequence[int] | None = None,
    sound: str = "", voice_rate: int = SAMPLES, seconds: float | None = None, rotation: int = 0,
    mirrored: bool = False, pix_fmt: str = "yuv420p", aspect: Fraction | None = None, noise: int = 0,
    muxing: dict[str, str] | None = None, base: Fraction | None = None,
) -> Path:  # fmt: skip
    """`times` in milliseconds, one a frame, in place of an even `rate`; `seconds` is the length of the sound."""
    options = H264 if options is None else options
    rng = np.random.default_rng(1)
    with av.open(str(path), "w", format=MUXERS[path.suffix[1:]], options=muxing or {}) as out:
        stream: Any = out.add_stream(codec, rate=rate, options=dict(options))
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        if times is not None or base is not None:
            stream.codec_context.time_base = base or Fraction(1, 1000)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation or mirrored:
            stream.set_display_rotation(rotation, hflip=mirrored)
        voice: Any = out.add_stream(sound, rate=voice_rate, layout="stereo") if sound else None
        for index in range(frames):
            drawn = picture(index, size)
            if noise:
                drawn[: size[1] // 2] += rng.integers(0, noise, (size[1] // 2, size[0], 1), np.uint8)
            frame = av.VideoFrame.from_ndarray(drawn, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[index], Fraction(1, 1000)
            elif base is not None:
                frame.pts, frame.time_base = round(index / rate / base), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice is not None:
            out.mux(_voiced(voice, seconds if seconds is not None else float(frames / rate)))
    return path


def sound(path: Path, seconds: float, codec: str, *, pieces: np.ndarray[Any, Any] | None = None) -> Path:
    with av.open(str(path), "w", format=MUXERS.get(path.suffix[1:], path.suffix[1:])) as out:
        voice: Any = out.add_stream(codec, rate=SAMPLES, layout="stereo")
        out.mux(_voiced(voice, seconds, pieces))
    return path


def _voiced(voice: Any, seconds: float, samples: np.ndarray[Any, Any] | None = None) -> list[Any]:
    samples = wave(round(seconds * SAMPLES)) if samples is None else samples
    packets: list[Any] = []
    context = voice.codec_context
    resampler = av.AudioResampler(context.format.name, "stereo", context.sample_rate, frame_size=960)
    for at in range(0, len(samples), 960):
        piece = np.ascontiguousarray(np.tile(samples[at : at + 960], (2, 1)))
        frame = av.AudioFrame.from_ndarray(piece, "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, at, Fraction(1, SAMPLES)
        for made in resampler.resample(frame):
            packets += voice.encode(made)
    for made in resampler.resample(None):
        packets += voice.encode(made)
    return packets + voice.encode(None)


class Seen(NamedTuple):
    """`second` counts from the file's first frame."""

    second: float
    number: int
    pixels: bytes


def frames(path: Path) -> list[Seen]:
    """As an old reader sees them: no matrix is heeded."""
    found: list[Seen] = []
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        first = None
        for frame in opened.decode(stream):
            assert frame.pts is not None and stream.time_base is not None
            first = frame.pts if first is None else first
            second = float((frame.pts - first) * stream.time_base)
            found.append(Seen(second, number_of(frame.to_ndarray(format="rgb24")), frame.to_ndarray().tobytes()))
    return found


def track(path: Path) -> tuple[np.ndarray[Any, Any], float]:
    """The first channel of the sound, and when it begins."""
    parts, begin = [], None
    with av.open(str(path)) as opened:
        for frame in opened.decode(audio=0):
            raw = frame.to_ndarray()
            raw = raw if frame.format.is_planar else raw.reshape(-1, frame.layout.nb_channels).T
            level = raw[0].astype(np.float64) - 128 * (raw.dtype == np.uint8)
            parts.append(level / {"f": 1, "i": 2 ** (8 * raw.dtype.itemsize - 1), "u": 128}[raw.dtype.kind])
            begin = frame.time if begin is None else begin
    return np.concatenate(parts), begin or 0.0
