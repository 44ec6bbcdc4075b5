"""Turns: what was begun first is finished first, however long each part takes in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Turns:
    def __init__(self) -> None:
        self._last: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Yields what waits until every turn that was begun before this one is over."""
        before = self._last
        mine = self._last = asyncio.get_running_loop().create_future()

        async def come() -> None:
            if before is not None:
                await asyncio.wait({before})

        def over(_: object = None) -> None:
            mine.set_result(None)

        try:
            yield come
        finally:
            # one that gives up early leaves its place to none but those before it
            if before is None or before.done():
                over()
            else:
                before.add_done_callback(over)
