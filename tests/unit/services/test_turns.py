"""Turns: what was begun first is finished first."""

from __future__ import annotations

import asyncio

import pytest

from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.loop.turns import Turns
from tests.clock import turns


class Queue:
    def __init__(self, scope: TaskScope) -> None:
        self._scope, self._turns = scope, Turns()
        self.ready: dict[str, asyncio.Event] = {}
        self.over: list[str] = []

    async def begin(self, name: str, *, fails: bool = False) -> asyncio.Task[None]:
        self.ready[name] = asyncio.Event()
        task = self._scope.start(self._go(name, fails), name)
        await turns()
        return task

    async def _go(self, name: str, fails: bool) -> None:
        async with self._turns.turn() as come:
            await self.ready[name].wait()
            if fails:
                raise LookupError(name)
            await come()
            self.over.append(name)

    async def let(self, *names: str) -> None:
        for name in names:
            self.ready[name].set()
            await turns(12)


@pytest.fixture
def queue(scope: TaskScope) -> Queue:
    return Queue(scope)


async def test_whoever_is_ready_first_waits_for_those_before(queue: Queue) -> None:
    for name in "abc":
        await queue.begin(name)
    await queue.let("c", "b")
    assert queue.over == []
    await queue.let("a")
    assert queue.over == ["a", "b", "c"]


async def test_one_that_gives_up_leaves_its_place_to_none_but_those_before_it(queue: Queue) -> None:
    await queue.begin("a")
    failing = await queue.begin("b", fails=True)
    await queue.begin("c")
    await queue.let("b", "c")
    assert failing.done() and queue.over == []
    await queue.let("a")
    assert queue.over == ["a", "c"]


async def test_one_that_is_alone_waits_for_nobody_also_after_others(queue: Queue) -> None:
    await queue.begin("a", fails=True)
    await queue.let("a")
    await queue.begin("b")
    await queue.let("b")
    assert queue.over == ["b"]
    await queue.begin("c")
    await queue.let("c")
    assert queue.over == ["b", "c"]


async def test_whoever_is_cancelled_while_it_waits_holds_up_nobody(queue: Queue) -> None:
    await queue.begin("a")
    waiting = await queue.begin("b")
    await queue.begin("c")
    await queue.let("b", "c")
    waiting.cancel()
    await turns(12)
    assert queue.over == []
    await queue.let("a")
    assert queue.over == ["a", "c"]
