"""Collector: brings a finished job's files here, each judged alone, whatever network and disk do meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from oelala_desktop.comfy.answers import ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError, EngineUnreachable, NotThisJobs
from oelala_desktop.domain.events import JobChanged, NoticePosted
from oelala_desktop.domain.job import Job, JobError, JobState, Output

from . import failures
from .board import Board, Flight
from .engine import jittered
from .eta import amount_of_work, place_key
from .fetching import Place, fetch_result, places
from .joining import Astray, State, state_of, with_joined
from .judging import is_enough, own_files
from .tasks import Supervisor, TaskScope

log = logging.getLogger(__name__)

_BAD_ANSWERS = 5  # times that a well server may give out something that is no result
_LACKING = 3  # files of a job for which that is borne; after so many the others are asked for once
_LONGEST_PAUSE = 1.5  # seconds between two attempts on a bad line
_AFTER_A_FAULT = 5.0  # seconds until a fetch that ended without an end, through a fault of ours, is begun anew
_FAULTS = 3  # times that this is done
_ROUNDS = 3  # times that clips are fetched, if something takes them away before they are joined
_NO_FILE = "The server finished this job but saved no file."
_NOTHING = "The server finished this job but made no picture or video for it."
_NOT_OURS = "The server finished this job but named only files that it has not made: nothing new came of it."

_TAKEN = "Something took the clips away, or changed them, each time before they could be joined; they are not joined."


class Collector:
    def __init__(self, board: Board, scope: TaskScope, faults: Supervisor) -> None:
        self._board = board
        self._scope = scope
        self._faults = faults

    def start(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool = False
    ) -> None:
        """`seconds` is how long the server ran the job; `guessed` files were found by name and may be unfinished."""
        if flight.fetching is not None:
            return
        work = self._taken_in(flight, files, seconds, guessed)
        flight.fetching = self._scope.start(work, f"fetch {flight.job.id}")

    async def _taken_in(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool
    ) -> None:
        if flight.faults < _FAULTS:
            await self._faults.attempt(self._collect(flight, files, seconds, guessed))
            return
        error = JobError("The result could not be taken in, through a fault of Oelala's own; its log has more.", "bug")
        await self._board.finish(flight, JobState.FAILED, error=error)

    async def _collect(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool
    ) -> None:
        flight.faults += 1
        try:
            await self._begin(flight)
            outputs = await self._outcome(flight, files, guessed)
            if outputs:
                await self._board.finish(flight, JobState.DONE, outputs=outputs, **flight.job.size_of(outputs))
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

    async def _outcome(self, flight: Flight, files: tuple[ServerFile, ...], guessed: bool) -> tuple[Output, ...]:
        """What came of the files and what is joined of it; empty when the job ended otherwise. Clips that go astray
        before they are joined are fetched again."""
        astray: frozenset[str] = frozenset()
        for _ in range(_ROUNDS):
            brought: dict[str, State] = {}
            outputs = await self._fetch(flight, files, guessed, astray, brought)
            if not outputs:
                return ()
            try:
                return await self._join(flight, outputs, brought)
            except Astray as error:
                log.warning("%s: gone or changed before they were joined: %s", flight.job.id, error)
                astray = error.paths
        self._tell(flight.job, "warning", _TAKEN)
        return outputs

    async def _join(
        self, flight: Flight, outputs: tuple[Output, ...], brought: Mapping[str, State]
    ) -> tuple[Output, ...]:
        """Waits for room on the disk. Raises Astray."""
        while True:
            try:
                return await with_joined(self._board, flight.job, outputs, brought)
            except CannotSave as error:
                flight.stalled = True
                await self._board.wait_for_room(error, flight.job.id)
            if flight.cancelling:
                await self._board.finish(flight, JobState.CANCELLED, outputs=outputs)
                return ()

    async def _fetch(
        self,
        flight: Flight,
        files: tuple[ServerFile, ...],
        guessed: bool,
        anew: frozenset[str],
        brought: dict[str, State],
    ) -> tuple[Output, ...]:
        """What came of the files, and in `brought` how each was left here; empty when the job ended otherwise. It fails
        only when nothing asked for came."""
        job = flight.job
        kept: list[Output] = []
        refused: dict[str, EngineAnswer] = {}
        for place in places(job, own_files(job, files)):
            outcome = await self._bring(flight, place, guessed, anew)
            if outcome is None:
                await self._board.finish(flight, JobState.CANCELLED, outputs=tuple(kept))
                return ()
            if isinstance(outcome, Output):
                kept.append(outcome)
                brought[outcome.path] = await asyncio.to_thread(state_of, outcome.path)
                self._name(job, place, outcome)
            elif not isinstance(outcome, NotThisJobs):
                refused[place.file.shown] = outcome
            else:
                log.info("%s: %s", job.id, outcome)
        if not is_enough(job, Counter(output.kind for output in kept)):
            nothing = _NO_FILE if not files else _NOTHING if kept else _NOT_OURS
            error = next(iter(refused.values()), None) or EngineAnswer(nothing)
            await self._give_up(flight, error, guessed, tuple(kept), "fetch" if refused else "no_output")
            return ()
        for name, error in refused.items():
            self._tell(job, "warning", f"{name} could not be kept, the rest of the result is here. {error.message}")
        return tuple(kept)

    async def _bring(
        self, flight: Flight, place: Place, guessed: bool, anew: frozenset[str]
    ) -> Output | EngineAnswer | None:
        """The file here, or why it is refused for good; None when the user has given up waiting for it."""
        board = self._board
        tries = bad = 0
        while True:
            try:
                return await fetch_result(board.engine.client, flight.job, place, anew=anew)
            except NotThisJobs as error:
                return error
            except EngineUnreachable as error:
                await self._stall(flight, error, tries)
            except EngineAnswer as error:
                if not error.is_final and not await board.engine.is_well():
                    await self._stall(flight, error, tries)
                else:
                    bad += 1
                    if guessed or bad >= (_BAD_ANSWERS if flight.lacking < _LACKING else 1):
                        flight.lacking += 1
                        return error
                    await asyncio.sleep(jittered(0.1 * 2**bad))
            except CannotSave as error:
                flight.stalled = True
                await board.wait_for_room(error, flight.job.id)
            tries += 1
            if flight.cancelling:
                return None

    def _name(self, job: Job, place: Place, output: Output) -> None:
        """What cannot be shown is at least named."""
        if output.kind == "file":
            words = f"{place.file.shown} is no picture, video or sound; it is kept as {Path(output.path).name}."
            self._tell(job, "info", words)

    def _tell(self, job: Job, level: str, text: str) -> None:
        self._board.bus.publish(NoticePosted(level, text, job.id))

    async def _stall(self, flight: Flight, error: EngineError, tries: int) -> None:
        """The line is bad, not the file: this is borne for as long as it takes."""
        log.info("fetching %s: %s", flight.job.id, error)
        flight.stalled = True
        if tries == 3:
            self._board.complain(f"{error.message} The finished result is fetched as soon as it can be.", flight.job.id)
        await asyncio.sleep(jittered(min(_LONGEST_PAUSE, 0.2 * 2 ** min(tries, 8))))
        await self._board.engine.wait_online()

    async def _give_up(
        self, flight: Flight, error: EngineAnswer, guessed: bool, kept: tuple[Output, ...], kind: str
    ) -> None:
        state = JobState.LOST if guessed else JobState.FAILED
        told = failures.lost(flight.job) if guessed else failures.from_error(error, kind)
        await self._board.finish(flight, state, error=told, outputs=kept)

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
