"""A clock that stands until a test moves it."""

from __future__ import annotations

import asyncio

from oelala_desktop.services.clock import Clock


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

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        nap = (self.now + seconds, asyncio.get_running_loop().create_future())
        self._asleep.append(nap)
        self._changed.set()
        try:
            await nap[1]
        finally:
            self._asleep.remove(nap)

    @property
    def asleep(self) -> int:
        return len(self._asleep)

    async def until_asleep(self, count: int = 1) -> None:
        """Returns once so many wait for time to pass."""
        async with asyncio.timeout(20):
            while self.asleep < count:
                self._changed.clear()
                await self._changed.wait()

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
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self.move(max(0.0, end - self.now))
