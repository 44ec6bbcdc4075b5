"""What cannot be done as asked: one sentence that names the file or the field, exit code 2, and nothing stored."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.cli.program import HARBOUR, Program, Result

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A home in which nothing is ever made."""
    program = Program(tmp_path_factory.mktemp("bad") / "home")
    yield program
    program.stop_sketch()


def assert_refused(program: Program, ran: Result, *words: str, code: int = 2) -> None:
    assert ran.code == code, ran
    assert ran.out == ""
    sentence = ran.sentence
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith((".", "?"))
    assert "Traceback" not in ran.err
    assert stored(program) == (0, [])


def stored(program: Program) -> tuple[int, list[str]]:
    """Jobs and results of that home. A picture that was sound by itself may be kept: what no job names goes later."""
    with sqlite3.connect(program.home / "jobs.sqlite3") as database:
        jobs = database.execute("SELECT count(*) FROM jobs").fetchone()[0]
    database.close()
    return jobs, program.files()


# Pictures


def encoded(size: tuple[int, int], kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 40,000 × 40,000 in 200 KB."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(5_001 * 40_000), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "words.jpg": (lambda: b"just words", "is not a picture that Oelala reads"),
    "page.png": (lambda: b"<html>not found</html>", "is not a picture that Oelala reads"),
    "half.jpg": (lambda: encoded((600, 600), "JPEG")[:30_000], "is damaged or cut short"),
    "empty.png": (lambda: b"", "is empty (0 bytes)"),
    "bomb.png": (bomb, "megapixels"),
    "line.png": (lambda: encoded((30_000, 10)), "is 30000 × 10; it must be at least 64 × 64"),
}


@pytest.fixture(scope="module")
def files_given(program: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What came of each of FILES."""
    folder = tmp_path_factory.mktemp("files")
    for name, (make, _) in FILES.items():
        (folder / name).write_bytes(make())
    words = ("generate", "image-to-video", "--engine", "sketch", "--json", "--image")
    return program.run_all({name: (*words, folder / name) for name in FILES})


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_pictures(program: Program, files_given: dict[str, Result], name: str) -> None:
    assert_refused(program, files_given[name], name, FILES[name][1])


def test_a_picture_that_is_not_there(program: Program, tmp_path: Path) -> None:
    ran = program.generate("image-to-video", "--image", tmp_path / "gone.png")
    assert_refused(program, ran, "gone.png is not there", str(tmp_path))


def test_a_folder(program: Program, tmp_path: Path) -> None:
    assert_refused(program, program.generate("image-to-video", "--image", tmp_path), f"{tmp_path.name} is a folder")


def test_an_end_picture_that_is_none(program: Program, tmp_path: Path) -> None:
    (tmp_path / "words.png").write_bytes(b"words")
    ran = program.generate("image-to-video", "--image", HARBOUR, "--end-image", tmp_path / "words.png")
    assert_refused(program, ran, "words.png is not a picture")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(program: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(encoded((100, 100)))
    (tmp_path / "mine.png").chmod(0)
    ran = program.generate("image-to-video", "--image", tmp_path / "mine.png")
    assert_refused(program, ran, "mine.png may not be read")


# Settings

SETTINGS: dict[str, tuple[dict[str, object], str]] = {
    "no number": ({"steps": "many"}, "steps: expected a whole number, not 'many'."),
    "too large": ({"duration": 16}, "duration: 16 is outside 1 to 15."),
    "endless": ({"duration": "inf"}, "duration: expected a number, not 'inf'."),
    "enormous": ({"steps": "9" * 400}, "steps: expected a whole number"),
    "seed": ({"seed": 2**64}, "seed: a seed is −1 (random) or between 0 and 18446744073709551615."),
    "frames": ({"num_frames": 32}, "num_frames: 32 is not 4k + 1; the nearest are 29 and 33."),
    "frames and duration": ({"num_frames": 33, "duration": 5}, "num_frames: 33 contradicts duration"),
    "choice": ({"resolution": "4k"}, "resolution: '4k' is not one of 480p, 576p, 720p, 1080p."),
    "unknown key": (
        {"sampler_name": "euler"},
        "sampler_name is not a setting of Image to Video. Did you mean sampler?",
    ),
    "preset": ({"preset": "skecth"}, "no preset of Image to Video named skecth. Did you mean sketch?"),
    "LoRA JSON": ({"lora_configs": "[{"}, "lora_configs: expected JSON like"),
    "LoRA row": ({"lora_configs": '[{"hihg": "a"}]'}, "lora_configs: entry 1 has the unknown key 'hihg'."),
    "allocations": (
        {"expert_mode_allocations": "garbage"},
        "expert_mode_allocations: “garbage” is not of the form cuda:0,8gb.",
    ),
    "switch step": ({"switch_step": 6}, "switch_step: 6 must be less than the 6 steps."),
    "switch": ({"sage_attention": "perhaps"}, "sage_attention: expected on or off, not 'perhaps'."),
}


@pytest.fixture(scope="module")
def settings_given(program: Program) -> dict[str, Result]:
    """What came of each of SETTINGS."""
    words = ("generate", "image-to-video", "--engine", "sketch", "--json", "--image", HARBOUR)
    pairs = {case: [f"--set={k}={v}" for k, v in values.items()] for case, (values, _) in SETTINGS.items()}
    return program.run_all({case: (*words, *rest) for case, rest in pairs.items()})


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(program: Program, settings_given: dict[str, Result], case: str) -> None:
    assert_refused(program, settings_given[case], SETTINGS[case][1])


SETTINGS_FILES = {
    "broken": ("{", "broken.json is not JSON: "),
    "list": ("[1]", "list.json does not hold one JSON object"),
    "NaN": ('{"steps": NaN}', "steps: expected a number, not nan."),
    "typo": ('{"stpes": 3}', "Did you mean steps?"),
    "gone": (None, "gone.json cannot be read: No such file"),
}


@pytest.fixture(scope="module")
def settings_files_given(program: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What came of each of SETTINGS_FILES."""
    folder = tmp_path_factory.mktemp("settings")
    for name, (content, _) in SETTINGS_FILES.items():
        if content is not None:
            (folder / f"{name}.json").write_text(content)
    words = ("generate", "image-to-video", "--engine", "sketch", "--image", HARBOUR, "--settings")
    return program.run_all({name: (*words, folder / f"{name}.json") for name in SETTINGS_FILES})


@pytest.mark.parametrize("name", SETTINGS_FILES)
def test_settings_files(program: Program, settings_files_given: dict[str, Result], name: str) -> None:
    assert_refused(program, settings_files_given[name], SETTINGS_FILES[name][1])


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "tool": (("generate", "image2video"), "There is no tool named image2video. Did you mean image-to-video?"),
    "nothing to learn from": (
        ("generate", "train-lora", "--engine", "http://127.0.0.1:9"),
        "Pictures with captions are missing: give them with dataset.",
    ),
    "no picture": (
        ("generate", "image-to-video", "--engine", "http://127.0.0.1:9"),
        "A picture is missing: give one with image.",
    ),
    "gone picture": (
        ("generate", "image-to-video", "--engine", "http://127.0.0.1:9", "--image", "gone.png"),
        "gone.png is not there",
    ),
    "no use for a picture": (("generate", "text-to-video", "--image", "a.png"), "Text to Video takes no picture."),
    "no value": (("generate", "text-to-video", "--set", "steps"), "--set steps: expected KEY=VALUE."),
    "address": (("generate", "text-to-video", "--engine", "ftp://x"), "“ftp://x” is not an address like"),
    "command": (("no-such-command",), "There is no file and no command named no-such-command."),
}


@pytest.fixture(scope="module")
def commands_given(program: Program) -> dict[str, Result]:
    """What came of each of COMMANDS."""
    return program.run_all({name: words for name, (words, _) in COMMANDS.items()})


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(commands_given: dict[str, Result], name: str) -> None:
    ran = commands_given[name]
    assert ran.code == 2, ran
    assert COMMANDS[name][1] in ran.sentence


def test_usage(program: Program) -> None:
    ran = program.run("generate")
    assert (ran.code, ran.out) == (2, "")
    assert "usage: oelala generate [-h]" in ran.err


@pytest.mark.parametrize("out", ["file/below", "~nobody-of-that-name/x"])
def test_a_folder_that_takes_no_results(program: Program, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").touch()
    folder = out if out.startswith("~") else str(tmp_path / out)
    ran = program.generate("image-to-video", "--image", HARBOUR, "--out", folder)
    assert_refused(program, ran, f"Cannot save into {folder}", "--out", code=1)


# What the engine says


def test_an_ai_preset_on_sketch(program: Program) -> None:
    ran = program.generate("image-to-video", "--image", HARBOUR, preset="wan22-14b")
    assert ran.code == 2, ran
    assert ran.err.splitlines() == [
        "Wan 2.2 14B needs ComfyUI: the built-in Sketch engine runs no AI model.",
        "  Start ComfyUI, or give its address with --engine http://HOST:PORT.",
    ]
    assert stored(program) == (0, [])


def test_an_ai_preset_while_comfyui_is_down(program: Program) -> None:
    """Sketch does not stand in for it, and nothing is said of nodes to install."""
    ran = program.generate("image-to-video", "--image", HARBOUR, engine="auto", preset="wan22-14b")
    assert_refused(program, ran, "Nothing answers at http://127.0.0.1:9;", "Wan 2.2 14B needs it", code=3)


def test_an_engine_that_does_not_answer(program: Program) -> None:
    ran = program.generate("image-to-video", "--image", HARBOUR, engine="http://127.0.0.1:9")
    assert_refused(program, ran, "Nothing answers at http://127.0.0.1:9; start ComfyUI there", code=3)


def test_an_engine_that_refuses_the_job(oelala: Program) -> None:
    """Known only once it has been asked: the job is there, failed, with the sentence at its field."""
    folder = oelala.home / "workflows" / "image-to-video"
    folder.mkdir(parents=True, exist_ok=True)
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}, "_meta": {"title": "Start picture"}},
        "2": {
            "class_type": "ImageScaleBy",
            "inputs": {"image": ["1", 0], "upscale_method": "area", "scale_by": 0.5},
            "_meta": {"title": "Scale"},
        },
        "3": {
            "class_type": "SaveImage",
            "inputs": {"images": ["2", 0], "filename_prefix": "x"},
            "_meta": {"title": "Save picture"},
        },
    }
    table = """
        name = "Half size"
        description = "A preset of one's own."
        [fields.image]
        into = ["Start picture.image"]
        [fields.scale]
        kind = "number"
        default = 0.5
        into = ["Scale.scale_by"]
        [fields.filename]
        into = ["Save picture.filename_prefix"]
    """
    (folder / "half.json").write_text(json.dumps(graph))
    (folder / "half.toml").write_text(table)
    refused = oelala.generate("image-to-video", "--image", HARBOUR, preset="half", scale=100)
    assert refused.code == 1, refused
    assert (refused.last["event"], refused.last["state"]) == ("failed", "failed")
    assert refused.last["error"] == "scale_by of “Scale” is too large: 100.0."
    assert refused.last["outputs"] == []
    taken = oelala.generate("image-to-video", "--image", HARBOUR, preset="half", scale=0.25)
    assert taken.code == 0, taken
    with Image.open(HARBOUR) as whole:
        expected = (whole.width // 4, whole.height // 4)
    assert (taken.last["outputs"][0]["width"], taken.last["outputs"][0]["height"]) == expected


# Pictures that are odd, and taken


def first_frame(ran: Result) -> np.ndarray:
    assert ran.code == 0, ran
    with av.open(ran.last["outputs"][0]["path"]) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)


def halves() -> Image.Image:
    """Red above, green below."""
    picture = Image.new("RGB", (256, 256), (30, 200, 30))
    picture.paste((220, 30, 30), (0, 0, 256, 128))
    return picture


def rotated(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    halves().transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", exif=exif, quality=95)


def sixteen_bit(path: Path) -> None:
    values = np.full((256, 256), 60 * 257, np.uint16)
    values[:128] = 200 * 257
    Image.fromarray(values).save(path, "PNG")


def animated(path: Path) -> None:
    halves().save(path, "GIF", save_all=True, append_images=[Image.new("RGB", (256, 256), (0, 0, 255))])


ODD: dict[str, tuple[Callable[[Path], None], tuple[int, int, int], tuple[int, int, int]]] = {
    "CMYK": (lambda path: halves().convert("CMYK").save(path, "JPEG"), (220, 30, 30), (30, 200, 30)),
    "16 bit": (sixteen_bit, (200, 200, 200), (60, 60, 60)),
    "palette": (lambda path: halves().quantize(8).save(path, "PNG"), (220, 30, 30), (30, 200, 30)),
    "animated": (animated, (220, 30, 30), (30, 200, 30)),
    "rotated": (rotated, (220, 30, 30), (30, 200, 30)),
}


@pytest.fixture(scope="module")
def odd_given(shared_home: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What came of each of ODD."""
    folder = tmp_path_factory.mktemp("odd")
    calls: dict[str, tuple[str | Path, ...]] = {}
    for name, (make, _, _) in ODD.items():
        make(folder / name)
        pairs = [f"--set={k}={v}" for k, v in TINY.items()]
        calls[name] = ("generate", "image-to-video", "--engine", "sketch", "--json", "--image", folder / name, *pairs)
    return shared_home.run_all(calls)


@pytest.mark.parametrize("case", ODD)
def test_odd_pictures_look_right(odd_given: dict[str, Result], case: str) -> None:
    _, above, below = ODD[case]
    frame = first_frame(odd_given[case])
    height, width = frame.shape[:2]
    assert np.abs(frame[height // 8, width // 2] - above).max() < 25
    assert np.abs(frame[-height // 8, width // 2] - below).max() < 25


@pytest.mark.parametrize("what", ["--retry", "--cancel"])
@pytest.mark.parametrize(("name", "words"), [("\udcff", "no job whose id begins with"), ("", "No job is named")])
def test_a_name_that_no_job_can_have(program: Program, what: str, name: str, words: str) -> None:
    """Bytes that are no text, and a script's empty variable: never the list, as if nothing had been asked."""
    assert_refused(program, program.run("jobs", what, name), words)
