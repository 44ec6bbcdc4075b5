"""Lanes: rows are written one after the other for each job, in the order in which that was asked for, so that a late
write never brings back an older state."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.life.actions import Write
from oelala_desktop.domain.life.facts import NotWritten, Written
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.loop.tasks import Supervisor
from oelala_desktop.storage.jobs import JobStore

log = logging.getLogger(__name__)


class Lanes:
    """`pause` is for how many seconds a disk that refuses is left alone."""

    def __init__(
        self, store: JobStore, complaints: Complaints, faults: Supervisor, pause: float, clock: Clock = CLOCK
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._store = store
        self._complaints = complaints
        self._faults = faults
        self._lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.order = asyncio.Lock()  # held while positions are given, or a row is claimed

    async def write(self, action: Write) -> Written | NotWritten:
        """With `must` it returns when the disk has taken it."""
        row = action.row
        async with self._lanes[row.id]:
            while True:
                try:
                    await self._store.save(row, *action.beside)
                    return Written(row)
                except CannotSave as error:
                    if not action.must:
                        return NotWritten(row, error.message)
                    await self.wait_for_room(error, row.id)
                except Exception as error:  # noqa: BLE001 - noted with its traceback
                    self._faults.note(error)
                    if not action.must:
                        return NotWritten(row, "A job could not be written down, through a fault of Oelala's own.")
                    await self._clock.sleep(self._pause)

    @asynccontextmanager
    async def alone(self, job_ids: Iterable[str]) -> AsyncIterator[None]:
        """What is being written of these rows is over, and nothing waits before them."""
        async with AsyncExitStack() as stack:
            # in one order, so that no two wait for each other; a lane that closes meanwhile is not opened anew
            for lane in [self._lanes[job_id] for job_id in sorted(self._lanes.keys() & set(job_ids))]:
                await stack.enter_async_context(lane)
            yield

    def close(self, job_id: str) -> None:
        """The job is over."""
        self._lanes.pop(job_id, None)

    async def wait_for_room(self, error: CannotSave, job_id: str) -> None:
        self._complaints.say(error.message, job_id)
        await self._clock.sleep(self._pause)
