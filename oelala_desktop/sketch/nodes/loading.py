"""LoadImage and LoadImageMask: pictures from the input folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.frames import Frames, Mask, gather
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work
from oelala_desktop.sketch.nodes.inputs import PICTURES, find, missing
from oelala_desktop.sketch.nodes.masks import channel_mask

WANTED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "MPO")
MAX_PIXELS = 50_000_000


def readable_formats() -> list[str]:
    """Those of the wanted formats that this build of Pillow reads; naming another makes it raise KeyError."""
    Image.init()
    return [name for name in WANTED if name in Image.OPEN]


def load_image(work: Work, inputs: Values) -> Result:
    """The picture, every frame of it, upright; and its transparency as a mask (1 = transparent)."""
    path = find(work.folders, inputs["image"])
    masks: list[Mask] = []
    with Image.open(path, formats=readable_formats()) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"{path.name} has more than {MAX_PIXELS // 10**6} megapixels.")
        frames = gather(_alike(work, image, masks))
    return Result((frames, np.stack(masks)))


def _alike(work: Work, image: Image.Image, masks: list[Mask]) -> Iterator[Frames]:
    """Pictures as large as the first, as ComfyUI keeps them (a batch has one size), and beside each its mask."""
    shape: tuple[int, ...] = ()
    for frame in ImageSequence.Iterator(image):
        work.check()
        picture, mask = _picture(frame)
        shape = shape or picture.shape
        if picture.shape == shape:
            masks.append(mask)
            yield picture
        if image.format == "MPO":
            return


def _picture(frame: Image.Image) -> tuple[Frames, Mask]:
    upright = ImageOps.exif_transpose(frame) or frame
    if upright.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion would clip everything above 255 to white.
        upright = Image.fromarray((np.asarray(upright, np.float64) / 257).clip(0, 255).astype(np.uint8))
    if "A" in upright.getbands() or "transparency" in upright.info:
        alpha = np.asarray(upright.convert("RGBA").getchannel("A"), np.float32) / 255
        mask = (1 - alpha).astype(np.float32)
    else:
        mask = np.zeros((64, 64), np.float32)
    return np.asarray(upright.convert("RGB")), mask


def load_image_mask(work: Work, inputs: Values) -> Result:
    """The picture's transparency as LoadImage gives it, or one of its colours, as a mask."""
    pictures, transparent = load_image(work, inputs).values
    if inputs["channel"] == "alpha":
        return Result((transparent,))
    return Result((channel_mask(pictures, inputs["channel"]),))


def _missing_image(folders: Folders, inputs: Values) -> str | None:
    return missing(folders, "image", inputs["image"])


def _image_digest(folders: Folders, inputs: Values) -> str:
    return hashlib.sha256(find(folders, inputs["image"]).read_bytes()).hexdigest()


_IMAGE = Input([], {"image_upload": True}, lambda folders: folders.listing(PICTURES))

NODES = (
    NodeClass(
        "LoadImage",
        load_image,
        required={"image": _IMAGE},
        outputs=("IMAGE", "MASK"),
        display_name="Load Image",
        checked=("image",),
        check=_missing_image,
        fingerprint=_image_digest,
    ),
    NodeClass(
        "LoadImageMask",
        load_image_mask,
        required={"image": _IMAGE, "channel": Input(["alpha", "red", "green", "blue"])},
        outputs=("MASK",),
        display_name="Load Image (as Mask)",
        checked=("image",),
        check=_missing_image,
        fingerprint=_image_digest,
    ),
)
