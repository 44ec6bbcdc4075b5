"""A file given as picture: opened and decoded once, checked, turned upright, made plain RGB. Blocking; call it off the
loop."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from oelala_desktop.domain.crop import Window
from oelala_desktop.domain.errors import InvalidMedia, OelalaError, Unreadable
from oelala_desktop.metadata import read_bytes
from oelala_desktop.services.files.colours import as_rgb, in_srgb
from oelala_desktop.services.files.confined import confined
from oelala_desktop.services.files.decoding import (
    MIN_SIDE,
    MOST_PIXELS,
    PICTURES,
    KnownDamage,
    decoding,
    has_many_scans,
)
from oelala_desktop.services.files.stripping import without_texts
from oelala_desktop.services.settings.known import PICTURE_MEGABYTES

from .opening import open_plain, refusing

if TYPE_CHECKING:
    from PIL import Image  # where it is used it is loaded with the first picture: no window needs it to open

FORMATS = tuple(PICTURES.values())
MAX_BYTES = PICTURE_MEGABYTES.default * 10**6
_WARN_SIDE = 300
_PREVIEW = 1024  # longest side of what is shown of it
#: formats whose decoders take the memory that the header says and no more
_PLAIN = frozenset({"PNG", "JPEG", "BMP", "GIF"})
#: several pictures in one file, of which the first is the one that is meant
_CONTAINED = {"MPO": "JPEG"}
_damage = KnownDamage()


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` and `height` are those of the upright picture. `content` is what is uploaded, `file_bytes` how large the
    file was that it was made from, `prompt` what that says it was made with, `has_workflow` that it carries the
    workflow. `preview` is the picture itself, small; `mask` a PNG that is white where the file was transparent, None
    where it was nowhere."""

    path: Path
    width: int
    height: int
    content: bytes
    suffix: str
    file_bytes: int = 0
    prompt: str = ""
    has_workflow: bool = False
    preview: Pixels | None = None
    mask: bytes | None = None

    @property
    def is_small(self) -> bool:
        return min(self.width, self.height) < _WARN_SIDE


class Pixels(NamedTuple):
    """Rows of red, green and blue, a byte each."""

    width: int
    height: int
    rgb: bytes


def read_picture(path: Path, key: str = "image", *, max_bytes: int = MAX_BYTES, preview: bool = False) -> Picture:
    """With `preview` what was decoded is kept small, to be shown. Raises InvalidMedia with one sentence that names the
    file."""
    whole = _read_file(path, key, max_bytes)
    size = len(whole)
    # megabytes of text, or a bad checksum of some, keep decoders (the server's too) from pixels that are well
    raw = without_texts(whole)
    try:
        with _damage.once(raw):
            picture = replace(_read(path, raw, key, preview), file_bytes=size)
    except _Foreign as error:
        words = "is not a picture that Oelala reads (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF)."
        raise InvalidMedia(key, f"{path.name} {words}") from error
    except Unreadable as error:
        raise InvalidMedia(key, f"{path.name} is damaged or cut short; open and save it anew.") from error
    prompt, has_workflow = _made_with(whole, path.name)
    return replace(picture, prompt=prompt, has_workflow=has_workflow)


def _made_with(raw: bytes, name: str) -> tuple[str, bool]:
    """The prompt that the file tells, and whether it carries a workflow."""
    try:
        found = read_bytes(raw, name)
    except OelalaError:
        return "", False
    return found.info.original_t2i_prompt or found.info.prompt or "", bool(found.workflow or found.graph)


class _Foreign(Unreadable):
    """A file that no decoder of ours takes for a picture."""


def _read(path: Path, raw: bytes, key: str, preview: bool) -> Picture:
    with warnings.catch_warnings():
        # what Pillow has to say of odd metadata is no hindrance, and of large pictures it comes below
        warnings.simplefilter("ignore")
        with _open(raw, path.name, key) as opened:
            kind, (width, height) = str(opened.format), opened.size
            kind = _CONTAINED.get(kind, kind)
            profiled = "icc_profile" in opened.info
            _check_size(opened, path.name, key)
    if kind in _PLAIN and not profiled and not has_many_scans(kind, raw):
        return _upright(path, raw, kind, preview)
    return confined.run(path.name, width * height, _upright, path, raw, kind, preview)


def _open(raw: bytes, name: str, key: str) -> Image.Image:
    from PIL import Image

    try:
        with decoding(name):
            return Image.open(BytesIO(raw), formats=FORMATS)
    except Unreadable as error:
        if not isinstance(error.__cause__, Image.DecompressionBombError):
            raise _Foreign(error.message, detail=error.detail) from error
        words = f"{name} has more than {MOST_PIXELS // 10**6} megapixels; scale it down."
        raise InvalidMedia(key, words) from error


def _upright(path: Path, raw: bytes, kind: str, preview: bool) -> Picture:
    """Raises Unreadable."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings(), decoding(path.name):
        warnings.simplefilter("ignore")
        with Image.open(BytesIO(raw), formats=(kind,)) as opened:
            upright = in_srgb(ImageOps.exif_transpose(opened))
            same = "icc_profile" in upright.info or "icc_profile" not in opened.info
            plain = _is_plain(opened) and upright.size == opened.size and not _is_rotated(opened) and same
            upright.load()
            mask, flat = _transparent(upright), upright if plain else as_rgb(upright)
            content = raw if plain else _as_png(flat)
            shown = _small(flat) if preview else None
    suffix = _SUFFIXES[kind] if plain else ".png"
    return Picture(path, *upright.size, content, suffix, len(raw), preview=shown, mask=mask)


def crop_picture(content: bytes, seen: Window, name: str) -> bytes:
    """That part of a kept picture or mask, in the format that it has. Raises Unreadable."""
    from PIL import Image

    out = BytesIO()
    with decoding(name), Image.open(BytesIO(content), formats=tuple(_SUFFIXES)) as opened:
        kind = str(opened.format)
        box = (seen.left, seen.top, seen.left + seen.width, seen.top + seen.height)
        opened.crop(box).save(out, kind, **_FINEST[kind])
    return out.getvalue()


def _small(picture: Image.Image) -> Pixels:
    small = picture.copy()
    small.thumbnail((_PREVIEW, _PREVIEW))
    return Pixels(*small.size, small.tobytes())


def _transparent(picture: Image.Image) -> bytes | None:
    """A mask of what is not opaque; None where everything is."""
    if not picture.has_transparency_data:
        return None
    from PIL import ImageChops

    alpha = picture.convert("RGBA").getchannel("A")
    if alpha.getextrema()[0] == 255:
        return None
    out = BytesIO()
    ImageChops.invert(alpha).save(out, "PNG", compress_level=1)
    return out.getvalue()


#: how a part of a picture is saved so that nobody sees it was saved again
_FINEST: Mapping[str, dict[str, Any]] = {
    "JPEG": {"quality": 97, "subsampling": 0},
    "PNG": {"compress_level": 1},
    "WEBP": {"lossless": True, "quality": 0},
}
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def _read_file(path: Path, key: str, max_bytes: int) -> bytes:
    with refusing(key, path), open_plain(path, "picture") as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            words = f"{size / 10**6:.1f} MB; at most {max_bytes / 10**6:g} MB are taken"
            raise InvalidMedia(key, f"{path.name} has {words}.")
        return file.read(size)


def _check_size(picture: Image.Image, name: str, key: str) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise InvalidMedia(
            key, f"{name} has {width * height / 10**6:.0f} megapixels; at most {MOST_PIXELS // 10**6} are taken."
        )
    if min(width, height) < MIN_SIDE:
        raise InvalidMedia(key, f"{name} is {width} × {height}; it must be at least {MIN_SIDE} × {MIN_SIDE}.")


def _is_rotated(picture: Image.Image) -> bool:
    return bool(picture.getexif().get(0x0112, 1) != 1)


def _is_plain(picture: Image.Image) -> bool:
    """Whether the file can go to the server as it is."""
    # frames are counted last: in a GIF each is walked through
    return picture.format in _SUFFIXES and picture.mode == "RGB" and getattr(picture, "n_frames", 1) == 1


def _as_png(flat: Image.Image) -> bytes:
    out = BytesIO()
    flat.info.pop("icc_profile", None)
    flat.save(out, "PNG", compress_level=1)
    return out.getvalue()
