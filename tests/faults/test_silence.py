"""Silence has three answers: it still runs, it is there, or it is over. Networks that go away, half-open sockets,
servers that restart or are ill for a while."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from oelala_desktop.comfy import client, patience
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.engines.all import BUILT_IN
from tests.sketch.holdable import pid_of_sketch, sketch_of
from tests.waiting import until

from .hostile import Frame, Hostile
from .proxy import Fault, Point, Proxy
from .rig import Server, faults_in, lines_of, running_app
from .test_processes import other_process

ALL = pytest.mark.exhaustive
ONE = {"clip_count": 1}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that says nothing is doubted sooner than usual."""
    monkeypatch.setattr(patience, "_AGAIN", 0.2)
    monkeypatch.setattr(client, "_QUIET", 0.2)


@pytest.mark.parametrize("number", [1, pytest.param(4, marks=ALL), 9])
async def test_a_silenced_socket_is_made_up_for_by_http(tmp_path: Path, proxy: Proxy, number: int) -> None:
    messages = 0

    def script(point: Point) -> Fault | None:
        nonlocal messages
        messages += point.is_message and point.side == "before"
        return Fault("swallow") if point.is_message and messages == number else None

    proxy.script = script
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.DONE
    assert proxy.accepted == [job.id]


@pytest.mark.parametrize("way", ["refusing", "silent"])
async def test_a_result_comes_once_the_network_is_back(
    tmp_path: Path, server: Server, proxy: Proxy, impatient: None, way: str
) -> None:
    """The job ends while it is away."""
    server.brake.hold()
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(**ONE)
        await proxy.news.until(lambda: proxy.accepted, "the job on the server")
        setattr(proxy, way, True)
        if way == "refusing":
            await proxy.cut_all()
        server.brake.release()
        await _ended_there(server, job)
        attempts, held_back = proxy.attempts + 2, proxy.held_back + 2
        await proxy.news.until(lambda: proxy.attempts >= attempts or proxy.held_back >= held_back, "two attempts more")
        assert (await app.services.jobs.find(job.id)).state in (JobState.SENT, JobState.RUNNING)
        setattr(proxy, way, False)
        job = await app.end_of(job)
        assert job.state is JobState.DONE
    assert proxy.accepted == [job.id]
    assert not faults_in(tmp_path / "home", [job], files=1)


async def _ended_there(server: Server, job: Job) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:

        async def known() -> bool:
            return job.id in (await http.get(f"/history/{job.id}")).json()

        await until(known, "the end of the job on its server")


async def test_a_network_that_goes_silent_in_the_middle_of_a_result(
    tmp_path: Path, proxy: Proxy, impatient: None
) -> None:
    async def go() -> None:
        proxy.silent = True
        proxy.forget()  # what was under way is never delivered

    proxy.script = lambda point: Fault(hook=go) if str(point) == "after GET /view 1" else None
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(**ONE)
        await proxy.news.until(lambda: proxy.silent and proxy.held_back >= 2, "two questions that nobody answers")
        proxy.silent = False
        job = await app.end_of(job)
        assert job.state is JobState.DONE
    assert not faults_in(tmp_path / "home", [job], files=1)


@ALL
async def test_old_connections_that_swallow_everything_hold_nothing_up(
    tmp_path: Path, proxy: Proxy, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A router that has forgotten its connections: new ones work, old ones hang."""
    monkeypatch.setattr(client, "_OLD_LINE", 0.0)  # so long ago that nobody counts on them
    async with running_app(tmp_path / "home", proxy.url) as app:
        first = await app.end_of(await app.submit(**ONE))
        proxy.forget()
        second = await app.end_of(await app.submit(**ONE, prompt="pan left"))
        assert first.state is second.state is JobState.DONE


async def test_without_any_socket_http_is_enough(tmp_path: Path, hostile: Hostile) -> None:
    hostile.frames = lambda frame: []
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.DONE


async def test_success_may_come_before_history(tmp_path: Path, hostile: Hostile) -> None:
    asked = 0

    async def late(request: Request) -> Response | None:
        nonlocal asked
        asked += 1
        return JSONResponse({}) if asked < 3 else None

    hostile.answers["GET /history"] = late
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.DONE
        assert app.notices == []


async def test_a_restarted_server_loses_its_jobs_but_not_ours(tmp_path: Path, server: Server) -> None:
    """What had run is lost and said so; what was still here is simply sent."""
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        first = await app.submit(**ONE)
        await app.running(first)
        others = [await app.submit(**ONE, prompt=f"pan left {n}") for n in range(3)]
        await server.restart()
        server.brake.release()
        first = await app.end_of(first)
        ended = [await app.end_of(job) for job in others]
        assert first.state is JobState.LOST
        assert first.error is not None and "no longer knows this job" in first.error.message
        assert [job.state for job in ended].count(JobState.DONE) >= 2
        assert all(job.state in (JobState.DONE, JobState.LOST) for job in ended)
        again = await app.end_of(await app.services.jobs.retry(first.id, app.engine))
        assert again.state is JobState.DONE
        assert again.retry_of == first.id
    assert not faults_in(tmp_path / "home", [*ended, again, first], files=1)


async def test_a_result_that_outlived_its_server_is_found_by_its_name(
    tmp_path: Path, proxy: Proxy, server: Server
) -> None:
    """The job ends while the network is away, then the server restarts: queue and history know nothing of it."""

    async def go() -> None:
        proxy.refusing = True

    proxy.script = lambda point: Fault("cut", hook=go) if str(point) == "after ws executing 2" else None
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit()
        await proxy.news.until(lambda: proxy.refusing, "the network to go")
        await _ended_there(server, job)
        await server.restart()
        proxy.refusing = False
        job = await app.end_of(job)
        assert job.state is JobState.DONE
    assert not faults_in(tmp_path / "home", [job])


async def test_our_own_sketch_dies_and_the_job_is_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with sketch_of(home) as brake:
        brake.hold()
        async with running_app(home, "sketch") as app:
            job = await app.submit(**ONE)
            await app.running(job)
            os.kill(pid_of_sketch(home), signal.SIGKILL)
            brake.release()
            job = await app.end_of(job)
            assert job.state is JobState.DONE
            assert not app.bar_fell()
    os.kill(pid_of_sketch(home), signal.SIGTERM)  # the one that was started in its place
    assert app.engine.ref == BUILT_IN
    assert not faults_in(home, [job], files=1)


@pytest.mark.parametrize("status", [500, pytest.param(502, marks=ALL)])
@pytest.mark.parametrize("moment", ["before", "running", "fetching"])
async def test_a_server_that_is_ill_for_a_while(tmp_path: Path, held: Hostile, status: int, moment: str) -> None:
    async with running_app(tmp_path / "home", held.url) as app:
        if moment == "fetching":

            async def fall_ill(request: Request) -> Response | None:
                held.ill = status
                held.answers.clear()
                return Response("oh", status)

            held.answers["/view"] = fall_ill
        if moment == "before":
            held.ill = status
        job = await app.submit(**ONE)
        if moment == "running":
            await app.running(job)
            held.ill = status
        held.brake.release()
        await held.news.until(lambda: held.ill == status, "the server ill")
        before = len(held.seen)
        await held.news.until(lambda: len(held.seen) >= before + 2, "two more questions")
        assert held.ill == status
        assert not (await app.services.jobs.find(job.id)).state.is_final
        held.ill = 0
        job = await app.end_of(job)
        assert job.state is JobState.DONE, job.error
        assert held.seen.count("POST /prompt") <= (3 if moment == "before" else 1)


async def test_a_server_that_never_takes_a_job_fails_it_in_the_end(tmp_path: Path, hostile: Hostile) -> None:
    hostile.say("POST /prompt", "Internal Server Error", 500, "text/plain")
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.FAILED
        assert job.error is not None and "does not take this job" in job.error.message
        assert hostile.seen.count("POST /prompt") == 6


async def test_another_client_interrupts_our_job(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        job = await app.submit(**ONE)
        await app.running(job)
        async with httpx.AsyncClient(base_url=server.url) as http:
            await http.post("/interrupt", json={})
        job = await app.end_of(job)
        assert job.state is JobState.FAILED
        assert job.error is not None and job.error.kind == "interrupted"
        assert "stopped on the server" in job.error.message and "not from here" in job.error.message


async def test_out_of_memory_comes_with_advice(tmp_path: Path, hostile: Hostile) -> None:
    async def failed(request: Request) -> Response:
        told = {
            "prompt_id": request.scope["path"].rpartition("/")[2],
            "node_id": "3",
            "node_type": "KSamplerAdvanced",
            "exception_type": "torch.OutOfMemoryError",
            "exception_message": "Allocation on device 0 would exceed allowed memory. (out of memory)",
            "traceback": ["one\n", "two\n"],
        }
        status = {"status_str": "error", "completed": False, "messages": [["execution_error", told]]}
        return JSONResponse({told["prompt_id"]: {"outputs": {}, "status": status}})

    def no_success(frame: Frame) -> list[Frame]:
        return [] if isinstance(frame, str) and "execution_success" in frame else [frame]

    hostile.answers["GET /history"] = failed
    hostile.frames = no_success
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.FAILED
        assert job.error is not None and job.error.kind == "memory"
        assert "ran out of memory" in job.error.message and "lower resolution" in job.error.message
        assert "two" in job.error.detail
    assert hostile.seen.count("POST /prompt") == 1


async def test_the_command_line_says_that_a_server_went_and_came(tmp_path: Path, server: Server, proxy: Proxy) -> None:
    server.brake.hold()
    process = await other_process(tmp_path / "home", proxy.url)
    assert process.stdout is not None and process.stderr is not None
    assert b"the result will be soft" in await process.stderr.readline()
    while json.loads(await process.stdout.readline())["event"] != "progress":
        pass
    proxy.refusing = True
    await proxy.cut_all()
    gone = (await process.stderr.readline()).decode()
    assert proxy.url in gone
    assert gone.endswith("The job goes on when it is back.\n")
    proxy.refusing = False
    server.brake.release()
    out, err = await process.communicate()
    assert err.decode().splitlines() == [f"Sketch at {proxy.url.removeprefix('http://')} answers again."]
    events = lines_of(out.decode())
    assert [row["state"] for row in events if row["event"] == "engine"] == ["offline", "online"]
    assert (process.returncode, events[-1]["event"]) == (0, "finished")
