"""Small videos and sounds in which every frame and every second can be told from the others, and looking at such."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np

WIDTH, HEIGHT, RATE, SOUND_RATE = 96, 64, 24, 48000
BITS = 6
CLOCK = Fraction(1, 90000)


def picture(index: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> np.ndarray:
    """Its number in black and white across the middle, one bit a field, and a red mark in its left upper corner."""
    width, height = size
    made = np.full((height, width, 3), 128, np.uint8)
    made[: height // 4, : width // 4] = (230, 20, 20)
    for bit in range(BITS):
        made[height // 3 : 2 * height // 3, bit * width // BITS : (bit + 1) * width // BITS] = 235 * (index >> bit & 1)
    return made


def number_of(shown: np.ndarray) -> int:
    """Which of those a picture is."""
    height, width = shown.shape[:2]
    fields = (shown[height // 2, (2 * bit + 1) * width // (2 * BITS)] for bit in range(BITS))
    return sum(1 << bit for bit, field in enumerate(fields) if field.mean() > 128)


def mark_of(shown: np.ndarray) -> str:
    """The corner in which a picture's mark is."""
    corners = {"left top": (4, 4), "right top": (4, -5), "left bottom": (-5, 4), "right bottom": (-5, -5)}
    return max(corners, key=lambda name: float(shown[corners[name]][0]) - float(shown[corners[name]][1]))


def film(
    frames: int = 48,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    times: Sequence[float] | None = None,
    sound: float | None = 2.0,
    turned: int = 0,
    container: str = "mp4",
    codec: str = "libx264",
    sound_codec: str = "aac",
) -> bytes:
    """A video with a sound of `sound` seconds that grows louder. `times` are seconds, else they come 24 a second;
    `turned` is the degrees that a player is told to turn it, against the clock."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        stream = made.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = 12
        clock = CLOCK if times else Fraction(1, RATE)
        stream.codec_context.time_base = clock
        stream.codec_context.max_b_frames = 0
        track = made.add_stream(sound_codec, rate=SOUND_RATE, layout="stereo") if sound else None
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(index, size), format="rgb24")
            frame.pts, frame.time_base = (round(times[index] / CLOCK) if times else index), clock
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        if track is not None and sound is not None:
            assert isinstance(track, av.AudioStream)
            made.mux(track.encode(_samples(tone(sound))))
            made.mux(track.encode(None))
    return _turned(out.getvalue(), turned) if turned else out.getvalue()


def _turned(mp4: bytes, degrees: int) -> bytes:
    """The file with the matrix of its first track, which is in the track's header, turned against the clock."""
    across, down = {90: (0, -1), -90: (0, 1), 180: (-1, 0)}[degrees]
    rows = (across, down, 0, -down, across, 0)
    at = mp4.index(b"tkhd") + 44
    return mp4[:at] + struct.pack(">6i", *(row << 16 for row in rows)) + mp4[at + 24 :]


def tone(seconds: float, rate: int = SOUND_RATE, channels: int = 2) -> np.ndarray:
    """Samples [channels, n] of a tone that grows louder, a tenth of full scale each second."""
    at = np.arange(round(seconds * rate)) / rate
    wave = (0.1 + 0.1 * at) * np.sin(2 * np.pi * 441 * at)
    return np.stack([wave] * channels).astype(np.float32)


def sound_file(
    seconds: float = 2.0, rate: int = SOUND_RATE, channels: int = 2, kind: str = "flac", codec: str = "flac"
) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as made:
        stream = made.add_stream(codec, rate=rate, layout="stereo" if channels == 2 else "mono")
        assert isinstance(stream, av.AudioStream)
        made.mux(stream.encode(_samples(tone(seconds, rate, channels), rate)))
        made.mux(stream.encode(None))
    return out.getvalue()


def _samples(wave: np.ndarray, rate: int = SOUND_RATE) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo" if len(wave) == 2 else "mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame


@dataclass
class Seen:
    """What is in a file: pictures and their times in seconds, samples [channels, n] and their rate, tags."""

    container: str
    codecs: tuple[str, ...]
    pictures: list[np.ndarray] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    turned: int = 0
    samples: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    sound_rate: int = 0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int]:
        return [number_of(shown) for shown in self.pictures]

    @property
    def sound_seconds(self) -> float:
        return self.samples.shape[1] / self.sound_rate if self.sound_rate else 0.0

    def loudness(self, first: float, last: float) -> float:
        """The largest sample between two seconds."""
        part = self.samples[:, int(first * self.sound_rate) : int(last * self.sound_rate)]
        return float(np.abs(part).max())


def look(content: bytes) -> Seen:
    with av.open(io.BytesIO(content)) as container:
        codecs = tuple(stream.codec.canonical_name for stream in container.streams if stream.type != "data")
        seen = Seen(container.format.name, codecs, tags={k.lower(): v for k, v in container.metadata.items()})
        for frame in container.decode(video=0) if container.streams.video else ():
            seen.pictures.append(frame.to_ndarray(format="rgb24"))
            seen.times.append(float(frame.time or 0))
            seen.turned = frame.rotation
    with av.open(io.BytesIO(content)) as container:
        if container.streams.audio:
            resampler = av.AudioResampler(format="fltp")
            parts = [p.to_ndarray() for f in container.decode(audio=0) for p in resampler.resample(f)]
            seen.samples = np.concatenate(parts, axis=1)
            seen.sound_rate = container.streams.audio[0].sample_rate
    return seen
