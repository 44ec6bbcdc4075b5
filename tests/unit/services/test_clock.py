"""The machine's own clock."""

from __future__ import annotations

import asyncio
import time

from oelala_desktop.services.loop.clock import CLOCK
from tests.clock import SetClock


def test_it_tells_the_times_of_the_machine() -> None:
    before = time.monotonic(), time.time()
    told = CLOCK.monotonic(), CLOCK.wall()
    after = time.monotonic(), time.time()
    assert before[0] <= told[0] <= after[0]
    assert before[1] <= told[1] <= after[1]


def test_waits_are_spread_by_a_quarter() -> None:
    assert [SetClock(chance=chance).jittered(4.0) for chance in (0.0, 0.5, 1.0)] == [3.0, 4.0, 5.0]
    drawn = [CLOCK.chance() for _ in range(100)]
    assert all(0 <= chance < 1 for chance in drawn) and len(set(drawn)) > 90


def test_numbers_are_drawn_from_those_that_are_asked_for() -> None:
    assert CLOCK.below(1) == 0
    assert {CLOCK.below(3) for _ in range(200)} == {0, 1, 2}


async def test_it_waits_for_what_happens_or_for_the_time() -> None:
    event = asyncio.Event()
    assert not await CLOCK.wait(event, 0.001)
    asyncio.get_running_loop().call_soon(event.set)
    assert await CLOCK.wait(event, 3600)


async def test_it_sleeps() -> None:
    before = time.monotonic()
    await CLOCK.sleep(0.01)
    assert time.monotonic() - before > 0.009
