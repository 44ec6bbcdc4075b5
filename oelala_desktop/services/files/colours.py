"""Colours as servers and screens understand them: profiles are ignored, and every number is taken for eight bits of
sRGB."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

#: corners and the middle of the cube: where a profile leaves these alone, it is sRGB under some name
_PROBE = [(r, g, b) for r in (0, 128, 255) for g in (0, 128, 255) for b in (0, 128, 255)]
_NEAR = 2
#: colour models that a profile can describe, and what each is converted from
_MODES = {"RGB": "RGB", "RGBA": "RGB", "P": "RGB", "PA": "RGB", "L": "L", "LA": "L", "CMYK": "CMYK"}
#: how profiles are announced, by format
_MARKS = {"jpeg": b"ICC_PROFILE\0", "png": b"iCCP", "webp": b"ICCP"}


def names_profile(kind: str, head: bytes) -> bool:
    """Whether the beginning of a file of that format says that it has one."""
    mark = _MARKS.get(kind)
    return mark is not None and mark in head


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture without its profile, its colours converted; the same picture if it has none, or one that says sRGB or
    nothing that can be understood. Transparency stays."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    mode = _MODES.get(picture.mode)
    if not profile or mode is None:
        return picture
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):  # broken, or of another colour model than the pixels
        return picture
    if mode == "RGB" and _leaves_alone(transform):
        return picture
    alpha = None
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        alpha = picture.convert("RGBA").getchannel("A")
    plain = picture if picture.mode == mode else picture.convert("RGB").convert(mode)
    made = ImageCms.applyTransform(plain, transform)
    if made is None:
        return picture
    made.info.pop("icc_profile", None)
    made.info.pop("transparency", None)
    if alpha is not None:
        made.putalpha(alpha)
    return made


def _leaves_alone(transform: object) -> bool:
    from PIL import Image, ImageCms

    probe = Image.new("RGB", (len(_PROBE), 1))
    probe.putdata(_PROBE)
    made = ImageCms.applyTransform(probe, transform)  # type: ignore[arg-type]
    pairs = zip(probe.tobytes(), made.tobytes() if made else b"", strict=True)
    return all(abs(before - after) <= _NEAR for before, after in pairs)


def as_rgb(picture: Image.Image) -> Image.Image:
    """Eight bits a channel; what is transparent becomes black, as nothing lies behind it."""
    from PIL import Image

    if picture.mode == "F":
        return _stretched(picture)
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        flat = Image.new("RGB", rgba.size)
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    return picture.convert("RGB")


def _stretched(picture: Image.Image) -> Image.Image:
    """Numbers without a scale of their own: the least becomes black, the greatest white. Raises ValueError where they
    have no bounds."""
    low, high = (float(str(value)) for value in picture.getextrema())
    if not math.isfinite(high - low):
        raise ValueError("values without bounds")
    scale = 255 / (high - low) if high > low else 0.0
    return picture.point(lambda value: value * scale - low * scale).convert("L").convert("RGB")
