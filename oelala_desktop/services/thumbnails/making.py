"""A small JPEG of a picture or of a video's first frame. Blocking, and without Qt: for worker threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import MediaFacts, probe
from oelala_desktop.services.files.colours import as_rgb, in_srgb, names_profile
from oelala_desktop.services.files.confined import confined
from oelala_desktop.services.files.decoding import FFMPEG_LIMITS, PICTURES, VIDEOS, check_size, decoding, has_many_scans
from oelala_desktop.services.files.stripping import without_texts
from oelala_desktop.services.files.unlinked import open_unlinked

from .sizes import LONGEST

if TYPE_CHECKING:
    from PIL import Image

_QUALITY = 80
#: packets looked at for a first frame
_MOST_PACKETS = 400
#: formats whose decoders take the memory that the header says and no more; pixels and bytes decoded in this process
_PLAIN = frozenset({"png", "jpeg", "bmp", "gif", "webp"})
_PLAIN_PIXELS, _PLAIN_BYTES = 8_000_000, 16 * 2**20
#: bytes in which a colour profile is looked for
_HEAD = 65_536
_Fit = Callable[[int, int], tuple[int, int]]


def make_still(path: Path) -> bytes:
    """The first frame of a video in its own size, upright, as a PNG. Raises as `make_thumbnail` does."""
    facts, pixels = _facts(path)
    return confined.run(path.name, pixels, _make_still, path, facts.format)


def _make_still(path: Path, kind: str) -> bytes:
    with decoding(path.name), os.fdopen(open_unlinked(path), "rb") as file:
        out = BytesIO()
        _video(path.name, file, VIDEOS[kind], lambda width, height: (width, height)).save(out, "PNG", compress_level=1)
        return out.getvalue()


def _facts(path: Path) -> tuple[MediaFacts, int]:
    os.close(open_unlinked(path))  # a file that is gone is not a damaged one
    facts = probe(path, open_unlinked)
    check_size(path.name, facts.width, facts.height)
    return facts, (facts.width or 0) * (facts.height or 0)


def make_thumbnail(path: Path, size: int, covering: bool = False) -> bytes:
    """A JPEG whose longer side has at most `size` pixels, or `covering` whose shorter side has as many, as far as the
    file goes; upright; transparency lies on black. Raises Unreadable if the file cannot be decoded or has more than 50
    megapixels, OSError if it cannot be read just now, or behind a link."""
    facts, pixels = _facts(path)
    if facts.format in _PLAIN and pixels <= _PLAIN_PIXELS:
        with os.fdopen(open_unlinked(path), "rb", buffering=0) as file:
            content = file.read(_PLAIN_BYTES + 1)  # at once: decoders ask for a few bytes, and often
            if _is_soon_decoded(facts.format, content):
                whole = BytesIO(content) if len(content) <= _PLAIN_BYTES else file
                whole.seek(0)
                return _made_of(path.name, whole, facts.format, size, covering)
    return confined.run(path.name, pixels, _make, path, facts.format, size, covering)


def _is_soon_decoded(kind: str, content: bytes) -> bool:
    head = content if kind == "jpeg" else content[:_HEAD]
    return (
        (kind == "png" or len(content) <= _PLAIN_BYTES)
        and not has_many_scans(kind, content)
        and not names_profile(kind, head)
    )


def _make(path: Path, kind: str, size: int, covering: bool) -> bytes:
    with os.fdopen(open_unlinked(path), "rb") as file:
        return _made_of(path.name, file, kind, size, covering)


def _made_of(name: str, file: BinaryIO, kind: str, size: int, covering: bool) -> bytes:
    def fit(width: int, height: int) -> tuple[int, int]:
        return _fit(width, height, size, covering)

    with decoding(name):
        if kind == "png":
            small = _png(name, file, fit)
        elif kind in PICTURES:
            small = _picture(name, file, PICTURES[kind], fit)
        elif kind in VIDEOS:
            small = _video(name, file, VIDEOS[kind], fit)
        else:
            raise Unreadable(f"{name} is of a kind that has no thumbnails.")
        out = BytesIO()
        small.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()


def _png(name: str, file: BinaryIO, fit: _Fit) -> Image.Image:
    try:
        return _picture(name, file, PICTURES["png"], fit)
    except Exception:  # of whatever kind; perhaps only its texts are what the decoder does not bear
        file.seek(0)
        raw = file.read()
        bare = without_texts(raw)
        if bare is raw:
            raise
    return _picture(name, BytesIO(bare), PICTURES["png"], fit)


def _picture(name: str, file: BinaryIO, kind: str, fit: _Fit) -> Image.Image:
    from PIL import Image, ImageOps

    with Image.open(file, formats=(kind,)) as opened:
        check_size(name, *opened.size)
        target = fit(opened.width, opened.height)
        opened.draft("RGB", target)  # a JPEG is decoded at the next size above
        picture = _plain(_reduced(opened, max(target)))
        picture.thumbnail(target, Image.Resampling.HAMMING, reducing_gap=1.1)  # as sharp as bicubic and quicker
        picture = in_srgb(picture)
        orientation = opened.getexif().get(0x0112, 1)
        if orientation != 1:
            picture.getexif()[0x0112] = orientation
            return ImageOps.exif_transpose(picture)
        return picture


def _reduced(opened: Image.Image, size: int) -> Image.Image:
    """Most of the way down at once, so that a large picture is not copied whole for every step after this one."""
    factor = max(opened.size) // (2 * size)
    return opened.reduce(factor) if factor > 1 and opened.mode in ("RGBA", "LA", "CMYK") else opened


def _plain(opened: Image.Image) -> Image.Image:
    """RGB or grey; pixels of another kind are converted with their profile, which says nothing of RGB ones."""
    if opened.mode in ("RGB", "L"):
        opened.load()
        return opened.copy() if opened.mode == "L" else opened
    return as_rgb(in_srgb(opened))


def _video(name: str, file: BinaryIO, container: str, fit: _Fit) -> Image.Image:
    """The first frame that can be decoded; AV1 too."""
    import av

    with av.open(file, "r", format=container, options=FFMPEG_LIMITS) as opened:
        stream = next((s for s in opened.streams.video if s.codec_context is not None), None)
        if stream is None:
            raise Unreadable(f"{name} has no video in it that can be decoded.")
        check_size(name, stream.width, stream.height)
        stream.codec_context.options = FFMPEG_LIMITS
        stream.thread_type = "NONE"  # one frame: handing it to threads costs more than it brings
        for count, packet in enumerate(opened.demux(stream)):
            for frame in packet.decode():
                width, height = fit(frame.width, frame.height)
                small: Image.Image = frame.reformat(width, height, "rgb24", interpolation="BILINEAR").to_image()  # type: ignore[no-untyped-call]
                return small.rotate(90 * round(frame.rotation / 90), expand=True)
            if count > _MOST_PACKETS:
                break
    raise Unreadable(f"{name} has no frame in it that can be decoded.")


def _fit(width: int, height: int, size: int, covering: bool) -> tuple[int, int]:
    long, short = max(width, height, 1), max(1, min(width, height))
    scale = min(1.0, min(size / short, LONGEST * size / long) if covering else size / long)
    return max(1, round(width * scale)), max(1, round(height * scale))
