"""Rows are written one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from oelala_desktop.domain.life.actions import Write
from oelala_desktop.domain.life.facts import NotWritten, Written
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from oelala_desktop.services.queue.lanes import Lanes
from tests.clock import SetClock, turns
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .telling import Told

BUG = "A job could not be written down, through a fault of Oelala's own."


class Desk:
    def __init__(self, store: Disk, bus: Bus, clock: SetClock, scope: TaskScope) -> None:
        complaints, faults = Complaints(bus, clock), Supervisor(bus, "Following", clock=clock)
        self.store, self._scope = store, scope
        self.lanes = Lanes(store, complaints, faults, 3.0, clock)

    async def begin(self, work: Awaitable[object]) -> asyncio.Task[object]:
        async def go() -> object:
            return await work

        task = self._scope.start(go(), "write")
        await turns()
        return task


def titles(desk: Desk) -> list[str]:
    return [name for name in desk.store.calls if name not in ("save", "get")]


@pytest.fixture
def desk(store: Disk, bus: Bus, clock: SetClock, scope: TaskScope) -> Desk:
    return Desk(store, bus, clock, scope)


async def test_a_row_and_those_beside_it_are_written(desk: Desk) -> None:
    row, beside = some_job(), some_job(id="j2")
    assert await desk.lanes.write(Write(row, beside=(beside,))) == Written(row)
    assert [await desk.store.get(name) for name in ("j1", "j2")] == [row, beside]


async def test_a_disk_that_refuses_is_told_of_at_once(desk: Desk, told: Told, clock: SetClock) -> None:
    row = some_job()
    desk.store.refuses["save"] = [FULL]
    assert await desk.lanes.write(Write(row)) == NotWritten(row, "The disk is full.")
    desk.store.refuses["save"] = [KeyError()]
    assert await desk.lanes.write(Write(row)) == NotWritten(row, BUG)
    assert [text.partition(" (")[0] for _, text, _ in told.notices] == [
        "Following met a fault in Oelala itself",
    ]
    assert clock.naps == [] and await desk.store.get("j1") is None


async def test_what_must_be_written_is_tried_until_the_disk_takes_it(desk: Desk, told: Told, clock: SetClock) -> None:
    row = some_job()
    desk.store.refuses["save"] = [FULL, FULL, KeyError(), FULL]
    assert await clock.until(desk.lanes.write(Write(row, must=True))) == Written(row)
    assert clock.naps == [3.0] * 4
    assert ("error", "The disk is full.", "j1") in told.notices and len(told.notices) == 2
    assert await desk.store.get("j1") == row


async def test_the_rows_of_one_job_are_written_in_their_order_those_of_others_do_not_wait(desk: Desk) -> None:
    desk.store.holds["first"] = asyncio.Event()
    first = await desk.begin(desk.lanes.write(Write(some_job(title="first"))))
    second = await desk.begin(desk.lanes.write(Write(some_job(title="second"))))
    await desk.lanes.write(Write(some_job(id="j2", title="other")))
    assert titles(desk) == ["first", "other"]
    desk.store.holds["first"].set()
    await asyncio.wait({first, second})
    assert titles(desk) == ["first", "other", "second"]
    found = await desk.store.get("j1")
    assert found is not None and found.title == "second"


async def test_whoever_is_alone_with_rows_waits_and_lets_wait(desk: Desk) -> None:
    desk.store.holds["first"] = asyncio.Event()
    first = await desk.begin(desk.lanes.write(Write(some_job(title="first"))))
    steps: list[str] = []
    done = asyncio.Event()

    async def change() -> None:
        async with desk.lanes.alone(["j1", "unknown"]):
            steps.append("alone")
            await done.wait()

    await desk.begin(change())
    assert steps == []
    desk.store.holds["first"].set()
    await first
    await turns()
    assert steps == ["alone"]
    second = await desk.begin(desk.lanes.write(Write(some_job(title="second"))))
    assert titles(desk) == ["first"]
    done.set()
    await second
    assert titles(desk) == ["first", "second"]


async def test_rows_of_others_do_not_wait(desk: Desk) -> None:
    await desk.lanes.write(Write(some_job(title="first")))
    async with asyncio.timeout(20), desk.lanes.alone(["j2"]):
        await desk.lanes.write(Write(some_job(title="second")))
    assert titles(desk) == ["first", "second"]


async def test_two_who_want_the_same_rows_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.store.holds["held"] = asyncio.Event()
    writes = [await desk.begin(desk.lanes.write(Write(some_job(id=name, title="held")))) for name in ("a", "b")]

    async def change(*names: str) -> None:
        async with desk.lanes.alone(names):
            await turns()

    changes = [await desk.begin(change("a", "b")), await desk.begin(change("b", "a"))]
    desk.store.holds["held"].set()
    async with asyncio.timeout(20):
        await asyncio.gather(*writes, *changes)


async def test_a_job_that_is_over_leaves_no_lane(desk: Desk) -> None:
    desk.store.holds["first"] = asyncio.Event()
    await desk.begin(desk.lanes.write(Write(some_job(title="first"))))
    desk.lanes.close("j1")
    desk.lanes.close("j1")
    async with asyncio.timeout(20), desk.lanes.alone(["j1"]):
        pass
