"""Sketch's own nodes: a camera move over a still, a title card, and a cross-fade to an end picture."""

from __future__ import annotations

import cv2
import numpy as np

from oelala_desktop.sketch.camera import plan
from oelala_desktop.sketch.frames import Frames, allocate, rgb
from oelala_desktop.sketch.motion import Camera, spare_room
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, integer, number
from oelala_desktop.sketch.nodes.reporting import report
from oelala_desktop.sketch.nodes.scaling import SIDE
from oelala_desktop.sketch.path import Path, ease
from oelala_desktop.sketch.resize import cover_crop, resize_picture
from oelala_desktop.sketch.titlecard import title_card

SEED_MAX = 2**64 - 1
#: where in a clip a cross-fade begins, 0 to 1
FADE_FROM = 0.5


def camera_move(work: Work, inputs: Values) -> Result:
    """Frames of a camera move over the first picture of the batch; frame 0 is its untouched framing."""
    picture: Frames = inputs["image"][0]
    count, width, height = inputs["frames"], inputs["width"], inputs["height"]
    made = allocate(count, height, width)
    phases = plan(inputs["prompt"], inputs["seed"])
    path = Path(phases, inputs["strength"], spare_room(picture, width, height), inputs["seed"])
    camera = Camera(picture, width, height, path.poses(count))
    for done in camera.draw(made):
        report(work, made, done - 1)
    return Result((made,))


def title(work: Work, inputs: Values) -> Result:
    allocate(1, inputs["height"], inputs["width"])
    card = title_card(inputs["text"], inputs["seed"], inputs["width"], inputs["height"])
    return Result((card[None],))


def cross_fade(work: Work, inputs: Values) -> Result:
    """The same number of frames, fading in the second half into the end picture; the last frame is it exactly.
    Without an end picture the frames pass as they are, so that one graph serves both wishes."""
    if inputs.get("end_image") is None:
        return Result((inputs["image"],))
    frames: Frames = rgb(inputs["image"])
    count, height, width = frames.shape[:3]
    end = resize_picture(np.ascontiguousarray(cover_crop(rgb(inputs["end_image"][0]), width, height)), width, height)
    made = frames if work.take("image") else allocate(count, height, width)
    for index in range(count):
        work.check()
        place = index / (count - 1) if count > 1 else 1.0
        part = ease((place - FADE_FROM) / (1 - FADE_FROM))
        if part == 0:
            made[index] = frames[index]  # itself, where the clip was taken
        else:
            cv2.addWeighted(frames[index], 1 - part, end, part, 0, dst=made[index])
    made[count - 1] = end
    return Result((made,))


SEED = Input("INT", {"default": 0, "min": 0, "max": SEED_MAX, "control_after_generate": True})
_WIDTH = integer(832, 16, SIDE, step=2)
_HEIGHT = integer(480, 16, SIDE, step=2)

NODES = (
    NodeClass(
        "SketchCameraMove",
        camera_move,
        required={
            "image": Input("IMAGE", {"tooltip": "The still that the camera moves over."}),
            "prompt": Input("STRING", {"default": "", "multiline": True, "tooltip": "Names the camera move."}),
            "seed": SEED,
            "frames": integer(81, 1, 16384),
            "width": _WIDTH,
            "height": _HEIGHT,
            "strength": number(1.0, 0.0, 3.0, step=0.05),
        },
        outputs=("IMAGE",),
        display_name="Sketch Camera Move",
        category="sketch",
        description="A camera move over a still. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
    NodeClass(
        "SketchTitleCard",
        title,
        required={
            "text": Input("STRING", {"default": "", "multiline": True}),
            "seed": SEED,
            "width": _WIDTH,
            "height": _HEIGHT,
        },
        outputs=("IMAGE",),
        display_name="Sketch Title Card",
        category="sketch",
        description="A still with the prompt's words on it. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
    NodeClass(
        "SketchCrossFade",
        cross_fade,
        required={
            "image": Input("IMAGE", {"tooltip": "The clip."}),
        },
        optional={"end_image": Input("IMAGE", {"tooltip": "The picture that the clip ends on."})},
        outputs=("IMAGE",),
        display_name="Sketch Cross Fade",
        category="sketch",
        description="Fades a clip into an end picture. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
)
