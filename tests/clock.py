"""A clock that stands until a test moves it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable
from typing import TypeVar

from oelala_desktop.services.loop.clock import Clock
from oelala_desktop.services.loop.tasks import TaskScope

T = TypeVar("T")


async def turns(count: int = 6) -> None:
    """Lets the loop turn a few times, so that whoever was woken goes on."""
    for _ in range(count):
        await asyncio.sleep(0)


class SetClock(Clock):
    """`advance` wakes whoever sleeps until then, one after the other, each at its own moment."""

    def __init__(self, monotonic: float = 1000.0, wall: float = 1_700_000_000.0, chance: float = 0.5) -> None:
        self.now, self.date, self.drawn = monotonic, wall, chance
        self.naps: list[float] = []  # every one that was asked for, in seconds
        self._asleep: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.date

    def chance(self) -> float:
        return self.drawn

    def below(self, count: int) -> int:
        return int(self.drawn * count)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        nap = (self.now + seconds, asyncio.get_running_loop().create_future())
        self._asleep.append(nap)
        self._changed.set()
        try:
            await nap[1]
        finally:
            self._asleep.remove(nap)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        self.naps.append(seconds)
        nap = (self.now + seconds, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(None) as limit:
                nap[1].add_done_callback(lambda over: over.cancelled() or limit.reschedule(0))
                self._asleep.append(nap)
                self._changed.set()
                return await event.wait()
        except TimeoutError:
            return False
        finally:
            self._asleep.remove(nap)
            nap[1].cancel()

    @property
    def asleep(self) -> int:
        return len(self._asleep)

    async def until_asleep(self, count: int = 1) -> None:
        """Returns once so many wait for time to pass."""
        async with asyncio.timeout(20):
            while self.asleep < count:
                self._changed.clear()
                await self._changed.wait()

    async def until_naps(self, count: int) -> list[float]:
        """All that were asked for, in seconds, once there are so many."""
        async with asyncio.timeout(20):
            while len(self.naps) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.naps

    async def skip(self) -> None:
        """Waits until somebody sleeps, and lets time pass until the first of them wakes."""
        await self.until_asleep()
        await self.advance(max(0.0, min((end for end, _ in self._due(math.inf)), default=self.now) - self.now))

    async def until(self, work: Awaitable[T]) -> T:
        """Lets time pass, nap after nap, until that is over."""
        async with TaskScope("time") as scope, asyncio.timeout(20):
            scope.start(self._pass(), "pass")
            return await work

    async def _pass(self) -> None:
        while True:
            await self.skip()

    def move(self, seconds: float) -> None:
        """Time passes, and nobody who sleeps has been woken yet; so a machine wakes from suspension."""
        self.now += seconds
        self.date += seconds

    def _due(self, end: float) -> list[tuple[float, asyncio.Future[None]]]:
        return [nap for nap in self._asleep if nap[0] <= end and not nap[1].done()]

    async def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while due := min(self._due(end), key=lambda nap: nap[0], default=None):
            self.move(max(0.0, due[0] - self.now))
            due[1].set_result(None)
            await turns()
        self.move(max(0.0, end - self.now))
