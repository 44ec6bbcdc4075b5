"""Choices in prompts from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from oelala_desktop.metadata import read
from tests.cli.program import Program

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1"}


def test_a_prompt_that_is_typed_is_drawn_by_the_seed(oelala: Program) -> None:
    (oelala.home / "wildcards" / "sea").mkdir(parents=True, exist_ok=True)
    (oelala.home / "wildcards" / "sea" / "birds.txt").write_text("# two\nheron\ngull\n")
    text = "a {calm|wild|still} sea, a __sea/birds__"
    runs = [oelala.generate("text-to-video", "--prompt", text, seed=seed, variations=2, **TINY) for seed in (1, 2)]
    assert all(ran.code == 0 for ran in runs), runs
    drawn = [{line["seed"]: line["prompt"] for line in ran.lines if line["event"] == "finished"} for ran in runs]
    assert drawn[0][2] == drawn[1][2]
    assert all(set("{}|_").isdisjoint(prompt) for found in drawn for prompt in found.values())
    found = read(Path(runs[0].last["outputs"][0]["path"]))
    assert found.info.prompt == drawn[0][runs[0].last["seed"]]
    assert (found.oelala_params or {})["prompt_choices"] == text
    path = runs[0].last["outputs"][0]["path"]
    (row,) = oelala.run("metadata", path, "--json").lines
    assert row["prompt_choices"] == text and "negative_prompt_choices" not in row
    assert f"  prompt choices        {text}" in oelala.run("metadata", path).out.splitlines()


def test_a_settings_file_draws_only_if_it_says_so(oelala: Program, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"

    def prompt_of(values: dict[str, object], *arguments: str) -> str:
        file.write_text(json.dumps(values))
        ran = oelala.generate("text-to-image", "--settings", file, *arguments, "--dry-run")
        assert ran.code == 0, ran
        return str(ran.last["prompt"])

    assert prompt_of({"prompt": "{a|a}"}) == "{a|a}"
    assert prompt_of({"prompt": "{a|a}", "choices": True}) == "a"
    assert prompt_of({"prompt": "{a|a}"}, "--prompt", "{b|b}") == "b"
    assert prompt_of({"prompt": "{a|a}", "choices": False}, "--prompt", "{b|b}") == "{b|b}"
    assert prompt_of({"prompt": "{a|a}"}, "--set", "choices=on") == "a"


def test_a_wildcard_that_is_not_there(oelala: Program) -> None:
    ran = oelala.generate("text-to-video", "--prompt", "a __nowhere__", **TINY)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence.startswith("prompt: there is no wildcard nowhere (no nowhere.txt in ")
