"""A LoRA from the command line: where nothing trains it says why, and what is wrong with the pictures it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.faults.trainer import pictures


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("training") / "home")
    yield program
    program.stop_sketch()


def test_sketch_trains_nothing(studio: Program, tmp_path: Path) -> None:
    folder = pictures(tmp_path / "harbour")
    ran = studio.run("generate", "train-lora", "--engine", "sketch", "--input", f"dataset={folder}")
    assert ran.code == 2
    assert "Train LoRA needs an AI model, and the built-in Sketch engine runs none." in ran.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "Pictures with captions are missing: give them with dataset."),
        (["--input", "dataset=gone"], "gone is not there"),
        (["--input", "dataset=.", "--set", "steps=1"], "steps: 1 is outside 2 to 100000."),
        (["--input", "dataset=.", "--set", "lora_name=a/b"], "lora_name: a file cannot be called so everywhere"),
    ],
)
def test_what_is_wrong_is_told_before_an_engine_is_asked(studio: Program, given: list[str], words: str) -> None:
    ran = studio.run("generate", "train-lora", *given)
    assert ran.code == 2 and words in ran.err
