"""Collector: brings a finished job's files here, whatever network and disk do meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time

from oelala_desktop.comfy.answers import ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError, EngineUnreachable
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import JobError, JobState, Output

from . import failures
from .board import Board, Flight
from .engine import jittered
from .eta import amount_of_work, place_key
from .fetching import fetch_results
from .tasks import TaskScope

log = logging.getLogger(__name__)

_BAD_ANSWERS = 5  # times that a well server may give out something that is no result
_LONGEST_PAUSE = 1.5  # seconds between two attempts on a bad line
_AFTER_A_FAULT = 5.0  # seconds until a fetch that ended without an end, through a fault of ours, is begun anew
_FAULTS = 3  # times that this is done


class Collector:
    def __init__(self, board: Board, scope: TaskScope) -> None:
        self._board = board
        self._scope = scope

    def start(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool = False
    ) -> None:
        """`seconds` is how long the server ran the job; `guessed` files were found by name and may be unfinished."""
        if flight.fetching is not None:
            return
        if flight.faults < _FAULTS:
            work = self._collect(flight, files, seconds, guessed)
        else:
            error = JobError(
                "The result could not be taken in, through a fault of Oelala's own; its log has more.", "bug"
            )
            work = self._board.finish(flight, JobState.FAILED, error=error)
        flight.fetching = self._scope.start(work, f"fetch {flight.job.id}")

    async def _collect(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool
    ) -> None:
        flight.faults += 1
        try:
            await self._begin(flight)
            outputs = await self._fetch(flight, files, guessed)
            if outputs:
                await self._board.finish(flight, JobState.DONE, outputs=outputs)
                await self._remember(flight, seconds)
        finally:
            # nothing is ever stuck here: what has not ended by now is asked for again
            flight.fetching = None
            flight.due = time.monotonic() + _AFTER_A_FAULT

    async def _begin(self, flight: Flight) -> None:
        job = flight.job
        if job.state is not JobState.FETCHING:
            flight.job = job.with_state(JobState.FETCHING, sent_at=job.sent_at or time.time())
            await self._board.insist(lambda: self._board.store.save(flight.job), job.id)
            self._board.bus.publish(JobChanged(flight.job))

    async def _fetch(self, flight: Flight, files: tuple[ServerFile, ...], guessed: bool) -> tuple[Output, ...]:
        """The files here; empty when the job ended otherwise."""
        board, job = self._board, flight.job
        if not files:
            error = JobError("The server finished this job but saved no file.", "no_output")
            await board.finish(flight, JobState.FAILED, error=error)
            return ()
        tries = bad = 0
        while True:
            try:
                return await fetch_results(board.engine.client, job, files)
            except EngineUnreachable as error:
                await self._stall(flight, error, tries)
            except EngineAnswer as error:
                if not error.is_final and not await board.engine.is_well():
                    await self._stall(flight, error, tries)
                else:
                    bad += 1
                    if guessed or bad >= _BAD_ANSWERS:
                        await self._give_up(flight, error, guessed)
                        return ()
                    await asyncio.sleep(jittered(0.1 * 2**bad))
            except CannotSave as error:
                flight.stalled = True
                await board.wait_for_room(error, job.id)
            tries += 1
            if flight.cancelling:
                await board.finish(flight, JobState.CANCELLED)
                return ()

    async def _stall(self, flight: Flight, error: EngineError, tries: int) -> None:
        """The line is bad, not the file: this is borne for as long as it takes."""
        log.info("fetching %s: %s", flight.job.id, error)
        flight.stalled = True
        if tries == 3:
            self._board.complain(f"{error.message} The finished result is fetched as soon as it can be.", flight.job.id)
        await asyncio.sleep(jittered(min(_LONGEST_PAUSE, 0.2 * 2 ** min(tries, 8))))
        await self._board.engine.wait_online()

    async def _give_up(self, flight: Flight, error: EngineAnswer, guessed: bool) -> None:
        state = JobState.LOST if guessed else JobState.FAILED
        told = failures.lost(flight.job) if guessed else failures.from_error(error, "fetch")
        await self._board.finish(flight, state, error=told)

    async def _remember(self, flight: Flight, seconds: float | None) -> None:
        """How large it was and how long it took, for what is said of the next one; and Sketch may drop its copy."""
        board, job = self._board, flight.job
        took = seconds or (job.finished_at or 0) - (job.started_at or job.finished_at or 0)
        try:
            place = place_key(job.engine)
            await board.store.remember_size(place, job.preset, (job.width, job.height, max(1, job.num_frames)))
            if took > 0:
                await board.store.remember_time(place, job.preset, amount_of_work(job), took, time.time())
            if job.engine.kind == "sketch":
                await board.engine.client.forget(job.id)
        except (CannotSave, EngineError) as error:
            log.info("after %s: %s", job.id, error)
