"""A preset as a user would write one, two files, that takes every kind of input and runs on Sketch; and inputs for it.

What comes out: the video, spread over the frames, and inside the mask (the right half) the pictures, the first (red)
fading into the second (blue); with the given sound, at 24 frames per second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.contract.films import film, look, number_of, sound_file
from tests.contract.graphs import Graph, node

TOOL, NAME = "video-to-video", "inlay"
#: frames are 17k + 5, `RATE` a second
STEP, OFFSET, RATE = 17, 5, 24
RED, BLUE = (220, 30, 30), (30, 30, 220)
#: the given video: frames, each with its number, at `RATE`; seconds of the given sound
VIDEO_FRAMES, SOUND_LENGTH = 48, 3.0

TABLE = f"""
name = "Inlay"
description = "Pictures laid into a video inside a mask, with a sound."
order = 5
size = {{class = "given", of = "video", multiple = 2}}
frames = {{step = {STEP}, offset = {OFFSET}, least = 22, most = 345}}
rate = {RATE}
sound = true

[fields.video]
label = "Scene"
into = ["Given video.file"]

[fields.images]
label = "Inlays"
needed = true
minimum = 2
maximum = 2
into = ["First picture.image", "Second picture.image"]

[fields.mask]
label = "Where"
into = ["Given mask.image"]

[fields.sound]
label = "Music"
into = ["Given sound.audio"]

[fields.num_frames]
into = ["Inlaid.length"]

[fields.filename]
into = ["Save video.filename_prefix"]
"""


def graph(rate: str | float = RATE) -> Graph:
    """Its graph, which makes that rate, or for a text that of the given video."""
    fps = ["2", 2] if isinstance(rate, str) else float(rate)
    return {
        "1": node("LoadVideo", "Given video", file="x.mp4"),
        "2": node("GetVideoComponents", "Frames", video=["1", 0]),
        "3": node("LoadImage", "First picture", image="x.png"),
        "4": node("LoadImage", "Second picture", image="x.png"),
        "5": node("ImageBatch", "Pictures", image1=["3", 0], image2=["4", 0]),
        "6": node("LoadImageMask", "Given mask", image="x.png", channel="red"),
        "7": node("LoadAudio", "Given sound", audio="x.flac"),
        "8": node("SketchBlend", "Inlaid", images=["2", 0], length=39, pictures=["5", 0], mask=["6", 0]),
        "9": node("CreateVideo", "Video", images=["8", 0], fps=fps, audio=["7", 0]),
        "10": node("SaveVideo", "Save video", video=["9", 0], filename_prefix="x", format="mp4", codec="h264"),
    }


def write_preset(home: Path) -> str:
    """Puts it among the presets of the user's own in that home folder; its id. The video and the pictures must be
    given; without a mask the pictures show half everywhere, without a sound the video is silent."""
    folder = home / "workflows" / TOOL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.toml").write_text(TABLE, "utf-8")
    (folder / f"{NAME}.json").write_text(json.dumps(graph()), "utf-8")
    return f"{TOOL}.{NAME}"


def make_inputs(folder: Path) -> dict[str, str | list[str]]:
    """Small files for it, as values of a wish: a path each, a list of them for `images`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scene.mp4").write_bytes(film(VIDEO_FRAMES, sound=None))
    (folder / "music.flac").write_bytes(sound_file(SOUND_LENGTH))
    Image.new("RGB", (128, 96), RED).save(folder / "red.png")
    Image.new("RGB", (128, 96), BLUE).save(folder / "blue.png")
    mask = Image.new("L", (96, 64), 0)
    mask.paste(255, (48, 0, 96, 64))
    mask.save(folder / "right half.png")
    paths = {path.name: str(path) for path in folder.iterdir()}
    return {
        "video": paths["scene.mp4"],
        "images": [paths["red.png"], paths["blue.png"]],
        "mask": paths["right half.png"],
        "sound": paths["music.flac"],
    }


def check_result(mp4: bytes, *, frames: int, numbers: Sequence[int], sound: bool = True) -> None:
    """Asserts that it is what the preset makes of those inputs, and of the given video the frames of these numbers."""
    seen = look(mp4)
    assert len(seen.pictures) == frames and (frames - OFFSET) % STEP == 0
    assert seen.times == pytest.approx([index / RATE for index in range(frames)], abs=1e-3)
    expected = [numbers[(2 * index + 1) * len(numbers) // (2 * frames)] for index in range(frames)]
    # three of six bits of a frame's number are to be seen left of the mask
    assert [_left(number_of(picture)) for picture in seen.pictures] == [_left(number) for number in expected]
    for picture, colour in ((seen.pictures[0], RED), (seen.pictures[-1], BLUE)):
        assert np.abs(picture[16:48, 60:90].reshape(-1, 3).mean(0) - colour).max() < 25
    assert bool(seen.sound_rate) is sound
    if sound:
        assert seen.sound_seconds == pytest.approx(min(frames / RATE, SOUND_LENGTH), abs=0.1)
        assert seen.loudness(0.1, 0.4) > 0.05


def _left(number: int) -> int:
    return number & 0b111
