"""Nodes that make masks of pictures and pictures of masks: MaskToImage, ImageToMask, InvertMask."""

from __future__ import annotations

import numpy as np

from oelala_desktop.sketch.frames import Frames, Mask, allocate, allocate_masks
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo

CHANNELS = ("red", "green", "blue", "alpha")


def channel_mask(frames: Frames, channel: str) -> Mask:
    """One colour of every frame as masks. Raises ValueError where the frames have no such channel."""
    index = CHANNELS.index(channel)
    if index >= frames.shape[3]:
        raise ValueError(f"These pictures have no {channel} channel.")
    made = allocate_masks(*frames.shape[:3])
    for number, picture in enumerate(frames):
        np.divide(picture[..., index], np.float32(255), out=made[number], dtype=np.float32)
    return made


def mask_to_image(work: Work, inputs: Values) -> Result:
    """Grey pictures, white where the mask is 1."""
    masks: Mask = inputs["mask"]
    made = allocate(*masks.shape)
    for number, mask in enumerate(masks):
        work.check()
        made[number] = np.rint(mask.clip(0, 1) * 255).astype(np.uint8)[..., None]
    return Result((made,))


def image_to_mask(work: Work, inputs: Values) -> Result:
    work.check()
    return Result((channel_mask(inputs["image"], inputs["channel"]),))


def invert_mask(work: Work, inputs: Values) -> Result:
    masks: Mask = inputs["mask"]
    made = allocate_masks(*masks.shape)
    np.subtract(np.float32(1), masks, out=made)
    return Result((made,))


NODES = (
    NodeClass(
        "MaskToImage",
        mask_to_image,
        required={"mask": Input("MASK", {})},
        outputs=("IMAGE",),
        display_name="Convert Mask to Image",
        category="image/mask",
        module="comfy_extras.nodes_mask",
        modern=True,
    ),
    NodeClass(
        "ImageToMask",
        image_to_mask,
        required={"image": Input("IMAGE", {}), "channel": combo(*CHANNELS)},
        outputs=("MASK",),
        display_name="Convert Image to Mask",
        category="image/mask",
        module="comfy_extras.nodes_mask",
        modern=True,
    ),
    NodeClass(
        "InvertMask",
        invert_mask,
        required={"mask": Input("MASK", {})},
        outputs=("MASK",),
        display_name="Invert Mask",
        category="image/mask",
        module="comfy_extras.nodes_mask",
        modern=True,
    ),
)
