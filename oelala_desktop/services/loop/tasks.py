"""TaskScope: the owner of every task. Closing it ends them all and waits until they have ended. Supervisor: what keeps
alive the few that are to last as long as it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from oelala_desktop.domain.events import NoticePosted

from .bus import Bus
from .clock import CLOCK, Clock

log = logging.getLogger(__name__)
T = TypeVar("T")
_PAUSE = 1.0  # seconds after a fault until work begins anew
_LOGGED_AGAIN = 60.0  # seconds in which the same fault is not logged again


class TaskScope:
    """A task that fails is logged with its traceback; it takes nobody else with it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def is_closed(self) -> bool:
        return self._closed

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Starts `work` now. Raises RuntimeError on a closed scope: that is a bug."""
        if self._closed:
            work.close()
            raise RuntimeError(f"scope {self._name} is closed")
        task = asyncio.get_running_loop().create_task(work, name=f"{self._name}: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("task %s failed", task.get_name(), exc_info=task.exception())

    async def close(self) -> None:
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Supervisor:
    """Faults of our own in work that is to go on regardless. Each is logged with its traceback, now and then if it
    comes again and again, and the first of a kind is told. `what` names the work: "Following the jobs on Sketch"."""

    def __init__(self, bus: Bus, what: str, pause: float = _PAUSE, clock: Clock = CLOCK) -> None:
        self._bus = bus
        self._clock = clock
        self._what = what
        self._pause = pause
        self._logged: dict[tuple[type, int], float] = {}

    def call(self, handler: Callable[..., object], *given: object) -> None:
        """Survives what `handler` raises."""
        try:
            handler(*given)
        except Exception as error:  # noqa: BLE001 - noted with its traceback
            self.note(error)

    async def attempt(self, work: Awaitable[object], *, but: type[Exception] | tuple[()] = ()) -> bool:
        """One turn of a loop; False, after a pause, when it failed. `but` is raised."""
        try:
            await work
        except but:
            raise
        except Exception as error:  # noqa: BLE001 - noted with its traceback
            self.note(error)
            await self._clock.sleep(self._pause)
            return False
        return True

    async def keep(self, work: Callable[[], Awaitable[object]]) -> None:
        """Turn after turn of `work`, whatever one of them raises; until cancelled."""
        while True:
            await self.attempt(work())

    def note(self, error: Exception) -> None:
        kind = type(error), _line_of(error)
        now = self._clock.monotonic()
        before = self._logged.get(kind)
        if before is not None and now - before < _LOGGED_AGAIN:
            return
        self._logged[kind] = now
        log.error("%s failed and goes on", self._what, exc_info=error)
        if before is None:
            text = f"{self._what} met a fault in Oelala itself ({type(error).__name__}) and goes on. The log has more."
            self._bus.publish(NoticePosted("error", text))


def _line_of(error: Exception) -> int:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_lineno if trace is not None else 0
