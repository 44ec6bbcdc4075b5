"""A clip with pictures in it: Sketch's own blend, alone and between a given video and a film with its sound."""

import io
import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from oelala_desktop.sketch.executor import Executor, Job
from oelala_desktop.sketch.folders import open_folders
from oelala_desktop.sketch.nodes import CATALOG
from tests.contract.films import film, look, sound_file
from tests.sketch.client import Client
from tests.sketch.test_executor import Recorder, node

WIDTH, HEIGHT = 32, 16


def solid(color: int, count: int = 1) -> dict[str, Any]:
    return node("EmptyImage", width=WIDTH, height=HEIGHT, batch_size=count, color=color)


def blended(folder: Path, **inputs: Any) -> np.ndarray:
    """A clip of black, then grey, blended with red and blue, of which a mask lets the left half through."""
    half = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    half[:, : WIDTH // 2] = 255
    graph = {
        "black": solid(0, 2),
        "grey": solid(0x808080, 2),
        "clip": node("ImageBatch", image1=["black", 0], image2=["grey", 0]),
        "red": solid(0xFF0000),
        "blue": solid(0x0000FF),
        "both": node("ImageBatch", image1=["red", 0], image2=["blue", 0]),
        "mask": node("LoadImageMask", image="mask.png", channel="red"),
        "blend": node("SketchBlend", images=["clip", 0], **inputs),
        "show": node("PreviewImage", images=["blend", 0]),
    }
    with open_folders(folder) as folders:
        Image.fromarray(half).save(folders.input / "mask.png")
        outcome = Executor(CATALOG, folders, Recorder()).run(Job(0, "p", graph, {}, ["show"]))
        assert outcome.success, outcome.messages[-1]
        names = [file["filename"] for file in outcome.outputs["show"]["images"]]
        return np.stack([np.asarray(Image.open(folders.temp / name)) for name in names])


@pytest.mark.parametrize(
    ("length", "levels"),
    [
        (4, [0, 0, 128, 128]),
        (8, [0, 0, 0, 0, 128, 128, 128, 128]),
        (2, [0, 128]),
        (3, [0, 128, 128]),
        (5, [0, 0, 128, 128, 128]),
        (1, [128]),
    ],
)
def test_frames_are_repeated_or_left_out_evenly(tmp_path: Path, length: int, levels: list[int]) -> None:
    frames = blended(tmp_path, length=length)
    assert [int(frame[0, 0, 0]) for frame in frames] == levels
    assert [int(frame.min()) for frame in frames] == levels


def test_inside_the_mask_one_picture_fades_into_the_next(tmp_path: Path) -> None:
    frames = blended(tmp_path, length=5, pictures=["both", 0], mask=["mask", 0])
    inside = [tuple(map(int, frame[8, 4])) for frame in frames]
    assert inside[0] == (255, 0, 0) and inside[-1] == (0, 0, 255)
    assert inside[2] in ((128, 0, 128), (127, 0, 127), (127, 0, 128), (128, 0, 127))
    assert [red for red, _, _ in inside] == sorted((red for red, _, _ in inside), reverse=True)
    assert [int(frame[8, -4, 0]) for frame in frames] == [0, 0, 128, 128, 128], "outside it the clip shows"


def test_one_picture_stays(tmp_path: Path) -> None:
    frames = blended(tmp_path, length=3, pictures=["red", 0], mask=["mask", 0])
    assert {tuple(map(int, frame[8, 4])) for frame in frames} == {(255, 0, 0)}


def test_without_a_mask_both_are_seen(tmp_path: Path) -> None:
    frames = blended(tmp_path, length=1, pictures=["red", 0])
    assert [int(value) for value in frames[0, 8, 8]] == pytest.approx([192, 64, 64], abs=1)


@pytest.mark.parametrize("length", [17 * 2 + 5, 17 * 5 + 5])
def test_a_video_two_pictures_a_mask_and_a_sound_become_a_film(client: Client, length: int) -> None:
    mask, pictures = np.zeros((64, 96, 3), np.uint8), []
    mask[:, :48] = 255
    for name, pixels in (("mask", mask), ("one", np.full((64, 96, 3), 255)), ("two", np.full((64, 96, 3), 60))):
        out = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
        pictures.append(client.upload(f"{name}_{uuid.uuid4().hex}.png", out.getvalue()).json()["name"])
    video = client.upload(f"{uuid.uuid4().hex}.mp4", film()).json()["name"]
    sound = client.upload(f"{uuid.uuid4().hex}.flac", sound_file(6.0)).json()["name"]
    graph = {
        "load": node("LoadVideo", file=video),
        "cut": node("Video Slice", video=["load", 0], start_time=0.5, duration=1.0, strict_duration=False),
        "parts": node("GetVideoComponents", video=["cut", 0]),
        "one": node("LoadImage", image=pictures[1]),
        "two": node("LoadImage", image=pictures[2]),
        "both": node("ImageBatch", image1=["one", 0], image2=["two", 0]),
        "mask": node("LoadImageMask", image=pictures[0], channel="red"),
        "blend": node("SketchBlend", images=["parts", 0], length=length, pictures=["both", 0], mask=["mask", 0]),
        "sound": node("LoadAudio", audio=sound),
        "trim": node("TrimAudioDuration", audio=["sound", 0], start_index=1.0, duration=60.0),
        "video": node("CreateVideo", images=["blend", 0], fps=24.0, audio=["trim", 0]),
        "save": node("SaveVideo", video=["video", 0], filename_prefix=uuid.uuid4().hex, format="auto", codec="auto"),
    }
    prompt_id, _ = client.run(graph)
    entry = client.history(prompt_id)[prompt_id]
    assert entry["status"]["completed"], entry["status"]
    seen = look(client.http.get("/view", params=entry["outputs"]["save"]["images"][0]).content)
    assert (len(seen.pictures), seen.codecs) == (length, ("h264", "aac"))
    assert seen.times[-1] == pytest.approx((length - 1) / 24, abs=1e-3)
    assert seen.sound_seconds == pytest.approx(length / 24, abs=0.03)
    assert seen.loudness(0.0, 0.1) == pytest.approx(0.2, abs=0.03), "the sound begins where it was trimmed"
    left, right = zip(*((int(shown[5, 20, 0]), int(shown[5, 90, 0])) for shown in seen.pictures), strict=True)
    assert left[0] > 245 and left[-1] < 70 and all(abs(value - 128) < 12 for value in right)
    assert json.loads(seen.tags["prompt"])["blend"]["class_type"] == "SketchBlend"
