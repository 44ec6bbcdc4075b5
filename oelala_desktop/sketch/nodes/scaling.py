"""Nodes that change the size of pictures: they are scaled, cropped or given margins."""

from __future__ import annotations

import math

import numpy as np

from oelala_desktop.sketch.frames import Frames, Mask, allocate
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo, integer, number
from oelala_desktop.sketch.resize import METHODS, cover_crop, resize_batch

#: the longest side that ComfyUI's inputs take, in pixels
SIDE = 16384


def image_scale(work: Work, inputs: Values) -> Result:
    """Scale to width × height; a zero side follows from the other; `center` crops to the aspect first."""
    frames: Frames = inputs["image"]
    width, height = inputs["width"], inputs["height"]
    have_h, have_w = frames.shape[1:3]
    if width == 0 and height == 0:
        return Result((frames,))
    width = width or max(1, round(have_w * height / have_h))
    height = height or max(1, round(have_h * width / have_w))
    if inputs["crop"] == "center":
        frames = cover_crop(frames, width, height)
    work.check()
    return Result((resize_batch(frames, width, height, inputs["upscale_method"]),))


def image_scale_by(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["image"]
    width = max(1, round(frames.shape[2] * inputs["scale_by"]))
    height = max(1, round(frames.shape[1] * inputs["scale_by"]))
    work.check()
    return Result((resize_batch(frames, width, height, inputs["upscale_method"]),))


def image_scale_to_total_pixels(work: Work, inputs: Values) -> Result:
    """As large as `megapixels` (of 1024² pixels) in the same aspect, each side a multiple of `resolution_steps`."""
    frames: Frames = inputs["image"]
    height, width = frames.shape[1:3]
    by, step = math.sqrt(inputs["megapixels"] * 1024 * 1024 / (width * height)), inputs["resolution_steps"]
    width, height = (round(side * by / step) * step for side in (width, height))
    if not width or not height:
        raise ValueError(f"{inputs['megapixels']:g} megapixels have no room for sides in steps of {step} pixels.")
    work.check()
    return Result((resize_batch(frames, width, height, inputs["upscale_method"]),))


def image_crop(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["image"]
    left = min(inputs["x"], frames.shape[2] - 1)
    top = min(inputs["y"], frames.shape[1] - 1)
    return Result((frames[:, top : top + inputs["height"], left : left + inputs["width"]],))


def image_pad(work: Work, inputs: Values) -> Result:
    """Grey margins round the picture, and a mask: 1 where there is margin, fading into the picture."""
    frames: Frames = inputs["image"]
    left, top, right, bottom = (inputs[side] for side in ("left", "top", "right", "bottom"))
    count, height, width, channels = frames.shape
    made = allocate(count, height + top + bottom, width + left + right, channels)
    made[:] = 128
    made[:, top : top + height, left : left + width] = frames
    mask = np.ones(made.shape[1:3], np.float32)
    inner = _feather(width, height, (left, top, right, bottom), inputs["feathering"])
    mask[top : top + height, left : left + width] = inner
    return Result((made, mask[None]))


def _feather(width: int, height: int, margins: tuple[int, int, int, int], feathering: int) -> Mask:
    """How much of each picture pixel belongs to the margin: quadratic, only along sides that have one."""
    if feathering <= 0 or feathering * 2 >= min(width, height):
        return np.zeros((height, width), np.float32)
    left, top, right, bottom = margins
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    across = np.minimum(x if left else width, width - x if right else width)
    down = np.minimum(y if top else height, height - y if bottom else height)
    distance = np.minimum(np.broadcast_to(across, (height, width)), np.broadcast_to(down, (width, height)).T)
    fade: Mask = np.clip((feathering - distance) / feathering, 0, 1).astype(np.float32) ** 2
    return fade


_METHOD = Input(list(METHODS))

NODES = (
    NodeClass(
        "ImageScale",
        image_scale,
        required={
            "image": Input("IMAGE"),
            "upscale_method": _METHOD,
            "width": integer(512, 0, SIDE, step=1),
            "height": integer(512, 0, SIDE, step=1),
            "crop": Input(["disabled", "center"]),
        },
        outputs=("IMAGE",),
        display_name="Upscale Image",
        category="image/upscaling",
    ),
    NodeClass(
        "ImageScaleBy",
        image_scale_by,
        required={
            "image": Input("IMAGE"),
            "upscale_method": _METHOD,
            "scale_by": number(1.0, 0.01, 8.0, step=0.01),
        },
        outputs=("IMAGE",),
        display_name="Upscale Image By",
        category="image/upscaling",
    ),
    NodeClass(
        "ImageScaleToTotalPixels",
        image_scale_to_total_pixels,
        required={
            "image": Input("IMAGE", {}),
            "upscale_method": combo(*METHODS),
            "megapixels": number(1.0, 0.01, 16.0, step=0.01),
            "resolution_steps": integer(1, 1, 256, advanced=True),
        },
        outputs=("IMAGE",),
        display_name="Scale Image to Total Pixels",
        category="image/upscaling",
        module="comfy_extras.nodes_post_processing",
        modern=True,
    ),
    NodeClass(
        "ImageCrop",
        image_crop,
        required={
            "image": Input("IMAGE", {}),
            "width": integer(512, 1, SIDE, step=1),
            "height": integer(512, 1, SIDE, step=1),
            "x": integer(0, 0, SIDE, step=1),
            "y": integer(0, 0, SIDE, step=1),
        },
        outputs=("IMAGE",),
        display_name="Image Crop",
        category="image/transform",
        module="comfy_extras.nodes_images",
        modern=True,
    ),
    NodeClass(
        "ImagePadForOutpaint",
        image_pad,
        required={
            "image": Input("IMAGE"),
            **{side: integer(0, 0, SIDE, step=8) for side in ("left", "top", "right", "bottom")},
            "feathering": integer(40, 0, SIDE, step=1),
        },
        outputs=("IMAGE", "MASK"),
        display_name="Pad Image for Outpainting",
    ),
)
