"""Every tool that needs no AI model, on Sketch: what is given, what is asked for, and the file that comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.tool import TOOLS
from tests.cli.program import HARBOUR, Program, Result
from tests.contract.films import RATE, Seen, film, look, number_of

#: frames of the given video, whose sound lasts as long and grows louder
FRAMES, SECONDS = 48, 2.0
SKETCH = "image-to-image.sketch"
WITHOUT_SKETCH = ("face-swap", "train-lora")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a video, pictures of 300 × 200 and 128 × 128, and a mask over the left half of the first."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "film.mp4").write_bytes(film(FRAMES))
    with Image.open(HARBOUR) as picture:
        picture.convert("RGB").resize((300, 200)).save(folder / "boats.png")
    Image.new("RGB", (128, 128), (250, 10, 10)).save(folder / "red.png")
    Image.new("RGB", (128, 128), (10, 10, 250)).save(folder / "blue.png")
    mask = Image.new("L", (300, 200), 0)
    mask.paste(255, (0, 0, 150, 200))
    mask.save(folder / "left.png")
    return folder


def test_settings_of_its_own_need_no_preset_where_there_is_one(oelala: Program, given: Path) -> None:
    video = ("--input", f"video={given / 'film.mp4'}", "--dry-run", "--json")
    ran = oelala.run("generate", "video-to-video", *video, "--engine", "sketch", "--set", "speed=2")
    assert ran.code == 0 and ran.last["num_frames"] == FRAMES // 2, ran


def test_a_seed_that_is_given_is_told_and_kept_where_no_node_takes_it(oelala: Program, given: Path) -> None:
    words = ("generate", "upscaler", "--image", given / "boats.png", "--engine", "sketch", "--json", "--set", "seed=5")
    assert oelala.run(*words, "--dry-run").last["seed"] == 5
    assert oelala.run(*words).last["seed"] == 5


def test_what_is_wrong_on_sketch_is_told_of_its_own_presets(oelala: Program, given: Path) -> None:
    both = ("--image", given / "boats.png", "--input", f"video={given / 'film.mp4'}")
    for more in ((), ("--dry-run",)):
        ran = oelala.run("generate", "reframe", *both, "--engine", "sketch", *more)
        assert (ran.code, ran.sentence) == (2, "Sketch takes no video; choose another preset.")


def done(ran: Result, preset: str) -> dict[str, Any]:
    """Its one result, which that preset made."""
    assert ran.code == 0, ran
    assert (ran.last["preset"], ran.last["engine"]["kind"]) == (preset, "sketch")
    (output,) = ran.last["outputs"]
    return output


def video(output: dict[str, Any], *, told: tuple[int, float]) -> Seen:
    """What is in it; as many frames, at the rate, as the job had told."""
    seen = look(Path(output["path"]).read_bytes())
    frames, rate = told
    assert (output["frames"], output["fps"]) == told
    assert len(seen.pictures) == frames
    assert seen.times == pytest.approx([index / rate for index in range(frames)], abs=1e-3)
    return seen


def picture(output: dict[str, Any]) -> np.ndarray:
    with Image.open(output["path"]) as made:
        assert made.size == (output["width"], output["height"])
        return np.asarray(made.convert("RGB"), int)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as made:
        return np.asarray(made.convert("RGB"), int)


def test_every_tool_that_needs_no_model_has_a_preset_for_sketch(oelala: Program) -> None:
    rows = oelala.run("presets", "--engine", "sketch", "--json").lines
    tools = {row["id"].split(".")[0] for row in rows if row["id"].split(".")[1].startswith("sketch")}
    assert tools == {tool.id for tool in TOOLS.values() if tool.has_page} - set(WITHOUT_SKETCH)


@pytest.mark.parametrize("tool", WITHOUT_SKETCH)
def test_the_others_say_that_they_need_a_model(oelala: Program, given: Path, tool: str) -> None:
    pictures = ["--image", given / "red.png"] if tool == "face-swap" else []
    for words in ([], pictures):
        ran = oelala.generate(tool, *words)
        assert (ran.code, ran.out) == (2, "")
        assert "needs an AI model" in ran.err and "ComfyUI" in ran.err


def test_a_preset_that_is_asked_for_is_named(oelala: Program, given: Path) -> None:
    ran = oelala.generate("image-to-video", "--image", given / "red.png", "--preset", "wan22-14b")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "Wan 2.2 14B needs ComfyUI: the built-in Sketch engine runs no AI model.",
    )


def test_a_picture_twice_as_large(oelala: Program, given: Path) -> None:
    output = done(oelala.generate("upscaler", "--image", given / "boats.png"), "upscaler.sketch")
    made = picture(output)
    assert made.shape == (400, 600, 3)
    back = np.asarray(Image.fromarray(made.astype(np.uint8)).resize((300, 200), Image.Resampling.BOX), int)
    assert np.abs(back - pixels(given / "boats.png")).mean() < 2


def test_a_picture_half_as_large_again(oelala: Program, given: Path) -> None:
    output = done(oelala.generate("upscaler", "--image", given / "boats.png", factor=1.5), "upscaler.sketch")
    assert picture(output).shape == (300, 450, 3)


def test_a_video_twice_as_large(oelala: Program, given: Path) -> None:
    ran = oelala.generate("upscaler", "--input", f"video={given / 'film.mp4'}")
    output = done(ran, "upscaler.sketch-video")
    seen = video(output, told=(FRAMES, RATE))
    assert seen.pictures[0].shape == (128, 192, 3)
    assert seen.numbers == list(range(FRAMES))
    assert seen.sound_seconds == pytest.approx(SECONDS, abs=0.05)


@pytest.mark.parametrize("times", [2, 4, 16])
def test_a_smoother_video(oelala: Program, given: Path, times: int) -> None:
    settings = {"smooth": times, "factor": 1, "video_length": 0.5}
    ran = oelala.generate("upscaler", "--input", f"video={given / 'film.mp4'}", "--preset", "sketch-video", **settings)
    count = 11 * times + 1
    seen = video(done(ran, "upscaler.sketch-video"), told=(count, RATE * times))
    assert (ran.last["num_frames"], ran.last["fps"]) == (count, RATE * times)
    assert seen.pictures[0].shape == (64, 96, 3)
    assert seen.numbers[::times] == list(range(12))
    # a field that is black in one frame and white in the next is grey in the middle between them
    assert 80 < seen.pictures[times // 2][32, 8].mean() < 175
    assert seen.sound_seconds == pytest.approx(count / (RATE * times), abs=0.05)


@pytest.mark.parametrize("manner", ["blurred", "mirrored"])
def test_a_picture_in_a_new_frame_stays_as_it_is(oelala: Program, given: Path, manner: str) -> None:
    words = ("--image", given / "boats.png", "--preset", "sketch", "--set", "place=0.25,0.5")
    ran = oelala.generate("reframe", *words, aspect_ratio="16:9", manner=manner)
    made = picture(done(ran, "reframe.sketch"))
    height, width = made.shape[:2]
    assert height == 200 and abs(width / height - 16 / 9) < 0.01
    left = round((width - 300) * 0.25)
    assert np.array_equal(made[:, left : left + 300], pixels(given / "boats.png"))
    assert made[:, :left].std() > 1, "the margins show something"


def test_a_picture_is_made_square_by_itself(oelala: Program, given: Path) -> None:
    made = picture(done(oelala.generate("reframe", "--image", given / "boats.png"), "reframe.sketch"))
    assert made.shape == (300, 300, 3)
    assert np.array_equal(made[50:250], pixels(given / "boats.png"))


def test_a_video_in_a_new_frame(oelala: Program, given: Path) -> None:
    ran = oelala.generate("reframe", "--input", f"video={given / 'film.mp4'}", aspect_ratio="1:1")
    seen = video(done(ran, "reframe.sketch-video"), told=(FRAMES, RATE))
    assert seen.pictures[0].shape == (96, 96, 3)
    assert [number_of(shown[16:80]) for shown in seen.pictures] == list(range(FRAMES))
    assert seen.sound_seconds == pytest.approx(SECONDS, abs=0.05)


def test_what_has_the_shape_already_gets_no_frame(oelala: Program, given: Path) -> None:
    ran = oelala.generate("reframe", "--image", given / "boats.png", aspect_ratio="3:2")
    assert (ran.code, ran.sentence) == (2, "aspect_ratio: what is given has that shape already; choose another.")


def test_a_video_in_other_colours_has_rate_length_and_sound_as_given(oelala: Program, given: Path) -> None:
    ran = oelala.generate(
        "video-to-video", "--input", f"video={given / 'film.mp4'}", "--prompt", "black and white", "--set", "strength=1"
    )
    seen = video(done(ran, "video-to-video.sketch"), told=(FRAMES, RATE))
    assert seen.numbers == list(range(FRAMES))
    assert np.ptp(np.stack(seen.pictures).astype(int), axis=-1).max() <= 6, "the red mark is grey"
    assert seen.sound_seconds == pytest.approx(SECONDS, abs=0.05)
    assert seen.loudness(1.6, 1.9) > 1.5 * seen.loudness(0.1, 0.4)


@pytest.mark.parametrize(
    ("settings", "numbers", "louder_later"),
    [
        ({"speed": 0.5}, [index // 2 for index in range(96)], True),
        ({"speed": 2}, list(range(0, 48, 2)), True),
        ({"backwards": "true"}, list(reversed(range(48))), False),
        ({"video_start": 1, "video_length": 0.5, "speed": 2}, list(range(24, 36, 2)), None),
    ],
    ids=["slow", "fast", "backwards", "a fast part"],
)
def test_pictures_and_sound_at_another_speed(
    oelala: Program, given: Path, settings: dict[str, Any], numbers: list[int], louder_later: bool | None
) -> None:
    words = ("--preset", "sketch", "--input", f"video={given / 'film.mp4'}")
    ran = oelala.generate("video-to-video", *words, seed=3, **settings)
    seen = video(done(ran, "video-to-video.sketch"), told=(len(numbers), RATE))
    assert ran.last["num_frames"] == len(numbers)
    every = 2 if settings.get("speed") == 0.5 else 1  # of the frames between two both are seen
    assert seen.numbers[::every] == numbers[::every]
    seconds = len(numbers) / RATE
    assert seen.sound_seconds == pytest.approx(seconds, abs=0.05)
    if louder_later is not None:
        first, last = seen.loudness(0.1, 0.3 * seconds), seen.loudness(0.7 * seconds, 0.95 * seconds)
        assert (first * 1.3 < last) if louder_later else (last * 1.3 < first)


def test_a_silent_video_stays_silent(oelala: Program, tmp_path: Path) -> None:
    (tmp_path / "silent.mp4").write_bytes(film(12, sound=None))
    ran = oelala.generate(
        "video-to-video", "--input", f"video={tmp_path / 'silent.mp4'}", "--preset", "sketch", speed=0.5
    )
    seen = video(done(ran, "video-to-video.sketch"), told=(24, RATE))
    assert seen.sound_rate == 0


def test_a_picture_in_other_colours(oelala: Program, given: Path) -> None:
    ran = oelala.generate("image-to-image", "--image", given / "boats.png", "--prompt", "sepia, not blue")
    made = picture(done(ran, SKETCH))
    assert made.shape == (200, 300, 3)
    red, green, blue = made.reshape(-1, 3).mean(0)
    assert red > green + 8 > blue + 16
    row = oelala.run("metadata", ran.last["outputs"][0]["path"], "--json").lines[0]
    assert (row["prompt"], row["workflow"], row["engine"]) == ("sepia, not blue", SKETCH, "Sketch – no AI model")


def test_inside_a_mask_and_there_only(oelala: Program, given: Path) -> None:
    words = ("--image", given / "boats.png", "--input", f"mask={given / 'left.png'}", "--prompt", "black and white")
    made = picture(done(oelala.generate("image-to-image", *words), SKETCH))
    before = pixels(given / "boats.png")
    assert np.array_equal(made[:, 150:], before[:, 150:])
    assert np.ptp(made[:, :140], axis=-1).max() <= 2, "inside it is grey"
    sharp = np.abs(np.diff(before[:, :140].mean(-1), axis=1)).mean()
    assert np.abs(np.diff(made[:, :140].mean(-1), axis=1)).mean() < 0.5 * sharp, "and blurred"


def test_pictures_over_each_other(oelala: Program, given: Path) -> None:
    words = ["--image", given / "red.png", "--prompt", "slightly muted"]
    others = ["--input", f"images={given / 'blue.png'}"]
    both, alone = (
        picture(done(oelala.generate("image-to-image", *words, *more), SKETCH))[64, 64] for more in (others, [])
    )
    assert abs(both[0] - both[2]) < 12 and both[1] < both[0] - 30
    assert alone[0] - alone[2] > 80


def test_the_seed_draws_the_colours_where_no_word_does(oelala: Program, given: Path, tmp_path: Path) -> None:
    made = []
    for seed in (1, 1, 2):
        (tmp_path / "settings.json").write_text(json.dumps({"image": str(given / "boats.png"), "seed": seed}))
        ran = oelala.generate("image-to-image", "--settings", tmp_path / "settings.json")
        made.append(picture(done(ran, SKETCH)))
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])


def test_a_setting_of_some_presets_needs_no_preset_s_name(oelala: Program, given: Path, tmp_path: Path) -> None:
    film_given = ["--input", f"video={given / 'film.mp4'}"]
    done(oelala.generate("video-to-video", *film_given, speed=4, video_length=0.5), "video-to-video.sketch")
    wished = oelala.generate("video-to-video", *film_given, "--image", given / "red.png", motion="waves")
    assert (wished.code, wished.out) == (2, "")
    assert "has motion, and the built-in Sketch engine cannot run it." in wished.err
    faces = oelala.generate("face-swap", "--image", given / "red.png", "--input", f"face={given / 'blue.png'}")
    assert (faces.code, faces.out) == (2, "")
    assert faces.err.startswith("Face Swap needs an AI model, and the built-in Sketch engine runs none.")
    short = ["--set", "num_frames=5", "--set", "fps=8", "--set", "aspect_ratio=1:1"]
    words = ["generate", "image-to-video", "--image", given / "red.png", *short, "--engine", "sketch", "--json"]
    chained = oelala.run(*words, "--then", "video-to-video", "--set", "speed=4")
    assert chained.code == 0, chained
    assert (chained.last["preset"], chained.last["outputs"][0]["frames"]) == ("video-to-video.sketch", 1)
    (tmp_path / "rows.csv").write_text(f"video,speed\n{given / 'film.mp4'},4\n")
    rows = oelala.generate("video-to-video", "--batch", tmp_path / "rows.csv", video_length=0.5)
    assert rows.code == 0, rows
