"""Positions of jobs: given in the transaction that stores them, never twice, and never without room between."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import some_job


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    yield store
    await store.close()


async def order_of(store: JobStore) -> list[str]:
    return [job.id for job in await store.open_jobs()]


def moved(order: list[Job], at: int, to: int) -> list[Job]:
    rest = [job for job in order if job is not order[at]]
    return [*rest[:to], order[at], *rest[to:]]


async def test_many_in_the_order_given_behind_all_others(store: JobStore) -> None:
    await store.save(some_job(id="over", state=JobState.DONE, position=7.5))
    placed = await store.append(*(some_job(id=f"j{n}") for n in (3, 1, 2)))
    assert [(job.id, job.position) for job in placed] == [("j3", 8.0), ("j1", 9.0), ("j2", 10.0)]
    assert await order_of(store) == ["j3", "j1", "j2"]


async def test_two_processes_never_give_the_same_position(store: JobStore, tmp_path: Path) -> None:
    start = threading.Barrier(2)

    def other_process() -> None:
        async def add() -> None:
            other = JobStore(tmp_path / "jobs.sqlite3")
            await other.open()
            start.wait()
            for n in range(40):
                await other.append(some_job(id=f"theirs{n}"))
            await other.close()

        asyncio.run(add())

    theirs = asyncio.get_running_loop().run_in_executor(None, other_process)
    await asyncio.to_thread(start.wait)
    for n in range(40):
        await store.append(some_job(id=f"ours{n}"))
    await theirs
    jobs = await store.open_jobs()
    assert len({job.position for job in jobs}) == len(jobs) == 80
    for who in ("ours", "theirs"):
        assert [job.id for job in jobs if job.id.startswith(who)] == [f"{who}{n}" for n in range(40)]


@pytest.mark.parametrize("seed", range(3))
async def test_any_number_of_swaps_keeps_the_order(store: JobStore, seed: int) -> None:
    order = await store.append(*(some_job(id=f"j{n}") for n in range(4)))
    chance = random.Random(seed)
    for _ in range(200):
        at = 2 if seed == 0 else chance.randrange(4)  # always the same pair, or any
        to = 1 if seed == 0 else chance.randrange(4)
        order = moved(order, at, to)
        changed = {job.id: job for job in await store.place(order, to)}
        order = [changed.get(job.id, job) for job in order]
        assert await order_of(store) == [job.id for job in order]
    assert len({job.position for job in await store.open_jobs()}) == 4


async def test_equal_positions_of_an_earlier_version_can_be_moved(store: JobStore) -> None:
    await store.save(*(some_job(id=f"j{n}", position=5.0) for n in range(4)))
    order = moved(await store.open_jobs(), 3, 1)
    assert {job.id for job in await store.place(order, 1)} == {"j0", "j1", "j2", "j3"}
    assert await order_of(store) == [job.id for job in order]


async def test_what_is_moved_never_lands_on_another_process_s_job(store: JobStore) -> None:
    theirs, first, second = await store.append(some_job(id="theirs"), some_job(id="first"), some_job(id="second"))
    (moved_one,) = await store.place([second, first], 0)
    assert theirs.position < moved_one.position < first.position


async def test_an_impossible_position_makes_no_others(store: JobStore) -> None:
    await store.append(some_job(id="j1"))
    await store.save(some_job(id="far", position=float("inf")), some_job(id="high", position=1e300))
    assert [job.position for job in await store.append(some_job(id="j2"), some_job(id="j3"))] == [2.0, 3.0]
    far = replace(some_job(id="far"), position=float("inf"))
    assert {job.position for job in await store.place([some_job(id="j3", position=3.0), far], 0)} == {4.0, 5.0}
