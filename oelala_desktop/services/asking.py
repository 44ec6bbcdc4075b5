"""Asker: the truth about our jobs, from the server's queue and history. There are three answers to silence: it still
runs, it is there, or it is over without a result."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from oelala_desktop.comfy.answers import HistoryEntry, QueueState, ServerFile
from oelala_desktop.comfy.tracker import Phase
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError, OelalaError
from oelala_desktop.domain.job import JobState

from . import failures
from .board import Board, Flight
from .engine import jittered
from .fetching import is_fetched
from .inability import Inability
from .probing import find_files, savers_of
from .tasks import Supervisor

log = logging.getLogger(__name__)

_ABSENT_CHECKS = 3  # times a job must be absent from queue and history before that is believed
_ABSENT_PAUSE = 0.7  # seconds between these
BAFFLED_TRIES = 12  # times that a well server may answer nothing to be understood about a job
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0  # seconds between these, growing
_MISSED = 2.0  # seconds of silence after which news by HTTP alone means that the socket is dead without knowing it

Fetch = Callable[[Flight, tuple[ServerFile, ...], float | None, bool], None]


class Asker:
    """`fetch` starts the fetching of a job's files (True for files that were found by their name alone)."""

    def __init__(
        self,
        board: Board,
        fetch: Fetch,
        send_again: Callable[[Flight], Awaitable[None]],
        faults: Supervisor,
        inability: Inability,
    ) -> None:
        self._board = board
        self._inability = inability
        self._faults = faults
        self._fetch = fetch
        self._send_again = send_again
        self._asking = asyncio.Lock()

    async def ask(self) -> None:
        """Asks the server about every job that is due."""
        async with self._asking:
            due = [f for f in self._board.flights.values() if f.is_due()]
            if not due:
                return
            try:
                await self._ask_about(due)
            except EngineError as error:
                log.info("asking %s: %s", self._board.engine.ref.name, error)
                for flight in due:
                    flight.due = time.monotonic() + jittered(1.0)
            except CannotSave as error:
                self._board.complain(error.message)

    async def _ask_about(self, due: list[Flight]) -> None:
        """Raises EngineError when the server does not answer; what it answers about one job holds up no other."""
        trouble: EngineError | None = None
        try:
            queue = await self._board.engine.client.queue()
        except EngineError as error:
            if not await self._board.engine.is_well():
                raise
            queue, trouble = QueueState((), ()), error
        for flight in due:
            try:
                if await self._faults.attempt(self._settle(flight, queue, trouble), but=OelalaError):
                    flight.baffled = 0
                else:
                    await self._baffled(flight, EngineAnswer("Oelala stumbled over the answer."))
            except EngineError as error:
                if not await self._board.engine.is_well():
                    raise
                await self._baffled(flight, error)

    async def _baffled(self, flight: Flight, error: EngineError) -> None:
        """A server that is otherwise well does not tell what has become of this job. That is borne for a while; then
        its files are looked for by name, and if there are none it is over."""
        flight.baffled += 1
        log.info("what became of %s (%s): %s", flight.job.id, flight.baffled, error)
        pause = jittered(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**flight.baffled))
        flight.due = flight.heard = time.monotonic() + pause  # not sooner, though it is silent
        if flight.baffled < BAFFLED_TRIES or self._is_settled(flight) or flight.sending:
            return
        if flight.cancelling:
            await self._board.finish(flight, JobState.CANCELLED)
        elif not await self._may_be_found(flight):
            if flight.absent >= _ABSENT_CHECKS:
                await self._board.finish(flight, JobState.LOST, error=failures.lost(flight.job))
            else:
                await self._board.finish(flight, JobState.FAILED, error=failures.untold(error))

    async def _may_be_found(self, flight: Flight) -> bool:
        try:
            return await self._found(flight)
        except EngineError as error:
            log.info("looking for %s: %s", flight.job.id, error)
            return False

    async def _settle(self, flight: Flight, queue: QueueState, trouble: EngineError | None) -> None:
        """`trouble` is why the queue is not known; then only the history can tell."""
        job_id, now = flight.job.id, time.monotonic()
        was_silent = now - flight.heard > _MISSED and not flight.taken_up
        flight.heard, flight.due = now, 0.0
        if self._is_settled(flight):
            return
        if job_id in queue.running or job_id in queue.pending:
            flight.seen.set()
            if was_silent and job_id in queue.running and flight.tracker.phase is Phase.WAITING:
                self._board.engine.renew_socket()
            await self._still_there(flight, queue)
            return
        entry = await self._board.engine.client.history(job_id)
        if self._is_settled(flight):
            return
        if entry is not None:
            flight.seen.set()
            if was_silent and not flight.tracker.phase.is_over:
                self._board.engine.renew_socket()
            await self._ended_there(flight, entry)
        elif trouble is not None and flight.tracker.phase is not Phase.RUNNING:
            raise trouble
        elif trouble is None and not flight.sending:
            await self._not_there(flight)

    def _is_settled(self, flight: Flight) -> bool:
        return flight.job.id not in self._board.flights or flight.fetching is not None

    async def _still_there(self, flight: Flight, queue: QueueState) -> None:
        board, job = self._board, flight.job
        flight.absent = 0
        if queue.copies(job.id) > 1:
            # an answer was lost and the first submission came late: one of them goes
            await self._urge(board.engine.client.unqueue(job.id))
        if job.sent_at is None and not flight.sending:
            flight.job = replace(job, sent_at=time.time())
            await board.save(flight)
        if flight.cancelling:
            await self._urge(board.engine.client.cancel(job.id))
            flight.due = time.monotonic() + 0.5
        if job.id in queue.running and flight.job.state is JobState.SENT:
            board.running(flight)
            await board.save(flight)
        if flight.tracker.phase.is_over:
            flight.due = time.monotonic() + 0.3  # it said it was over; its history entry is on its way
        ahead = queue.ahead_of(job.id, frozenset(board.flights))
        if ahead != flight.progress.ahead:
            board.show(flight, ahead=ahead)

    @staticmethod
    async def _urge(work: Awaitable[None]) -> None:
        """A server that refuses this is asked again with the next look at its queue."""
        try:
            await work
        except EngineAnswer as error:
            log.info("a server refuses: %s", error)

    async def _ended_there(self, flight: Flight, entry: HistoryEntry) -> None:
        if flight.refusal is not None:
            await self._board.finish(flight, JobState.CANCELLED)
        elif entry.ending == "success":
            self._fetch(flight, entry.files, entry.seconds, False)
        elif entry.ending == "interrupted" and flight.cancelling:
            await self._board.finish(flight, JobState.CANCELLED)
        else:
            await self._failed(flight, entry)

    async def _failed(self, flight: Flight, entry: HistoryEntry) -> None:
        """By a part that the preset can do without, it is made again at once, and all that waits here goes without."""
        board, job = self._board, flight.job
        error = failures.bad_ending(entry, job)
        failure = entry.failure if error.kind == "node" and not flight.cancelling else None
        part = self._inability.part_that_failed(job, failure) if failure else None
        why = failures.reason_of(failure) if failure else ""
        again = await self._inability.again(job, part, error, why) if part else None
        if part is None or again is None:
            await board.finish(flight, JobState.FAILED, error=error)
            return
        error, fresh = again
        unable = await self._inability.known(job.engine)
        alike = [one for one in board.waiting if one.preset == job.preset]
        changed = [new for old in alike if (new := self._inability.without(old, (part,), unable)) is not old]
        await board.make_again(flight, error, fresh, changed)

    async def _not_there(self, flight: Flight) -> None:
        """Absent from queue and history: believed only when it stays so."""
        flight.absent += 1
        flight.due = time.monotonic() + _ABSENT_PAUSE
        if flight.cancelling and flight.tracker.phase is not Phase.SUCCEEDED:
            await self._board.finish(flight, JobState.CANCELLED)
        elif flight.absent < _ABSENT_CHECKS:
            return
        elif not await self._found(flight):
            if flight.job.sent_at is None or self._board.engine.ref.kind == "sketch":
                await self._send_again(flight)
            else:
                await self._board.finish(flight, JobState.LOST, error=failures.lost(flight.job))

    async def _found(self, flight: Flight) -> bool:
        """The server has forgotten it (restarted, or its history was cleared). The result may be here already, or lie
        there all the same, under the prefix that only this job has; then it is fetched."""
        if flight.job.sent_at is None:
            return False
        savers = savers_of(flight.job)
        firsts = tuple(saver.file() for saver in savers if saver.is_asked_for)
        if not savers:
            return False
        is_here = await asyncio.to_thread(is_fetched, flight.job, firsts)
        try:
            files = await find_files(savers, self._board.engine.client.exists)
        except EngineError:
            if not is_here:
                raise
            files = ()
        if files or is_here:
            self._fetch(flight, files or firsts, None, True)
        return bool(files) or is_here
