"""What is asked of the jobs of one engine: held, moved, cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import JobChanged, JobFinished
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .disk import FULL, Disk
from .driving import Desk, S
from .fake_engine import FakeEngine


@pytest.fixture(params=[False, True], ids=["ids of its own", "our ids"])
def port(request: pytest.FixtureRequest) -> FakeEngine:
    return FakeEngine(takes_our_ids=request.param)


@pytest.fixture
async def desk(port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock) -> AsyncIterator[Desk]:
    async with TaskScope("test") as scope:
        yield Desk(port, store, scope, tmp_path / "out", clock)


# What is asked of it


async def test_a_job_is_taken_once_and_announced_if_that_is_asked_for(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    job = await desk.add()
    desk.driver.add([job, replace(job, title="other")], announce=True)
    desk.driver.add([desk.job("quiet")])
    assert desk.states == [("j1", S.QUEUED)]
    assert [one.id for one in desk.driver.waiting] == ["j1", "quiet"] == [one.id for one in desk.driver.jobs()]
    assert desk.driver.find("j1") == job and desk.driver.find("nobody") is None
    assert not desk.driver.is_waiting


async def test_a_new_job_has_an_engine_that_is_away_tried_at_once(
    port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock
) -> None:
    port.is_down = True
    async with TaskScope("test") as scope:
        desk = Desk(port, store, scope, tmp_path / "out", clock)
        await port.called("reach")
        await turns()
        port.is_down = False
        job = desk.job()
        await store.save(job)
        desk.driver.add([job])
        await port.called("reach", 2)
        assert clock.now == 1000.0
        await desk.has(1)


async def test_progress_is_of_what_does_not_wait_here(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    await desk.add()
    assert desk.driver.progress_of("j1") is None and desk.driver.progress_of("nobody") is None
    desk.driver.paused = False
    desk.driver.wake()
    (handle,) = await desk.has(1)
    port.run(handle, 0.4)
    await desk.until("j1", S.RUNNING)
    found = desk.driver.progress_of("j1")
    assert found is not None and found.fraction == 0.4
    assert desk.driver.is_waiting


async def test_what_is_being_sent_is_not_held(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    await desk.has(1)
    assert not desk.driver.hold("j1", "editor")


async def test_what_is_let_go_goes_as_it_was(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    job = await desk.add()
    assert desk.driver.hold("j1", "one") and desk.driver.hold("j1", "other")
    await desk.driver.let_go("j1", "one")
    desk.driver.paused = False
    desk.driver.wake()
    await turns()
    assert desk.driver.waiting == [job]
    await desk.driver.let_go("j1", "other")
    await desk.has(1)
    assert port.submitted[0].params == job.params


async def test_an_edit_by_somebody_who_does_not_hold_it_is_none(desk: Desk) -> None:
    desk.driver.paused = True
    job = await desk.add()
    await desk.driver.let_go("j1", "nobody", replace(job, title="other"))
    assert desk.driver.waiting == [job] and await desk.row() == job


# Moved while it is edited


@pytest.mark.parametrize("is_edit_first", [True, False])
async def test_a_job_that_moves_while_its_edit_is_written_keeps_both(
    desk: Desk, store: Disk, scope: TaskScope, is_edit_first: bool
) -> None:
    desk.driver.paused = True
    a, b = await desk.add("a"), await desk.add("b")
    desk.driver.hold("b", "editor")
    held = store.holds["edited"] = asyncio.Event()
    edit = desk.driver.let_go("b", "editor", replace(b, title="edited"))
    if is_edit_first:
        editing = scope.start(edit, "edit")
        await store.called("edited")
        moving = scope.start(desk.driver.place([b, a], 0), "move")
        await turns()
        assert "place" not in store.calls
    else:
        store.holds["place"] = asyncio.Event()
        moving = scope.start(desk.driver.place([b, a], 0), "move")
        await store.called("place")
        editing = scope.start(edit, "edit")
        await store.called("edited")
        store.holds["place"].set()
        await moving
    held.set()
    await editing
    await moving
    await turns(50)
    async with asyncio.timeout(20):
        while (await desk.row("b")).title != "edited":
            await store.called("save", store.calls.count("save") + 1)
    found = await desk.row("b")
    assert (found.title, found.position) == ("edited", 0.0)
    assert found.position < a.position
    assert [(job.id, job.title, job.position) for job in desk.driver.waiting] == [("b", "edited", 0.0), ("a", "", 1.0)]
    last = desk.told.of(JobChanged)[-1].job
    assert (last.id, last.title, last.position) == ("b", "edited", 0.0)


async def test_a_place_that_the_disk_refuses_is_no_place(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    a, b = await desk.add("a"), await desk.add("b")
    told = len(desk.told.all)
    store.refuses["place"] = [FULL]
    with pytest.raises(CannotSave):
        await desk.driver.place([b, a], 0)
    assert desk.driver.waiting == [a, b] and len(desk.told.all) == told


async def test_what_moves_is_told(desk: Desk) -> None:
    desk.driver.paused = True
    a, b, c = [await desk.add(name) for name in "abc"]
    told = len(desk.told.all)
    await desk.driver.place([a, c, b], 1)
    (event,) = desk.told.all[told:]
    assert event == JobChanged(replace(c, position=1.5))
    assert [job.id for job in desk.driver.waiting] == ["a", "c", "b"]
    assert (await desk.row("c")).position == 1.5


async def test_what_has_gone_meanwhile_is_not_moved_what_is_behind_it_is(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    a, b, c = [await desk.add(name) for name in "abc"]
    await desk.driver.cancel("a")
    store.calls.clear()
    await desk.driver.place([a, b, c], 0)
    assert "place" not in store.calls
    await desk.driver.place([c, a, b], 0)
    assert [job.id for job in desk.driver.waiting] == ["c", "b"]


# Cancelled


async def test_what_waits_ends_at_once_all_of_it_or_none(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    jobs = [await desk.add(name) for name in "abc"]
    store.calls.clear()
    assert await desk.driver.cancel_waiting() == jobs
    assert store.calls.count("save") == 1
    assert [(await desk.row(name)).state for name in "abc"] == [S.CANCELLED] * 3
    assert desk.driver.waiting == [] and await desk.driver.cancel_waiting() == []
    assert [event.job.id for event in desk.told.of(JobFinished)] == ["a", "b", "c"]
    assert (await desk.row("a")).finished_at == desk.clock.date


async def test_so_does_what_the_engine_has_and_has_not_begun(desk: Desk, port: FakeEngine) -> None:
    for name in "abc":
        await desk.add(name)
    running, waiting = await desk.has(2)
    port.run(running)
    await desk.until("a", S.RUNNING)
    ended = await desk.clock.until(desk.driver.cancel_waiting())
    assert [(job.id, job.state) for job in ended] == [("c", S.QUEUED), ("b", S.SENT)]
    assert (await desk.end_of("b")).state is S.CANCELLED
    assert port.cancelled == [waiting]
    port.end(running)
    assert (await desk.end_of("a")).state is S.DONE


async def test_a_fault_that_is_no_full_disk_leaves_what_waits_too(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    job = await desk.add()
    store.refuses["save"] = [KeyError("bug")]
    with pytest.raises(KeyError):
        await desk.driver.cancel("j1")
    assert desk.driver.waiting == [job]


async def test_what_is_just_being_changed_ends_after_that_also_in_the_next_run(
    desk: Desk, store: Disk, scope: TaskScope
) -> None:
    desk.driver.paused = True
    job = await desk.add()
    desk.driver.hold("j1", "editor")
    store.holds["edited"] = asyncio.Event()
    scope.start(desk.driver.let_go("j1", "editor", replace(job, title="edited")), "edit")
    await store.called("edited")
    assert await desk.driver.cancel("j1")
    assert await store.cancels() == frozenset({"j1"})
    assert [job.id for job in desk.driver.waiting] == ["j1"]
    store.holds["edited"].set()
    ended = await desk.end_of()
    assert (ended.state, ended.title) == (S.CANCELLED, "edited")
    assert await store.cancels() == frozenset()


async def test_what_the_engine_has_ends_when_it_says_so(desk: Desk, port: FakeEngine, store: Disk) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    port.is_down = True
    assert await desk.driver.cancel("j1")
    assert await store.cancels() == frozenset({"j1"})
    port.is_down = False
    assert (await desk.end_of()).state is S.CANCELLED
    assert port.cancelled[-1] == handle
