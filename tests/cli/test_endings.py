"""Runs that do not end by themselves: Ctrl-C, SIGKILL, an engine that dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import httpx
import pytest

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.job import EngineRef, Job, Owner
from oelala_desktop.services.queue.wishes import Wish
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.paths import Paths
from tests.cli.program import HARBOUR, Program
from tests.sketch.holdable import Brake, pid_of_sketch
from tests.unit.domain.samples import some_job
from tests.waiting import until_sync

NOWHERE = "http://127.0.0.1:9"

SHORT = (
    *("--image", HARBOUR, "--prompt", "orbit left", "--engine", "sketch", "--json"),
    *("--set", "num_frames=121", "--set", "seed=3"),
)


def queue_of(program: Program) -> int:
    url = json.loads((program.home / "sketch.json").read_bytes())["url"]
    queue = httpx.get(f"{url}/queue", trust_env=False).json()
    return len(queue["queue_running"]) + len(queue["queue_pending"])


def test_ctrl_c_cancels_on_the_server_and_says_so(fresh: Program, brake: Brake) -> None:
    with fresh.started("generate", "image-to-video", *SHORT) as run:
        run.until("progress")
        assert queue_of(fresh) == 1
        ended = run.interrupt()
    assert ended.code == 130
    assert ended.err.splitlines()[0] == "Cancelling …"
    assert ended.err.strip().endswith("was cancelled.")
    assert "Traceback" not in ended.err
    assert ended.lines[-1]["event"] == "failed"
    assert ended.lines[-1]["state"] == "cancelled"
    until_sync(lambda: queue_of(fresh) == 0, "an empty queue")
    assert fresh.files() == []
    assert [job["state"] for job in fresh.jobs()] == ["cancelled"]
    assert fresh.run("jobs", "--wait", "--json").code == 0


def test_ctrl_c_at_the_first_word_takes_back_every_job(fresh: Program, brake: Brake) -> None:
    """Before the first job has left, and while others of the same wish are still being announced."""
    with fresh.started("generate", "image-to-video", *SHORT, "--set", "variations=3") as run:
        run.until("queued")
        ended = run.interrupt()
    assert ended.code == 130, ended
    first, *cancelled = ended.err.splitlines()
    assert first == "Cancelling …"
    assert len(cancelled) == 3
    assert all(line.endswith("was cancelled.") for line in cancelled)
    assert [line["state"] for line in ended.lines if line["event"] == "failed"] == ["cancelled"] * 3
    assert [job["state"] for job in fresh.jobs()] == ["cancelled"] * 3
    until_sync(lambda: queue_of(fresh) == 0, "an empty queue")


def test_a_job_is_cancelled_and_made_once_more_by_its_id(fresh: Program, brake: Brake) -> None:
    with fresh.started("generate", "image-to-video", *SHORT) as run:
        run.until("queued")
        run.until("progress")
        driven = run.lines[0]["job_id"]
        ended = fresh.run("jobs", "--cancel", driven[:8])
        assert (ended.code, ended.sentence) == (0, f"Job {driven[:8]} was cancelled.")
        assert run.until("failed")["state"] == "cancelled"
        assert run.end().code == 1
    with fresh.started("generate", "image-to-video", *SHORT) as run:
        orphan = run.until("queued")["job_id"]
        run.until("progress")
        run.kill()
    ended = fresh.run("jobs", "--cancel", orphan)
    assert (ended.code, ended.sentence) == (0, f"Job {orphan[:8]} was cancelled.")
    until_sync(lambda: queue_of(fresh) == 0, "an empty queue")
    assert [job["state"] for job in fresh.jobs()] == ["cancelled", "cancelled"]
    again = fresh.run("jobs", "--cancel", orphan)
    assert (again.code, again.sentence) == (2, "This job is over.")


def test_cancelling_one_leaves_the_others_to_whoever_starts_meanwhile(fresh: Program) -> None:
    gone = Owner("pgone", "an earlier boot")
    left = [some_job(id=f"j{n}", engine=EngineRef("comfyui", NOWHERE, "Nowhere"), owner=gone) for n in range(3)]

    async def stored(*jobs: Job) -> list[Job]:
        store = JobStore(fresh.home / "jobs.sqlite3")
        await store.open()
        await store.save(*jobs)
        found = await store.open_jobs()
        await store.close()
        return found

    asyncio.run(stored(*left))
    assert fresh.run("jobs", "--cancel", "j1").code == 0
    assert [(job.id, job.owner) for job in asyncio.run(stored())] == [("j0", gone), ("j2", gone)]


def test_all_that_waits_ends_and_what_runs_goes_on(fresh: Program, brake: Brake) -> None:
    with fresh.started("generate", "image-to-video", *SHORT, "--set", "variations=5") as run:
        run.until("queued")
        run.until("progress", 0.01)
        until_sync(lambda: queue_of(fresh) == 2, "two jobs there")
        ended = fresh.run("jobs", "--cancel-waiting")
        assert (ended.code, ended.sentence) == (0, "3 waiting jobs were cancelled.")
        states = [job["state"] for job in fresh.jobs()]
        assert sorted(states[:2]) + states[2:] == ["running", "sent", *["cancelled"] * 3]
        run.kill()
    ended = fresh.run("jobs", "--cancel-waiting")  # what its server has not begun, now that nobody drives it
    assert (ended.code, ended.sentence) == (0, "1 waiting job was cancelled.")
    until_sync(lambda: queue_of(fresh) == 1, "one job there")
    assert fresh.run("jobs", "--cancel-waiting").sentence == "No job waits."
    assert fresh.run("jobs", "--cancel", fresh.jobs()[0]["job_id"]).code == 0


def test_a_job_once_more(fresh: Program) -> None:
    words = ("--set", "num_frames=5", "--set", "seed=3", "--engine", "sketch", "--json", "--image", HARBOUR)
    first = fresh.run("generate", "image-to-video", *words).last
    same = fresh.run("jobs", "--retry", first["job_id"][:8], "--json")
    assert (same.code, same.lines[0]["event"], same.last["event"]) == (0, "queued", "finished")
    assert (same.last["seed"], same.last["retry_of"]) == (3, first["job_id"])
    other = fresh.run("jobs", "--retry", first["job_id"], "--new-seed")
    assert other.code == 0, other
    assert other.out.strip().endswith(".mp4")
    assert fresh.jobs()[-1]["seed"] != 3
    assert fresh.run("jobs", "--new-seed").sentence == "--new-seed goes with --retry."


async def test_what_a_paused_window_left_is_finished_where_that_is_asked_for(fresh: Program) -> None:
    async with Services(Paths(fresh.home, fresh.home / "output")) as window:
        await window.jobs.pause(True)
        engine, _ = await window.engines.choose("sketch", None)
        await window.jobs.submit(Wish("text-to-image", {"prompt": "a pier"}, window.paths.output), engine)
    ran = await asyncio.to_thread(fresh.run, "jobs", "--wait", "--json")
    assert (ran.code, [job["state"] for job in ran.lines]) == (0, ["done"]), ran
    async with Services(Paths(fresh.home, fresh.home / "output")) as window:
        await window.begin()
        assert window.jobs.is_paused


@pytest.mark.parametrize("engine_too", [False, True], ids=["the program", "the program and its engine"])
def test_sigkill_in_the_middle_of_a_job(fresh: Program, brake: Brake, engine_too: bool) -> None:
    with fresh.started("generate", "image-to-video", *SHORT) as run:
        job_id = run.until("queued")["job_id"]
        run.until("progress")
        run.kill()
    if engine_too:
        os.kill(pid_of_sketch(fresh.home), signal.SIGKILL)
    brake.release()
    ran = fresh.run("jobs", "--wait", "--json")
    assert ran.code == 0, ran
    assert [(row["job_id"], row["state"], row["seed"]) for row in ran.lines] == [(job_id, "done", 3)]
    outputs = ran.lines[0]["outputs"]
    assert [o["frames"] for o in outputs] == [121]
    assert fresh.files() == [os.path.basename(outputs[0]["path"])]
    assert not list(fresh.home.rglob("*.part*"))
    again = fresh.run("jobs", "--wait", "--json")
    assert (again.code, len(again.lines), len(fresh.files())) == (0, 1, 1)


def test_a_job_waits_for_an_engine_that_is_down(fresh: Program, brake: Brake) -> None:
    """Its engine answers no more when the next run looks for what was left unfinished."""
    with fresh.started("generate", "image-to-video", *SHORT) as run:
        run.until("progress")
        run.kill()
    url = json.loads((fresh.home / "sketch.json").read_bytes())["url"]
    httpx.post(f"{url}/interrupt", trust_env=False)
    ran = fresh.run("jobs", "--wait", "--json")
    assert ran.code == 1, ran
    assert ran.lines[0]["state"] == "failed"
    assert "was stopped on the server" in ran.lines[0]["error"]
