"""Resizing batches of frames by ComfyUI's method names, and cutting a picture to an aspect."""

from __future__ import annotations

import cv2
import numpy as np

from oelala_desktop.sketch.frames import Frames, allocate

METHODS = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos")

_FLAGS = {
    "nearest-exact": cv2.INTER_NEAREST_EXACT,
    "bilinear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos": cv2.INTER_LANCZOS4,
}


def resize_picture(picture: Frames, width: int, height: int, method: str = "lanczos") -> Frames:
    """One picture [h, w, c] at a new size in pixels.

    The kernels of cv2 look at a fixed number of source pixels, so making a picture smaller with them drops
    most of it and flickers in motion. Where a method but the nearest one makes a picture smaller, it is
    brought to within twice the size by area averaging first.
    """
    have_h, have_w = picture.shape[:2]
    if (have_w, have_h) == (width, height):
        return picture
    if method not in ("nearest-exact", "area"):
        if width <= have_w and height <= have_h:
            return _resized(picture, width, height, cv2.INTER_AREA)
        if width * 2 < have_w or height * 2 < have_h:
            picture = _resized(picture, min(have_w, width), min(have_h, height), cv2.INTER_AREA)
    return _resized(picture, width, height, _FLAGS[method])


def _resized(picture: Frames, width: int, height: int, flag: int) -> Frames:
    made = cv2.resize(picture, (width, height), interpolation=flag)
    return np.asarray(made, np.uint8)


def resize_batch(frames: Frames, width: int, height: int, method: str) -> Frames:
    """Every frame of a batch at a new size in pixels."""
    made = allocate(len(frames), height, width, frames.shape[3])
    for index, picture in enumerate(frames):
        made[index] = resize_picture(picture, width, height, method)
    return made


def cover_crop(frames: Frames, width: int, height: int) -> Frames:
    """The largest centred part of the frames that has the aspect of width:height. A view, not a copy."""
    have_h, have_w = frames.shape[-3:-1]
    if have_w * height > have_h * width:
        keep = max(1, round(have_h * width / height))
        left = (have_w - keep) // 2
        return frames[..., left : left + keep, :]
    keep = max(1, round(have_w * height / width))
    top = (have_h - keep) // 2
    return frames[..., top : top + keep, :, :]
