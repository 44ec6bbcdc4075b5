"""Colours as servers understand them: ComfyUI ignores profiles and takes every number for sRGB."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

#: corners and the middle of the cube: where a profile leaves these alone, it is sRGB under some name
_PROBE = [(r, g, b) for r in (0, 128, 255) for g in (0, 128, 255) for b in (0, 128, 255)]
_NEAR = 2
#: colour models that a profile can describe, and what each is converted from
_MODES = {"RGB": "RGB", "RGBA": "RGB", "P": "RGB", "PA": "RGB", "L": "L", "LA": "L", "CMYK": "CMYK"}


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
