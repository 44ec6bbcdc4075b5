"""Work on a thread that is over before whoever waited for it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def to_the_end(work: Callable[..., T], *args: object, undo: Callable[[T], object] | None = None) -> T:
    """Like asyncio.to_thread, but a cancellation is held until the work has ended: a thread cannot be stopped, and what
    it opens afterwards would be left behind. `undo` is then given what came of it."""
    coming = asyncio.get_running_loop().run_in_executor(None, work, *args)
    try:
        return await asyncio.shield(coming)
    except asyncio.CancelledError:
        await asyncio.wait({coming})
        if not coming.cancelled() and coming.exception() is None and undo is not None:
            await asyncio.to_thread(undo, coming.result())
        raise
