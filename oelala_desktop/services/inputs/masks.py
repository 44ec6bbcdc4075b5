"""Masks as one channel of eight bits in a PNG, white where something is to happen: ComfyUI's LoadImageMask makes 1 of
white when it is given the channel red. Blocking."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.services.files.colours import as_rgb
from oelala_desktop.services.files.confined import confined
from oelala_desktop.services.files.decoding import check_size, decoding

from .pictures import FORMATS, MAX_BYTES, Picture, read_picture

if TYPE_CHECKING:
    from PIL import Image

_NAME = "The mask"


def read_mask(path: Path, key: str = "mask", *, max_bytes: int = MAX_BYTES) -> bytes:
    """The mask that a picture file is. Where it has transparent parts, as what ComfyUI's editor saves, those are
    inside; else what is bright. Raises InvalidMedia with one sentence that names the file, also where it masks
    nothing."""
    picture = read_picture(path, key, max_bytes=max_bytes)
    try:
        mask = picture.mask or _bright(picture)
    except (Unreadable, OSError) as error:
        raise InvalidMedia(key, f"{path.name} is damaged or cut short; open and save it anew.") from error
    if mask is None:
        raise InvalidMedia(key, f"{path.name} masks nothing: it is black all over, and white is what is masked.")
    return mask


def fit_mask(mask: bytes, width: int, height: int) -> bytes:
    """Stretched to the size of the picture that it is for. Raises Unreadable."""
    from PIL import Image

    check_size(_NAME, width, height)
    return _as_png(_opened(mask).resize((max(1, width), max(1, height)), Image.Resampling.BILINEAR))


def inverted(mask: bytes) -> bytes:
    """Raises Unreadable."""
    return _as_png(_opened(mask).point(lambda value: 255 - value))


def _bright(picture: Picture) -> bytes | None:
    """What is not black; None where everything is. Raises Unreadable."""
    return confined.run(_NAME, picture.width * picture.height, _from_brightness, picture.content)


def _from_brightness(content: bytes) -> bytes | None:
    from PIL import Image

    with decoding(_NAME), Image.open(BytesIO(content), formats=FORMATS) as opened:
        mask = as_rgb(opened).convert("L")
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
