"""Masks as one channel of eight bits in a PNG, white where something is to happen: ComfyUI's LoadImageMask makes 1 of
white when it is given the channel red. Blocking."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.domain.errors import InvalidField, Unreadable
from oelala_desktop.metadata import read_bytes
from oelala_desktop.services.colours import as_rgb
from oelala_desktop.services.confined import confined
from oelala_desktop.services.decoding import PICTURES, check_size, decoding
from oelala_desktop.services.stripping import without_texts

from .pictures import read_picture

if TYPE_CHECKING:
    from PIL import Image

MOST_RADIUS = 512
#: deviations of a Gaussian within which an edge has all but reached its ends
_REACH = 2.0
_NAME = "The mask"


def read_mask(path: Path, key: str = "mask") -> bytes:
    """The mask that a picture file is. Where it has transparent parts, as what ComfyUI's editor saves, those are
    inside; else what is bright. Raises InvalidField with one sentence that names the file, also where it masks
    nothing."""
    picture = read_picture(path, key)
    try:
        mask = mask_from_alpha(path.read_bytes()) or _made(picture.content, _from_brightness)
    except (Unreadable, OSError) as error:
        raise InvalidField(key, f"{path.name} is damaged or cut short; open and save it anew.") from error
    if mask is None:
        raise InvalidField(key, f"{path.name} masks nothing: it is black all over, and white is what is masked.")
    return mask


def mask_from_alpha(content: bytes) -> bytes | None:
    """What is transparent in a picture, upright, is inside its mask, by as much as it is transparent. None where
    nothing is. Raises Unreadable."""
    return _made(without_texts(content), _from_alpha)


def fit_mask(mask: bytes, width: int, height: int) -> bytes:
    """Stretched to the size of the picture that it is for. Raises Unreadable."""
    from PIL import Image

    check_size(_NAME, width, height)
    return _as_png(_opened(mask).resize((max(1, width), max(1, height)), Image.Resampling.BILINEAR))


def softened(mask: bytes, radius: float) -> bytes:
    """Its edge drawn out over `radius` pixels to either side. Raises Unreadable."""
    from PIL import ImageFilter

    return _as_png(_opened(mask).filter(ImageFilter.GaussianBlur(min(max(0.0, radius), MOST_RADIUS) / _REACH)))


def inverted(mask: bytes) -> bytes:
    """Raises Unreadable."""
    return _as_png(_opened(mask).point(lambda value: 255 - value))


def _made(content: bytes, work: Callable[[bytes, str], bytes | None]) -> bytes | None:
    facts = read_bytes(content, "The picture")
    check_size("The picture", facts.width, facts.height)
    kind = PICTURES.get(facts.format)
    if kind is None:
        raise Unreadable("The picture is of a kind that is not read.")
    return confined.run("The picture", (facts.width or 0) * (facts.height or 0), work, content, kind)


def _from_alpha(content: bytes, kind: str) -> bytes | None:
    from PIL import Image, ImageOps

    with decoding("The picture"), Image.open(BytesIO(content), formats=(kind,)) as opened:
        if "A" not in opened.getbands() and "a" not in opened.getbands() and "transparency" not in opened.info:
            return None
        alpha = ImageOps.exif_transpose(opened).convert("RGBA").getchannel("A")
        return _unless_black(alpha.point(lambda value: 255 - value))


def _from_brightness(content: bytes, kind: str) -> bytes | None:
    from PIL import Image

    with decoding("The picture"), Image.open(BytesIO(content), formats=(kind,)) as opened:
        return _unless_black(as_rgb(opened).convert("L"))


def _unless_black(mask: Image.Image) -> bytes | None:
    return _as_png(mask) if mask.getbbox() else None


def _opened(mask: bytes) -> Image.Image:
    """One of ours. Raises Unreadable."""
    from PIL import Image

    with decoding(_NAME), Image.open(BytesIO(mask), formats=("PNG",)) as opened:
        check_size(_NAME, *opened.size)
        return opened.convert("L")


def _as_png(mask: Image.Image) -> bytes:
    out = BytesIO()
    mask.save(out, "PNG", compress_level=1)
    return out.getvalue()
