"""Small results without any metadata, as a server that strips it would send them; and what must stay the same in
them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
from PIL import Image


def _frame(number: int) -> Image.Image:
    noise = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(noise).resize((64, 64), Image.Resampling.BICUBIC)


def _picture(kind: str) -> bytes:
    out = BytesIO()
    _frame(1).save(out, kind)
    return out.getvalue()


def _video(container: str, codec: str) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=Fraction(8))
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for number in range(5):
            file.mux(stream.encode(av.VideoFrame.from_image(_frame(number))))
        file.mux(stream.encode(None))
    return out.getvalue()


SAMPLES: Mapping[str, Callable[[], bytes]] = {
    "png": lambda: _picture("PNG"),
    "jpg": lambda: _picture("JPEG"),
    "webp": lambda: _picture("WEBP"),
    "mp4": lambda: _video("mp4", "libx264"),
    "webm": lambda: _video("webm", "libvpx-vp9"),
}


def content_of(kind: str, content: bytes) -> list[object]:
    """Pixels of a picture; packets of a video with their times, byte for byte."""
    if kind in ("mp4", "webm"):
        with av.open(BytesIO(content)) as file:
            return [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in file.demux(video=0) if p.size]
    with Image.open(BytesIO(content)) as picture:
        return [picture.size, picture.mode, picture.tobytes()]
