"""How tests wait. Whoever can be told waits for being told: `Signal`. What nobody here is told of (another process's
queue, its files, its end) is asked for again and again: `until`, `until_sync`. No other place in the tests lets time
pass."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0  # seconds; a busy machine takes many times as long as an idle one
_SHORTEST, _LONGEST = 0.002, 0.1  # seconds between two questions, more each time


def _given_up(what: str, seconds: float | None) -> AssertionError:
    return AssertionError(f"{seconds:g} seconds were not enough to see {what}.")


class Signal:
    """Tells those who wait for a condition that it may have come true; they look then, and at no other time."""

    def __init__(self) -> None:
        self._told = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self, *_news: object) -> None:
        """Something has changed. To be called on the loop's thread."""
        self._told += 1
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    async def until(self, condition: Callable[[], Awaitable[T] | T], what: str, seconds: float | None = PATIENCE) -> T:
        """What the condition gives, once that is something true; `seconds` None waits for as long as it takes. `what`
        follows on “were not enough to see”."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    told = self._told
                    if found := await _settled(condition()):
                        return found
                    if told == self._told:
                        await self._next()
        except TimeoutError:
            raise _given_up(what, seconds) from None

    async def _next(self) -> None:
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        try:
            await told
        finally:
            self._waiting.discard(told)


async def _settled(found: Awaitable[T] | T) -> T:
    return await found if inspect.isawaitable(found) else found


async def until(condition: Callable[[], Awaitable[T] | T], what: str, seconds: float = PATIENCE) -> T:
    """Asks until the condition gives something true, and gives that. `what` follows on “were not enough to see”."""
    end, pause = time.monotonic() + seconds, _SHORTEST
    while not (found := await _settled(condition())):
        if time.monotonic() > end:
            raise _given_up(what, seconds)
        await asyncio.sleep(pause)
        pause = min(_LONGEST, pause * 1.5)
    return found


def until_sync(condition: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """As `until`, where there is no loop."""
    end, pause = time.monotonic() + seconds, _SHORTEST
    while not (found := condition()):
        if time.monotonic() > end:
            raise _given_up(what, seconds)
        time.sleep(pause)
        pause = min(_LONGEST, pause * 1.5)
    return found


async def turn() -> None:
    """Everything that is ready to go on has its turn of the loop."""
    await asyncio.sleep(0)
