"""Media files of every container, encoded here (PNGs are written by hand in `corpus`)."""

from __future__ import annotations

import io
import struct
import tempfile
import zlib
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.metadata import corpus

WIDTH, HEIGHT, FRAMES, RATE = 64, 48, 9, 16
VIDEO_CODECS = {"mp4": "libx264", "mov": "libx264", "webm": "libvpx-vp9", "mkv": "libx264"}
SOUND_CODECS = {"mp4": "aac", "mov": "aac", "webm": "libopus", "mkv": "aac"}
SOUND_RATE = 48_000
VIDEO_MUXERS = {"mp4": "mp4", "mov": "mov", "webm": "webm", "mkv": "matroska"}


@lru_cache(maxsize=64)
def _encoded(kind: str, tags: tuple[tuple[str, str], ...], options: tuple[tuple[str, str], ...], tone: int) -> bytes:
    # A file, since faststart reads back what it wrote.
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "video"
        _encode(target, kind, tags, options, tone)
        return target.read_bytes()


def _encode(
    target: Path, kind: str, tags: tuple[tuple[str, str], ...], options: tuple[tuple[str, str], ...], tone: int
) -> None:
    with av.open(target, "w", format=VIDEO_MUXERS[kind], options=dict(options)) as container:
        container.metadata.update(dict(tags))
        stream = container.add_stream(VIDEO_CODECS[kind], rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        voice = container.add_stream(SOUND_CODECS[kind], rate=SOUND_RATE, layout="stereo") if tone else None
        for index in range(FRAMES):
            picture = np.full((HEIGHT, WIDTH, 3), index * 20, np.uint8)
            picture[:, index : index + 8] = 255
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
        if voice is not None:
            sing(container, voice, tone, FRAMES / RATE)


def sing(container: Any, stream: Any, tone: int, seconds: float) -> None:
    """A note of `tone` Hz into a stereo stream of 48,000 Hz, and the end of it."""
    count = round(seconds * SOUND_RATE)
    wave = np.sin(np.arange(count) * 2 * np.pi * tone / SOUND_RATE) * 0.5
    for at in range(0, count, 960):
        piece = (wave[at : at + 960] * 32_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(piece, 2)[None].copy(), "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, at, Fraction(1, SOUND_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def video(
    kind: str, tags: Mapping[str, str] | None = None, *, keyed: bool = True, movflags: str = "", tone: int = 0
) -> bytes:
    """A video of nine frames. `keyed`: tags under their own names (use_metadata_tags), else iTunes-style. `tone`: the
    pitch of its sound in Hz, 0 for none."""
    options: dict[str, str] = {}
    if kind in ("mp4", "mov"):
        flags = [flag for flag in ("use_metadata_tags" if keyed else "", movflags) if flag]
        options = {"movflags": "+".join(flags)} if flags else {}
    return _encoded(kind, tuple(sorted((tags or {}).items())), tuple(sorted(options.items())), tone)


def sound(codec: str = "flac", container: str = "flac", tone: int = 440, seconds: float = 1.0) -> bytes:
    """A sound alone."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        sing(out, out.add_stream(codec, rate=SOUND_RATE, layout="stereo"), tone, seconds)
    return target.getvalue()


def sound_packets(path: Path) -> list[tuple[bytes, int | None, int | None]]:
    """The packets of a file's first sound track, byte for byte, with their times."""
    with av.open(str(path)) as opened:
        return [(bytes(packet), packet.pts, packet.dts) for packet in opened.demux(audio=0) if packet.size]


def picture(size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    gradient = np.add.outer(np.arange(size[1]), np.arange(size[0])).astype(np.uint8)
    return Image.fromarray(np.dstack([gradient, gradient[::-1], gradient]))


def saved(format_: str, image: Image.Image | None = None, **options: Any) -> bytes:
    target = io.BytesIO()
    (image or picture()).save(target, format_, **options)
    return target.getvalue()


def jpeg(segments: bytes = b"") -> bytes:
    plain = saved("JPEG", quality=90)
    return plain[:2] + segments + plain[2:]


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def exif(texts: Mapping[int, bytes], comment: bytes | None = None, order: str = "<") -> bytes:
    """An EXIF block with ASCII texts by tag in the first directory and a UserComment in the Exif directory."""
    rows = [(tag, 2, text + b"\0") for tag, text in sorted(texts.items())]
    data, entries = b"", []
    count = len(rows) + (comment is not None)
    start = 8 + 2 + 12 * count + 4
    for tag, kind, value in rows:
        entries.append(struct.pack(order + "HHII", tag, kind, len(value), start + len(data)))
        data += value + bytes(len(value) & 1)
    if comment is not None:
        entries.append(struct.pack(order + "HHII", 0x8769, 4, 1, start + len(data)))
        inner = start + len(data) + 18
        data += struct.pack(order + "H", 1) + struct.pack(order + "HHII", 0x9286, 7, len(comment), inner)
        data += bytes(4) + comment
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "H", count) + b"".join(entries) + bytes(4) + data


def webp(chunks: bytes = b"", *, animated: bool = False) -> bytes:
    options: dict[str, Any] = {"quality": 80}
    if animated:
        turned = [picture().rotate(90 * i, expand=False) for i in range(1, 4)]
        options |= {"save_all": True, "append_images": turned, "duration": 125}
    plain = saved("WEBP", **options) + chunks
    return plain[:4] + struct.pack("<I", len(plain) - 8) + plain[8:]


def riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)


def animated_png(texts: Mapping[str, Any]) -> bytes:
    """Three frames of 1/8 s and ComfyUI's `comf` chunks after them."""
    rows = b"".join(b"\0" + bytes(x & 255 for x in range(16)) for _ in range(16))
    pixels = zlib.compress(rows)
    head = corpus.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0))
    body = corpus.png_chunk(b"acTL", struct.pack(">II", 3, 0))
    for index in range(3):
        control = struct.pack(">IIIIIHHBB", max(0, index * 2 - 1), 16, 16, 0, 0, 1, 8, 0, 0)
        body += corpus.png_chunk(b"fcTL", control)
        data = pixels if index == 0 else struct.pack(">I", index * 2) + pixels
        body += corpus.png_chunk(b"IDAT" if index == 0 else b"fdAT", data)
    for key, value in texts.items():
        body += corpus.png_chunk(b"comf", key.encode() + b"\0" + corpus.dumps(value))
    return corpus.PNG_SIGNATURE + head + body + corpus.png_chunk(b"IEND", b"")
