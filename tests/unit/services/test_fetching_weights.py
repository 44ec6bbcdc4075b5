"""The weights of a training, from the server into the output folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer
from oelala_desktop.domain.job import Job
from oelala_desktop.metadata import read
from oelala_desktop.services.queue.fetching import already_there, fetch_result, places, result_stem
from tests.faults.trainer import weights
from tests.unit.domain.samples import some_job

from .fake_engine import FakeEngine

LORA = ServerFile("j1_00001_.safetensors", "oelala", "output", "1")
CURVE = ServerFile("ComfyUI_temp_x_00001_.png", "", "temp", "2", since=77.0)


@pytest.fixture
def training(tmp_path: Path) -> Job:
    graph = {"1": {"class_type": "SaveLoRA", "inputs": {"prefix": "oelala/j1"}}}
    return some_job(out_dir=str(tmp_path / "out"), graph=graph, values={"lora_name": "Harbour"})


async def test_weights_are_fetched_once_under_the_name_that_was_given(training: Job) -> None:
    engine = FakeEngine()
    engine.contents[LORA.filename] = weights()
    curve, lora = places(training, (CURVE, LORA))
    assert (curve.role, lora.role) == ("curve", "")
    assert lora.stem == f"{result_stem(training)}_Harbour" and curve.stem == f"{result_stem(training)}_curve"
    made = await fetch_result(engine, training, lora)
    assert (made.kind, Path(made.path).name) == ("model", f"{lora.stem}.safetensors")
    assert await fetch_result(engine, training, lora) == made
    assert engine.fetched == [(LORA.filename, None)], "what an earlier try brought is this job's by its own words"
    drawn = await fetch_result(engine, training, curve)
    assert (drawn.kind, drawn.role) == ("image", "curve") and read(Path(drawn.path)).oelala_params == training.params


@pytest.mark.parametrize("content", [weights()[:-1], weights() + b"x", b"no weights"])
async def test_weights_that_are_not_whole_are_no_result(training: Job, content: bytes) -> None:
    engine = FakeEngine()
    engine.contents[LORA.filename] = content
    with pytest.raises(EngineAnswer, match=r"^The server sent a damaged file: "):
        await fetch_result(engine, training, places(training, (LORA,))[0])
    assert list(Path(training.out_dir).iterdir()) == []


def test_weights_of_another_are_not_taken_for_ours(training: Job, tmp_path: Path) -> None:
    (lora,) = places(training, (LORA,))
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / f"{lora.stem}.safetensors"
    for content in (weights(), b"cut"):
        path.write_bytes(content)
        assert already_there(path.parent, lora.stem, training, "") is None


@pytest.mark.parametrize("value", ["../../x", "a/b", "c:d", "x" * 61, 7, None])
def test_a_name_that_no_file_may_have_is_not_taken(training: Job, value: object) -> None:
    """A preset may have a setting of its own called so, of whatever kind."""
    (lora,) = places(replace(training, values={"lora_name": value}), (LORA,))
    assert lora.stem == result_stem(training)
