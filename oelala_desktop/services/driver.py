"""Driver: sends one engine its jobs and follows each to its end.

At most one job of ours, that is of this home, runs and one waits on the server; the others wait here, so that reorder
and pause work. The socket's messages make it quick; the truth is asked from the server's queue and history: on every
connect, when a job seems over, and whenever a job has been silent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from oelala_desktop.comfy.messages import Message, Preview
from oelala_desktop.comfy.tracker import Phase
from oelala_desktop.domain.errors import CannotSave, EngineError
from oelala_desktop.domain.events import JobChanged, JobPreviewed
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.storage.jobs import JobStore

from .asking import Asker
from .board import Board, Flight
from .bus import Bus
from .collecting import Collector
from .engine import Engine
from .inability import Inability
from .sending import Sender
from .tasks import Supervisor, TaskScope

log = logging.getLogger(__name__)

_WATCH = 0.5  # seconds between two looks at the clock


class Driver:
    """`keys_of` maps "Title.input" to settings keys for a job's preset, so that a refusal is shown at its field."""

    def __init__(
        self,
        engine: Engine,
        store: JobStore,
        bus: Bus,
        scope: TaskScope,
        keys_of: Callable[[Job], dict[str, str]],
        inability: Inability,
    ) -> None:
        self.engine = engine
        self.paused = False
        self._unwanted: set[str] = set()  # cancelled while they were being sent
        self._board = Board(engine, store, bus)
        self._scope = scope
        self._sender = Sender(self._board, scope, keys_of)
        self._faults = Supervisor(bus, f"Following the jobs on {engine.ref.name}")
        self._collector = Collector(self._board, scope, self._faults)
        self._asker = Asker(self._board, self._collector.start, self._sender.send_again, self._faults, inability)
        engine.on_message = self._heard
        engine.on_online = self._came_online
        engine.is_needed = lambda: bool(self._board.flights)
        scope.start(self._faults.keep(self._send_waiting), f"send to {engine.ref.name}")
        scope.start(self._faults.keep(self._watch), f"watch {engine.ref.name}")

    # What others ask of it

    @property
    def waiting(self) -> list[Job]:
        """Jobs that wait here, in the order in which they will go."""
        return list(self._board.waiting)

    def add(self, jobs: Iterable[Job], *, announce: bool = False) -> None:
        """Takes jobs in any state that is not final; those that the server may have are asked for."""
        for job in jobs:
            if self._board.knows(job.id):
                continue
            if job.state is JobState.QUEUED:
                self._board.waiting.put(job)
            else:
                self._board.take_off(job).taken_up = True
            if announce:
                self._board.bus.publish(JobChanged(job))
        self.engine.retry_now()
        self._board.more.set()

    def wake(self) -> None:
        self._board.more.set()

    def progress_of(self, job_id: str) -> Progress | None:
        flight = self._board.flights.get(job_id)
        return flight.progress if flight else None

    def jobs(self) -> list[Job]:
        return [*(flight.job for flight in self._board.flights.values()), *self._board.waiting]

    def find(self, job_id: str) -> Job | None:
        flight = self._board.flights.get(job_id)
        return flight.job if flight else self._board.waiting.find(job_id)

    async def cancel(self, job_id: str) -> bool:
        """Ends that job and no other; False if it is not here. A result that is already made is still fetched, unless
        it does not come through.

        Raises CannotSave for a waiting job when the disk is full; it then waits on."""
        board = self._board
        waiting = board.waiting.take(job_id)
        if waiting is not None:
            await self._end([waiting])
            return True
        flight = board.flights.get(job_id)
        if flight is None:
            return False
        flight.cancelling = True
        await self._write_down(job_id)
        if job_id not in board.flights:
            return True  # it ended meanwhile
        if flight.fetching is not None and flight.stalled:
            flight.fetching.cancel()
            await board.finish(flight, JobState.CANCELLED)
        elif flight.sending:
            self._unwanted.add(job_id)
        elif flight.fetching is None:
            await self._cancel_on_server(flight)
        return True

    async def cancel_waiting(self) -> list[Job]:
        """Ends all that has not begun and returns it: as it waited here, or as `sent` where the server may have had it.

        Raises CannotSave; what waited here then waits on."""
        board = self._board
        here, there = list(board.waiting), [flight for flight in board.flights.values() if flight.waits]
        for job in here:
            board.waiting.take(job.id)
        await self._end(here)
        ended = []
        for flight in there:
            if flight.waits:  # it may have begun meanwhile
                ended.append(replace(flight.job, state=JobState.SENT))
                await self.cancel(flight.job.id)
        return here + ended

    async def _end(self, jobs: list[Job]) -> None:
        """Jobs that were taken out of the line."""
        board = self._board
        ended = [job.with_state(JobState.CANCELLED, finished_at=time.time()) for job in jobs]
        try:
            await board.store.save(*ended)
        except BaseException:
            for job in jobs:
                board.waiting.put(job)
            raise
        for job in ended:
            board.announce(job)

    async def _write_down(self, job_id: str) -> None:
        """The wish to cancel outlives this process, whether or not the server can be told now."""
        try:
            await self._board.store.ask_cancel(job_id)
        except CannotSave as error:
            self._board.complain(error.message, job_id)

    async def place(self, order: list[Job], at: int) -> None:
        """`order` are all that wait, `order[at]` the one that moves. Raises CannotSave; then nothing has changed."""
        for job in await self._board.store.place(order, at):
            if job.id in self._board.waiting:
                self._board.waiting.put(job)
                self._board.bus.publish(JobChanged(job))

    async def _cancel_on_server(self, flight: Flight) -> None:
        try:
            await self.engine.client.cancel(flight.job.id)
        except EngineError as error:
            log.info("cancelling %s: %s", flight.job.id, error)
        flight.due = time.monotonic()
        await self._asker.ask()

    # Sending

    async def _send_waiting(self) -> None:
        """All that may go, once there may be something."""
        board = self._board
        await board.more.wait()
        while self._may_send():
            # the end of another process's job is not announced here: it is looked for
            if not (await self._sender.is_room(board.waiting.first) and await self._send_next()):
                await asyncio.sleep(self._sender.pause())
        board.more.clear()

    def _may_send(self) -> bool:
        board = self._board
        return bool(board.waiting) and self.engine.is_online and not self.paused and board.room() > 0

    async def _send_next(self) -> bool:
        """False if the server did not get it."""
        if not self._may_send():
            return True  # the queue was paused, or its last job cancelled, while the others were counted
        job = self._board.waiting.first
        self._board.waiting.take(job.id)
        sent = await self._sender.send(job)
        await self._cancelled_meanwhile(job.id)
        return sent

    async def _cancelled_meanwhile(self, job_id: str) -> None:
        flight = self._board.flights.get(job_id)
        if job_id in self._unwanted or (flight is not None and flight.refusal is not None):
            self._unwanted.discard(job_id)
            try:
                await self.cancel(job_id)
            except CannotSave as error:
                self._board.complain(error.message, job_id)

    # Listening

    def _heard(self, message: Message) -> None:
        prompt_id = getattr(message, "prompt_id", None)
        if isinstance(message, Preview):
            self._preview(message)
        flight = self._board.flights.get(prompt_id) if prompt_id else None
        if flight is None or flight.fetching is not None or flight.job.state is JobState.QUEUED:
            return
        flight.heard = time.monotonic()
        flight.absent = 0
        flight.seen.set()
        if not flight.tracker.apply(message):
            return
        if flight.tracker.phase is Phase.RUNNING and flight.job.state is JobState.SENT:
            self._board.running(flight)
            self._scope.start(self._board.save(flight), f"save {flight.job.id}")
        self._board.show(flight)
        if flight.tracker.phase.is_over:
            flight.due = time.monotonic()
            self._scope.start(self._asker.ask(), f"end of {flight.job.id}")

    def _preview(self, preview: Preview) -> None:
        """A preview without an owner is ours only if the one running job is."""
        running = [f for f in self._board.flights.values() if f.job.state is JobState.RUNNING]
        owner = preview.prompt_id or (running[0].job.id if len(running) == 1 else None)
        if owner in self._board.flights:
            self._board.bus.publish(JobPreviewed(str(owner), preview.image, preview.mime))

    # Asking

    def _came_online(self) -> None:
        for flight in self._board.flights.values():
            flight.due = time.monotonic()
        self._board.more.set()
        if self._board.flights:
            self._scope.start(self._asker.ask(), f"reconcile with {self.engine.ref.name}")

    async def _watch(self) -> None:
        await asyncio.sleep(_WATCH)
        await self._faults.attempt(self._obey())
        if self.engine.is_online and any(f.is_due() for f in self._board.flights.values()):
            await self._asker.ask()

    async def _obey(self) -> None:
        """Cancels what an earlier run, or another process, asked to end."""
        board = self._board
        if not board.flights and not board.waiting:
            return
        try:
            for job_id in await board.store.cancels():
                flight = board.flights.get(job_id)
                if flight is None or not flight.cancelling:
                    await self.cancel(job_id)
        except CannotSave as error:
            log.info("cancelling: %s", error)
