"""A server that is well but does not tell what became of a job: the tries are bounded, its files are looked for by
name, the end is told, and the next job is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from oelala_desktop.comfy import client
from oelala_desktop.domain.job import Job, JobState

from .hostile import Hostile
from .rig import QUICK, App, faults_in, running_app

ONE = {"clip_count": 1}
Bad = Callable[[str], Response]
SOON = replace(QUICK, baffled_tries=4, baffled_pause=0.01)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_LIMIT", 2**20)


def broken(_job_id: str) -> Response:
    return Response("boom", 500)


def endless(job_id: str) -> Response:
    return JSONResponse({job_id: {"prompt": "x" * 2**21}})


def forgotten(_job_id: str) -> Response:
    return JSONResponse({})


def gibberish(_job_id: str) -> Response:
    return Response("<html>")


def say_of(hostile: Hostile, bad: Bad, ids: set[str]) -> None:
    """The history of these jobs alone."""

    async def answer(request: Request) -> Response | None:
        job_id = request.scope["path"].rpartition("/")[2]
        return bad(job_id) if job_id in ids else None

    hostile.answers["GET /history"] = answer


async def two_stuck_and_one_more(app: App, hostile: Hostile, bad: Bad) -> list[Job]:
    await app.services.jobs.pause(True)
    jobs = [await app.submit(**ONE, seed=n) for n in range(3)]
    say_of(hostile, bad, {job.id for job in jobs[:2]})
    await app.services.jobs.pause(False)
    return [await app.end_of(job) for job in jobs]


@pytest.mark.parametrize("bad", [broken, endless, gibberish, forgotten])
async def test_a_result_is_found_by_its_name(tmp_path: Path, hostile: Hostile, bad: Bad) -> None:
    async with running_app(tmp_path / "home", hostile.url, rules=SOON) as app:
        ended = await two_stuck_and_one_more(app, hostile, bad)
    assert [job.state for job in ended] == [JobState.DONE] * 3
    assert not faults_in(tmp_path / "home", ended, files=1)


@pytest.mark.parametrize(
    ("bad", "state"), [(broken, JobState.FAILED), (endless, JobState.FAILED), (forgotten, JobState.LOST)]
)
async def test_without_a_result_it_is_over_and_told(
    tmp_path: Path, hostile: Hostile, bad: Bad, state: JobState
) -> None:
    async with running_app(tmp_path / "home", hostile.url, rules=SOON) as app:
        await app.services.jobs.pause(True)
        jobs = [await app.submit(**ONE, seed=n) for n in range(3)]

        async def view(request: Request) -> Response | None:
            stuck = any(request.query_params["filename"].startswith(job.prefix.rpartition("/")[2]) for job in jobs[:2])
            return Response("boom", 500) if stuck else None

        hostile.answers["/view"] = view
        say_of(hostile, bad, {job.id for job in jobs[:2]})
        await app.services.jobs.pause(False)
        ended = [await app.end_of(job) for job in jobs]
    assert [job.state for job in ended] == [state, state, JobState.DONE]
    said = ended[0].error
    assert said is not None
    assert "can be sent again" in said.message
    assert not faults_in(tmp_path / "home", ended, files=1)


@pytest.mark.parametrize("status", [405, 501, 403, 500])
async def test_where_head_is_refused_get_asks(tmp_path: Path, hostile: Hostile, status: int) -> None:
    hostile.say("HEAD /view", "", status)
    async with running_app(tmp_path / "home", hostile.url, rules=SOON) as app:
        ended = await two_stuck_and_one_more(app, hostile, forgotten)
    assert [job.state for job in ended] == [JobState.DONE] * 3
    assert not faults_in(tmp_path / "home", ended, files=1)


async def test_one_job_s_trouble_holds_up_no_other(tmp_path: Path, hostile: Hostile) -> None:
    """The first is asked about for ever, so to speak; the second, asked about in the same breath, is done meanwhile."""
    patient = replace(SOON, baffled_tries=10**6)
    async with running_app(tmp_path / "home", hostile.url, rules=patient) as app:
        await app.services.jobs.pause(True)
        stuck, fine = await app.submit(**ONE), await app.submit(**ONE, seed=2)
        say_of(hostile, broken, {stuck.id})
        await app.services.jobs.pause(False)
        assert (await app.end_of(fine)).state is JobState.DONE
        assert (await app.services.jobs.find(stuck.id)).state in (JobState.SENT, JobState.RUNNING)


async def test_a_queue_that_cannot_be_read_leaves_the_history(tmp_path: Path, hostile: Hostile) -> None:
    hostile.say("GET /queue", "boom", 500)
    async with running_app(tmp_path / "home", hostile.url, rules=SOON) as app:
        ended = [await app.end_of(await app.submit(**ONE, seed=n)) for n in range(2)]
    assert [job.state for job in ended] == [JobState.DONE] * 2
    assert not faults_in(tmp_path / "home", ended, files=1)


async def test_a_cancelled_job_of_which_nothing_is_told_is_cancelled(tmp_path: Path, hostile: Hostile) -> None:
    async with running_app(tmp_path / "home", hostile.url, rules=SOON) as app:
        await app.services.jobs.pause(True)
        job = await app.submit(**ONE)
        say_of(hostile, broken, {job.id})
        # neither the queue nor the socket tells of it either
        hostile.say("GET /queue", '{"queue_running": [], "queue_pending": []}')
        hostile.frames = lambda frame: []
        await app.services.jobs.pause(False)
        await hostile.news.until(lambda: f"GET /history/{job.id}" in hostile.seen, "a question about the job")
        await app.services.jobs.cancel(job.id)
        assert (await app.end_of(job)).state is JobState.CANCELLED
