"""All that a bus was told, and all tasks that were begun, in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, get_args

from oelala_desktop.domain.events import Event, NoticePosted
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope

E = TypeVar("E")


class Told:
    def __init__(self, bus: Bus) -> None:
        self.all: list[Any] = []
        self._came = asyncio.Event()
        for kind in get_args(Event):
            bus.subscribe(kind, self._hear)

    def _hear(self, event: Any) -> None:
        self.all.append(event)
        self._came.set()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.all if isinstance(event, kind)]

    @property
    def notices(self) -> list[tuple[str, str, str | None]]:
        """Their levels, texts and jobs."""
        return [(event.level, event.text, event.job_id) for event in self.of(NoticePosted)]

    async def until(self, kind: type[E], fits: Callable[[E], bool] = lambda event: True, count: int = 1) -> E:
        """The last of them, once so many that fit were told."""
        async with asyncio.timeout(20):
            while len(found := [event for event in self.of(kind) if fits(event)]) < count:
                self._came.clear()
                await self._came.wait()
        return found[count - 1]


class NotedScope(TaskScope):
    """`names` are what the log calls its tasks."""

    def __init__(self) -> None:
        super().__init__("test")
        self.names: list[str] = []

    def start(self, work: Coroutine[Any, Any, E], name: str) -> asyncio.Task[E]:
        self.names.append(name)
        return super().start(work, name)

    async def empty(self) -> None:
        """Returns once all of them are over."""
        async with asyncio.timeout(20):
            while self._tasks:
                await asyncio.wait(self._tasks)
