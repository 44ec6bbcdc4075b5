"""A server that trains, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.hostile import Hostile, hostile_server
from tests.faults.trainer import Trainer


@contextmanager
def training_server(base: Path, trainer: Trainer) -> Iterator[Hostile]:
    ready, over = threading.Event(), asyncio.Event()
    made: list[Hostile] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with hostile_server(base, nodes=trainer.classes) as hostile:
            made.append(hostile)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(60)
        yield made[0]
    finally:
        trainer.gate.set()
        loops[0].call_soon_threadsafe(over.set)
        thread.join(60)
