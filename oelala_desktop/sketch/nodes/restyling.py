"""Sketch's own nodes that change what pictures look like: blended, recoloured by words, softened inside a mask."""

from __future__ import annotations

import cv2
import numpy as np

from oelala_desktop.sketch.frames import Frames, Mask, allocate, rgb
from oelala_desktop.sketch.grading import Grading, look_of
from oelala_desktop.sketch.nodes.compositing import mixed, stretched
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, number
from oelala_desktop.sketch.nodes.reporting import report
from oelala_desktop.sketch.nodes.sketching import SEED
from oelala_desktop.sketch.resize import cover_crop, resize_picture

#: of the shorter side: how far a whole softening blurs, and how far within the mask's edge it is whole
BLUR, EDGE = 0.025, 0.012


def mix(work: Work, inputs: Values) -> Result:
    """Every picture of the batch with the others over it: at a strength of 1 all show alike, at 0 the first alone."""
    frames: Frames = rgb(inputs["image"])
    count, height, width = frames.shape[:3]
    others = [rgb(inputs[name][0]) for name in ("second", "third") if inputs.get(name) is not None]
    others = [resize_picture(np.ascontiguousarray(cover_crop(other, width, height)), width, height) for other in others]
    if not others or not inputs["strength"]:
        return Result((inputs["image"],))
    made = allocate(count, height, width)
    share = inputs["strength"] / (len(others) + 1)
    for index, picture in enumerate(frames):
        work.check()
        total = picture.astype(np.float32) * (1 - share * len(others))
        for other in others:
            total += other * np.float32(share)
        made[index] = np.rint(total)
    return Result((made,))


def grade(work: Work, inputs: Values) -> Result:
    """Frames in the colours that the words ask for, as much of it as the strength says."""
    frames: Frames = inputs["image"]
    count, height, width = frames.shape[:3]
    look, amount = look_of(inputs["prompt"], inputs["seed"])
    grading = Grading(look, amount * inputs["strength"], width, height)
    frames = rgb(frames)
    made = frames if work.take("image") else allocate(count, height, width)
    for index in range(count):
        grading.give(frames[index], made[index])
        report(work, made, index)
    return Result((made,))


def soften(work: Work, inputs: Values) -> Result:
    """Inside the mask the pictures, blurred, with an edge that fades within it; outside it what was before, untouched.
    Without a mask the pictures as they are."""
    masks: Mask | None = inputs.get("mask")
    frames, before = rgb(inputs["image"]), rgb(inputs["before"])
    if masks is None:
        return Result((inputs["image"],))
    count, height, width = frames.shape[:3]
    if before.shape[1:3] != (height, width):
        raise ValueError("The pictures and those from before are not of one size.")
    made = allocate(count, height, width)
    for index in range(count):
        work.check()
        weight = _faded(stretched(masks[index % len(masks)], (width, height)))
        blurred = cv2.GaussianBlur(frames[index], (0, 0), max(0.1, BLUR * min(width, height) * inputs["strength"]))
        made[index] = mixed(before[index % len(before)], np.asarray(blurred, np.uint8), weight)
    return Result((made,))


def _faded(mask: Mask) -> Mask:
    """The mask with a soft edge; nothing of it lies outside."""
    inside = (mask.clip(0, 1) > 0.5).astype(np.uint8)
    away = cv2.distanceTransform(cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_REPLICATE), cv2.DIST_L2, 5)
    edge = max(1.0, EDGE * min(mask.shape))
    return np.asarray((away[1:-1, 1:-1] / edge).clip(0, 1), np.float32)


STRENGTH = number(1.0, 0.0, 1.0, step=0.05)

NODES = (
    NodeClass(
        "SketchMix",
        mix,
        required={
            "image": Input("IMAGE", {"tooltip": "The first picture, whose size all take."}),
            "strength": STRENGTH,
        },
        optional={"second": Input("IMAGE"), "third": Input("IMAGE")},
        outputs=("IMAGE",),
        display_name="Sketch Mix",
        category="sketch",
        description="Lays up to three pictures over each other. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
    NodeClass(
        "SketchGrade",
        grade,
        required={
            "image": Input("IMAGE"),
            "prompt": Input(
                "STRING",
                {
                    "default": "",
                    "multiline": True,
                    "tooltip": "Names the colours: black and white, sepia, warm, cold, night, bright, vintage, "
                    "high contrast, or a colour. Without such a word a mild look is drawn from the seed.",
                },
            ),
            "seed": SEED,
            "strength": STRENGTH,
        },
        outputs=("IMAGE",),
        display_name="Sketch Grade",
        category="sketch",
        description="Recolours pictures by the words of a prompt. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
    NodeClass(
        "SketchSoften",
        soften,
        required={
            "image": Input("IMAGE", {"tooltip": "Shown inside the mask, blurred."}),
            "before": Input("IMAGE", {"tooltip": "Shown outside the mask."}),
            "strength": STRENGTH,
        },
        optional={"mask": Input("MASK", {"tooltip": "Without one nothing is blurred, and the pictures pass."})},
        outputs=("IMAGE",),
        display_name="Sketch Soften",
        category="sketch",
        description="Blurs pictures softly inside a mask, and there only. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
)
