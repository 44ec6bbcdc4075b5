"""A job of ours is cancelled, and nobody else's, whatever the server's release makes of an interrupt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from oelala_desktop.domain.job import JobState

from .hostile import Hostile
from .rig import Server, running_app
from .test_queue import ONE, on_server

#: without interrupts by id; with them; with a route that cancels one job
RELEASES = ["0.3.50", "0.3.57", "0.8.0"]


@pytest.fixture(scope="module", params=RELEASES)
def one_release(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("release") / "server", protocol=request.param)
    yield made
    made.kill()


@pytest.fixture
def release(one_release: Server) -> Server:
    one_release.clear()
    one_release.brake.hold()
    return one_release


async def test_a_waiting_job_goes_and_another_s_runs_on(tmp_path: Path, release: Server) -> None:
    url = release.url
    async with running_app(tmp_path / "other", url) as other, running_app(tmp_path / "home", url) as app:
        theirs = await other.submit(**ONE)
        await other.running(theirs)
        ours = await app.submit(**ONE)
        await app.there(2)
        await app.services.jobs.cancel(ours.id)
        assert (await app.end_of(ours)).state is JobState.CANCELLED
        assert await on_server(url) == ([theirs.id], [])
        release.brake.release()
        assert (await other.end_of(theirs)).state is JobState.DONE


async def test_a_running_job_is_stopped(tmp_path: Path, release: Server) -> None:
    async with running_app(tmp_path / "home", release.url) as app:
        ours = await app.submit(**ONE)
        await app.running(ours)
        await app.services.jobs.cancel(ours.id)
        assert (await app.end_of(ours)).state is JobState.CANCELLED
    assert await on_server(release.url) == ([], [])


async def test_one_call_is_enough_where_the_server_has_it(tmp_path: Path, held: Hostile) -> None:
    async with running_app(tmp_path / "home", held.url) as app:
        ours = await app.submit(**ONE)
        await app.running(ours)
        await app.services.jobs.cancel(ours.id)
        assert (await app.end_of(ours)).state is JobState.CANCELLED
    assert f"POST /api/jobs/{ours.id}/cancel" in held.seen
    assert "POST /interrupt" not in held.seen


async def test_a_version_that_is_not_known_is_taken_for_an_old_one(tmp_path: Path, held: Hostile) -> None:
    held.say("POST /api/jobs", "no such route", 404)
    held.say("/system_stats", '{"system": {"sketch": "yes"}, "devices": []}')
    async with running_app(tmp_path / "home", held.url) as app:
        first = await app.submit(**ONE)
        await app.running(first)
        second = await app.submit(**ONE)
        await app.there(2)
        await app.services.jobs.cancel(second.id)
        assert (await app.end_of(second)).state is JobState.CANCELLED
        assert "POST /interrupt" not in held.seen
        await app.services.jobs.cancel(first.id)
        assert (await app.end_of(first)).state is JobState.CANCELLED
        assert "POST /interrupt" in held.seen


def test_sketch_behaves_as_the_release_that_it_names(release: Server) -> None:
    with httpx.Client(base_url=release.url) as http:
        assert http.get("/system_stats").json()["system"]["comfyui_version"] == release.protocol
        answer = http.post("/api/jobs/of-nobody/cancel")
        if release.protocol == "0.8.0":
            assert (answer.status_code, answer.json()) == (200, {"cancelled": False})
        else:
            assert answer.status_code == 404
            assert http.get("/api/jobs").status_code == 404
