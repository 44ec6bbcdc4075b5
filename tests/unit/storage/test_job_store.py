"""The jobs database on a real file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.job import Awaited, EngineRef, Job, JobError, JobInput, JobState, Link, Output, Owner
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.storage.database import Database
from oelala_desktop.storage.job_schema import MIGRATIONS, JobKeeper
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.locks import FileLock
from tests.unit.domain.samples import some_job

ME, GONE, OTHER = (Owner(name, "this boot") for name in ("me", "gone", "other"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    yield store
    await store.close()


def full_job() -> Job:
    """A job in which every field says something."""
    return some_job(
        state=JobState.FAILED,
        seed=MAX_SEED,
        graph={"1": {"class_type": "K", "inputs": {"seed": MAX_SEED, "x": ["2", 0]}}},
        inputs=(JobInput("video", "/p/a.mp4", "a.mp4", "/home/ü.mp4", "video", 0.5, 2.0),),
        outputs=(Output("/o/a.mp4", "video", 848, 480, 33, 16.0, "clip1"),),
        error=JobError("It failed.", "node", "Sampler", "trace", {"vae": "None of that name."}),
        title="A title",
        mark="0a1b",
        out_dir="/o",
        sent_at=1.5,
        started_at=2.5,
        finished_at=3.5,
        retry_of="j0",
        after="j9",
        awaits=Awaited("image", "@last", {"prompt": "on", "seed": MAX_SEED, "images": ["/p/b.png"]}),
        link=Link("j8", 2, 3),
        continues=JobInput("continue", "/p/c.mp4", "c.mp4", "/home/c.mp4", "video"),
        hidden=True,
        owner=ME,
        warnings=(Said("small_picture", {"name": "a.png", "width": 90, "height": 60}),),
    )


async def test_what_is_saved_comes_back_whole(store: JobStore) -> None:
    await store.save(full_job(), some_job(id="j2"))
    assert await store.get("j1") == full_job()
    assert await store.get("j2") == some_job(id="j2")
    assert await store.get("j3") is None


async def test_saving_again_replaces(store: JobStore) -> None:
    await store.save(some_job())
    await store.save(some_job(state=JobState.SENT))
    assert [job.state for job in await store.recent(9)] == [JobState.SENT]


async def test_it_outlives_the_process(store: JobStore, tmp_path: Path) -> None:
    await store.save(full_job())
    again = JobStore(tmp_path / "jobs.sqlite3")
    await again.open()
    assert await again.get("j1") == full_job()
    await again.close()


async def test_open_jobs_in_queue_order(store: JobStore) -> None:
    states = [JobState.RUNNING, JobState.DONE, JobState.QUEUED, JobState.LOST, JobState.FETCHING, JobState.SENT]
    await store.save(*(some_job(id=f"j{i}", state=s, position=9.0 - i) for i, s in enumerate(states)))
    assert [job.id for job in await store.open_jobs()] == ["j5", "j4", "j2", "j0"]
    assert [job.position for job in await store.append(some_job(id="n1"), some_job(id="n2"))] == [10.0, 11.0]


async def test_the_newest_first_and_cleared_ones_on_request(store: JobStore) -> None:
    await store.save(*(some_job(id=f"j{i}", created_at=float(i), hidden=i == 2) for i in range(4)))
    assert [job.id for job in await store.recent(9)] == ["j3", "j1", "j0"]
    assert [job.id for job in await store.recent(2)] == ["j3", "j1"]
    assert [job.id for job in await store.recent(9, hidden=True)] == ["j3", "j2", "j1", "j0"]


async def test_only_finished_jobs_are_cleared(store: JobStore) -> None:
    await store.save(*(some_job(id=state.value, state=state) for state in JobState))
    hidden = await store.hide_finished()
    assert set(hidden) == {state.value for state in JobState if state.is_final}
    assert {job.id for job in await store.recent(99)} == {state.value for state in JobState if not state.is_final}
    assert await store.hide_finished() == []


@pytest.mark.parametrize(
    ("name", "found"),
    [("ab-1", ["ab-1"]), ("ab", ["ab-1", "ab-2"]), ("a%", []), ("a_", []), ("%", []), ("", []), ("zz", []), ("b", [])],
)
async def test_finding_by_the_beginning_of_an_id(store: JobStore, name: str, found: list[str]) -> None:
    await store.save(some_job(id="ab-1"), some_job(id="ab-2"), some_job(id="c-3"))
    assert sorted(job.id for job in await store.find(name)) == found


async def test_jobs_of_dead_processes_are_adopted_once(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.sqlite3", lambda owner: owner in alive)
    alive = {OTHER}
    await store.open()
    await store.save(
        some_job(id="gone", owner=GONE, position=2.0),
        some_job(id="nobody", owner=None, position=1.0),
        some_job(id="other", owner=OTHER),
        some_job(id="over", owner=GONE, state=JobState.DONE),
        some_job(id="mine", owner=ME, position=3.0),
    )
    adopted = await store.adopt(ME)
    assert [job.id for job in adopted] == ["nobody", "gone", "mine"]
    assert {job.owner for job in adopted} == {ME}
    alive.add(ME)
    assert await store.adopt(OTHER) == [await store.get("other")]
    await store.close()


async def test_times_of_past_jobs(store: JobStore) -> None:
    for number in range(60):
        await store.remember_time("sketch", "p", float(number), number / 10, float(number))
    await store.remember_time("sketch", "other", 1.0, 1.0, 1.0)
    times = await store.times("sketch", "p")
    assert (len(times), times[0], times[-1]) == (50, (59.0, 5.9), (10.0, 1.0))
    assert await store.times("comfyui", "p") == []


async def test_flags(store: JobStore) -> None:
    assert await store.flag("paused") is None
    await store.set_flag("paused", "1")
    await store.set_flag("paused", "0")
    assert await store.flag("paused") == "0"


async def test_a_damaged_file_is_set_aside_and_the_backup_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    for _ in range(2):  # the second start makes the backup that has the job
        store = JobStore(path)
        await store.open()
        await store.save(full_job())
        await store.close()
    path.write_bytes(b"not a database" * 500)
    store = JobStore(path)
    await store.open()
    assert await store.get("j1") == full_job()
    await store.close()
    aside = list(tmp_path.glob("jobs.damaged-*.sqlite3"))
    assert [p.read_bytes()[:14] for p in aside] == [b"not a database"]


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "none" / "jobs.sqlite3")
    with pytest.raises(CannotSave, match=r"cannot be opened"):
        await store.open()
    with pytest.raises(CannotSave, match=r"is closed"):
        await store.save(some_job())
    await store.close()


async def test_engines_are_part_of_the_row(store: JobStore) -> None:
    job = replace(some_job(), engine=EngineRef("sketch", "", "Sketch"))
    await store.save(job)
    assert await store.get("j1") == job


@pytest.mark.parametrize("name", ["", "j\udcff", "ü"])
async def test_what_is_no_beginning_of_an_id_finds_nothing(store: JobStore, name: str) -> None:
    await store.save(some_job())
    assert await store.find(name) == []


async def test_only_what_is_wanted_is_adopted(store: JobStore) -> None:
    await store.save(some_job(owner=GONE), some_job(id="j2", owner=GONE))
    assert [job.id for job in await store.adopt(ME, lambda job: job.id == "j2")] == ["j2"]
    assert [job.owner for job in await store.open_jobs()] == [GONE, ME]


async def test_nobody_works_on_without_the_lock(tmp_path: Path) -> None:
    """It was taken away, and another has it now, when the one who opens wants to share it."""
    path = tmp_path / "jobs.sqlite3"
    other = FileLock(path.with_suffix(".lock"))

    def is_robbed(connection: sqlite3.Connection) -> None:
        other.path.unlink()
        assert other.take()

    database = Database(path, (*MIGRATIONS, is_robbed), JobKeeper(), patience=0.0)
    with pytest.raises(CannotSave, match="Another Oelala is at work"):
        await database.open()
    other.release()
    await database.open()
    await database.close()


async def test_jobs_are_found_by_their_marks(store: JobStore) -> None:
    said = {"prompt": '"mark":"aa"'}  # what a text says is no mark
    jobs = [some_job(id=f"j{n}", mark=mark, created_at=10.0 - n) for n, mark in enumerate(("", "aa", "bb", "aa"))]
    await store.save(*jobs, some_job(id="j9", values=said, params=said))
    assert [job.id for job in await store.marked({"aa", "", "cc"})] == ["j3", "j1"]
    hidden = replace(jobs[1], hidden=True, unknown={"of a newer version": 1})
    await store.save(hidden)
    assert hidden in await store.marked(["aa"])
    assert await store.marked([]) == []
