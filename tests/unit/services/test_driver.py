"""The jobs of one engine, driven: real tasks and a real database, and an engine that does what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Order,
    Refused,
    Running,
    Submitted,
    Unknown,
)
from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import JobError, JobInput
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .driving import ME, Desk, S
from .fake_engine import FakeEngine


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
