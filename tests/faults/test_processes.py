"""Several processes on one home: each drives its own jobs, the next start takes up those whose process is gone, and
nobody sweeps up what another is still writing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from oelala_desktop.domain.job import JobState, Owner
from oelala_desktop.services.queue.fetching import result_stem
from oelala_desktop.storage.presence import this_boot
from tests.waiting import until

from .proxy import Fault, Proxy
from .rig import SETTINGS, Server, faults_in, lines_of, picture, running_app

#: no process has ever had this lock
GONE = Owner("p0", this_boot())
ONE = {"clip_count": 1}


async def other_process(home: Path, url: str, *, before: Sequence[str] = (), **changes: Any) -> Process:
    """A command line with a job of its own; returns once that is written down."""
    command = ["generate", "image-to-video", "--image", str(picture(home / "given")), "--engine", url, "--json"]
    for key, value in {**SETTINGS, **ONE, **changes}.items():
        command += ["--set", f"{key}={value}"]
    process = await asyncio.create_subprocess_exec(
        *before, sys.executable, "-m", "oelala_desktop", *command,
        stdout=PIPE, stderr=PIPE, env={**os.environ, "OELALA_HOME": str(home)},
    )  # fmt: skip
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert orjson.loads(line)["event"] == "queued"
    return process


async def test_a_living_process_keeps_its_jobs_and_its_parts(tmp_path: Path, proxy: Proxy) -> None:
    """The other's result is held up half-way while we start, sweep and work."""
    home = tmp_path / "home"
    held = asyncio.Event()
    go_on = asyncio.Event()

    async def hold() -> None:
        held.set()
        await go_on.wait()

    proxy.script = lambda point: Fault(hook=hold) if str(point) == "after GET /view 1" else None
    other = await other_process(home, proxy.url)
    async with asyncio.timeout(60):
        await held.wait()
    parts = list((home / "output").glob("*.part"))
    assert len(parts) == 1
    async with running_app(home, proxy.upstream_url) as app:
        assert await app.take_up() == []
        assert parts[0].exists()
        ours = await app.end_of(await app.submit(**ONE, seed=8))
        assert await app.take_up() == []
        assert parts[0].exists()
        go_on.set()
        out, _ = await other.communicate()
        assert other.returncode == 0
        theirs = lines_of(out.decode())[-1]
        known = {job.id: job for job in await app.services.jobs.recent()}
        assert known[theirs["job_id"]].state is JobState.DONE
    assert not faults_in(home, list(known.values()), files=1)
    assert ours.id in known


async def test_a_killed_process_is_inherited_from(tmp_path: Path, proxy: Proxy) -> None:
    home = tmp_path / "home"

    proxy.script = lambda point: Fault("half") if str(point) == "after GET /view 1" else None
    other = await other_process(home, proxy.url)
    await until(lambda: list((home / "output").glob("*.part")), "half a result")
    async with running_app(home, proxy.upstream_url) as app:
        assert await app.take_up() == []
        other.kill()
        await other.communicate()
        proxy.script = lambda point: None
        left = list((home / "output").glob("*.part"))
        engine = app.services.engines.named(proxy.url)
        await engine.connect()
        taken = await app.services.jobs.adopt()
        assert len(taken) == 1
        assert left and not left[0].exists()
        app.services.jobs.take_up(taken, engine)
        job = await app.end_of(taken[0])
        assert job.state is JobState.DONE
        assert Path(job.outputs[0].path).stem == result_stem(job)
    assert not faults_in(home, [job], files=1)
    assert proxy.accepted == [job.id]


async def test_processes_that_start_at_once_share_one_sketch(tmp_path: Path) -> None:
    home = tmp_path / "home"
    picture(home / "given")
    others = await asyncio.gather(*(other_process(home, "sketch", seed=n) for n in range(3)))
    ends = [await other.communicate() for other in others]
    assert [other.returncode for other in others] == [0, 0, 0], ends
    record = orjson.loads((home / "sketch.json").read_bytes())
    asked = await asyncio.create_subprocess_exec("pgrep", "-f", "oelala_desktop.sketch --port 0", stdout=PIPE)
    running = (await asked.communicate())[0].split()
    mine = [pid for pid in map(int, running) if _home_of(pid) == str(home)]
    assert mine in ([record["pid"]], [])
    async with running_app(home, "sketch", connect=False) as app:
        jobs = await app.services.jobs.recent()
    assert [job.state for job in jobs] == [JobState.DONE] * 3
    assert not faults_in(home, jobs, files=1)


def _home_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next((word[12:].decode() for word in words if word.startswith(b"OELALA_HOME=")), "")


async def test_two_starts_share_out_what_was_left(tmp_path: Path, server: Server) -> None:
    """Of two processes that start at the same moment each orphan goes to exactly one."""
    home = tmp_path / "home"
    async with running_app(home, server.url) as app:
        await app.services.jobs.pause(True)
        left = [(await app.submit(**ONE, seed=n)).id for n in range(6)]
        await app.services.jobs.pause(False)
    await _orphan(home, server.url, left)
    command = [sys.executable, "-m", "oelala_desktop", "jobs", "--wait", "--json"]
    environment = {**os.environ, "OELALA_HOME": str(home)}
    starts = [
        await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment) for _ in range(2)
    ]
    for start in starts:
        out, err = await start.communicate()
        assert start.returncode == 0, (out, err)
    async with running_app(home, server.url, connect=False) as app:
        jobs = await app.services.jobs.recent()
    assert {job.id for job in jobs} == set(left)
    assert all(job.state is JobState.DONE for job in jobs)
    assert not faults_in(home, jobs, files=1)


async def _orphan(home: Path, url: str, job_ids: Sequence[str]) -> None:
    """Gives the jobs an owner that is no more."""
    async with running_app(home, url, connect=False) as app:
        jobs = [await app.services.jobs.find(job_id) for job_id in job_ids]
        await app.services.store.save(*(replace(job, owner=GONE) for job in jobs))


@pytest.mark.parametrize("space", [(), ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")])
@pytest.mark.parametrize("step", [-86_400.0, 86_400.0])
async def test_no_clock_and_no_namespace_makes_an_owner_look_dead(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, space: Sequence[str], step: float
) -> None:
    """Another process drives a job while we start with a clock that has been set."""
    if space and subprocess.run([*space, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system gives no namespaces")
    home = tmp_path / "home"
    server.brake.hold()
    other = await other_process(home, server.url, before=space)
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + step)
    async with running_app(home, server.url) as app:
        assert await app.take_up() == []
        assert list((await app.services.jobs.of_others()).values()) == [True]
    monkeypatch.undo()
    server.brake.release()
    out, err = await other.communicate()
    assert other.returncode == 0, (out, err)
    async with running_app(home, server.url, connect=False) as app:
        jobs = await app.services.jobs.recent()
    assert [job.state for job in jobs] == [JobState.DONE]
    assert not faults_in(home, jobs, files=1)


async def waiting_process(home: Path, more: str = "") -> Process:
    """`oelala jobs --wait`; returns once it has said that it waits for another process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "oelala_desktop", "jobs", "--wait", "--json",
        stdout=PIPE, stderr=PIPE, env={**os.environ, "OELALA_HOME": str(home)},
    )  # fmt: skip
    assert process.stderr is not None
    line = await process.stderr.readline()
    said = "1 unfinished job is in the hands of another Oelala that runs; waiting for it."
    assert line.decode().strip() == said + more
    return process


@pytest.mark.parametrize("killed", [False, True])
async def test_waiting_for_what_another_process_drives(tmp_path: Path, server: Server, killed: bool) -> None:
    home = tmp_path / "home"
    server.brake.hold()
    other = await other_process(home, server.url)
    waiting = await waiting_process(home)
    if killed:
        other.kill()
    server.brake.release()
    await other.communicate()
    out, err = await waiting.communicate()
    assert waiting.returncode == 0, (out, err)
    assert [row["state"] for row in lines_of(out.decode())] == ["done"]


async def test_that_another_process_is_paused_is_told(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    async with running_app(home, server.url) as app:
        await app.services.jobs.pause(True)
        await app.submit(**ONE)
        waiting = await waiting_process(home, " Its queue is paused.")
        await app.services.jobs.pause(False)
        out, err = await waiting.communicate()
    assert waiting.returncode == 0, (out, err)


async def test_ctrl_c_while_waiting_ends_no_job(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    server.brake.hold()
    other = await other_process(home, server.url)
    waiting = await waiting_process(home)
    waiting.send_signal(signal.SIGINT)
    out, err = await waiting.communicate()
    assert (waiting.returncode, out) == (130, b"")
    assert "goes on" in err.decode()
    server.brake.release()
    out, _ = await other.communicate()
    assert lines_of(out.decode())[-1]["state"] == "done"


async def test_processes_share_their_two_places_on_a_server(tmp_path: Path, server: Server) -> None:
    """What the dead left there does not count."""
    home = tmp_path / "home"
    server.brake.hold()
    async with running_app(home, server.url) as app, running_app(home, server.url) as third:
        endless = await app.submit()
        await app.services.store.save(replace(endless, id="gone", state=JobState.SENT, owner=GONE))
        other = await other_process(home, server.url, seed=1)
        await app.there(2)
        late = await third.submit(seed=2, **ONE)
        await third.looked()
        assert (await third.services.jobs.find(late.id)).state is JobState.QUEUED
        assert max(app.counted) == 2
        await app.services.jobs.cancel(endless.id)
        server.brake.release()
        out, err = await other.communicate()
        assert other.returncode == 0, (out, err)
        assert (await third.end_of(late)).state is JobState.DONE
        assert max(app.counted) == 2


async def test_only_parts_of_the_dead_are_swept(tmp_path: Path) -> None:
    """Names as every writer of the app makes them, with the process in them."""
    home = tmp_path / "home"
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    for pid, kept in ((dead.pid, False), (os.getpid(), True)):
        for name in (f"inputs/abc.1f2e3d4c.{pid}.part", f"preferences.json.{pid}.part", f"jobs.{pid}.part"):
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        async with running_app(home, "sketch", connect=False) as app:
            await app.take_up()
        # a backup's part of this very process is its own to replace
        left = [p.name for p in home.rglob("*.part") if not p.name.startswith("jobs.")]
        assert bool(left) == kept
