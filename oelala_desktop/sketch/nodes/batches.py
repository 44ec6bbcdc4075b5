"""Nodes that put pictures into batches and take them out again."""

from __future__ import annotations

import numpy as np

from oelala_desktop.sketch.frames import Frames, allocate
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, integer
from oelala_desktop.sketch.nodes.scaling import SIDE
from oelala_desktop.sketch.resize import cover_crop, resize_batch


def image_batch(work: Work, inputs: Values) -> Result:
    """Both batches one after the other; the second takes the first's size, cropped to its aspect."""
    first: Frames = inputs["image1"]
    second: Frames = inputs["image2"]
    height, width = first.shape[1:3]
    if second.shape[1:3] != (height, width):
        second = resize_batch(cover_crop(second, width, height), width, height, "bilinear")
    channels = min(first.shape[3], second.shape[3])
    made = allocate(len(first) + len(second), height, width, channels)
    made[: len(first)] = first[..., :channels]
    made[len(first) :] = second[..., :channels]
    return Result((made,))


def image_from_batch(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["image"]
    index = inputs["batch_index"]
    start = max(0, min(len(frames) - 1, index + len(frames) if index < 0 else index))
    chosen = frames[start : start + inputs["length"]]
    if len(chosen) == len(frames):
        return Result((frames,))
    made = allocate(*chosen.shape)
    made[:] = chosen  # a view of one frame would keep the whole clip in memory
    return Result((made,))


def repeat_image_batch(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["image"]
    amount = inputs["amount"]
    made = allocate(len(frames) * amount, *frames.shape[1:])
    for turn in range(amount):
        work.check()
        made[turn * len(frames) : (turn + 1) * len(frames)] = frames
    return Result((made,))


def empty_image(work: Work, inputs: Values) -> Result:
    made = allocate(inputs["batch_size"], inputs["height"], inputs["width"])
    color = inputs["color"]
    made[:] = np.array([color >> 16 & 255, color >> 8 & 255, color & 255], np.uint8)
    return Result((made,))


def get_image_size(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["image"]
    return Result((frames.shape[2], frames.shape[1], len(frames)))


NODES = (
    NodeClass(
        "ImageBatch",
        image_batch,
        required={"image1": Input("IMAGE"), "image2": Input("IMAGE")},
        outputs=("IMAGE",),
        display_name="Batch Images",
    ),
    NodeClass(
        "ImageFromBatch",
        image_from_batch,
        required={
            "image": Input("IMAGE", {}),
            "batch_index": integer(0, -SIDE, SIDE),
            "length": integer(1, 1, 4096),
        },
        outputs=("IMAGE",),
        category="image/batch",
        module="comfy_extras.nodes_images",
        modern=True,
    ),
    NodeClass(
        "RepeatImageBatch",
        repeat_image_batch,
        required={"image": Input("IMAGE", {}), "amount": integer(1, 1, 4096)},
        outputs=("IMAGE",),
        category="image/batch",
        module="comfy_extras.nodes_images",
        modern=True,
    ),
    NodeClass(
        "EmptyImage",
        empty_image,
        required={
            "width": integer(512, 1, SIDE, step=1),
            "height": integer(512, 1, SIDE, step=1),
            "batch_size": integer(1, 1, 4096),
            "color": integer(0, 0, 0xFFFFFF, step=1, display="color"),
        },
        outputs=("IMAGE",),
    ),
    NodeClass(
        "GetImageSize",
        get_image_size,
        required={"image": Input("IMAGE", {})},
        outputs=("INT", "INT", "INT"),
        output_names=("width", "height", "batch_size"),
        display_name="Get Image Size",
        description="Returns width and height of the image, and passes it through unchanged.",
        module="comfy_extras.nodes_images",
        modern=True,
    ),
)
