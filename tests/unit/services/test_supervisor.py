"""Faults of our own in work that is to go on."""

from __future__ import annotations

import asyncio
import logging

import pytest

from oelala_desktop.domain.events import NoticePosted
from oelala_desktop.services.bus import Bus
from oelala_desktop.services.tasks import Supervisor, TaskScope
from tests.waiting import turn


@pytest.fixture
def told() -> tuple[Bus, list[str]]:
    bus, texts = Bus(), list[str]()
    bus.subscribe(NoticePosted, lambda event: texts.append(event.text))
    return bus, texts


async def test_a_loop_goes_on_after_any_fault(told: tuple[Bus, list[str]], caplog: pytest.LogCaptureFixture) -> None:
    bus, texts = told
    turns, over = 0, asyncio.Event()

    async def turn() -> None:
        nonlocal turns
        turns += 1
        if turns < 50:
            raise KeyError(turns)
        over.set()
        await asyncio.Event().wait()

    async with TaskScope("test") as scope, asyncio.timeout(40):
        scope.start(Supervisor(bus, "Counting", pause=0.0).keep(turn), "count")
        await over.wait()
    assert texts == ["Counting met a fault in Oelala itself (KeyError) and goes on. The log has more."]
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(logged) == 1  # of the same kind, with its traceback
    assert logged[0].exc_info is not None


async def test_other_faults_are_told_too(told: tuple[Bus, list[str]]) -> None:
    bus, texts = told
    faults = Supervisor(bus, "Counting", pause=0.0)

    async def fail(error: Exception) -> None:
        raise error

    assert not await faults.attempt(fail(KeyError()))
    assert not await faults.attempt(fail(ValueError()))
    faults.call(lambda value: 1 / value, 0)
    assert [text.partition("(")[2].partition(")")[0] for text in texts] == [
        "KeyError",
        "ValueError",
        "ZeroDivisionError",
    ]
    with pytest.raises(LookupError):
        await faults.attempt(fail(KeyError()), but=LookupError)


async def test_it_ends_when_its_scope_does(told: tuple[Bus, list[str]]) -> None:
    bus, texts = told
    async with TaskScope("test") as scope:
        task = scope.start(Supervisor(bus, "Waiting").keep(turn), "wait")
        await turn()
    assert task.cancelled()
    assert texts == []
