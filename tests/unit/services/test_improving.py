"""A prompt that a language model of the engine writes better: a job whose result is a text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine import Ended, Failure, ServerFile
from oelala_desktop.domain.errors import EngineAnswer, NotRunnable, OelalaError
from oelala_desktop.domain.job import Job, JobError, JobState
from oelala_desktop.services.queue.improving import Improver
from tests.clock import SetClock
from tests.unit.domain.samples import shipped
from tests.unit.node_table import EVERYTHING, without

from .desk import JobDesk, paused_desk
from .disk import Disk
from .test_jobs import photo

WAN = shipped("image-to-video.wan22-14b")
LTX = shipped("image-to-video.ltx23")


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


@pytest.fixture
def improver(desk: JobDesk) -> Improver:
    return Improver(desk.jobs, desk.registry, desk.folder / "improved")


def asked(job: Job) -> tuple[str, dict[str, object]]:
    """The class that writes, and what it is given."""
    (row,) = (row for row in job.graph.values() if str(row["class_type"]).startswith("TextGenerate"))
    return str(row["class_type"]), dict(row["inputs"])


async def test_it_is_a_job_as_any_other(desk: JobDesk, improver: Improver) -> None:
    picture = photo(desk.folder)
    job = await improver.ask(WAN, "a {boat|ship} leaves", str(picture), desk.engine)
    assert (job.tool, job.preset, job.state) == ("improve", "improve.qwen3-vl", JobState.QUEUED)
    assert job.title == "Improve: a {boat|ship} leaves" and Path(job.out_dir) == desk.folder / "improved"
    writer, inputs = asked(job)
    prompt = str(inputs["prompt"])
    assert writer == "TextGenerate" and prompt.endswith("Prompt:\na {boat|ship} leaves"), "no choice is drawn of it"
    assert "image" in inputs and "The picture is where it begins" in prompt
    assert desk.queue() == [job.id]


async def test_without_a_picture_none_is_spoken_of(desk: JobDesk, improver: Improver) -> None:
    job = await improver.ask(WAN, "a boat", None, desk.engine)
    _, inputs = asked(job)
    assert "image" not in inputs and "picture is where" not in str(inputs["prompt"])
    assert {row["class_type"] for row in job.graph.values()} == {"CLIPLoader", "TextGenerate", "SaveText"}


async def test_a_model_with_a_writer_of_its_own_has_that_and_the_prompt_alone(
    desk: JobDesk, improver: Improver
) -> None:
    writer, inputs = asked(await improver.ask(LTX, "a boat", None, desk.engine))
    assert (writer, inputs["prompt"]) == ("TextGenerateLTX2Prompt", "a boat")


async def test_one_that_cannot_see_is_given_no_picture(desk: JobDesk, improver: Improver) -> None:
    desk.port.listed = with_clips("qwen_3_4b.safetensors")
    job = await improver.ask(WAN, "a boat", str(photo(desk.folder)), desk.engine)
    assert job.preset == "improve.qwen3" and job.inputs == ()


def with_clips(*names: str) -> Catalog:
    """A server whose only text encoders are these."""
    loader = EVERYTHING.classes["CLIPLoader"]
    inputs = {**loader.inputs, "clip_name": replace(loader.inputs["clip_name"], choices=names)}
    classes = {**EVERYTHING.classes, "CLIPLoader": replace(loader, inputs=inputs)}
    return Catalog({name: node for name, node in classes.items() if name != "LTXAVTextEncoderLoader"})


@pytest.mark.parametrize(
    ("catalog", "words"),
    [
        (without("TextGenerate", "TextGenerateLTX2Prompt"), "Update ComfyUI"),
        (with_clips("clip_l.safetensors"), "Put qwen3vl_4b_fp8_scaled.safetensors into ComfyUI/models/text_encoders/"),
        (replace(without("TextGenerate", "TextGenerateLTX2Prompt"), sketch=True), "Connect a ComfyUI"),
    ],
)
async def test_what_is_lacking_is_a_sentence(desk: JobDesk, improver: Improver, catalog: Catalog, words: str) -> None:
    desk.port.listed = catalog
    with pytest.raises(NotRunnable, match=words):
        await improver.ask(WAN, "a boat", None, desk.engine)
    assert desk.queue() == []


async def written(desk: JobDesk, improver: Improver, content: bytes) -> str:
    job = await improver.ask(WAN, "a boat", None, desk.engine)
    name = f"{job.id}_00001_.txt"
    desk.port.contents[name] = content
    await desk.jobs.pause(False)
    (handle,) = await desk.port.has(1)
    desk.port.standings[handle] = Ended((ServerFile(name, "oelala", "output", "5"),), None, 1.0)
    await desk.end_of(job.id)
    return await improver.written(job.id)


async def test_what_it_wrote(desk: JobDesk, improver: Improver) -> None:
    assert await written(desk, improver, b'<think>hm</think>\n"A boat leaves."\n') == "A boat leaves."


async def test_an_answer_without_a_prompt_is_told(desk: JobDesk, improver: Improver) -> None:
    with pytest.raises(EngineAnswer, match="without a prompt"):
        await written(desk, improver, b"<think>for ever")


async def test_a_job_that_fails_says_why(desk: JobDesk, improver: Improver) -> None:
    job = await improver.ask(WAN, "a boat", None, desk.engine)
    await desk.jobs.pause(False)
    (handle,) = await desk.port.has(1)
    desk.port.standings[handle] = Ended((), Failure(JobError("It ran out of memory.")), 1.0)
    await desk.end_of(job.id)
    with pytest.raises(OelalaError, match="out of memory"):
        await improver.written(job.id)


async def test_one_that_is_cancelled_wrote_nothing(desk: JobDesk, improver: Improver) -> None:
    job = await improver.ask(WAN, "a boat", None, desk.engine)
    await desk.jobs.cancel(job.id)
    assert await improver.written(job.id) == ""
