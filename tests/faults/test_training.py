"""A training over the wire: pictures and captions go up once, the weights are fetched by the name that only they can
have, and a training that came to nothing says so."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from oelala_desktop.domain.events import JobProgressed
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.metadata import job_of_weights, read
from oelala_desktop.services.queue.jobs import Wish

from .hostile import Hostile, hostile_server
from .rig import App, running_app
from .trainer import PRESET, TENSORS, Trainer, pictures, weights, with_log


@asynccontextmanager
async def studio(folder: Path, trainer: Trainer) -> AsyncIterator[tuple[Hostile, App]]:
    async with (
        hostile_server(folder / "server", nodes=trainer.classes) as hostile,
        running_app(folder / "home", hostile.url) as app,
    ):
        yield hostile, app


def wish(app: App, dataset: object, **values: Any) -> Wish:
    given = {"preset": PRESET, "dataset": str(dataset), "steps": 3, **values}
    return Wish("train-lora", given, app.services.paths.output)


async def trained(app: App, dataset: object, **values: Any) -> Job:
    (job,) = await app.services.jobs.submit(wish(app, dataset, **values), app.engine)
    return await app.end_of(job)


def uploads(hostile: Hostile) -> int:
    return hostile.seen.count("POST /upload/image")


@pytest.mark.parametrize("older", [False, True])
async def test_from_a_folder_to_a_lora(tmp_path: Path, older: bool) -> None:
    trainer = Trainer(older=older)
    async with studio(tmp_path, trainer) as (hostile, app):
        job = await trained(app, pictures(tmp_path / "given"), trigger="hrbr", lora_name="Harbour style")
        assert job.state is JobState.DONE, job.error
        assert trainer.seen == {
            "0001.png": "hrbr, a harbour, view 0",
            "0002.png": "hrbr, a harbour, view 1",
            "0003.png": "hrbr",
        }
        assert [str(said) for said in job.warnings] == [
            "1 of 3 pictures has no caption; what is in them is learnt with the trigger word alone."
        ]
        lora = job.main_output
        assert lora is not None and (lora.kind, lora.role) == ("model", "")
        path = Path(lora.path)
        assert path.parent == app.services.paths.output and path.name.endswith("_Harbour style.safetensors")
        assert path.read_bytes().endswith(TENSORS) and job_of_weights(path) == job.id
        (curve,) = [output for output in job.outputs if output.role == "curve"]
        assert Path(curve.path).name == path.name.replace("Harbour style.safetensors", "curve.png")
        assert read(Path(curve.path)).oelala_params == job.params
        assert uploads(hostile) == 6
        assert ("offloading" in trainer.trained[0]) is not older


async def test_what_is_there_is_not_sent_again(tmp_path: Path) -> None:
    trainer, given = Trainer(), pictures(tmp_path / "given")
    async with studio(tmp_path, trainer) as (hostile, app):
        await trained(app, given)
        assert uploads(hostile) == 5
        await trained(app, given, steps=4)
        assert uploads(hostile) == 5
        async with running_app(tmp_path / "other", hostile.url) as other:
            job = await trained(other, given)
        assert job.state is JobState.DONE and uploads(hostile) == 5, "nor by another process"
        (given / "harbour 0.txt").write_text("a harbour in fog")
        await trained(app, given)
        assert trainer.seen["0001.png"] == "a harbour in fog"


async def test_the_loss_is_told_live_where_the_server_shows_its_log(tmp_path: Path) -> None:
    trainer = Trainer()
    async with studio(tmp_path, trainer) as (hostile, app):
        asked: list[Any] = []

        async def subscribed(request: Request) -> Response:
            asked.append(await request.json())
            return Response()

        hostile.answers["PATCH /internal/logs/subscribe"] = subscribed
        hostile.frames = with_log(3)
        losses = []
        app.services.bus.subscribe(JobProgressed, lambda event: losses.append(event.progress.losses))
        trainer.gate.clear()
        (job,) = await app.services.jobs.submit(wish(app, pictures(tmp_path / "given")), app.engine)
        await app.until(lambda: losses and losses[-1] == ((1, 1.0), (2, 0.5), (3, 0.3333)), "the losses")
        assert asked[0]["enabled"] is True and asked[0]["clientId"]
        trainer.gate.set()
        assert (await app.end_of(job)).state is JobState.DONE


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (None, "fetch", "does not give out"),
        (weights()[:-1], "fetch", "The server sent a damaged file: .* is incomplete: it lacks 1 bytes."),
        (b"<!doctype html>", "fetch", "The server sent a web page instead of"),
    ],
)
async def test_a_training_without_weights_fails_aloud(
    tmp_path: Path, content: bytes | None, kind: str, words: str
) -> None:
    trainer = Trainer()
    trainer.content = content
    async with studio(tmp_path, trainer) as (_, app):
        job = await trained(app, pictures(tmp_path / "given"))
        assert job.state is JobState.FAILED and job.error is not None
        assert job.error.kind == kind and re.search(words, job.error.message), job.error.message
        left = [path.suffix for path in app.services.paths.output.iterdir()]
        assert left == [".png"], "the curve alone is no result, but is not taken away"


async def test_a_job_that_its_server_forgot_is_found_by_its_weights(tmp_path: Path) -> None:
    trainer = Trainer()
    async with studio(tmp_path, trainer) as (hostile, app):
        hostile.say("GET /history", "{}")
        job = await trained(app, pictures(tmp_path / "given"))
        assert job.state is JobState.DONE, job.error
        assert [output.kind for output in job.outputs] == ["model"]


async def test_a_retry_has_a_file_of_its_own(tmp_path: Path) -> None:
    async with studio(tmp_path, Trainer()) as (_, app):
        job = await trained(app, pictures(tmp_path / "given"))
        again = await app.end_of(await app.services.jobs.retry(job.id, app.engine))
        assert again.state is JobState.DONE, again.error
        one, other = job.main_output, again.main_output
        assert one is not None and other is not None and one.path != other.path


async def test_a_curve_that_cannot_be_drawn_costs_no_training(tmp_path: Path) -> None:
    """The server says that the job failed, and the weights are there."""
    trainer = Trainer()
    trainer.draws = False
    async with studio(tmp_path, trainer) as (_, app):
        job = await trained(app, pictures(tmp_path / "given"))
        assert job.state is JobState.DONE, job.error
        assert [output.kind for output in job.outputs] == ["model"]
        assert "no curve of its losses came" in await app.notice()
        trainer.content = None
        job = await trained(app, pictures(tmp_path / "given"), steps=4)
        assert job.state is JobState.FAILED and job.error is not None and "Loss curve" in job.error.message
