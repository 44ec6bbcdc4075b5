"""The queue as people handle it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave, NotFound
from oelala_desktop.domain.events import JobChanged, JobFinished, JobRemoved, QueuePaused
from oelala_desktop.domain.job import JobState, Owner
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.order import Cancellation
from tests.clock import SetClock, turns

from .desk import THERE, JobDesk
from .disk import FULL, Disk

S = JobState
OTHER = Owner("other", "boot")


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with TaskScope("test") as scope:
        yield JobDesk(tmp_path, store, scope, clock)


@pytest.fixture
async def still(desk: JobDesk) -> JobDesk:
    """Nothing is sent."""
    await desk.jobs.pause(True)
    desk.told.all.clear()
    return desk


# Found


async def test_a_job_is_found_by_the_beginning_of_its_id_as_it_stands_now(still: JobDesk) -> None:
    await still.store.save(still.job("abc1"), still.job("abd2"))
    assert (await still.jobs.find("abc")).id == "abc1"
    for name, said in (
        ("ab", "There is more than one job whose id begins with ab."),
        ("x", "There is no job whose id begins with x."),
        ("", "No job is named: give its id, or the beginning of that."),
    ):
        with pytest.raises(NotFound) as raised:
            await still.jobs.find(name)
        assert raised.value.message == said
    job = await still.add("live")
    await still.store.save(replace(job, title="on the disk"))
    assert (await still.jobs.find("li")) == job
    assert [one.title for one in await still.jobs.recent(1)] in ([""], ["on the disk"])
    assert {one.id: one.title for one in await still.jobs.recent()}["live"] == ""
    assert {one.id: one.title for one in await still.jobs.unfinished()}["live"] == ""


async def test_the_newest_come_first_and_so_many(still: JobDesk) -> None:
    rows = [still.job(str(number), created_at=float(number), state=S.DONE) for number in range(202)]
    await still.store.save(*rows, still.job("hidden", created_at=999.0, state=S.DONE, hidden=True))
    assert [job.id for job in await still.jobs.recent(2)] == ["201", "200"]
    assert len(await still.jobs.recent()) == 200
    assert await still.jobs.unfinished() == []


# Cancelled


async def test_a_job_of_this_process_is_ended_here(still: JobDesk) -> None:
    await still.add("a")
    await still.add("b", engine=THERE)
    await still.jobs.cancel("b")
    assert (await still.row("b")).state is S.CANCELLED and still.queue() == ["a"]
    assert await still.store.cancels() == frozenset()


async def test_one_of_another_process_is_asked_to_end(still: JobDesk) -> None:
    await still.store.save(still.job("a", owner=OTHER), still.job("b", state=S.DONE))
    await still.jobs.cancel("a")
    assert await still.store.cancels() == frozenset({"a"})
    for name in ("b", "nobody"):
        with pytest.raises(NotFound, match=r"This job is over\."):
            await still.jobs.cancel(name)
    assert await still.store.cancels() == frozenset({"a"})


async def test_all_that_waits_ends_over_all_engines(still: JobDesk) -> None:
    for name, engine in (("a", None), ("b", THERE), ("c", None)):
        await still.add(name, **({"engine": engine} if engine else {}))
    await still.store.save(still.job("theirs", owner=OTHER), still.job("runs", owner=OTHER, state=S.RUNNING))
    done = await still.jobs.cancel_waiting()
    assert done == Cancellation(done.token, ("a", "c", "b"), 10.0, ("theirs",))
    assert len(done.token) == 12 and done.token != (await still.jobs.cancel_waiting()).token
    assert await still.store.cancels() == frozenset({"theirs"})
    assert [(await still.row(name)).state for name in "abc"] == [S.CANCELLED] * 3


async def test_what_is_just_being_changed_is_not_another_processes(still: JobDesk) -> None:
    await still.add("a")
    still.jobs.driver(still.engine).hold("a", "remaking")
    assert (await still.jobs.cancel_waiting()).asked == ()


async def test_a_disk_that_refuses_ends_nothing(still: JobDesk) -> None:
    await still.add("a")
    still.store.refuses["save"] = [FULL]
    with pytest.raises(CannotSave):
        await still.jobs.cancel_waiting()
    assert still.queue() == ["a"]


# Undone


async def test_for_ten_seconds_all_of_it_can_be_undone_once(still: JobDesk) -> None:
    a, b = await still.add("a"), await still.add("b", engine=THERE)
    c = await still.add("c")
    done = await still.jobs.cancel_waiting()
    still.told.all.clear()
    still.clock.move(9.99)
    assert await still.jobs.undo_cancel(done.token) == [a, c, b]
    assert (still.queue(), still.queue(still.other_port)) == (["a", "c"], ["b"])
    assert await still.row("a") == a and (await still.row("b")).position == b.position
    assert {event.job.id for event in still.told.of(JobChanged)} == {"a", "b", "c"}
    with pytest.raises(NotFound):
        await still.jobs.undo_cancel(done.token)


async def test_then_it_is_too_late(still: JobDesk) -> None:
    await still.add("a")
    done = await still.jobs.cancel_waiting()
    still.clock.move(10.0)
    for token in (done.token, "another"):
        with pytest.raises(NotFound) as raised:
            await still.jobs.undo_cancel(token)
        assert raised.value.message == "It is too late to undo this; run the jobs again one by one."
    assert (await still.row("a")).state is S.CANCELLED


async def test_a_later_cancellation_leaves_an_earlier_one_its_time(still: JobDesk) -> None:
    still.jobs.undo_seconds = 5.0
    await still.add("a")
    first = await still.jobs.cancel_waiting()
    assert first.seconds == 5.0
    still.clock.move(4.0)
    await still.add("b")
    second = await still.jobs.cancel_waiting()
    assert [job.id for job in await still.jobs.undo_cancel(first.token)] == ["a"]
    still.clock.move(4.0)
    assert [job.id for job in await still.jobs.undo_cancel(second.token)] == ["b"]
    await still.jobs.cancel_waiting()
    still.clock.move(5.0)
    last = await still.jobs.cancel_waiting()
    assert set(still.jobs._cancelled) == {last.token}, "what can be undone no longer is forgotten"


async def test_a_disk_that_refuses_can_be_asked_again(still: JobDesk) -> None:
    await still.add("a")
    done = await still.jobs.cancel_waiting()
    still.store.refuses["save"] = [FULL]
    with pytest.raises(CannotSave):
        await still.jobs.undo_cancel(done.token)
    assert still.queue() == []
    still.clock.move(9.9)
    assert len(await still.jobs.undo_cancel(done.token)) == 1


async def test_what_the_server_had_goes_out_as_another_job(desk: JobDesk) -> None:
    a = await desk.add("a")
    desk.jobs.undo_seconds = 10_000.0  # the clock goes on by itself while the server is asked
    await desk.clock.until(desk.port.has(1))
    await desk.until("a", S.SENT)
    done = await desk.clock.until(desk.jobs.cancel_waiting())
    ended = await desk.end_of("a")
    assert (done.ids, ended.state) == (("a",), S.CANCELLED)
    await desk.jobs.pause(True)
    done_at = desk.clock.date
    (again,) = await desk.jobs.undo_cancel(done.token)
    assert (again.retry_of, again.state, again.seed, again.position) == ("a", S.QUEUED, a.seed, a.position)
    assert again.id != "a" and again.owner == a.owner and again.created_at == done_at
    assert desk.queue() == [again.id]


async def test_but_not_if_it_came_to_a_result_first(still: JobDesk) -> None:
    rows = {"done": S.DONE, "fetching": S.FETCHING, "cancelled": S.CANCELLED, "running": S.RUNNING}
    await still.store.save(*(still.job(name, state=state) for name, state in rows.items()))
    sent = [still.job(name, state=S.SENT) for name in (*rows, "gone")]
    still.jobs._cancelled["t"] = still.clock.now + 1, sent
    assert [job.retry_of for job in await still.jobs.undo_cancel("t")] == ["cancelled", "running"]


# Moved


async def test_a_waiting_job_goes_before_another_or_last(still: JobDesk) -> None:
    for name in "abc":
        await still.add(name)
    await still.jobs.move("c", "a")
    assert still.queue() == ["c", "a", "b"]
    await still.jobs.move("c", "b")
    assert still.queue() == ["a", "c", "b"]
    await still.jobs.move("a", None)
    assert still.queue() == ["c", "b", "a"]
    rows = {name: (await still.row(name)).position for name in "abc"}
    assert rows["c"] < rows["b"] < rows["a"]


async def test_each_engine_has_a_queue_of_its_own(still: JobDesk) -> None:
    await still.add("a")
    for name in "xy":
        await still.add(name, engine=THERE)
    await still.jobs.move("y", "x")
    assert (still.queue(), still.queue(still.other_port)) == (["a"], ["y", "x"])
    with pytest.raises(NotFound):
        await still.jobs.move("a", "x")


@pytest.mark.parametrize(("name", "before"), [("nobody", "a"), ("a", "nobody"), ("nobody", None), ("a", "a")])
async def test_only_what_waits_is_moved(still: JobDesk, name: str, before: str | None) -> None:
    for job in "ab":
        await still.add(job)
    with pytest.raises(NotFound) as raised:
        await still.jobs.move(name, before)
    assert raised.value.message == "This job waits no longer; it cannot be moved."
    assert still.queue() == ["a", "b"]


async def test_what_is_on_the_server_is_not(desk: JobDesk) -> None:
    await desk.add("a")
    await desk.clock.until(desk.port.has(1))
    await desk.jobs.pause(True)
    await desk.add("b")
    with pytest.raises(NotFound):
        await desk.jobs.move("a", None)
    with pytest.raises(NotFound):
        await desk.jobs.move("b", "a")


# All at once


async def test_a_pause_survives_a_restart(desk: JobDesk) -> None:
    assert not desk.jobs.is_paused
    await desk.add("a")
    await desk.jobs.pause(True)
    assert desk.jobs.is_paused and desk.jobs.driver(desk.engine).paused
    assert desk.told.of(QueuePaused) == [QueuePaused(True)]
    next_run = JobDesk(desk.folder, desk.store, desk.scope, desk.clock)
    await next_run.jobs.recall_pause()
    assert next_run.jobs.is_paused and next_run.told.of(QueuePaused) == [QueuePaused(True)]
    assert next_run.jobs.driver(next_run.engine).paused
    await desk.jobs.pause(False)
    assert desk.told.of(QueuePaused)[-1] == QueuePaused(False)
    last = JobDesk(desk.folder, desk.store, desk.scope, desk.clock)
    await last.jobs.recall_pause()
    assert not last.jobs.is_paused and last.told.all == []


async def test_what_waited_for_the_end_of_a_pause_goes(still: JobDesk) -> None:
    await still.add("a")
    await turns(20)
    await still.jobs.pause(False)
    await still.clock.until(still.port.has(1))


async def test_a_finished_job_is_taken_off_the_list_its_row_stays(still: JobDesk) -> None:
    await still.store.save(still.job("done", state=S.DONE), still.job("runs", state=S.RUNNING, owner=OTHER))
    await still.jobs.hide("done")
    await still.jobs.hide("runs")
    assert still.told.all == [JobRemoved("done")]
    assert (await still.row("done")).hidden and not (await still.row("runs")).hidden
    assert [job.id for job in await still.jobs.recent()] == ["runs"]


async def test_all_finished_ones_at_once(still: JobDesk) -> None:
    await still.store.save(still.job("a", state=S.DONE), still.job("b", state=S.FAILED), still.job("c", owner=OTHER))
    await still.jobs.clear_finished()
    assert {event.job_id for event in still.told.of(JobRemoved)} == {"a", "b"} and len(still.told.all) == 2
    assert [job.id for job in await still.jobs.recent()] == ["c"]
    assert still.told.of(JobFinished) == []
