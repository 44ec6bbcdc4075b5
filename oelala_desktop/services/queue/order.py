"""The queue as people handle it: cancel, reorder, pause, clear."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import JobRemoved, QueuePaused
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.renewal import renewed
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.storage.jobs import JobStore

from .driver import Driver

UNDO_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Jobs that were ended before they began; `token` undoes that for `seconds`. `asked` are those that other processes
    of this home drive: these end them, and there is no way back."""

    token: str
    ids: tuple[str, ...]
    seconds: float
    asked: tuple[str, ...] = ()


class Queue:
    """What waits and what is over, over all engines of this process."""

    def __init__(self, store: JobStore, bus: Bus, clock: Clock = CLOCK) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._drivers: dict[tuple[str, str], Driver] = {}
        self._paused = False
        self.undo_seconds = UNDO_SECONDS
        self._cancelled: dict[str, tuple[float, list[Job]]] = {}  # until when, in monotonic seconds, by token

    async def find(self, name: str) -> Job:
        """By id or its beginning. Raises NotFound."""
        found = await self._store.find(name)
        if not name:
            raise NotFound("No job is named: give its id, or the beginning of that.")
        if len(found) != 1:
            raise NotFound(f"There is {'more than one' if found else 'no'} job whose id begins with {name}.")
        return self._current(found[0])

    async def recent(self, limit: int = 200) -> list[Job]:
        """Newest first, as they stand now."""
        return [self._current(job) for job in await self._store.recent(limit)]

    async def unfinished(self) -> list[Job]:
        """All that is not over, of every process of this home, in the order of the queue."""
        return [self._current(job) for job in await self._store.open_jobs()]

    def _current(self, job: Job) -> Job:
        return next(filter(None, (driver.find(job.id) for driver in self._drivers.values())), job)

    # Cancelling

    async def cancel(self, job_id: str) -> None:
        """Ends that job and no other; one that another process drives is ended by that process. Raises NotFound for a
        job that is over, CannotSave when the disk refuses."""
        for driver in self._drivers.values():
            if await driver.cancel(job_id):
                return
        job = await self._store.get(job_id)
        if job is None or job.state.is_final:
            raise NotFound("This job is over.")
        await self._store.ask_cancel(job_id)

    async def cancel_waiting(self) -> Cancellation:
        """Ends every job of this home that has not begun. Raises CannotSave when the disk refuses; what was not ended
        then waits on."""
        ended: list[Job] = []
        for driver in self._drivers.values():
            ended += await driver.cancel_waiting()
        waiting = [job for job in await self._store.open_jobs() if job.state is JobState.QUEUED]
        here = {job.id for job in ended} | {job.id for driver in self._drivers.values() for job in driver.jobs()}
        asked = tuple(job.id for job in waiting if job.id not in here)
        await self._store.ask_cancel(*asked)
        done = Cancellation(secrets.token_urlsafe(9), tuple(job.id for job in ended), self.undo_seconds, asked)
        now = self._clock.monotonic()
        self._cancelled = {token: kept for token, kept in self._cancelled.items() if now < kept[0]}
        self._cancelled[done.token] = now + self.undo_seconds, ended
        return done

    async def undo_cancel(self, token: str) -> list[Job]:
        """Puts the jobs back where they waited; one that its server had already goes out as a new job with `retry_of`.
        Raises NotFound when it is too late, CannotSave when the disk refuses."""
        until, jobs = self._cancelled.pop(token, (0.0, []))
        if self._clock.monotonic() >= until:
            raise NotFound("It is too late to undo this; run the jobs again one by one.")
        try:
            back = [(job.id, await self._waiting_again(job)) for job in jobs]
            renamed = {old: job.id for old, job in back if job is not None}
            restored = [replace(job, after=renamed.get(job.after, job.after)) for _, job in back if job is not None]
            await self._store.save(*restored)
        except BaseException:
            self._cancelled[token] = until, jobs
            raise
        for (kind, url), driver in self._drivers.items():
            driver.add([job for job in restored if (job.engine.kind, job.engine.url) == (kind, url)], announce=True)
        return restored

    async def _waiting_again(self, job: Job) -> Job | None:
        """None for a job that came to a result before its server heard that it should end."""
        if job.state is JobState.QUEUED:
            return job
        now = await self._store.get(job.id)
        if now is None or now.state in (JobState.FETCHING, JobState.DONE):
            return None
        return replace(renewed(job, str(uuid.uuid4()), job.seed, self._clock.wall(), job.position), owner=job.owner)

    # Order

    async def move(self, job_id: str, before: str | None) -> None:
        """Puts a waiting job before another waiting one, or last; never before one that it goes on from, and what goes
        on from it comes along. Raises NotFound if either waits no longer."""
        for driver in self._drivers.values():
            waiting = driver.waiting
            moved = driver.find(job_id)
            if moved is None or moved.id not in {job.id for job in waiting}:
                continue
            order = [job for job in waiting if job.id != job_id]
            place = next((at for at, job in enumerate(order) if job.id == before), len(order))
            if place == len(order) and before is not None:
                continue
            place = max([place, *(at + 1 for at, job in enumerate(order) if job.id == moved.after)])
            order.insert(place, moved)
            await driver.place(order, place)
            await self._bring_after(driver, moved)
            return
        raise NotFound("This job waits no longer; it cannot be moved.")

    async def _bring_after(self, driver: Driver, moved: Job) -> None:
        """What goes on from the job, and stands before it now, comes right behind it."""
        ids = [job.id for job in driver.waiting]
        for follower in [job for job in driver.waiting if job.after == moved.id]:
            if ids.index(follower.id) < ids.index(moved.id):
                order = [job for job in driver.waiting if job.id != follower.id]
                place = next((at for at, job in enumerate(order, 1) if job.id == moved.id), len(order))
                order.insert(place, follower)
                await driver.place(order, place)
            await self._bring_after(driver, follower)

    # All at once

    @property
    def is_paused(self) -> bool:
        return self._paused

    async def pause(self, paused: bool) -> None:
        """A paused queue sends nothing more; what the server has goes on. Survives a restart."""
        self._paused = paused
        await self._store.set_flag("paused", "1" if paused else "0")
        self._tell_paused()

    async def was_paused(self) -> bool:
        """Whether that was the last word on it, in whichever process of this home."""
        return await self._store.flag("paused") == "1"

    async def recall_pause(self) -> None:
        """The queue is as the last run left it, and those who asked before that was known are told."""
        self._paused = await self.was_paused()
        if self._paused:
            self._tell_paused()

    def _tell_paused(self) -> None:
        for driver in self._drivers.values():
            driver.paused = self._paused
            driver.wake()
        self._bus.publish(QueuePaused(self._paused))

    async def hide(self, job_id: str) -> None:
        """Takes one finished job off the list; its files stay."""
        job = await self.find(job_id)
        if job.state.is_final:
            await self._store.save(replace(job, hidden=True))
            self._bus.publish(JobRemoved(job.id))

    async def clear_finished(self) -> None:
        for job_id in await self._store.hide_finished():
            self._bus.publish(JobRemoved(job_id))
