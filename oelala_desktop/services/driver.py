"""Driver: sends one engine its jobs and follows each to its end.

At most one job of ours runs and one waits on the server; the others wait here, so that reorder and pause work. The
socket's messages make it quick; the truth is asked from the server's queue and history: on every connect, when a
job seems over, and whenever a job has been silent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from oelala_desktop.comfy.answers import HistoryEntry, QueueState, ServerFile
from oelala_desktop.comfy.messages import Message, Preview
from oelala_desktop.comfy.refusal import explain_refusal
from oelala_desktop.comfy.tracker import Phase, Tracker
from oelala_desktop.domain.errors import (
    CannotSave,
    EngineAnswer,
    EngineError,
    EngineUnreachable,
)
from oelala_desktop.domain.events import (
    JobChanged,
    JobFinished,
    JobPreviewed,
    JobProgressed,
    MediaAdded,
    NoticePosted,
)
from oelala_desktop.domain.job import Job, JobError, JobState, Progress
from oelala_desktop.storage.jobs import JobStore

from . import failures
from .bus import Bus
from .engine import Engine, jittered
from .eta import amount_of_work, engine_key, expected_seconds, remaining_seconds
from .fetching import fetch_results
from .probing import result_candidates
from .tasks import TaskScope

log = logging.getLogger(__name__)

ON_SERVER = 2  # jobs of ours that the server has at a time: one runs, one waits
SILENCE = 5.0  # seconds without a word about a job before the server is asked
_ABSENT_CHECKS = 3  # times a job must be absent from queue and history before that is believed
_ABSENT_PAUSE = 0.7  # seconds between these
_FETCH_TRIES = 6  # times that a bad answer to a fetch is borne
_SEND_TRIES = 6
_DISK_PAUSE = 5.0  # seconds before a full disk is tried again


@dataclass(slots=True)
class Flight:
    """A job that the server has, or may have. Times are monotonic seconds."""

    job: Job
    tracker: Tracker
    heard: float
    due: float = 0.0
    absent: int = 0
    tries: int = 0
    sending: bool = False
    cancelling: bool = False
    fetching: asyncio.Task[None] | None = None
    expected: float | None = None
    began: float | None = None
    progress: Progress = field(default_factory=Progress)


class Driver:
    """`keys_of` maps "Title.input" to settings keys for a job's preset, so that a refusal is shown at its field."""

    def __init__(
        self,
        engine: Engine,
        store: JobStore,
        bus: Bus,
        scope: TaskScope,
        keys_of: Callable[[Job], dict[str, str]],
    ) -> None:
        self.engine = engine
        self.flights: dict[str, Flight] = {}
        self.waiting: list[Job] = []
        self.paused = False
        self._store = store
        self._bus = bus
        self._scope = scope
        self._keys_of = keys_of
        self._wake = asyncio.Event()
        self._asking = asyncio.Lock()
        engine.on_message = self._heard
        engine.on_online = self._came_online
        scope.start(self._send_loop(), f"send to {engine.ref.name}")
        scope.start(self._watch_loop(), f"watch {engine.ref.name}")

    # What others ask of it

    def add(self, jobs: Iterable[Job]) -> None:
        """Takes jobs in any state that is not final; those that the server may have are asked for."""
        for job in jobs:
            if job.state is JobState.QUEUED:
                self.waiting.append(job)
            else:
                self._take_off(job)
        self.waiting.sort(key=lambda job: job.position)
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    def progress_of(self, job_id: str) -> Progress | None:
        flight = self.flights.get(job_id)
        return flight.progress if flight else None

    def jobs(self) -> list[Job]:
        return [f.job for f in self.flights.values()] + self.waiting

    async def cancel(self, job_id: str) -> bool:
        """Ends that job and no other; False if it is not here. A result that is already made is still fetched."""
        for job in self.waiting:
            if job.id == job_id:
                self.waiting.remove(job)
                await self._end(job, JobState.CANCELLED)
                return True
        flight = self.flights.get(job_id)
        if flight is None:
            return False
        flight.cancelling = True
        if flight.fetching is None and not flight.sending:
            await self._cancel_on_server(flight)
        return True

    async def replace_waiting(self, job: Job) -> None:
        """A waiting job whose position changed."""
        self.waiting = sorted((job if j.id == job.id else j for j in self.waiting), key=lambda j: j.position)
        await self._store.save(job)
        self._bus.publish(JobChanged(job))

    # Sending

    async def _send_loop(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.waiting and self.engine.is_online and not self.paused and self._on_server() < ON_SERVER:
                if not await self._send(self.waiting.pop(0)):
                    await asyncio.sleep(jittered(1.0))

    def _on_server(self) -> int:
        return sum(1 for f in self.flights.values() if f.job.state in (JobState.SENT, JobState.RUNNING))

    def _take_off(self, job: Job) -> Flight:
        now = time.monotonic()
        flight = Flight(job, Tracker(job.id, job.graph), now, due=now)
        self.flights[job.id] = flight
        return flight

    async def _send(self, job: Job) -> bool:
        """Uploads and submits. False if it goes back to waiting because nothing answers.

        The row says `sent` before the POST leaves: whatever happens then, the server is asked for this id first."""
        flight = self._take_off(replace(job, sent_at=None))
        flight.sending = True
        flight.tries = 0
        try:
            graph = await self._upload(job)
            flight.job = job.with_state(JobState.SENT, graph=graph, sent_at=None)
            flight.tracker = Tracker(job.id, graph)
            flight.expected = await expected_seconds(self._store, job)
            await self._store.save(flight.job)
            self._bus.publish(JobChanged(flight.job))
            await self._post(flight)
        except EngineUnreachable as error:
            if flight.job.state is JobState.QUEUED:
                log.info("job %s waits: %s", job.id, error)
                self._back_to_waiting(flight)
                return False
            flight.due = time.monotonic() + _ABSENT_PAUSE
        except CannotSave as error:
            self._bus.publish(NoticePosted("error", error.message, job.id))
            self._back_to_waiting(flight)
            return False
        except EngineAnswer as error:
            await self._finish(flight, JobState.FAILED, error=failures.from_error(error, "upload"))
        finally:
            flight.sending = False
        if flight.cancelling and job.id in self.flights:
            await self._cancel_on_server(flight)
        return True

    async def _upload(self, job: Job) -> dict[str, dict[str, Any]]:
        """The graph with the names under which the server knows the pictures."""
        names = {}
        for picture in job.pictures:
            try:
                content = await asyncio.to_thread(Path(picture.path).read_bytes)
            except OSError as error:
                raise EngineAnswer(f"The picture kept for this job is gone: {picture.path}.") from error
            names[picture.upload_name] = await self.engine.client.upload(picture.upload_name, content)
        graph = {node: dict(row) for node, row in job.graph.items()}
        for row in graph.values():
            image = row.get("inputs", {}).get("image")
            if isinstance(image, str) and image in names:
                row["inputs"] = {**row["inputs"], "image": names[image]}
        return graph

    async def _post(self, flight: Flight) -> None:
        job = flight.job
        extra = {"extra_pnginfo": {"oelala_params": dict(job.params)}, "preview_method": "auto"}
        try:
            status, answer = await self.engine.client.submit(job.id, job.graph, extra)
        except EngineAnswer as error:
            # neither yes nor no (a gateway's error, say): the server is asked whether it has the job
            log.warning("submitting %s: %s", job.id, error)
            flight.tries += 1
            flight.due = time.monotonic() + _ABSENT_PAUSE
            return
        if status == 200 and not answer.get("node_errors"):
            flight.job = replace(flight.job, sent_at=time.time())
            flight.heard = time.monotonic()
            await self._insist(lambda: self._store.save(flight.job), flight)
            return
        if status == 200:
            # some outputs were dropped: what would come is not what was asked for
            await self.engine.client.cancel(job.id)
        refusal = explain_refusal(answer, job.graph, self._keys_of(job))
        await self._finish(flight, JobState.FAILED, error=failures.from_error(refusal, "rejected"))

    def _back_to_waiting(self, flight: Flight) -> None:
        self.flights.pop(flight.job.id, None)
        job = replace(flight.job, state=JobState.QUEUED, sent_at=None, started_at=None)
        self.waiting.insert(0, job)
        if flight.cancelling:
            self._scope.start(self.cancel(job.id), f"cancel {job.id}")

    # Listening

    def _heard(self, message: Message) -> None:
        prompt_id = getattr(message, "prompt_id", None)
        if isinstance(message, Preview):
            self._preview(message)
        flight = self.flights.get(prompt_id) if prompt_id else None
        if flight is None or flight.fetching is not None:
            return
        flight.heard = time.monotonic()
        flight.absent = 0
        if not flight.tracker.apply(message):
            return
        if flight.tracker.phase is Phase.RUNNING and flight.job.state is JobState.SENT:
            self._running(flight)
        self._show(flight)
        if flight.tracker.phase.is_over:
            flight.due = time.monotonic()
            self._scope.start(self._ask(), f"end of {flight.job.id}")

    def _preview(self, preview: Preview) -> None:
        """A preview without an owner is ours only if the one running job is."""
        running = [f for f in self.flights.values() if f.job.state is JobState.RUNNING]
        owner = preview.prompt_id or (running[0].job.id if len(running) == 1 else None)
        if owner in self.flights:
            self._bus.publish(JobPreviewed(str(owner), preview.image, preview.mime))

    def _running(self, flight: Flight) -> None:
        now = time.time()
        flight.began = time.monotonic()
        flight.job = flight.job.with_state(JobState.RUNNING, started_at=now, sent_at=flight.job.sent_at or now)
        self._bus.publish(JobChanged(flight.job))
        self._scope.start(self._save(flight), f"save {flight.job.id}")

    async def _save(self, flight: Flight) -> None:
        """Saves what the flight is when this runs, so that a late save never brings back an older state."""
        if flight.job.id in self.flights:
            await self._store.save(flight.job)

    def _show(self, flight: Flight) -> None:
        progress = flight.tracker.progress
        elapsed = time.monotonic() - flight.began if flight.began is not None else 0.0
        eta = remaining_seconds(flight.expected, elapsed, progress.fraction)
        flight.progress = replace(progress, eta=eta, ahead=None)
        self._bus.publish(JobProgressed(flight.job.id, flight.progress))

    # Asking

    def _came_online(self) -> None:
        for flight in self.flights.values():
            flight.due = time.monotonic()
        self._wake.set()
        if self.flights:
            self._scope.start(self._ask(), f"reconcile with {self.engine.ref.name}")

    async def _watch_loop(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            if self.engine.is_online and any(self._is_due(f) for f in self.flights.values()):
                await self._ask()

    def _is_due(self, flight: Flight) -> bool:
        if flight.fetching is not None or flight.sending:
            return False
        now = time.monotonic()
        return (flight.due and now >= flight.due) or now - flight.heard > SILENCE

    async def _ask(self) -> None:
        """Asks the server about every job that is due."""
        async with self._asking:
            due = [f for f in self.flights.values() if self._is_due(f)]
            if not due:
                return
            try:
                queue = await self.engine.client.queue()
                for flight in due:
                    await self._settle(flight, queue)
            except EngineError as error:
                log.info("asking %s: %s", self.engine.ref.name, error)
                for flight in due:
                    flight.due = time.monotonic() + jittered(1.0)
            except CannotSave as error:
                self._bus.publish(NoticePosted("error", error.message))

    async def _settle(self, flight: Flight, queue: QueueState) -> None:
        job = flight.job
        flight.heard, flight.due = time.monotonic(), 0.0
        if job.id not in self.flights or flight.fetching is not None:
            return
        if job.id in queue.running or job.id in queue.pending:
            await self._still_there(flight, queue)
            return
        entry = await self.engine.client.history(job.id)
        if entry is not None:
            await self._ended_there(flight, entry)
        else:
            await self._not_there(flight)

    async def _still_there(self, flight: Flight, queue: QueueState) -> None:
        flight.absent = 0
        if flight.job.sent_at is None:
            flight.job = replace(flight.job, sent_at=time.time())
            await self._store.save(flight.job)
        if flight.cancelling:
            await self.engine.client.cancel(flight.job.id)
            flight.due = time.monotonic() + 0.5
        if flight.job.id in queue.running and flight.job.state is JobState.SENT:
            self._running(flight)
        if flight.tracker.phase.is_over:
            flight.due = time.monotonic() + 0.3  # it said it was over; its history entry is on its way
        ahead = queue.ahead_of(flight.job.id, frozenset(self.flights))
        if ahead is not None:
            flight.progress = replace(flight.progress, ahead=ahead)
            self._bus.publish(JobProgressed(flight.job.id, flight.progress))

    async def _ended_there(self, flight: Flight, entry: HistoryEntry) -> None:
        if entry.ending == "success":
            self._start_fetching(flight, entry.files, entry.seconds)
        elif entry.ending == "interrupted" and flight.cancelling:
            await self._finish(flight, JobState.CANCELLED)
        else:
            await self._finish(flight, JobState.FAILED, error=failures.bad_ending(entry, flight.job))

    async def _not_there(self, flight: Flight) -> None:
        """Absent from queue and history: believed only when it stays so."""
        flight.absent += 1
        flight.due = time.monotonic() + _ABSENT_PAUSE
        if flight.cancelling:
            await self._finish(flight, JobState.CANCELLED)
        elif flight.absent < _ABSENT_CHECKS:
            return
        elif flight.job.sent_at is None or self.engine.ref.kind == "sketch":
            await self._send_again(flight)
        else:
            await self._find_or_lose(flight)

    async def _send_again(self, flight: Flight) -> None:
        """The server never had it, or was ours and died: the same id goes out once more."""
        if flight.tries >= _SEND_TRIES:
            error = JobError("The server answers, but does not take this job. Its own log tells more.", "rejected")
            await self._finish(flight, JobState.FAILED, error=error)
            return
        job = flight.job.with_state(JobState.QUEUED, sent_at=None, started_at=None)
        await self._store.save(job)
        flight.job = job
        self.flights.pop(job.id, None)
        self.waiting.insert(0, job)
        self._bus.publish(JobChanged(job))
        self._wake.set()

    async def _find_or_lose(self, flight: Flight) -> None:
        """The server has forgotten it (restarted, or its history was cleared). The result may lie there all the
        same, under the prefix that only this job has."""
        files = result_candidates(flight.job)
        there = [file for file in files if await self.engine.client.exists(file)]
        if files and len(there) == len(files):
            self._start_fetching(flight, files, None, guessed=True)
        else:
            await self._finish(flight, JobState.LOST, error=failures.lost(flight.job))

    async def _cancel_on_server(self, flight: Flight) -> None:
        try:
            await self.engine.client.cancel(flight.job.id)
        except EngineError as error:
            log.info("cancelling %s: %s", flight.job.id, error)
        flight.due = time.monotonic()
        await self._ask()

    # Fetching

    def _start_fetching(
        self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, *, guessed: bool = False
    ) -> None:
        if flight.fetching is None:
            work = self._fetch(flight, files, seconds, guessed)
            flight.fetching = self._scope.start(work, f"fetch {flight.job.id}")

    async def _fetch(self, flight: Flight, files: tuple[ServerFile, ...], seconds: float | None, guessed: bool) -> None:
        """Until the files are here, whatever the network and the disk do; `guessed` files may be unfinished ones."""
        if not files:
            error = JobError("The server finished this job but saved no file.", "no_output")
            await self._finish(flight, JobState.FAILED, error=error)
            return
        if flight.job.state is not JobState.FETCHING:
            sent = flight.job.sent_at or time.time()
            flight.job = flight.job.with_state(JobState.FETCHING, sent_at=sent)
            await self._insist(lambda: self._store.save(flight.job), flight)
            self._bus.publish(JobChanged(flight.job))
        tries = 0
        while True:
            try:
                outputs = await fetch_results(self.engine.client, flight.job, files)
                break
            except EngineUnreachable as error:
                log.info("fetching %s: %s", flight.job.id, error)
                await asyncio.sleep(jittered(0.5))
                await self.engine.wait_online()
            except EngineAnswer as error:
                tries += 1
                if guessed or tries >= _FETCH_TRIES:
                    state = JobState.LOST if guessed else JobState.FAILED
                    told = failures.lost(flight.job) if guessed else failures.from_error(error, "fetch")
                    await self._finish(flight, state, error=told)
                    return
                await asyncio.sleep(jittered(0.3 * 2**tries))
            except CannotSave as error:
                self._bus.publish(NoticePosted("error", error.message, flight.job.id))
                await asyncio.sleep(_DISK_PAUSE)
        await self._finish(flight, JobState.DONE, outputs=outputs)
        await self._remember(flight, seconds)

    async def _remember(self, flight: Flight, seconds: float | None) -> None:
        job = flight.job
        took = seconds or (job.finished_at or 0) - (job.started_at or job.finished_at or 0)
        if took > 0:
            await self._store.remember_time(engine_key(job), job.preset, amount_of_work(job), took, time.time())
        if job.engine.kind == "sketch":
            try:
                await self.engine.client.forget(job.id)
            except EngineError as error:
                log.info("Sketch keeps its copy of %s: %s", job.id, error)

    async def _insist(self, work: Callable[[], object], flight: Flight) -> None:
        """Repeats a write until the disk takes it."""
        while True:
            try:
                await work()  # type: ignore[misc]
                return
            except CannotSave as error:
                self._bus.publish(NoticePosted("error", error.message, flight.job.id))
                await asyncio.sleep(_DISK_PAUSE)

    # Ending

    async def _finish(self, flight: Flight, state: JobState, **changes: object) -> None:
        if flight.job.id not in self.flights:
            return
        job = flight.job.with_state(state, finished_at=time.time(), **changes)
        await self._insist(lambda: self._store.save(job), flight)
        flight.job = job
        self.flights.pop(job.id, None)
        self._announce(job)

    async def _end(self, job: Job, state: JobState) -> None:
        job = job.with_state(state, finished_at=time.time())
        await self._store.save(job)
        self._announce(job)

    def _announce(self, job: Job) -> None:
        self._bus.publish(JobChanged(job))
        for output in job.outputs:
            self._bus.publish(MediaAdded(output.path, job.id))
        self._bus.publish(JobFinished(job))
        self._wake.set()
