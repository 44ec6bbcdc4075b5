"""SketchSurround: margins round pictures, filled with what the pictures show."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.frames import Frames, allocate, rgb
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo, integer
from oelala_desktop.sketch.nodes.reporting import report
from oelala_desktop.sketch.nodes.scaling import SIDE
from oelala_desktop.sketch.resize import cover_crop, resize_picture

SIDES = ("left", "top", "right", "bottom")
#: the blurred surroundings: the longer side that they are blurred at in pixels, how far there, how much light is left,
#: and of the shorter side how far the shadow of the picture reaches, and how dark it is
SMALL, SIGMA, LIGHT, SHADOW, DARK = 256, 7.0, 0.82, 0.02, 0.35


def surround(work: Work, inputs: Values) -> Result:
    """The pictures as they are, within margins of so many pixels."""
    frames: Frames = rgb(inputs["image"])
    left, top, right, bottom = margins = tuple(inputs[side] for side in SIDES)
    if not any(margins):
        return Result((inputs["image"],))
    count, height, width = frames.shape[:3]
    made = allocate(count, height + top + bottom, width + left + right)
    fill = MANNERS[inputs["manner"]](width, height, margins)
    for index, picture in enumerate(frames):
        made[index] = fill(np.ascontiguousarray(picture))
        made[index, top : top + height, left : left + width] = picture
        report(work, made, index)
    return Result((made,))


def _mirrored(width: int, height: int, margins: tuple[int, ...]) -> Callable[[Frames], Frames]:
    left, top, right, bottom = margins
    return lambda picture: np.asarray(
        cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_REFLECT), np.uint8
    )


def _blurred(width: int, height: int, margins: tuple[int, ...]) -> Callable[[Frames], Frames]:
    left, top, right, bottom = margins
    wide, high = width + left + right, height + top + bottom
    scale = min(1.0, SMALL / max(wide, high))
    small = max(1, round(wide * scale)), max(1, round(high * scale))
    light = _light(width, height, margins)

    def fill(picture: Frames) -> Frames:
        little = resize_picture(np.ascontiguousarray(cover_crop(picture, wide, high)), *small, "area")
        blurred = cv2.GaussianBlur(little, (0, 0), SIGMA, borderType=cv2.BORDER_REPLICATE)
        large = resize_picture(np.asarray(blurred, np.uint8), wide, high, "bicubic")
        return np.asarray(cv2.multiply(large, light, scale=1 / 255), np.uint8)

    return fill


def _light(width: int, height: int, margins: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """How much light the surroundings have, as a picture: less near the picture, as if that stood before them."""
    left, top, right, bottom = margins
    sigma = max(1.0, SHADOW * min(height + top + bottom, width + left + right))
    shadow = np.outer(_blurred_line(top, height, bottom, sigma), _blurred_line(left, width, right, sigma))
    light = np.rint(255 * LIGHT * (1 - DARK * shadow)).astype(np.uint8)
    return np.repeat(light[..., None], 3, axis=2)


def _blurred_line(before: int, length: int, after: int, sigma: float) -> npt.NDArray[np.float32]:
    """Ones between noughts, blurred; one along and one across make a rectangle's blur, at a hundredth of its cost."""
    line = np.zeros((1, before + length + after), np.float32)
    line[0, before : before + length] = 1
    return np.asarray(cv2.GaussianBlur(line, (0, 0), sigma), np.float32).ravel()


MANNERS = {"blurred": _blurred, "mirrored": _mirrored}

NODES = (
    NodeClass(
        "SketchSurround",
        surround,
        required={
            "image": Input("IMAGE", {"tooltip": "The pictures, which stay as they are."}),
            **{side: integer(0, 0, SIDE, step=1) for side in SIDES},
            "manner": combo(*MANNERS, tooltip="The margins show the picture, large and blurred, or mirrored."),
        },
        outputs=("IMAGE",),
        display_name="Sketch Surround",
        category="sketch",
        description="Margins round pictures, filled with a blur or a mirror image of them. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
)
