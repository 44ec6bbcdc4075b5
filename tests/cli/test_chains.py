"""`oelala generate … --then …` and `--continue`."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.bootstrap import Services
from oelala_desktop.cli.steps import continued_file
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.storage.paths import Paths
from tests.cli.program import HARBOUR, Program
from tests.waiting import until

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1"}
SET = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]


def test_steps_one_after_the_other_and_on_from_the_last(oelala: Program) -> None:
    steps = ["--then", "image-to-video", "--prompt", "zoom in", *SET, "--then", "image-to-video", *SET]
    ran = oelala.run("generate", "text-to-image", "--prompt", "a pier", "--engine", "sketch", *steps)
    assert ran.code == 0, ran
    files = [Path(line) for line in ran.out.splitlines()]
    assert [file.suffix for file in files] == [".png", ".mp4", ".mp4"]
    rows = oelala.run("jobs", "--json").lines[-3:]
    assert [row["chain"]["number"] for row in rows] == [1, 2, 3]
    assert [row["after"] for row in rows[1:]] == [row["job_id"] for row in rows[:2]]
    assert rows[1]["prompt"] == "zoom in"
    for name in (str(files[2]), rows[2]["job_id"][:8]):
        ran = oelala.run("generate", "image-to-video", "--continue", name, "--engine", "sketch", "--json", *SET)
        assert ran.code == 0, ran
        assert [(out.get("role"), out["frames"]) for out in ran.last["outputs"]] == [(None, 5), ("joined", 9)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--then"], "name the tool"),
        (["--then", "--prompt", "x"], "name the tool"),
        (["--then", "image-to-video", "--then"], "name the tool"),
        (["--then", "image-to-video", "--json"], "--json is for all steps"),
        (["--then", "image-to-video", "--out", "."], "--out is for all steps"),
        (["--then", "image-to-vide"], "Did you mean image-to-video"),
        (["--then", "video-to-video"], "Step 2, Video to Video"),
        (["--then", "image-to-video", "--set", "steps=0"], "Step 2, Image to Video: steps"),
        (["--grid", "seed=1,2", "--then", "image-to-video"], "--then goes with one wish at a time"),
        (["--grid", "seed=1,2", "--continue", "a.mp4"], "--continue goes with one wish at a time"),
        (["--continue", "nothing.mp4"], "no file and no job named nothing.mp4"),
        (["--continue", "987654"], "no longer in My Media"),
        (["--continue", ""], "cannot go on from a video"),
        (["--dry-run", "--then", "image-to-video"], "--then goes with one wish at a time, not with --dry-run."),
        (["--continue", str(HARBOUR)], "Text to Image cannot go on from a video"),
    ],
)
def test_what_cannot_go_on_is_told_at_once(oelala: Program, words: list[str], sentence: str) -> None:
    ran = oelala.run("generate", "text-to-image", "--prompt", "a pier", "--engine", "sketch", *words)
    assert ran.code == 2 and sentence in ran.sentence, ran
    assert ran.out == ""


async def test_a_file_of_my_media_by_its_id(fresh: Program) -> None:
    ran = fresh.run("generate", "text-to-video", "--prompt", "a pier", "--engine", "sketch", *SET)
    paths = Paths(fresh.home, fresh.home / "output")
    async with Services(paths) as services:
        await services.library.start()
        query = MediaQuery()
        (number,) = await until(lambda: services.library.ids(query), "the file")
    async with Services(paths) as services:
        assert await continued_file(services, str(number)) == Path(ran.out.strip())
