"""The queue: what waits here can be reordered, paused and cancelled; the server has one running and one waiting of
ours; jobs of others before ours are counted right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import QueuePaused
from oelala_desktop.domain.job import Job, JobState

from .hostile import Hostile
from .proxy import Fault, Proxy
from .rig import Server, faults_in, running_app

ONE = {"clip_count": 1}


async def on_server(url: str) -> tuple[list[str], list[str]]:
    async with httpx.AsyncClient(base_url=url) as http:
        queue = (await http.get("/queue")).json()
    return [row[1] for row in queue["queue_running"]], [row[1] for row in queue["queue_pending"]]


async def test_one_runs_and_one_waits_there_the_others_here(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        jobs = [await app.submit(**ONE, seed=n) for n in range(5)]
        await app.there(2)
        server.brake.release()
        ended = [await app.end_of(job) for job in jobs]
    assert max(app.counted) == 2
    assert [job.state for job in ended] == [JobState.DONE] * 5
    assert [job.started_at for job in ended] == sorted(job.started_at or 0 for job in ended)


async def test_reorder_pause_and_resume(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        await service.pause(True)
        a, b, c, d = [(await app.submit(**ONE, seed=n)).id for n in range(4)]
        await service.move(d, a)
        await service.move(a, None)
        await service.move(c, b)
        await service.cancel(b)
        with pytest.raises(NotFound):
            await service.move(b, None)
        assert await on_server(server.url) == ([], [])
    # the pause and the order outlive the app
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        told: list[QueuePaused] = []
        app.services.bus.subscribe(QueuePaused, told.append)
        taken = await app.take_up()
        assert service.is_paused
        assert told == [QueuePaused(True)], "a window that asked before the pause was read"
        assert [job.id for job in taken] == [d, c, a]
        await app.looked()
        assert await on_server(server.url) == ([], [])
        await service.pause(False)
        ended = {job.id: job for job in await service.wait_for([a, b, c, d])}
    assert ended[b].state is JobState.CANCELLED
    finished = sorted((a, c, d), key=lambda i: ended[i].started_at or 0)
    assert finished == [d, c, a]
    assert not faults_in(tmp_path / "home", list(ended.values()), files=1)


async def test_jobs_of_others_are_counted_and_left_alone(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "other", server.url) as other, running_app(tmp_path / "home", server.url) as app:
        theirs = [await other.submit(**ONE, seed=n) for n in range(2)]
        await app.there(2)
        ours = await app.submit(**ONE)
        await app.until(lambda: 2 in app.ahead, "two jobs before ours")
        spare = await app.submit(**ONE, seed=9)
        await app.there(4)
        await app.services.jobs.cancel(spare.id)
        assert (await app.end_of(spare)).state is JobState.CANCELLED
        assert await on_server(server.url) == ([theirs[0].id], [theirs[1].id, ours.id])
        for job in reversed(theirs):
            await other.services.jobs.cancel(job.id)
        server.brake.release()
        assert (await app.end_of(ours)).state is JobState.DONE
        assert [(await other.end_of(job)).state for job in theirs] == [JobState.CANCELLED] * 2
    counted = [ahead for ahead in app.ahead if ahead is not None]
    assert counted == sorted(counted, reverse=True)


async def test_only_the_running_job_that_was_meant_is_cancelled(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        first = await app.submit(**ONE)
        second = await app.submit(**ONE, seed=3)
        await app.running(first)
        await app.services.jobs.cancel(first.id)
        assert (await app.end_of(first)).state is JobState.CANCELLED
        server.brake.release()
        assert (await app.end_of(second)).state is JobState.DONE


@pytest.mark.parametrize(
    "moment",
    [
        "at once",
        "before POST /upload/image 1",
        "after POST /upload/image 1",
        "before POST /prompt 1",
        "after POST /prompt 1",
        "before ws execution_start 1",
    ],
)
async def test_cancelling_at_any_moment_of_the_sending(
    tmp_path: Path, server: Server, proxy: Proxy, moment: str
) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", proxy.url) as app:

        async def cancel() -> None:
            """Begun now, while what the moment is of goes on."""
            (job,) = await app.services.jobs.recent()
            app.services.scope.start(app.services.jobs.cancel(job.id), "cancel")

        proxy.script = lambda point: Fault(hook=cancel) if str(point) == moment else None
        job = await app.submit(**ONE)
        if moment == "at once":
            await app.services.jobs.cancel(job.id)
        job = await app.end_of(job)
        assert job.state is JobState.CANCELLED
        assert moment == "at once" or moment in map(str, proxy.points)
        assert await on_server(server.url) == ([], [])
    assert not faults_in(tmp_path / "home", [job], files=1)


async def test_a_cancel_that_does_not_reach_the_server_outlives_the_app(
    tmp_path: Path, server: Server, proxy: Proxy
) -> None:
    home = tmp_path / "home"
    server.brake.hold()
    async with running_app(home, proxy.url) as app:
        job = await app.submit(**ONE)
        await app.there(1)
        proxy.refusing = True
        await app.services.jobs.cancel(job.id)
    assert (await on_server(proxy.upstream_url)) == ([job.id], [])
    proxy.refusing = False
    async with running_app(home, proxy.url) as app:
        assert [taken.id for taken in await app.take_up()] == [job.id]
        assert (await app.end_of(job)).state is JobState.CANCELLED
        assert await app.services.store.cancels() == frozenset()
    assert (await on_server(proxy.upstream_url)) == ([], [])


async def test_a_job_is_cancelled_by_the_one_who_drives_it(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    server.brake.hold()
    async with running_app(home, server.url) as driving, running_app(home, server.url) as asking:
        running, waiting = await driving.submit(**ONE), await driving.submit(**ONE, seed=2)
        await driving.there(2)
        here = await driving.submit(**ONE, seed=3)
        for job in (here, waiting, running):
            await asking.services.jobs.cancel(job.id)
        ended = [await driving.end_of(job) for job in (running, waiting, here)]
        assert [job.state for job in ended] == [JobState.CANCELLED] * 3
        with pytest.raises(NotFound):
            await asking.services.jobs.cancel(running.id)


async def test_retry_with_the_same_and_with_a_new_seed_and_variations(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        jobs = await app.submit_all(**ONE, seed=40, variations=3)
        ended = [await app.end_of(job) for job in jobs]
        assert [job.seed for job in ended] == [40, 41, 42]
        same = await app.end_of(await app.services.jobs.retry(jobs[0].id, app.engine))
        other = await app.end_of(await app.services.jobs.retry(jobs[0].id, app.engine, new_seed=True))
        assert (same.seed, same.retry_of) == (40, jobs[0].id)
        assert other.seed != 40
        assert other.retry_of == jobs[0].id
    everything: list[Job] = [*ended, same, other]
    assert not faults_in(tmp_path / "home", everything, files=1)
    assert len({made.path for job in everything for made in job.outputs}) == 5


async def test_a_submission_that_came_through_twice_is_taken_back_once(tmp_path: Path, held: Hostile) -> None:
    """A retrying gateway posts the same prompt twice while another job runs."""
    async with running_app(tmp_path / "home", held.url) as app:
        first = await app.submit(**ONE)
        second = await app.submit(**ONE, seed=2)
        await app.there(2)
        await _post_again(held.url, second.id)
        await app.until(lambda: 3 in app.counted, "the prompt twice")
        await app.there(2)
        assert "POST /queue" in held.seen
        assert await on_server(held.url) == ([first.id], [second.id])
        held.brake.release()
        ended = [await app.end_of(job) for job in (first, second)]
        assert [job.state for job in ended] == [JobState.DONE] * 2
    assert not faults_in(tmp_path / "home", ended, files=1)


async def _post_again(url: str, prompt_id: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        rows: list[Any] = (await http.get("/queue")).json()["queue_pending"]
        _, _, graph, extra, _ = next(row for row in rows if row[1] == prompt_id)
        body = {"prompt": graph, "prompt_id": prompt_id, "extra_data": extra, "client_id": extra.get("client_id")}
        (await http.post("/prompt", json=body)).raise_for_status()
