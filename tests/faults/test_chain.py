"""A chain whose app is killed at its writes, and whose server is killed in its middle: nothing is lost, doubled or left
behind, and each step is made of what the one before it has made."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.inputs.last_frame import last_frame
from oelala_desktop.services.queue.wishes import Wish
from tests.warm import run_warm

from .rig import App, Server, faults_in, lines_of, running_app
from .trial import KILLABLE

SAMPLE, AT_ONCE, SEED = 8, 3, 20_261
STEP = {"preset": "sketch", "resolution": "480p", "aspect_ratio": "1:1", "num_frames": 5, "fps": 8}
_STILL = {"preset": "sketch", "aspect_ratio": "1:1", "prompt": "a harbour"}


def _options(values: dict[str, object]) -> list[str]:
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


async def run(home: Path, server: Server, die: str, seed: int) -> tuple[set[str], int, str]:
    """The ids that were announced, the exit code and what was said."""
    command = ["generate", "text-to-image", "--engine", server.url, "--json", *_options({**_STILL, "seed": seed})]
    for number in (1, 2):
        command += ["--then", "image-to-video", *_options({**STEP, "seed": seed + number})]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(KILLABLE),
        str(home.with_suffix(".points")),
        die,
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "OELALA_HOME": str(home)},
    )
    out, err = await process.communicate()
    rows = lines_of(out.decode().rpartition("\n")[0])
    return {row["job_id"] for row in rows if row["event"] == "queued"}, process.returncode or 0, err.decode()


async def faults_after(home: Path, server: Server, announced: set[str]) -> list[str]:
    """What is wrong once the next start has gone on with what is left."""
    async with running_app(home, server.url) as app:
        for job in await app.take_up():
            await app.end_of(job, 120)
        jobs = await app.services.jobs.recent(100)
    found = [f"{job.id} is {job.state.value}: {job.error}" for job in jobs if job.state is not JobState.DONE]
    found += [f"{job_id} is not known" for job_id in announced - {job.id for job in jobs}]
    if len(jobs) not in (0, 3):
        found.append(f"{len(jobs)} jobs instead of three")
    return [*found, *faults_in(home, jobs, files=1), *_strangers(jobs)]


def _strangers(jobs: list[Job]) -> list[str]:
    """Steps that were made of something else than what is before them."""
    known = {job.id: job for job in jobs}
    return [
        f"{job.id} was not made of {job.after}"
        for job in jobs
        if job.after and job.inputs[0].original != known[job.after].outputs[0].path
    ]


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_a_kill_at_any_write_loses_no_step(
    tmp_path: Path, server: Server, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    announced, code, said = await run(tmp_path / "recorded", server, "-", 1)
    assert (code, len(announced)) == (0, 3), said
    assert not await faults_after(tmp_path / "recorded", server, announced)
    points = (tmp_path / "recorded.points").read_text().splitlines()
    chosen = points if pytestconfig.getoption("--all") else random.Random(SEED).sample(points, SAMPLE)
    turns, reached = asyncio.Semaphore(AT_ONCE), 0

    async def one(number: int, point: str) -> list[str]:
        nonlocal reached
        async with turns:
            home = tmp_path / f"home{number}"
            announced, code, said = await run(home, server, point, 10 * number + 10)
            reached += code == -signal.SIGKILL
            odd = [] if code in (0, -signal.SIGKILL) else [f"the app ended with {code}: {said[-500:]}"]
            return [f"{point}: {text}" for text in (*odd, *await faults_after(home, server, announced))]

    found = [text for part in await asyncio.gather(*map(one, range(len(chosen)), chosen)) for text in part]
    with capsys.disabled():
        print(f"\nchain: killed at {reached} of {len(chosen)} writes ({len(points)} in all), faults {len(found)}")
    assert not found, "\n".join(found)
    assert reached > len(chosen) // 2


def wish(app: App) -> Wish:
    steps = tuple(Step("image-to-video", {**STEP, "seed": number}) for number in (1, 2))
    return Wish("text-to-image", {**_STILL, "seed": 3}, app.services.paths.output, then=steps)


async def broken(app: App, server: Server) -> list[Job]:
    """A chain whose server dies at work on its second step."""
    server.brake.hold()
    jobs = await app.services.jobs.submit(wish(app), app.engine)
    await app.running(jobs[0])
    await app.services.jobs.pause(True)
    server.brake.release()
    await app.end_of(jobs[0])
    server.brake.hold()
    await app.services.jobs.pause(False)
    await app.running(jobs[1])
    await server.restart()
    server.brake.release()
    return jobs


async def test_a_server_that_is_killed_in_the_middle_breaks_no_chain(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        jobs = await broken(app, server)
        lost = await app.end_of(jobs[1])
        assert lost.state is JobState.LOST
        assert [job.id for job in app.services.jobs.driver(app.engine).waiting] == [jobs[2].id]
        again = await app.services.jobs.retry(lost.id, app.engine)
        ended = await app.end_of(jobs[2])
        assert (ended.state, ended.after) == (JobState.DONE, again.id)
        made = (await app.services.jobs.find(again.id)).outputs[0].path
        assert ended.inputs[0].original == made
        assert await asyncio.to_thread(last_frame, Path(made))
        assert faults_in(tmp_path / "home", await app.services.jobs.recent(10), files=1) == []


async def test_a_chain_that_stopped_stands_as_it_was_after_a_restart(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        jobs = await broken(app, server)
        await app.end_of(jobs[1])
    async with running_app(tmp_path / "home", server.url) as app:
        (left,) = await app.take_up()
        await app.looked()
        assert (left.id, (await app.services.jobs.find(left.id)).state) == (jobs[2].id, JobState.QUEUED)
        assert [job.state for job in await app.services.jobs.wait_for([left.id])] == [JobState.QUEUED]
        await app.services.jobs.retry(jobs[1].id, app.engine)
        assert (await app.end_of(left)).state is JobState.DONE


async def test_the_command_line_tells_what_waits_and_goes_on(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    async with running_app(home, server.url) as app:
        jobs = await broken(app, server)
        await app.end_of(jobs[1])
    lost, left = jobs[1].id[:8], jobs[2].id[:8]
    environment = {**os.environ, "OELALA_HOME": str(home)}

    async def oelala(*words: str) -> tuple[int, str, str]:
        ran = await asyncio.to_thread(run_warm, list(words), environment, home, 120.0)
        return ran.returncode, ran.stdout, ran.stderr

    code, out, said = await oelala("jobs", "--wait")
    assert (code, f"1 step waits for job {lost}; “oelala jobs --retry {lost}”" in said) == (1, True), said
    assert f"{left}  queued" in out and f"step 3 of 3, after {lost}" in out
    code, out, said = await oelala("jobs", "--retry", lost)
    assert (code, len(out.splitlines())) == (0, 2), said
    async with running_app(home, server.url) as app:
        assert (await app.services.jobs.find(left)).state is JobState.DONE
