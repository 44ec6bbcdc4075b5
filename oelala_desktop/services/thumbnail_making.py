"""A small JPEG of a picture or of a video's first frame. Blocking, and without Qt: for worker threads."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
from PIL import Image, ImageOps

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import probe

_MOST_PIXELS = 50_000_000
_QUALITY = 80
#: what the reader of metadata calls a format, in the decoder's words
_PICTURES = {
    "png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "avif": "AVIF",
}  # fmt: skip
_VIDEOS = {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
#: packets looked at for a first frame
_MOST_PACKETS = 400
#: what the decoders raise on damaged files
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, MemoryError,
           RuntimeError, NotImplementedError, Unreadable, Warning, Image.DecompressionBombError)  # fmt: skip


def make_thumbnail(path: Path, size: int) -> bytes | None:
    """A JPEG whose longer side has at most `size` pixels, upright; transparency lies on black. None if the file cannot
    be decoded, or has more than 50 megapixels."""
    try:
        facts = probe(path)
        if (facts.width or 0) * (facts.height or 0) > _MOST_PIXELS:
            return None
        kind = facts.format
        if kind in _PICTURES:
            small = _picture(path, _PICTURES[kind], size)
        elif kind in _VIDEOS:
            small = _video(path, _VIDEOS[kind], size)
        else:
            return None
        if small is None:
            return None
        out = BytesIO()
        small.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()
    except _BROKEN:
        return None


def _picture(path: Path, kind: str, size: int) -> Image.Image | None:
    with Image.open(path, formats=(kind,)) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            return None
        opened.draft("RGB", _fit(opened.width, opened.height, size))  # a JPEG is decoded at the next size above
        picture = _as_rgb(opened)
        picture.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=1.1)
        orientation = opened.getexif().get(0x0112, 1)
        if orientation != 1:
            picture.getexif()[0x0112] = orientation
            return ImageOps.exif_transpose(picture)
        return picture


def _as_rgb(opened: Image.Image) -> Image.Image:
    if opened.mode in ("RGB", "L"):
        opened.load()
        return opened.copy() if opened.mode == "L" else opened
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if opened.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in opened.info:
        rgba = opened.convert("RGBA")
        flat = Image.new("RGB", rgba.size)
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    return opened.convert("RGB")


def _video(path: Path, container: str, size: int) -> Image.Image | None:
    """The first frame that can be decoded; AV1 too."""
    with av.open(str(path), format=container) as opened:
        if not opened.streams.video:
            return None
        stream = opened.streams.video[0]
        if stream.width * stream.height > _MOST_PIXELS:
            return None
        stream.thread_type = "NONE"  # one frame: handing it to threads costs more than it brings
        for count, packet in enumerate(opened.demux(stream)):
            for frame in packet.decode():
                width, height = _fit(frame.width, frame.height, size)
                small: Image.Image = frame.reformat(width, height, "rgb24", interpolation="BILINEAR").to_image()  # type: ignore[no-untyped-call]
                turned = round(frame.rotation / 90) % 4
                return small.rotate(90 * turned, expand=True) if turned else small
            if count > _MOST_PACKETS:
                break
    return None


def _fit(width: int, height: int, size: int) -> tuple[int, int]:
    scale = min(1.0, size / max(width, height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))
