"""`oelala generate`: from a picture and words to files that are what was asked for."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from oelala_desktop.metadata import read
from tests.cli.program import HARBOUR, Program

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1"}


def frames_of(path: str) -> list[np.ndarray]:
    """The frames of a video, small and grey, to compare."""
    with av.open(path) as container:
        return [frame.reformat(64, 48, "gray").to_ndarray().astype(float) for frame in container.decode(video=0)]


def test_a_video_of_33_frames_that_moves_and_knows_what_made_it(oelala: Program) -> None:
    ran = oelala.generate(
        "image-to-video",
        *("--image", HARBOUR, "--prompt", "slow zoom in"),
        resolution="480p",
        aspect_ratio="16:9",
        num_frames=33,
    )
    assert ran.code == 0, ran
    assert ran.err == ""
    assert (ran.last["event"], ran.last["state"]) == ("finished", "done")
    output = ran.last["outputs"][0]
    assert {k: output[k] for k in ("kind", "width", "height", "frames", "fps")} == {
        "kind": "video",
        "width": 848,
        "height": 480,
        "frames": 33,
        "fps": 16.0,
    }
    with av.open(output["path"]) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 848, 480)
        assert stream.average_rate == 16
    frames = frames_of(output["path"])
    assert len(frames) == 33
    assert np.abs(frames[0] - frames[-1]).mean() > 2
    row = oelala.run("metadata", output["path"], "--json").lines[0]
    assert (row["source"], row["prompt"], row["num_frames"]) == ("oelala", "slow zoom in", 33)
    assert (row["width"], row["height"], row["fps"], row["seed"]) == (848, 480, 16, ran.last["seed"])
    assert "Sketch" in row["engine"]
    assert row["workflow"] == "image-to-video.sketch"


def test_every_line_is_an_event_of_one_shape(oelala: Program) -> None:
    ran = oelala.generate("image-to-video", "--image", HARBOUR, **TINY)
    kinds = [line["event"] for line in ran.lines]
    assert kinds[0] == "queued"
    assert set(kinds) == {"queued", "progress", "preview", "finished"}
    assert len({line["job_id"] for line in ran.lines}) == 1
    queued = ran.lines[0]
    assert (queued["state"], queued["tool"], queued["preset"]) == ("queued", "image-to-video", "image-to-video.sketch")
    assert isinstance(queued["seed"], int)
    shown = [line for line in ran.lines if line["event"] == "progress"]
    assert set(shown[0]) == {"event", "job_id", "progress", "node", "pass", "step", "steps", "eta_s", "ahead"}
    fractions = [line["progress"] for line in shown]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction < 1 for fraction in fractions)
    last = ran.last
    assert set(last["outputs"][0]) == {"path", "kind", "width", "height", "frames", "fps"}
    assert {"seed", "state", "error", "outputs", "engine", "width", "height", "num_frames"} <= set(last)


def test_a_chain_of_three_clips(oelala: Program) -> None:
    ran = oelala.generate(
        "image-to-video", *("--image", HARBOUR, "--prompt", "pan left"), clip_count=3, num_frames=9, seed=5
    )
    assert ran.code == 0, ran
    outputs = {o["role"]: o for o in ran.last["outputs"]}
    assert {role: o["frames"] for role, o in outputs.items()} == {"clip1": 9, "clip2": 9, "clip3": 9, "joined": 25}
    joined = frames_of(outputs["joined"]["path"])
    clips = [frames_of(outputs[f"clip{n}"]["path"]) for n in (1, 2, 3)]
    assert len(joined) == 25
    whole = clips[0] + clips[1][1:] + clips[2][1:]
    assert max(np.abs(a - b).mean() for a, b in zip(joined, whole, strict=True)) < 4
    for before, after in itertools.pairwise(clips):
        assert np.abs(before[-1] - after[0]).mean() < 4
    infos = {role: read(Path(o["path"])).info for role, o in outputs.items()}
    assert {role: (info.seed, info.num_frames, info.duration) for role, info in infos.items()} == {
        "clip1": (5, 9, 0.562),
        "clip2": (6, 9, 0.562),
        "clip3": (7, 9, 0.562),
        "joined": (5, 25, 1.562),
    }
    params = read(Path(outputs["clip2"]["path"])).oelala_params
    assert params is not None and params["clip"] == 2


def test_variations(oelala: Program) -> None:
    ran = oelala.generate("image-to-video", "--image", HARBOUR, variations=3, seed=40, **TINY)
    assert ran.code == 0, ran
    finished = [line for line in ran.lines if line["event"] == "finished"]
    assert [line["seed"] for line in ran.lines if line["event"] == "queued"] == [40, 41, 42]
    assert {line["seed"] for line in finished} == {40, 41, 42}  # two may be fetched at once, and either be here first
    assert len({line["outputs"][0]["path"] for line in finished}) == 3


def test_the_video_ends_on_the_end_picture(oelala: Program, tmp_path: Path) -> None:
    Image.new("RGB", (400, 400), (250, 0, 0)).save(tmp_path / "red.png")
    ran = oelala.generate("image-to-video", "--image", HARBOUR, "--end-image", tmp_path / "red.png", **TINY)
    assert ran.code == 0, ran
    with av.open(ran.last["outputs"][0]["path"]) as container:
        *_, last = (frame.to_ndarray(format="rgb24") for frame in container.decode(video=0))
    assert np.abs(last.reshape(-1, 3).mean(0) - (250, 0, 0)).max() < 12


def test_words_alone_become_a_video(oelala: Program) -> None:
    ran = oelala.generate("text-to-video", "--prompt", "A quiet harbour", **TINY)
    assert ran.code == 0, ran
    assert (ran.last["outputs"][0]["kind"], ran.last["outputs"][0]["frames"]) == ("video", 5)


def test_words_alone_become_a_picture(oelala: Program) -> None:
    ran = oelala.generate("text-to-image", "--prompt", "A quiet harbour – Grüße", aspect_ratio="3:2")
    assert ran.code == 0, ran
    output = ran.last["outputs"][0]
    assert (output["kind"], output["width"], output["height"]) == ("image", 720, 480)
    with Image.open(output["path"]) as picture:
        assert picture.format == "PNG"
    ran = oelala.generate("image-to-video", "--image", output["path"], "--prompt", "zoom in", **TINY)
    info = read(Path(ran.last["outputs"][0]["path"])).info
    assert (info.prompt, info.original_t2i_prompt) == ("zoom in", "A quiet harbour – Grüße")
    given = {"A quiet harbour – Grüße": f"image={output['path']}", "zoom in": f"video={ran.last['outputs'][0]['path']}"}
    for prompt, one in given.items():  # what has no words of its own keeps those
        larger = oelala.generate("upscaler", "--input", one)
        assert larger.code == 0, larger
        assert read(Path(larger.last["outputs"][0]["path"])).info.prompt == prompt


def test_a_settings_file_and_what_overrides_it(oelala: Program, tmp_path: Path) -> None:
    values: dict[str, Any] = {"image": str(HARBOUR), "prompt": "pan left", "seed": str(2**64 - 1), "preset": "sketch"}
    (tmp_path / "settings.json").write_text(json.dumps(values | TINY | {"fps": 24}), "utf-8-sig")
    ran = oelala.generate("image-to-video", "--settings", tmp_path / "settings.json", "--prompt", "tilt up", fps=12)
    assert ran.code == 0, ran
    assert (ran.last["seed"], ran.last["fps"], ran.last["prompt"]) == (2**64 - 1, 12, "tilt up")
    assert read(Path(ran.last["outputs"][0]["path"])).info.seed == 2**64 - 1


def test_without_json_stdout_is_the_path_alone(oelala: Program, tmp_path: Path) -> None:
    out = tmp_path / "Grüße und – Striche"
    pairs = [word for k, v in TINY.items() for word in ("--set", f"{k}={v}")]
    ran = oelala.run("generate", "image-to-video", "--image", HARBOUR, *pairs, "--engine", "sketch", "--out", out)
    assert ran.code == 0, ran
    assert [Path(line).parent for line in ran.out.splitlines()] == [out]
    assert Path(ran.out.strip()).is_file()
    assert "image-to-video.sketch on Sketch: 480 × 480, 5 frames at 8 fps, seed " in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_signs_is_no_hindrance(oelala: Program, encoding: str) -> None:
    ran = oelala.run("doctor", "--engine", "sketch", PYTHONIOENCODING=encoding, LC_ALL="C", PYTHONUTF8="0")
    assert ran.code == 0, ran


def test_what_may_not_come_out_well_is_said(oelala: Program, tmp_path: Path) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / "small.png")
    ran = oelala.generate("image-to-video", "--image", tmp_path / "small.png", **TINY)
    assert ran.code == 0, ran
    assert ran.sentence == "small.png is only 200 × 100; the result will be soft."


def test_auto_says_that_it_takes_sketch(oelala: Program) -> None:
    ran = oelala.generate("image-to-video", "--image", HARBOUR, engine="auto", **TINY)
    assert ran.code == 0, ran
    assert ran.last["engine"]["kind"] == "sketch"
    assert ran.sentence.startswith("Nothing answers at http://127.0.0.1:9;")
    assert ran.sentence.endswith("no AI model, just a camera move.")
    ran = oelala.generate("upscaler", "--image", HARBOUR, engine="auto", factor=1)
    assert (ran.code, ran.sentence.endswith("Sketch engine instead: no AI model.")) == (0, True), ran
    ran = oelala.generate("face-swap", "--image", HARBOUR, "--input", f"face={HARBOUR}", engine="auto")
    assert ran.code != 0 and "Using" not in ran.err, ran
    assert "needs an AI model, and the built-in Sketch engine runs none." in ran.err
    step = ["--then", "face-swap", "--input", f"face={HARBOUR}"]
    ran = oelala.run("generate", "text-to-image", "--prompt", "a pier", "--engine", "auto", *step)
    assert ran.code != 0 and "Using" not in ran.err and "Face Swap needs an AI model" in ran.err, ran
    ran = oelala.run("improve", "a pier", "--engine", "auto")
    assert ran.code != 0 and "Using" not in ran.err and "Improve needs an AI model" in ran.err, ran


def test_the_first_video(oelala: Program) -> None:
    ran = oelala.run("try")
    assert ran.code == 0, ran
    assert Path(ran.out.strip()).is_file()
    assert "built-in Sketch engine (no AI model)" in ran.err
