"""Jobs that are there: taken up, waited for, made once more."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import JobChanged, JobFinished
from oelala_desktop.domain.job import JobState, Owner
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.services.queue.fetching import result_stem
from oelala_desktop.storage.presence import Presence
from tests.clock import SetClock, turns
from tests.unit.domain.samples import build

from .desk import HERE, JobDesk, paused_desk
from .disk import Disk

S = JobState
SDXL, WAN = "text-to-image.sdxl", "image-to-video.wan22-14b"
OTHER = Owner("other", "boot")


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


# Taken up


async def test_what_a_gone_process_left_is_taken_up_and_its_leavings_swept(desk: JobDesk) -> None:
    out = desk.folder / "out"
    out.mkdir()
    desk.inputs.folder.mkdir()
    desk.presence.enter()
    left = desk.job("aaaaaaaa-1", owner=OTHER, position=1.0)
    mine = await desk.add("bbbbbbbb-1")
    hidden = desk.job("cccccccc-1", state=S.DONE, hidden=True)
    await desk.store.save(left, hidden)
    parts = {job.id: out / f"{result_stem(job)}.part" for job in (left, mine, hidden)}
    orphan = desk.inputs.folder / f"a.png.{os.getpid() + 1}.part"
    for path in (*parts.values(), orphan):
        path.write_bytes(b"half")
    try:
        jobs = await desk.jobs.adopt()
        assert jobs == [replace(left, owner=desk.presence.me)]
        assert [path.exists() for path in parts.values()] == [False, True, False]
        assert not orphan.exists()
        assert desk.jobs.is_paused
        desk.jobs.take_up(jobs, desk.engine)
        assert set(desk.queue()) == {left.id, mine.id}
        assert desk.told.of(JobChanged) == []
    finally:
        desk.presence.leave()


async def test_only_what_is_wanted_is(desk: JobDesk) -> None:
    await desk.store.save(desk.job("a", owner=OTHER), desk.job("b", owner=OTHER))
    assert [job.id for job in await desk.jobs.adopt(lambda job: job.id == "b")] == ["b"]


async def test_where_another_process_lives_its_leavings_stay(desk: JobDesk) -> None:
    desk.inputs.folder.mkdir()
    orphan = desk.inputs.folder / f"a.png.{os.getpid() + 1}.part"
    orphan.write_bytes(b"half")
    other = Presence(desk.folder / "presence", "boot")
    other.enter()
    try:
        await desk.jobs.adopt()
        assert orphan.exists()
        await desk.store.save(desk.job("a", owner=other.me), desk.job("b", owner=OTHER), desk.job("c", owner=None))
        await desk.store.save(desk.job("mine"))
        assert await desk.jobs.of_others() == {"a": True, "b": False, "c": False}
    finally:
        other.leave()


# Waited for


async def test_whoever_waits_hears_of_the_end_of_all(desk: JobDesk) -> None:
    for name in "ab":
        await desk.add(name)
    await desk.store.save(desk.job("done", state=S.DONE))
    waiting = desk.scope.start(desk.jobs.wait_for(["a", "done", "nobody", "b"]), "wait")
    await desk.store.called("get", 4)
    await desk.jobs.cancel("a")
    await turns(20)
    assert not waiting.done()
    await desk.jobs.cancel("b")
    assert [(job.id, job.state) for job in await waiting] == [
        ("a", S.CANCELLED),
        ("done", S.DONE),
        ("b", S.CANCELLED),
    ]
    assert await desk.jobs.wait_for([]) == []
    assert not desk.bus._handlers[JobFinished][1:], "nobody listens any more"


async def test_in_the_place_of_one_that_was_made_again_stands_the_last(desk: JobDesk) -> None:
    await desk.store.save(
        desk.job("a", state=S.FAILED, retried_as="b"),
        desk.job("b", state=S.FAILED, retried_as="c"),
        desk.job("c", state=S.DONE),
        desk.job("x", state=S.FAILED, retried_as="gone"),
    )
    assert [job.id for job in await desk.jobs.wait_for_last(["a", "x", "c"])] == ["c", "x", "c"]


# Once more


async def test_the_same_job_once_more(desk: JobDesk) -> None:
    old = desk.job("old", state=S.DONE, owner=OTHER, seed=5, position=3.0, warnings=(Said("x"),))
    await desk.store.save(old)
    job = await desk.jobs.retry("old", desk.engine)
    assert (job.retry_of, job.seed, job.state, job.owner) == ("old", 5, S.QUEUED, desk.presence.me)
    assert (job.created_at, job.position) == (desk.clock.date, 4.0)
    assert job.id != "old" and await desk.row(job.id) == job
    assert desk.queue() == [job.id] and desk.told.of(JobChanged) == [JobChanged(job)]
    desk.clock.drawn = 0.5
    assert (await desk.jobs.retry("old", desk.engine, new_seed=True)).seed == 2**62
    with pytest.raises(NotFound):
        await desk.jobs.retry("nobody", desk.engine)


async def test_what_its_server_cannot_run_is_left_out(desk: JobDesk) -> None:
    sage = "PathchSageAttentionKJ"
    await desk.store.set_flag(f"unable {place_key(HERE)} {sage}", "no module")
    graph = build(WAN, {"sage_attention": True})
    await desk.store.save(desk.job("old", state=S.FAILED, preset=WAN, graph=graph, prefix="oelala/x"))
    job = await desk.jobs.retry("old", desk.engine)
    assert not any(row["class_type"] == sage for row in job.graph.values())
    assert [said.code for said in job.warnings] == ["left_out"]
