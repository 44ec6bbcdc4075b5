"""The owner of tasks, and what survives faults of our own."""

from __future__ import annotations

import asyncio
import logging

import pytest

from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from tests.clock import SetClock, turns

from .telling import Told

FAULT = "Counting met a fault in Oelala itself ({}) and goes on. The log has more."


async def test_its_end_is_the_end_of_all_its_tasks() -> None:
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)

    async with TaskScope("app") as scope:
        tasks = [scope.start(work(name), name) for name in "ab"]
        await turns()
        assert not scope.is_closed and ended == []
    assert scope.is_closed and sorted(ended) == ["a", "b"]
    assert all(task.cancelled() for task in tasks)
    assert tasks[0].get_name() == "app: a"


async def test_what_is_started_too_late_is_refused_and_never_begins() -> None:
    scope = TaskScope("app")
    await scope.close()
    late = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="scope app is closed"):
        scope.start(late, "late")
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        await late


async def test_a_task_that_fails_is_logged_and_takes_nobody_with_it(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise KeyError("x")

    async def work() -> str:
        await turns()
        return "done"

    async with TaskScope("app") as scope:
        failing, other = scope.start(fail(), "fail"), scope.start(work(), "work")
        assert await other == "done"
        assert failing.done()
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "task app: fail failed")
    assert record.exc_info and record.exc_info[0] is KeyError


async def test_a_failure_of_a_scope_goes_through_it() -> None:
    with pytest.raises(KeyError):
        async with TaskScope("app") as scope:
            task = scope.start(asyncio.Event().wait(), "wait")
            raise KeyError("x")
    assert task.cancelled()


async def test_a_turn_that_fails_is_followed_by_a_pause(bus: Bus, told: Told, clock: SetClock) -> None:
    faults = Supervisor(bus, "Counting", clock=clock)
    begun: list[float] = []

    async def turn() -> None:
        begun.append(clock.now)
        if len(begun) == 2:
            raise KeyError
        if len(begun) == 4:
            await asyncio.Event().wait()

    async with TaskScope("test") as scope:
        scope.start(faults.keep(turn), "keep")
        await clock.until_asleep()
        assert begun == [1000.0, 1000.0]
        await clock.advance(0.99)
        assert len(begun) == 2
        await clock.advance(0.01)
        assert begun[2:] == [1001.0, 1001.0]
    assert told.notices == [("error", FAULT.format("KeyError"), None)]


async def test_what_comes_of_one_turn_is_told(bus: Bus, clock: SetClock) -> None:
    faults = Supervisor(bus, "Counting", 2.5, clock)

    async def fail() -> None:
        raise KeyError

    assert await faults.attempt(asyncio.sleep(0))
    assert not await clock.until(faults.attempt(fail()))
    assert clock.naps == [2.5]
    with pytest.raises(KeyError):
        await faults.attempt(fail(), but=KeyError)
    assert clock.naps == [2.5]


def test_a_fault_is_logged_again_only_after_a_minute_and_told_once(
    bus: Bus, told: Told, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    faults = Supervisor(bus, "Counting", clock=clock)

    def fail(value: int) -> float:
        return 1 / value

    for seconds in (0, 59.9, 0.1, 59.9, 0.1):
        clock.move(seconds)
        faults.call(fail, 0)
    faults.call(fail, 1)
    assert [record.getMessage() for record in caplog.records] == ["Counting failed and goes on"] * 3
    assert all(record.levelno == logging.ERROR and record.exc_info for record in caplog.records)
    assert told.notices == [("error", FAULT.format("ZeroDivisionError"), None)]


def test_the_same_kind_from_another_place_is_another_fault(bus: Bus, told: Told, clock: SetClock) -> None:
    faults = Supervisor(bus, "Counting", clock=clock)

    def one() -> None:
        raise KeyError

    def other() -> None:
        raise KeyError

    faults.call(one)
    faults.call(other)
    faults.call(one)
    faults.note(ValueError("never raised"))
    assert len(told.all) == 3
