"""Nodes that lay pictures over pictures: ImageCompositeMasked, and Sketch's own blend into a clip."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.frames import Frames, Mask, allocate, rgb
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, integer
from oelala_desktop.sketch.nodes.reporting import report
from oelala_desktop.sketch.nodes.scaling import SIDE
from oelala_desktop.sketch.resize import cover_crop, resize_batch

#: how much of a picture shows in a blend without a mask, 0 to 1: both it and the clip are seen
UNMASKED = 0.5


def image_composite_masked(work: Work, inputs: Values) -> Result:
    """The source over the destination with its left upper corner at x, y, as far as it lies within and where the mask,
    which is as large as the source, is 1. The source is repeated for more frames."""
    below: Frames = inputs["destination"]
    above: Frames = rgb(inputs["source"])
    masks: Mask | None = inputs.get("mask")
    count, height, width = below.shape[:3]
    size = (width, height) if inputs["resize_source"] else (above.shape[2], above.shape[1])
    left, top = min(inputs["x"], width), min(inputs["y"], height)
    seen = np.s_[top : min(height, top + size[1]), left : min(width, left + size[0])]
    rows, columns = (part.stop - part.start for part in seen)
    made = below if work.take("destination") else _copy(work, below)
    for index in range(count if rows and columns else 0):
        work.check()
        picture = stretched(above[index % len(above)], size)[:rows, :columns]
        weight = np.ones(picture.shape[:2], np.float32)
        if masks is not None:
            weight = stretched(masks[index % len(masks)], size)[:rows, :columns]
        made[index][seen] = mixed(made[index][seen][..., :3], picture, weight)
    return Result((made,))


def blend(work: Work, inputs: Values) -> Result:
    """Exactly `length` frames: the clip's, repeated or left out evenly; inside the mask the pictures instead, the first
    fading into the next and so on over the whole length."""
    clip: Frames = rgb(inputs["images"])
    count, (height, width) = inputs["length"], clip.shape[1:3]
    pictures: Frames | None = inputs.get("pictures")
    if pictures is not None:
        pictures = resize_batch(cover_crop(rgb(pictures), width, height), width, height, "lanczos")
    masks: Mask | None = inputs.get("mask")
    made = allocate(count, height, width)
    for index in range(count):
        frame = clip[(2 * index + 1) * len(clip) // (2 * count)]
        if pictures is not None:
            weight = np.full((height, width), UNMASKED, np.float32)
            if masks is not None:
                weight = stretched(masks[index * len(masks) // count], (width, height))
            frame = mixed(frame, between(pictures, (len(pictures) - 1) * index / max(1, count - 1)), weight)
        made[index] = frame
        report(work, made, index)
    return Result((made,))


def _copy(work: Work, frames: Frames) -> Frames:
    made = allocate(*frames.shape)
    for index, picture in enumerate(frames):
        work.check()
        made[index] = picture
    return made


def between(pictures: Frames, place: float) -> Frames:
    """What shows at a place in a row of pictures, from 0, the first, to their number − 1, the last: between two of
    them both."""
    before = min(int(place), len(pictures) - 1)
    after = min(before + 1, len(pictures) - 1)
    part = place - before
    return np.asarray(cv2.addWeighted(pictures[before], 1 - part, pictures[after], part, 0), np.uint8)


def stretched(picture: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[Any]:
    """A picture or mask at another width and height, smoothed as ComfyUI does it."""
    if picture.shape[:2] == (size[1], size[0]):
        return picture
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_LINEAR))


def mixed(below: Frames, above: Frames, weight: Mask) -> Frames:
    """`above` where the weight is 1, `below` where it is 0."""
    share = weight.clip(0, 1)
    lower, upper, share = (np.ascontiguousarray(part) for part in (below, above, share))
    return np.asarray(cv2.blendLinear(lower, upper, 1 - share, share), np.uint8)


NODES = (
    NodeClass(
        "ImageCompositeMasked",
        image_composite_masked,
        required={
            "destination": Input("IMAGE", {}),
            "source": Input("IMAGE", {}),
            "x": integer(0, 0, SIDE, step=1),
            "y": integer(0, 0, SIDE, step=1),
            "resize_source": Input("BOOLEAN", {"default": False}),
        },
        optional={"mask": Input("MASK", {})},
        outputs=("IMAGE",),
        display_name="Image Composite Masked",
        category="image/compositing",
        module="comfy_extras.nodes_mask",
        modern=True,
    ),
    NodeClass(
        "SketchBlend",
        blend,
        required={
            "images": Input("IMAGE", {"tooltip": "The clip."}),
            "length": integer(
                81, 1, 16384, tooltip="How many frames to give: the clip's, repeated or left out evenly."
            ),
        },
        optional={
            "pictures": Input("IMAGE", {"tooltip": "Shown inside the mask, one fading into the next."}),
            "mask": Input("MASK", {"tooltip": "Where the pictures show. Without one they show half everywhere."}),
        },
        outputs=("IMAGE",),
        display_name="Sketch Blend",
        category="sketch",
        description="Lays pictures over a clip inside a mask and gives it a number of frames. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
)
