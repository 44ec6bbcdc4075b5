"""Pace: at most one request begins in each turn of the event loop, so that thirty clients that ask at once cannot hold
up the window, which lives on the same loop, for the length of thirty answers."""

from __future__ import annotations

import asyncio
from collections import deque


class Pace:
    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False

    async def turn(self) -> None:
        """Returns when it is this request's turn, in order of arrival."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next, loop)
            return
        place = loop.create_future()
        self._waiting.append(place)
        await place

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # else its client went away
                place.set_result(None)
                loop.call_soon(self._next, loop)
                return
        self._taken = False
