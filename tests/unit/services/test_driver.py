"""The jobs of one engine, driven: real tasks and a real database, and an engine that does what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Counted,
    Order,
    Previewed,
    Refused,
    Running,
    Started,
    Submitted,
    Unknown,
)
from oelala_desktop.domain.errors import CannotSave, EngineUnreachable, NotFound
from oelala_desktop.domain.events import JobChanged, JobFinished, JobPreviewed, JobProgressed
from oelala_desktop.domain.job import EngineRef, Job, JobError, JobInput, JobState, Owner, Progress
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.bus import Bus
from oelala_desktop.services.driver import Driver
from oelala_desktop.services.engine import Engine
from oelala_desktop.services.inability import Inability
from oelala_desktop.services.tasks import TaskScope
from tests.clock import SetClock, turns
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .fake_engine import FakeEngine
from .telling import NotedScope, Told

S = JobState
HERE = EngineRef("theirs", "http://theirs", "Theirs")
ME, OTHER = Owner("me", "boot"), Owner("other", "boot")


def no_preset(name: str) -> Preset:
    raise NotFound(name)


class Desk:
    """One process: its driver, and what was announced."""

    def __init__(self, port: FakeEngine, store: Disk, scope: TaskScope, folder: Path, clock: SetClock) -> None:
        self.port, self.store, self.folder, self.clock = port, store, folder, clock
        self.bus = Bus()
        self.told = Told(self.bus)
        self.engine = Engine(HERE, port, self.bus, scope, clock)
        inability = Inability(store, no_preset, clock)
        self.driver = Driver(self.engine, store, self.bus, scope, lambda job: {}, inability, clock=clock)
        self.engine.start()

    @property
    def states(self) -> list[tuple[str, JobState]]:
        return [(event.job.id, event.job.state) for event in self.told.of(JobChanged)]

    @property
    def bars(self) -> list[float]:
        return [event.progress.fraction for event in self.told.of(JobProgressed)]

    def job(self, job_id: str = "j1", **changes: Any) -> Job:
        graph = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": f"oelala/{job_id}"}}}
        row = {"id": job_id, "engine": HERE, "prefix": f"oelala/{job_id}", "graph": graph, "owner": ME}
        return some_job(**row | {"out_dir": str(self.folder)} | changes)

    async def add(self, job_id: str = "j1", **changes: Any) -> Job:
        (job,) = await self.store.append(self.job(job_id, **changes))
        self.driver.add([job], announce=True)
        return job

    async def end_of(self, job_id: str = "j1") -> Job:
        ended = self.told.until(JobFinished, lambda event: event.job.id == job_id)
        return (await self.clock.until(ended)).job

    async def until(self, job_id: str, state: JobState) -> None:
        await self.clock.until(
            self.told.until(JobChanged, lambda event: (event.job.id, event.job.state) == (job_id, state))
        )

    async def has(self, count: int) -> list[str]:
        """The handles of the engine's, once it has so many jobs."""
        return await self.clock.until(self.port.has(count))

    async def row(self, job_id: str = "j1") -> Job:
        found = await self.store.get(job_id)
        assert found is not None
        return found


@pytest.fixture(params=[False, True], ids=["ids of its own", "our ids"])
def port(request: pytest.FixtureRequest) -> FakeEngine:
    return FakeEngine(takes_our_ids=request.param)


@pytest.fixture
async def desk(port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock) -> AsyncIterator[Desk]:
    async with TaskScope("test") as scope:
        yield Desk(port, store, scope, tmp_path / "out", clock)


async def test_the_whole_way_of_a_job(desk: Desk, port: FakeEngine, store: Disk) -> None:
    given = JobInput("image", "/kept/a.png", "a.png", "/home/a.png")
    await desk.add(inputs=(given,))
    (handle,) = await desk.has(1)
    port.run(handle)
    await desk.until("j1", S.RUNNING)
    port.end(handle)
    job = await desk.end_of()
    assert [state for _, state in desk.states] == [S.QUEUED, S.SENT, S.RUNNING, S.FETCHING, S.DONE]
    assert desk.bars == sorted(desk.bars)
    assert Path(job.outputs[0].path).read_bytes().startswith(b"\x89PNG")
    assert await store.get("j1") == job
    assert job.handle == handle and job.graph == port.submitted[0].graph
    assert len(port.submitted) == 1
    assert desk.engine.catalog is None and desk.engine.is_online


async def test_an_engine_that_tells_nothing_by_itself_is_asked(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    port.end(handle, silently=True)
    assert (await desk.end_of()).state is S.DONE


async def test_a_lost_answer_is_no_second_submission(desk: Desk, port: FakeEngine) -> None:
    def lose(order: Order) -> Submitted:
        port.take(order)
        return Unknown("cut")

    port.answer = lose
    await desk.add()
    (handle,) = await desk.has(1)
    port.end(handle, silently=True)
    job = await desk.end_of()
    assert (job.state, job.handle, len(port.submitted)) == (S.DONE, handle, 1)
    assert bool(port.searched) is not port.abilities.takes_our_ids


async def test_what_did_not_come_through_is_sent_again(desk: Desk, port: FakeEngine) -> None:
    def swallow(_order: Order) -> Submitted:
        port.answer = port.take
        return Unknown("cut")

    port.answer = swallow
    await desk.add()
    (handle,) = await desk.has(1)
    port.end(handle)
    assert (await desk.end_of()).state is S.DONE
    assert [order.id for order in port.submitted] == ["j1", "j1"]


async def test_an_engine_that_is_down_gets_it_when_it_is_back(
    port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock
) -> None:
    port.is_down = True
    async with TaskScope("test") as scope:
        desk = Desk(port, store, scope, tmp_path / "out", clock)
        await desk.add()
        await desk.until("j1", S.QUEUED)
        assert not desk.engine.is_online
        port.is_down = False
        desk.engine.retry_now()
        (handle,) = await desk.has(1)
        port.end(handle)
        assert (await desk.end_of()).state is S.DONE


async def test_a_job_that_an_engine_has_forgotten_is_lost(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    port.run(handle)
    await desk.until("j1", S.RUNNING)
    port.stands = lambda handle: Absent()
    job = await desk.end_of()
    assert job.state is S.LOST and job.error is not None and "Theirs no longer knows" in job.error.message


async def test_what_our_own_engine_has_forgotten_is_sent_again(store: Disk, tmp_path: Path, clock: SetClock) -> None:
    port = FakeEngine(is_ours=True)
    async with TaskScope("test") as scope:
        desk = Desk(port, store, scope, tmp_path / "out", clock)
        await desk.add()
        (handle,) = await desk.has(1)
        port.run(handle, 0.8)
        await desk.until("j1", S.RUNNING)
        port.standings.clear()
        again = (await desk.has(2))[1]
        port.run(again, 0.1)
        port.end(again)
        assert (await desk.end_of()).state is S.DONE
        await clock.until(port.is_released.wait())
    assert desk.bars == sorted(desk.bars)
    assert port.released == [again]


async def test_a_refusal_ends_it(desk: Desk, port: FakeEngine) -> None:
    port.answer = lambda order: Refused(JobError("steps is too large.", "rejected", fields={"steps": "too large"}))
    await desk.add()
    job = await desk.end_of()
    assert (job.state, job.error) == (
        S.FAILED,
        JobError("steps is too large.", "rejected", fields={"steps": "too large"}),
    )


async def test_the_next_process_goes_on_with_the_handle_in_the_row(
    port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock
) -> None:
    async with TaskScope("first") as scope:
        first = Desk(port, store, scope, tmp_path / "out", clock)
        await first.add()
        (handle,) = await first.has(1)
        port.run(handle)
        await first.until("j1", S.RUNNING)
        await clock.until(store.called("save", 2))
    port.end(handle, silently=True)
    port.asked.clear()
    async with TaskScope("second") as scope:
        second = Desk(port, store, scope, tmp_path / "out", clock)
        second.driver.add(await store.adopt(ME))
        assert (await second.end_of()).state is S.DONE
    assert set(port.asked) == {handle}
    assert port.searched == []
    assert len(port.submitted) == 1


async def test_cancelling_here_and_there(desk: Desk, port: FakeEngine, store: Disk) -> None:
    await desk.add("a")
    await desk.add("b")
    await desk.add("c")
    running, waiting = await desk.has(2)
    assert await desk.driver.cancel("c")
    assert await desk.driver.cancel("b")
    port.run(running)
    assert await desk.driver.cancel("a")
    assert [(await desk.end_of(name)).state for name in "abc"] == [S.CANCELLED] * 3
    assert set(port.cancelled) == {running, waiting}
    assert not await desk.driver.cancel("a")
    assert await store.cancels() == frozenset()


async def test_a_wish_to_cancel_of_another_process_is_obeyed(desk: Desk, port: FakeEngine, store: Disk) -> None:
    await desk.add()
    await desk.has(1)
    await store.ask_cancel("j1")
    assert (await desk.end_of()).state is S.CANCELLED


async def test_a_disk_that_refuses_leaves_what_waits(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    await desk.add("a")
    await desk.add("b")
    store.refuses["save"] = [FULL] * 3
    with pytest.raises(CannotSave):
        await desk.driver.cancel("a")
    with pytest.raises(CannotSave):
        await desk.driver.cancel_waiting()
    desk.driver.hold("b", "editor")
    with pytest.raises(CannotSave) as raised:
        await desk.driver.let_go("b", "editor", replace(desk.driver.waiting[1], title="other"))
    assert raised.value.message == "The job could not be changed: the disk refuses. It waits as it was."
    assert [(job.id, job.title) for job in desk.driver.waiting] == [("a", ""), ("b", "")]
    assert [job.id for job in await desk.driver.cancel_waiting()] == ["a", "b"]


async def test_no_more_than_two_are_there_and_the_first_is_first(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    a, b, c, d = [await desk.add(name) for name in "abcd"]
    await desk.driver.place([d, a, b, c], 0)
    desk.driver.paused = False
    desk.driver.wake()
    await desk.has(2)
    assert [order.id for order in port.submitted] == ["d", "a"]
    assert [job.id for job in desk.driver.waiting] == ["b", "c"]
    port.end(next(iter(port.orders)))
    await desk.has(3)
    assert [order.id for order in port.submitted] == ["d", "a", "b"]


async def test_what_is_sent_meanwhile_is_not_moved(desk: Desk, port: FakeEngine, store: Disk) -> None:
    """Its row says `sent`; to write it as waiting would send it again after a kill."""
    order = [await desk.add(name) for name in "ab"]
    await desk.has(2)
    await desk.driver.place(order[::-1], 0)
    rows = [await store.get(name) for name in "ab"]
    assert all(row is not None and row.state is not S.QUEUED for row in rows)


async def test_a_chain_goes_one_after_the_other(desk: Desk, port: FakeEngine) -> None:
    await desk.add("a")
    await desk.add("b", after="a")
    await desk.add("c", after="nobody")
    (first,) = await desk.has(1)
    assert (await desk.end_of("c")).state is S.FAILED
    assert [order.id for order in port.submitted] == ["a"]
    port.end(first)
    second = (await desk.has(2))[1]
    port.end(second)
    assert (await desk.end_of("b")).state is S.DONE


async def test_a_chain_that_is_taken_up_knows_what_was_done_before(desk: Desk, port: FakeEngine) -> None:
    await desk.store.save(some_job(id="a", state=S.DONE), some_job(id="x", state=S.CANCELLED))
    await desk.add("b", after="a")
    await desk.add("y", after="x")
    assert [order.id for order in map(port.orders.get, await desk.has(1)) if order] == ["b"]
    assert (await desk.end_of("y")).state is S.CANCELLED


async def test_what_is_held_goes_later_and_as_it_was_changed(desk: Desk, port: FakeEngine, store: Disk) -> None:
    desk.driver.paused = True
    job = await desk.add("a")
    await desk.add("b")
    assert desk.driver.hold("a", "editor")
    assert not desk.driver.hold("nobody", "editor")
    desk.driver.paused = False
    desk.driver.wake()
    await desk.has(1)
    assert [order.id for order in port.submitted] == ["b"]
    assert [job.id for job in desk.driver.waiting] == ["a"]
    await desk.driver.let_go("a", "editor", replace(job, params={"changed": True}))
    await desk.has(2)
    assert port.submitted[1].params == {"changed": True}
    row = await store.get("a")
    assert row is not None and row.params == {"changed": True}


async def test_a_line_that_breaks_is_opened_again_and_what_was_missed_is_asked(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    port.run(handle)
    await desk.until("j1", S.RUNNING)
    port.cut_line()
    port.end(handle, silently=True)
    assert (await desk.end_of()).state is S.DONE


async def test_a_running_job_is_told_though_nothing_was_heard(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    port.standings[handle] = Running()
    await desk.until("j1", S.RUNNING)


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


# Sent


async def test_a_paused_queue_sends_nothing(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    await desk.add()
    await desk.clock.advance(30)
    assert port.submitted == [] and desk.states == [("j1", S.QUEUED)]


async def test_other_processes_of_this_home_take_places_too(tmp_path: Path, port: FakeEngine, clock: SetClock) -> None:
    store = Disk(tmp_path / "shared.sqlite3", is_alive=lambda owner: owner == OTHER)
    await store.open()
    clock.drawn = 1.0
    async with TaskScope("test") as scope:
        desk = Desk(port, store, scope, tmp_path / "out", clock)
        theirs = [desk.job(name, owner=OTHER, state=S.SENT) for name in ("x", "y")]
        await store.save(*theirs)
        await desk.engine.wait_online()
        await desk.add()
        await store.called("on_server_of_others")
        while 1.25 not in clock.naps:
            await clock.until_naps(len(clock.naps) + 1)
        assert port.submitted == []
        await store.save(replace(theirs[0], state=S.DONE))
        await desk.has(1)
    await store.close()


async def test_a_full_disk_leaves_it_here_and_is_told(desk: Desk, port: FakeEngine, store: Disk) -> None:
    store.refuses["claim"] = [FULL]
    await desk.add()
    await desk.has(1)
    assert desk.told.notices == [("error", "The disk is full.", "j1")]
    assert 1.0 in desk.clock.naps


async def test_its_tasks_are_called_by_what_they_do(
    port: FakeEngine, store: Disk, tmp_path: Path, scope: NotedScope, clock: SetClock
) -> None:
    desk = Desk(port, store, scope, tmp_path / "out", clock)
    await desk.driver.cancel_waiting()
    assert scope.names[:3] == ["send to Theirs", "watch Theirs", "engine Theirs"]
    assert "end what waits" in scope.names


# Heard


async def test_a_picture_of_what_is_made_is_told_of_its_job(desk: Desk, port: FakeEngine) -> None:
    await desk.add("a")
    await desk.add("b")
    first, second = await desk.has(2)
    await desk.until("a", S.SENT)
    port.say(Previewed(None, b"0", "image/png"))
    port.run(first)
    await desk.until("a", S.RUNNING)
    port.say(Previewed(None, b"1", "image/png"), Previewed(second, b"2", "image/jpeg"))
    port.say(Previewed("nobody", b"3", "image/png"))
    await desk.told.until(JobPreviewed, count=2)
    port.run(second)
    await desk.until("b", S.RUNNING)
    port.say(Previewed(None, b"4", "image/png"), Previewed(first, b"5", "image/png"))
    await desk.told.until(JobPreviewed, count=3)
    assert desk.told.of(JobPreviewed) == [
        JobPreviewed("a", b"1", "image/png"),
        JobPreviewed("b", b"2", "image/jpeg"),
        JobPreviewed("a", b"5", "image/png"),
    ]


async def test_an_engine_that_comes_back_is_asked_about_all_that_it_has(desk: Desk, port: FakeEngine) -> None:
    await desk.add("a")
    await desk.add("b")
    handles = await desk.has(2)
    await desk.until("b", S.SENT)
    await turns(50)
    port.asked.clear()
    desk.driver.reached()
    await desk.clock.until(port.called("ask", port.calls.count("ask") + 1))
    await turns()
    assert set(port.asked) >= set(handles)


# Watched


async def test_it_looks_every_half_second(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    await desk.clock.until_asleep()
    assert "cancels" not in store.calls
    await desk.clock.skip()
    await turns()
    assert "cancels" not in store.calls, "there is nothing to end"
    await desk.add()
    await desk.clock.until(store.called("cancels", 3))
    assert set(desk.clock.naps) == {0.5}


async def test_a_wish_to_end_what_waits_here_is_obeyed_too(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    await desk.add()
    await store.ask_cancel("j1", "nobody")
    assert (await desk.end_of()).state is S.CANCELLED


async def test_a_disk_that_refuses_is_asked_again(desk: Desk, store: Disk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    desk.driver.paused = True
    await desk.add()
    await store.ask_cancel("j1")
    store.refuses["cancels"] = [FULL]
    assert (await desk.end_of()).state is S.CANCELLED
    assert "cancelling: The disk is full." in caplog.messages


async def test_a_wish_is_passed_on_once(desk: Desk, port: FakeEngine, store: Disk) -> None:
    await desk.add()
    await desk.has(1)
    await desk.until("j1", S.SENT)
    port.stands = lambda handle: Running()
    await store.ask_cancel("j1")
    await desk.clock.until(store.called("cancels", store.calls.count("cancels") + 5))
    assert port.calls.count("cancel") > 1 and store.calls.count("ask_cancel") == 2
    port.stands = lambda handle: Absent()
    assert (await desk.end_of()).state is S.CANCELLED


async def test_what_waits_after_a_job_of_another_process_goes_when_that_is_done(
    desk: Desk, port: FakeEngine, store: Disk
) -> None:
    before = desk.job("before", owner=OTHER, state=S.RUNNING)
    await store.save(before)
    await desk.add("a", after="before")
    await desk.clock.until(store.called("get", 3))
    assert port.submitted == []
    await store.save(replace(before, state=S.FAILED, retried_as="again"))
    await store.save(desk.job("again", owner=OTHER, state=S.DONE))
    await desk.has(1)
    assert (await desk.row("a")).after == "again"
    gets = store.calls.count("get")
    await desk.clock.advance(2)
    await turns(20)
    assert store.calls.count("get") == gets, "what is out waits after nothing"


async def test_what_is_told_of_no_job_of_ours_is_passed_over(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    await desk.until("j1", S.SENT)
    port.say(Started("nobody", Progress()), Previewed("nobody", b"", "image/png"), Counted(3))
    port.say(Started(handle, Progress(0.1)))
    await desk.until("j1", S.RUNNING)
    assert desk.told.notices == [] and desk.told.of(JobPreviewed) == []


async def test_nothing_is_sent_to_an_engine_that_is_away(desk: Desk, port: FakeEngine) -> None:
    await desk.engine.wait_online()
    port.fails["reach"] = EngineUnreachable("It is down.")
    with pytest.raises(EngineUnreachable):
        await desk.engine.connect()
    await desk.add()
    await desk.clock.advance(5)
    assert port.submitted == [] and "send" not in port.calls
    del port.fails["reach"]
    await desk.has(1)
