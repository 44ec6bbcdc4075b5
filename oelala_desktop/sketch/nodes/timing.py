"""Sketch's own nodes that change when frames are shown: another speed, from the end, more frames a second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.frames import Frames, allocate, rgb
from oelala_desktop.sketch.nodes.compositing import between
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, integer, number
from oelala_desktop.sketch.nodes.reporting import report
from oelala_desktop.sketch.pace import fitted, paced, reversed_sound
from oelala_desktop.sketch.sound import Sound


def replay(work: Work, inputs: Values) -> Result:
    """So many times as fast, or from the end, the sound with it: n frames become n / speed, rounded down, at the same
    rate; those that lie between two are blended of them. The sound keeps its pitch and ends with the pictures."""
    frames: Frames = inputs["images"]
    sound: Sound | None = inputs.get("audio")
    speed, backwards = inputs["speed"], inputs["backwards"]
    if speed == 1 and not backwards:
        return Result((frames, sound))
    if sound is not None:
        sound = fitted(sound, len(frames) / inputs["fps"])
        sound = reversed_sound(sound) if backwards else sound
        sound = paced(sound, speed, work.check) if speed != 1 else sound
    frames = frames[::-1] if backwards else frames
    if speed != 1:
        count = max(1, int(len(frames) / speed + 1e-6))
        frames = _shown_at(work, frames, np.arange(count) * speed)
    return Result((frames, sound))


def smooth(work: Work, inputs: Values) -> Result:
    """`times` frames for each one, those between two blended of them: n become (n − 1) · times + 1, at as many times
    the rate."""
    frames: Frames = inputs["images"]
    times = inputs["times"]
    if times > 1:
        frames = _shown_at(work, frames, np.arange((len(frames) - 1) * times + 1) / times)
    return Result((frames, inputs["fps"] * times))


def _shown_at(work: Work, frames: Frames, places: npt.NDArray[np.float64]) -> Frames:
    """What is to be seen at places from 0, the first frame, to their number − 1, the last, which is held beyond."""
    count, height, width = frames.shape[:3]
    made = allocate(len(places), height, width)
    for index, place in enumerate(places):
        made[index] = between(rgb(frames), min(float(place), count - 1))
        report(work, made, index)
    return made


_FPS = number(24.0, 0.01, 1000.0, step=0.01, tooltip="The rate of the frames.")

NODES = (
    NodeClass(
        "SketchReplay",
        replay,
        required={
            "images": Input("IMAGE", {"tooltip": "The clip."}),
            "fps": _FPS,
            "speed": number(1.0, 0.1, 10.0, step=0.05, tooltip="So many times as fast, at the same rate."),
            "backwards": Input("BOOLEAN", {"default": False}),
        },
        optional={"audio": Input("AUDIO", {"tooltip": "The sound of the clip, which goes with it in its own pitch."})},
        outputs=("IMAGE", "AUDIO"),
        display_name="Sketch Replay",
        category="sketch",
        description="Plays a clip and its sound slower, faster or backwards; frames between two are blended of them. "
        "No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
    NodeClass(
        "SketchSmooth",
        smooth,
        required={
            "images": Input("IMAGE", {"tooltip": "The clip."}),
            "fps": _FPS,
            "times": integer(2, 1, 16, tooltip="So many frames for each one, at as many times the rate."),
        },
        outputs=("IMAGE", "FLOAT"),
        output_names=("images", "fps"),
        display_name="Sketch Smooth",
        category="sketch",
        description="More frames a second, those between two blended of them. No AI model is involved.",
        module="oelala_desktop.sketch",
    ),
)
