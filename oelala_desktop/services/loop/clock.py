"""Time and chance, as services ask for them: whoever waits, dates or draws takes a clock, and a test brings its own."""

from __future__ import annotations

import asyncio
import random
import secrets
import time


class Clock:
    """The machine's own."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch, as files and rows are dated."""
        return time.time()

    def chance(self) -> float:
        """From 0 to 1, 1 excluded."""
        return random.random()

    def jittered(self, seconds: float) -> float:
        """The same, up to a quarter shorter or longer, so that many who wait for one thing do not come at once."""
        return seconds * (0.75 + 0.5 * self.chance())

    def below(self, count: int) -> int:
        """A whole number from 0 on, that nobody can foresee."""
        return secrets.randbelow(count)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Whether it is set before so many are over; returns as soon as it is."""
        try:
            async with asyncio.timeout(seconds):
                return await event.wait()
        except TimeoutError:
            return False


#: what everybody takes who is not told otherwise
CLOCK = Clock()
