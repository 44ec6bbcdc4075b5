"""Asker: carries out what is asked of an engine about jobs that it has, or may have."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Absent, Order, Standing, Taken, Untold, order_of
from oelala_desktop.domain.errors import CannotSave, EngineError
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.life.facts import CancelTold, LeftThere, NothingLeft, NotReached
from oelala_desktop.domain.savers import savers_of
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.storage.jobs import JobStore

from .fetching import is_fetched

log = logging.getLogger(__name__)


class Asker:
    def __init__(self, engine: Engine, store: JobStore, complaints: Complaints) -> None:
        self._engine = engine
        self._store = store
        self._complaints = complaints

    async def ask(self, jobs: Sequence[Job]) -> AsyncIterator[tuple[str, Standing | Taken]]:
        """How each stands, by its id, as soon as it is known; one without a handle is looked for first. Raises
        EngineError when the engine does not answer; what it answers about one job holds up no other."""
        orders = [order_of(job, job.handle, {}) for job in jobs]
        async with aclosing(self._engine.port.ask([order for order in orders if order.handle])) as answers:
            async for order, standing in answers:
                yield order.id, standing
        for order in orders:
            if not order.handle:
                yield order.id, await self._find(order)

    async def _find(self, order: Order) -> Taken | Absent | Untold:
        try:
            return await self._engine.port.find(order)
        except EngineError as error:
            if not await self._engine.is_well():
                raise
            return Untold(endings.from_error(error, ""))

    async def look(self, job: Job) -> LeftThere | NothingLeft | Untold | NotReached:
        """The result may be here already, or lie there all the same, under the prefix that only this job has."""
        savers = savers_of(job.graph, job.prefix)
        if not savers:
            return NothingLeft()
        firsts = tuple(saver.file() for saver in savers if saver.is_asked_for)
        is_here = await asyncio.to_thread(is_fetched, job, firsts)
        try:
            files = await self._engine.port.leftovers(order_of(job, job.handle, {}))
        except EngineError as error:
            log.info("looking for %s: %s", job.id, error)
            if not is_here:
                is_well = await self._engine.is_well()
                return Untold(endings.from_error(error, "")) if is_well else NotReached()
            files = ()
        return LeftThere(files or firsts) if files or is_here else NothingLeft()

    async def cancel(self, job_id: str, handle: str, *, note: bool) -> CancelTold:
        if note:
            await self.write_down(job_id)
        try:
            await self._engine.port.cancel(handle)
        except EngineError as error:
            log.info("cancelling %s: %s", job_id, error)
        return CancelTold()

    async def write_down(self, job_id: str) -> None:
        """The wish to cancel outlives this process, whether or not the engine can be told now."""
        try:
            await self._store.ask_cancel(job_id)
        except CannotSave as error:
            self._complaints.say(error.message, job_id)
