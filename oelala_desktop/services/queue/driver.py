"""Driver: what is asked of the jobs of one engine, and the loops that keep them going.

At most one job of ours, that is of this home, runs and one waits on the server; the others wait here, so that reorder
and pause work. The engine's events make it quick; the truth is asked: on every connect, when a job seems over, and
whenever a job has been silent. What follows from all this is for `domain.life` to say, and for the carrier to do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from oelala_desktop.domain.engine import Ceased, EngineEvent, Previewed, Progressed, Started
from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import JobChanged, JobPreviewed
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.domain.life import RULES, Flight, Rules, Stage, taken_up
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelWished,
    Chosen,
    Edited,
    EngineBack,
    Fact,
    Held,
    LetGo,
    Moved,
    NotWritten,
    PredecessorEnded,
    Written,
)
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.jobs import JobStore

from .carrying import Carrier, Fill
from .inability import Inability

log = logging.getLogger(__name__)


class Driver:
    def __init__(
        self,
        engine: Engine,
        store: JobStore,
        bus: Bus,
        scope: TaskScope,
        keys_of: Callable[[Job], dict[str, str]],
        inability: Inability,
        fill: Fill,
        rules: Rules = RULES,
        clock: Clock = CLOCK,
    ) -> None:
        self.engine = engine
        self.paused = False
        self._store = store
        self._bus = bus
        self._scope = scope
        self._rules = rules
        self._clock = clock
        self._carrier = Carrier(engine, store, bus, scope, keys_of, inability, fill, rules, clock)
        self._board = self._carrier.board
        engine.attach(self)
        scope.start(self._carrier.faults.keep(self._send_waiting), f"send to {engine.ref.name}")
        scope.start(self._carrier.faults.keep(self._watch), f"watch {engine.ref.name}")

    # What others ask of it

    @property
    def waiting(self) -> list[Job]:
        """Jobs that wait here, in the order in which they will go."""
        return list(self._board.waiting)

    def add(self, jobs: Iterable[Job], *, announce: bool = False) -> None:
        """Takes jobs in any state that is not final; those that the server may have are asked for."""
        port = self.engine.port
        for job in jobs:
            if self._board.find(job.id) is not None:
                continue
            flight = taken_up(job, port.handle_for(job.id), self._board.now(), is_ours=port.abilities.is_ours)
            self._carrier.admit(flight)
            if announce:
                self._bus.publish(JobChanged(job))
        self.engine.retry_now()
        self._carrier.more.set()

    def wake(self) -> None:
        self._carrier.more.set()

    def progress_of(self, job_id: str) -> Progress | None:
        flight = self._board.find(job_id)
        return flight.progress if flight and flight.stage is not Stage.HERE else None

    def jobs(self) -> list[Job]:
        return self._board.jobs()

    def find(self, job_id: str) -> Job | None:
        flight = self._board.find(job_id)
        return flight.job if flight else None

    def happened(self, job_id: str, fact: Fact) -> None:
        """Takes in a fact about one of the jobs."""
        self._carrier.happened(job_id, fact)

    # Held while it is edited

    def hold(self, job_id: str, by: str) -> bool:
        """The job keeps its place and is not sent until `by` lets it go; False if it waits here no longer."""
        flight = self._board.find(job_id)
        if flight is None or flight.stage is not Stage.HERE:
            return False
        self.happened(job_id, Held(by))
        return True

    async def let_go(self, job_id: str, by: str, job: Job | None = None) -> None:
        """As it was, or as `job`. Raises CannotSave when the disk refuses that; then it goes as it was."""
        if job is None:
            self.happened(job_id, LetGo(by))
            return
        before = self._board.find(job_id)
        is_held = before is not None and by in before.held
        await _all(self._carrier.happened(job_id, Edited(by, job)))
        flight = self._board.find(job_id)
        if is_held and flight is not None and flight.stage is Stage.HERE and not _is_same(flight.job, job):
            self.happened(job_id, LetGo(by))
            raise CannotSave("The job could not be changed: the disk refuses. It waits as it was.")

    # Cancelling

    async def cancel(self, job_id: str) -> bool:
        """Ends that job and no other; False if it is not here. A result that is already made is still fetched, unless
        it does not come through.

        Raises CannotSave for a waiting job when the disk is full; it then waits on."""
        flight = self._board.find(job_id)
        if flight is None:
            return False
        if flight.stage is Stage.HERE:
            await self._end([job_id])
            return True
        await self._carrier.asker.write_down(job_id)
        await _all(self._carrier.happened(job_id, CancelWished()))
        return True

    async def cancel_waiting(self) -> list[Job]:
        """Ends all that has not begun and returns it: as it waited here, or as `sent` where the server may have had it.

        Raises CannotSave; what waited here then waits on."""
        there = [flight.job.id for flight in self._board.out if flight.waits]
        ended = await self._end([job.id for job in self._board.waiting])
        for job_id in there:
            flight = self._board.find(job_id)
            if flight is not None and flight.waits:  # it may have begun meanwhile
                ended.append(replace(flight.job, state=JobState.SENT))
                await self.cancel(job_id)
        return ended

    async def _end(self, job_ids: list[str]) -> list[Job]:
        """Jobs that wait here, all of them or none; returns them as they waited. What is just being changed ends when
        that is over."""
        waited, writes = [], []
        for job_id in job_ids:
            flight = self._board.find(job_id)
            for action in self._board.take(job_id, CancelWished()):
                if flight is not None and isinstance(action, do.Write):
                    waited.append(flight.job)
                    writes.append(action.row)
        ending = self._scope.start(self._write_ends(writes), "end what waits")
        await _all([ending])  # whoever asked may go away; what is half written is told all the same
        for job_id in set(job_ids) - {job.id for job in waited}:
            await self._carrier.asker.write_down(job_id)
        error = ending.result()
        if error is not None:
            raise error
        return waited

    async def _write_ends(self, rows: list[Job]) -> CannotSave | None:
        try:
            async with self._carrier.lanes.alone(row.id for row in rows):
                await self._store.save(*rows)
        except Exception as error:
            for row in rows:
                self.happened(row.id, NotWritten(row, str(error)))
            if not isinstance(error, CannotSave):
                raise
            return error
        for row in rows:
            self.happened(row.id, Written(row))
        return None

    async def place(self, order: list[Job], at: int) -> None:
        """`order` are all that wait, `order[at]` the one that moves. Raises CannotSave; then nothing has changed."""
        moved = order[at].id
        lanes = self._carrier.lanes
        # what is being written of one comes first: its row is written anew, with its place
        async with lanes.order, lanes.alone(one.id for one in order if one.id in self._board.waiting):
            still = [job for one in order if (job := self._board.waiting.find(one.id))]  # others are not touched
            places = [job.id for job in still]
            if moved not in places:
                return
            changed = await self._store.place(still, places.index(moved))
        for job in changed:
            self.happened(job.id, Moved(job.position))
            moved_job = self._board.waiting.find(job.id)
            if moved_job is not None:
                self._bus.publish(JobChanged(moved_job))

    # Sending

    async def _send_waiting(self) -> None:
        """All that may go, once there may be something."""
        more = self._carrier.more
        await more.wait()
        while (flight := self._next()) is not None:
            # the end of another process's job is not announced here: it is looked for
            is_room = await self._carrier.sender.is_room(flight.job, self._board.room())
            if not (is_room and await self._send_next()):
                await self._clock.sleep(self._clock.jittered(self._rules.send_pause))
        more.clear()

    def _next(self) -> Flight | None:
        if not self._board.waiting or not self.engine.is_online or self.paused or self._board.room() <= 0:
            return None
        return self._board.next()

    async def _send_next(self) -> bool:
        """False if the server did not get it."""
        flight = self._next()
        if flight is None:
            return True  # the queue was paused, or its last job cancelled, while the others were counted
        self._carrier.sent.clear()
        self.happened(flight.job.id, Chosen())
        await self._carrier.sent.wait()
        after = self._board.find(flight.job.id)
        return after is None or after.stage is not Stage.HERE

    # Listening

    @property
    def is_waiting(self) -> bool:
        return bool(self._board.out)

    def hear(self, event: EngineEvent) -> None:
        match event:
            case Previewed():
                self._preview(event)
            case Started() | Progressed() | Ceased():
                flight = self._board.known_as(event.handle)
                if flight is not None:
                    self.happened(flight.job.id, event)
            case _:
                pass

    def _preview(self, preview: Previewed) -> None:
        """A preview without an owner is ours only if the one running job is."""
        owner = self._board.known_as(preview.handle)
        if preview.handle is None:
            running = [flight for flight in self._board.out if flight.job.state is JobState.RUNNING]
            owner = running[0] if len(running) == 1 else None
        if owner is not None:
            self._bus.publish(JobPreviewed(owner.job.id, preview.image, preview.mime))

    def reached(self) -> None:
        for flight in self._board.out:
            self.happened(flight.job.id, EngineBack())
        self._carrier.more.set()

    # Watching

    async def _watch(self) -> None:
        await self._clock.sleep(self._rules.watch)
        await self._carrier.faults.attempt(self._obey())
        await self._carrier.faults.attempt(self._look_before())
        if self.engine.is_online and self._board.due():
            await self._carrier.ask()

    async def _obey(self) -> None:
        """Cancels what an earlier run, or another process, asked to end."""
        if not self._board.out and not self._board.waiting:
            return
        try:
            for job_id in await self._store.cancels():
                flight = self._board.find(job_id)
                if flight is not None and not flight.cancelling:
                    await self.cancel(job_id)
        except CannotSave as error:
            log.info("cancelling: %s", error)

    async def _look_before(self) -> None:
        """What waits after a job of an earlier run, or of another process, is told of its end; so is what waits on
        after one that is over here, which may be sent again."""
        for flight in [one for one in self._board.here() if one.job.after and not one.freed]:
            if self._board.find(flight.job.after) is not None:
                continue  # it will be told
            before = await self._store.get(flight.job.after)
            if before is None:
                self.happened(flight.job.id, PredecessorEnded(None))
            elif before.state.is_final:
                self.happened(flight.job.id, PredecessorEnded(before.state, before.retried_as))


def _is_same(one: Job, other: Job) -> bool:
    """But for its place, which it may have changed meanwhile."""
    return replace(one, position=other.position) == other


async def _all(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Waits until they are over; whoever waits may be cancelled without harm to them."""
    if tasks:
        await asyncio.wait(tasks)
