"""Inputs of any kind on the command line and through the Model Context Protocol, for a preset of the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import HARBOUR, Program
from tests.own_preset import check_result, make_inputs, write_preset

Inputs = dict[str, str | list[str]]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A home with the preset among its own."""
    program = Program(tmp_path_factory.mktemp("inputs") / "home")
    write_preset(program.home)
    yield program
    program.stop_sketch()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return make_inputs(tmp_path_factory.mktemp("given"))


def words(inputs: Inputs, *keys: str) -> list[str]:
    """The options that give these inputs."""
    paths = {key: [value] if isinstance(value, str) else value for key, value in inputs.items()}
    return [word for key in keys or inputs for path in paths[key] for word in ("--input", f"{key}={path}")]


def test_every_kind_of_input(studio: Program, inputs: Inputs) -> None:
    ran = studio.generate("video-to-video", *words(inputs), num_frames=39, video_start=1, sound_start=0.5)
    assert ran.code == 0, ran
    (output,) = ran.last["outputs"]
    assert (output["kind"], output["frames"], output["fps"], output["width"]) == ("video", 39, 24.0, 96)
    check_result(Path(output["path"]).read_bytes(), frames=39, numbers=range(24, 48))
    row = studio.run("metadata", output["path"], "--json").lines[0]
    assert (row["workflow"], row["num_frames"], row["has_sound"]) == ("video-to-video.inlay", 39, True)


def test_what_need_not_be_given_may_be_left_out(studio: Program, inputs: Inputs) -> None:
    ran = studio.generate("video-to-video", *words(inputs, "images", "video"), num_frames=22)
    assert ran.code == 0, ran
    assert ran.last["outputs"][0]["frames"] == 22


def test_the_order_of_pictures_is_the_order_of_the_options(studio: Program, inputs: Inputs) -> None:
    turned = inputs | {"images": list(reversed(inputs["images"]))}
    ran = studio.generate("video-to-video", *words(turned), num_frames=22)
    with pytest.raises(AssertionError):
        check_result(Path(ran.last["outputs"][0]["path"]).read_bytes(), frames=22, numbers=range(48))
    ran = studio.generate("video-to-video", *words(inputs), num_frames=22)
    check_result(Path(ran.last["outputs"][0]["path"]).read_bytes(), frames=22, numbers=range(48))


def test_an_option_of_its_own_is_the_same_thing(oelala: Program) -> None:
    tiny = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1", "seed": 3}
    made = [
        oelala.generate("image-to-video", *given, **tiny)
        for given in (("--image", HARBOUR, "--end-image", HARBOUR), (*in_words(image=HARBOUR, end_image=HARBOUR),))
    ]
    assert [ran.code for ran in made] == [0, 0], made
    assert [ran.last["seed"] for ran in made] == [3, 3]
    first, second = (Path(ran.last["outputs"][0]["path"]).stat().st_size for ran in made)
    assert abs(first - second) < 2000, "but for the time and the id in its metadata it is the same film"


def in_words(**paths: object) -> list[str]:
    return [word for key, path in paths.items() for word in ("--input", f"{key}={path}")]


def test_bad_inputs(studio: Program, inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("no film")
    pictures, video = words(inputs, "images"), words(inputs, "video")
    calls = {
        "vidio is not a setting of Video to Video. Did you mean video?": in_words(vidio="a.mp4"),
        "Text to Video takes no sound.": ["text-to-video", *in_words(sound="a.wav")],
        "steps takes no file.": in_words(steps="a.mp4"),
        "--input video: expected KEY=FILE.": ["--input", "video"],
        "--input =a.mp4: expected KEY=FILE.": ["--input", "=a.mp4"],
        "video: 2 files were given; it takes one.": [*pictures, *video, *video],
        "image: 2 files were given; it takes one.": ["image-to-video", *in_words(image="a", ), "--image", "b"],
        "images: 1 was given; Inlay takes 2.": [*pictures[:2], *video],
        "A scene is missing: give one with video.": pictures,
        "gone.mp4 is not there": [*pictures, *in_words(video=tmp_path / "gone.mp4")],
        "words.mp4 is not a video": [*pictures, *in_words(video=tmp_path / "words.mp4")],
        "scene.mp4 is 2 s long; 3 s is beyond its end": [*pictures, *video, "--set", "video_start=3"],
        "num_frames: 40 is not 17k + 5; the nearest are 39 and 56.": [*pictures, *video, "--set", "num_frames=40"],
    }  # fmt: skip
    every = {
        said: ("generate", *([] if given[0].endswith("to-video") else ["video-to-video"]), *given, "--engine", "sketch")
        for said, given in calls.items()
    }
    for said, ran in studio.run_all(every).items():
        assert (ran.code, said in ran.sentence) == (2, True), ran


def test_what_a_preset_needs_that_the_engine_lacks_is_not_asked_for(fresh: Program, inputs: Inputs) -> None:
    write_preset(fresh.home)
    folder = fresh.home / "workflows" / "video-to-video"
    table = (folder / "inlay.toml").read_text().replace("order = 5", "order = 1")
    (folder / "first.toml").write_text(table.replace('label = "Music"', "needed = true"))
    (folder / "first.json").write_text((folder / "inlay.json").read_text().replace("SketchBlend", "SomeModel"))
    ran = fresh.generate("video-to-video", *words(inputs, "images", "video"), num_frames=22)
    assert (ran.code, ran.last["preset"]) == (0, "video-to-video.inlay"), ran
    ran = fresh.generate("video-to-video", *words(inputs, "video"), num_frames=22)
    assert (ran.code, ran.sentence) == (2, "Inlays are missing: give them with images."), ran


def test_presets_tell_what_they_take(studio: Program) -> None:
    rows = {row["id"]: row for row in studio.run("presets", "--engine", "sketch", "--json").lines}
    own = rows["video-to-video.inlay"]
    assert [(given["key"], given["kind"], given["needed"]) for given in own["inputs"]] == [
        ("video", "video", True), ("images", "pictures", True), ("mask", "mask", False), ("sound", "sound", False)
    ]  # fmt: skip
    assert own["frames"] == {"step": 17, "offset": 5, "least": 22, "most": 345, "as": None}
    assert (own["rate"], own["sound"]) == ({"choices": [24], "as": None}, True)
    assert rows["text-to-image.sketch"]["frames"] is None
    text = studio.run("presets", "--engine", "sketch").out.splitlines()
    at = next(number for number, line in enumerate(text) if "video-to-video.inlay" in line)
    assert text[at + 1 : at + 3] == [
        "    takes video (needed), images (2 pictures, needed), mask and sound",
        "    makes 17k + 5 frames (22 to 345), 24 fps, with sound",
    ]
    wan = next(number for number, line in enumerate(text) if "image-to-video.sketch" in line)
    assert text[wan + 1] == "    takes image (picture, needed) and end_image (picture)"
    assert text[wan + 2] == "    makes 4k + 1 frames (5 to 361), 8 / 12 / 16 / 24 fps"
