"""Collector: brings a finished job's files here, each judged alone, whatever network and disk do meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError, EngineUnreachable, NotThisJobs
from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.events import NoticePosted
from oelala_desktop.domain.job import Job, JobError, Output
from oelala_desktop.domain.life import RULES, Cargo, Rules
from oelala_desktop.domain.life.facts import Fetched, GaveUp, NotFetched
from oelala_desktop.domain.savers import only_shows
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.storage.jobs import JobStore

from .eta import place_key
from .fetching import CURVE, Place, fetch_result, places
from .joining import Astray, State, state_of, with_joined
from .judging import is_enough, own_files
from .lanes import Lanes

log = logging.getLogger(__name__)

_NO_FILE = "The server finished this job but saved no file."
_NO_WEIGHTS = "The server finished this training but gave out no LoRA."
_NO_CURVE = "The LoRA is here, but no curve of its losses came: see what it makes before you rely on it."
_NOTHING = "The server finished this job but made no picture or video for it."
_NOT_OURS = "The server finished this job but named only files that it has not made: nothing new came of it."
_TAKEN = "Something took the clips away, or changed them, each time before they could be joined; they are not joined."

Came = Fetched | NotFetched | GaveUp


@dataclass(slots=True)
class Fetching:
    """One job's files on their way. `is_unwanted` tells whether it is to be cancelled, `stall` is called when they do
    not come through."""

    job: Job
    cargo: Cargo
    is_unwanted: Callable[[], bool]
    stall: Callable[[], None]
    lacking: int = 0  # files that the server has named and does not give out
    anew: frozenset[str] = frozenset()  # paths that went astray and are fetched again
    brought: dict[str, State] = field(default_factory=dict)  # how each was left here


class Collector:
    """Fetches what an engine made, into the folder that the job names."""

    def __init__(
        self,
        engine: Engine,
        store: JobStore,
        bus: Bus,
        complaints: Complaints,
        lanes: Lanes,
        rules: Rules = RULES,
        clock: Clock = CLOCK,
    ) -> None:
        self._engine = engine
        self._store = store
        self._bus = bus
        self._complaints = complaints
        self._lanes = lanes
        self._rules = rules
        self._clock = clock

    async def collect(self, fetching: Fetching) -> Came:
        """What came of the files and what is joined of it. Clips that go astray before they are joined are fetched
        again."""
        for _ in range(self._rules.rounds):
            fetching.brought = {}
            came = await self._fetch(fetching)
            if not isinstance(came, Fetched):
                return came
            try:
                return await self._join(fetching, came.outputs)
            except Astray as error:
                log.warning("%s: gone or changed before they were joined: %s", fetching.job.id, error)
                fetching.anew = error.paths
        self._tell(fetching.job, "warning", _TAKEN)
        return came

    async def _join(self, fetching: Fetching, outputs: tuple[Output, ...]) -> Fetched | GaveUp:
        """Waits for room on the disk. Raises Astray."""
        job = fetching.job
        while True:
            try:
                return Fetched(await with_joined(self._complaints, job, outputs, fetching.brought))
            except CannotSave as error:
                fetching.stall()
                await self._lanes.wait_for_room(error, job.id)
            if fetching.is_unwanted():
                return GaveUp(outputs)

    async def _fetch(self, fetching: Fetching) -> Came:
        """It fails only when nothing asked for came."""
        job, files = fetching.job, fetching.cargo.files
        kept: list[Output] = []
        refused: dict[str, EngineAnswer] = {}
        for place in places(job, own_files(job, files)):
            outcome = await self._bring(fetching, place)
            if outcome is None:
                return GaveUp(tuple(kept))
            if isinstance(outcome, Output):
                kept.append(outcome)
                fetching.brought[outcome.path] = await asyncio.to_thread(state_of, outcome.path)
                self._name(job, place, outcome)
            elif not isinstance(outcome, NotThisJobs):
                refused[place.file.shown] = outcome
            else:
                log.info("%s: %s", job.id, outcome)
        if not is_enough(job, Counter(output.kind for output in kept)):
            return NotFetched(_reason(files, kept, refused), tuple(kept))
        if any(only_shows(job.graph, node) for node in job.graph) and all(output.role != CURVE for output in kept):
            self._tell(job, "warning", _NO_CURVE)
        for name, error in refused.items():
            self._tell(job, "warning", f"{name} could not be kept, the rest of the result is here. {error.message}")
        return Fetched(tuple(kept))

    async def _bring(self, fetching: Fetching, place: Place) -> Output | EngineAnswer | None:
        """The file here, or why it is refused for good; None when the user has given up waiting for it."""
        job = fetching.job
        tries = bad = 0
        while True:
            try:
                return await fetch_result(self._engine.port, job, place, anew=fetching.anew)
            except NotThisJobs as error:
                return error
            except EngineUnreachable as error:
                await self._stall(fetching, error, tries)
            except EngineAnswer as error:
                if not error.is_final and not await self._engine.is_well():
                    await self._stall(fetching, error, tries)
                else:
                    bad += 1
                    if bad >= self._borne(fetching):
                        fetching.lacking += 1
                        return error
                    await self._pause(bad - 1)
            except CannotSave as error:
                fetching.stall()
                await self._lanes.wait_for_room(error, job.id)
            tries += 1
            if fetching.is_unwanted():
                return None

    def _borne(self, fetching: Fetching) -> int:
        """How many bad answers of a well server about one file."""
        is_once = fetching.cargo.guessed or fetching.lacking >= self._rules.lacking
        return 1 if is_once else self._rules.bad_answers

    async def _pause(self, tries: int) -> None:
        seconds = self._rules.fetch_pause * 2 ** min(tries, 8)
        await self._clock.sleep(self._clock.jittered(min(self._rules.fetch_longest, seconds)))

    def _name(self, job: Job, place: Place, output: Output) -> None:
        """What cannot be shown is at least named."""
        if output.kind == "file":
            words = f"{place.file.shown} is no picture, video or sound; it is kept as {Path(output.path).name}."
            self._tell(job, "info", words)

    def _tell(self, job: Job, level: str, text: str) -> None:
        self._bus.publish(NoticePosted(level, text, job.id))

    async def _stall(self, fetching: Fetching, error: EngineError, tries: int) -> None:
        """The line is bad, not the file: this is borne for as long as it takes."""
        job_id = fetching.job.id
        log.info("fetching %s: %s", job_id, error)
        fetching.stall()
        if tries == self._rules.line_told:
            self._complaints.say(f"{error.message} The finished result is fetched as soon as it can be.", job_id)
        await self._pause(tries)
        await self._engine.wait_online()

    async def remember(self, job: Job, seconds: float | None) -> None:
        """How large it was and how long it took, for what is said of the next one; what the engine kept for us may
        go."""
        took = seconds or (job.finished_at or 0) - (job.started_at or job.finished_at or 0)
        try:
            place = place_key(job.engine)
            await self._store.remember_size(place, job.preset, (job.width, job.height, max(1, job.num_frames)))
            if took > 0:
                await self._store.remember_time(place, job.preset, amount_of_work(job), took, self._clock.wall())
            await self._engine.port.release(job.handle)
        except (CannotSave, EngineError) as error:
            log.info("after %s: %s", job.id, error)


def _reason(files: tuple[ServerFile, ...], kept: list[Output], refused: Mapping[str, EngineAnswer]) -> JobError:
    nothing = _NO_FILE if not files else _lacking(kept) if kept else _NOT_OURS
    error = next(iter(refused.values()), None) or EngineAnswer(nothing)
    return endings.from_error(error, "fetch" if refused else "no_output")


def _lacking(kept: list[Output]) -> str:
    return _NO_WEIGHTS if any(output.role == CURVE for output in kept) else _NOTHING
