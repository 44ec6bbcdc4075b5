"""Changes of the index, told at most ten times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope

_PAUSE = 0.1


class Announcer:
    """Gathers ids; each is told once, as what became of it in the end."""

    def __init__(self, bus: Bus, scope: TaskScope, clock: Clock = CLOCK) -> None:
        self._bus = bus
        self._clock = clock
        self._scope = scope
        self._added: dict[int, None] = {}
        self._changed: dict[int, None] = {}
        self._removed: dict[int, None] = {}
        self._task: asyncio.Task[None] | None = None

    def tell(self, *, added: Iterable[int] = (), changed: Iterable[int] = (), removed: Iterable[int] = ()) -> None:
        for item_id in removed:
            self._changed.pop(item_id, None)
            if item_id in self._added:
                del self._added[item_id]
            else:
                self._removed[item_id] = None
        for item_id in added:
            if item_id in self._removed:
                del self._removed[item_id]
                self._changed[item_id] = None
            else:
                self._added[item_id] = None
        for item_id in changed:
            if item_id not in self._added and item_id not in self._removed:
                self._changed[item_id] = None
        if (self._added or self._changed or self._removed) and (self._task is None or self._task.done()):
            self._task = self._scope.start(self._run(), "announce")

    async def _run(self) -> None:
        while self._added or self._changed or self._removed:
            event = LibraryChanged(tuple(self._added), tuple(self._changed), tuple(self._removed))
            self._added, self._changed, self._removed = {}, {}, {}
            self._bus.publish(event)
            await self._clock.sleep(_PAUSE)
