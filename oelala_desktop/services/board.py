"""The board of one engine: jobs that its server has or may have, and those that wait here; how they end, and what is
said of them. Senders, askers and collectors all write on it; none knows the others."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from oelala_desktop.comfy.tracker import Tracker
from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import JobChanged, JobFinished, JobProgressed, MediaAdded, NoticePosted
from oelala_desktop.domain.job import Job, JobError, JobState, Progress
from oelala_desktop.storage.jobs import JobStore

from .bus import Bus
from .engine import Engine
from .eta import remaining_seconds
from .line import Line

log = logging.getLogger(__name__)

ON_SERVER = 2  # jobs of ours that a server has at a time: one runs, one waits
SILENCE = 5.0  # seconds without a word about a job before the server is asked
_SILENCE_TAKEN_UP = 1.5  # the same for a job of an earlier process: the server tells us nothing of it by itself
_DISK_PAUSE = 3.0  # seconds before a full disk is tried again
_SAME_NOTICE = 120.0  # seconds in which a notice is not said again


@dataclass(slots=True)
class Flight:
    """A job that the server has, or may have. Times are monotonic seconds."""

    job: Job
    tracker: Tracker
    heard: float
    due: float = 0.0
    absent: int = 0
    lacking: int = 0  # files that the server has named and does not give out
    baffled: int = 0  # how often in a row the server did not tell what has become of it
    sending: bool = False
    taken_up: bool = False  # sent by an earlier process, to whose socket its messages go
    cancelling: bool = False
    stalled: bool = False  # its results do not come through, for the time being
    faults: int = 0  # how often its results were begun to be fetched
    refusal: JobError | None = None
    fetching: asyncio.Task[None] | None = None
    expected: float | None = None
    began: float | None = None
    progress: Progress = field(default_factory=Progress)
    seen: asyncio.Event = field(default_factory=asyncio.Event)  # the server has spoken of it

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return self.job.state in (JobState.QUEUED, JobState.SENT)

    def is_due(self) -> bool:
        """Whether the server is to be asked about it now."""
        if self.fetching is not None or self.job.state is JobState.QUEUED:
            return False
        now = time.monotonic()
        silence = _SILENCE_TAKEN_UP if self.taken_up else SILENCE
        return (bool(self.due) and now >= self.due) or now - self.heard > silence


@dataclass(slots=True)
class _Past:
    """What outlives one try to get a job done: how often it was tried, and how far its bar has been."""

    tries: int = 0
    fraction: float = 0.0


class Board:
    def __init__(self, engine: Engine, store: JobStore, bus: Bus) -> None:
        self.engine = engine
        self.store = store
        self.bus = bus
        self.flights: dict[str, Flight] = {}
        self.waiting = Line()
        self.more = asyncio.Event()  # there may be something to send
        self._past: dict[str, _Past] = {}
        self._said: dict[tuple[str, str | None], float] = {}

    def knows(self, job_id: str) -> bool:
        return job_id in self.flights or job_id in self.waiting

    def room(self) -> int:
        """How many more jobs the server may have, as far as this process alone is concerned."""
        there = sum(1 for flight in self.flights.values() if flight.job.state in (JobState.SENT, JobState.RUNNING))
        return ON_SERVER - there

    def take_off(self, job: Job) -> Flight:
        now = time.monotonic()
        flight = Flight(job, Tracker(job.id, job.graph), now, due=now)
        self.flights[job.id] = flight
        return flight

    def back_to_waiting(self, flight: Flight) -> Job:
        """The server never got it."""
        self.flights.pop(flight.job.id, None)
        job = replace(flight.job, state=JobState.QUEUED, sent_at=None, started_at=None)
        self.waiting.put(job)
        return job

    def one_more_try(self, job_id: str) -> int:
        """Counts a try that the server itself made fail; returns how many there were."""
        past = self._past.setdefault(job_id, _Past())
        past.tries += 1
        return past.tries

    # What a flight comes to

    def running(self, flight: Flight) -> None:
        """The server runs it now; the row is to be saved."""
        now = time.time()
        flight.began = time.monotonic()
        flight.job = flight.job.with_state(JobState.RUNNING, started_at=now, sent_at=flight.job.sent_at or now)
        self.bus.publish(JobChanged(flight.job))

    async def save(self, flight: Flight) -> None:
        """Saves what the flight is when this runs, so that a late save never brings back an older state."""
        if flight.job.id not in self.flights:
            return
        try:
            await self.store.save(flight.job)
        except CannotSave as error:
            # the row on the disk is older, but true: the server is asked what came of it
            self.complain(error.message, flight.job.id)

    async def make_again(self, flight: Flight, error: JobError, fresh: Job, changed: list[Job]) -> None:
        """The flight has failed, `fresh` takes its place before all that wait, `changed` are waiting ones in a new
        form: all of it is stored, or nothing."""
        first = min([flight.job.position, *(job.position for job in self.waiting)]) - 1
        fresh = replace(fresh, position=first)
        for job in changed:
            self.waiting.take(job.id)  # not to be sent in its old form meanwhile
        try:
            await self.finish(flight, JobState.FAILED, beside=(fresh, *changed), error=error, retried_as=fresh.id)
        finally:
            for job in changed:
                self.waiting.put(job)

    async def finish(self, flight: Flight, state: JobState, *, beside: tuple[Job, ...] = (), **changes: Any) -> None:
        """`beside` are waiting jobs that are stored in the same moment."""
        if flight.job.id not in self.flights:
            return
        if flight.refusal is not None and state is JobState.CANCELLED:
            state, changes = JobState.FAILED, {"error": flight.refusal}
        job = flight.job.with_state(state, finished_at=time.time(), **changes)
        await self.insist(lambda: self.store.save(job, *beside), job.id)
        flight.job = job
        for waiting in beside:
            self.waiting.put(waiting)
        if self.flights.pop(job.id, None) is not None:
            self.announce(job)
        for waiting in beside:
            self.bus.publish(JobChanged(waiting))

    def announce(self, job: Job) -> None:
        """A job that is over, to all who want to know."""
        self._past.pop(job.id, None)
        self.bus.publish(JobChanged(job))
        for output in job.outputs:
            if output.is_visual:
                self.bus.publish(MediaAdded(output.path, job.id))
        self.bus.publish(JobFinished(job))
        self.more.set()

    def show(self, flight: Flight, *, ahead: int | None = None) -> None:
        """How far it is. The bar never falls, not even when a job starts anew because its server died."""
        past = self._past.setdefault(flight.job.id, _Past())
        progress = flight.tracker.progress
        past.fraction = max(past.fraction, progress.fraction)
        elapsed = time.monotonic() - flight.began if flight.began is not None else 0.0
        eta = remaining_seconds(flight.expected, elapsed, progress.fraction)
        shown = replace(progress, fraction=past.fraction, eta=eta, ahead=ahead)
        flight.progress = shown
        self.bus.publish(JobProgressed(flight.job.id, shown))

    # Disks that refuse

    async def insist(self, work: Callable[[], Awaitable[None]], job_id: str) -> None:
        """Repeats a write until the disk takes it."""
        while True:
            try:
                await work()
                return
            except CannotSave as error:
                await self.wait_for_room(error, job_id)

    async def wait_for_room(self, error: CannotSave, job_id: str) -> None:
        self.complain(error.message, job_id)
        await asyncio.sleep(_DISK_PAUSE)

    def complain(self, text: str, job_id: str | None = None) -> None:
        """Says it, but not again and again."""
        now = time.monotonic()
        self._said = {key: then for key, then in self._said.items() if now - then < _SAME_NOTICE}
        if (text, job_id) not in self._said:
            self._said[text, job_id] = now
            self.bus.publish(NoticePosted("error", text, job_id))
