"""Waiting for jobs: until each is over, or waits for one that came to no result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from oelala_desktop.domain.events import JobChanged, JobFinished
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.storage.jobs import JobStore


async def wait_for(store: JobStore, bus: Bus, job_ids: Sequence[str]) -> None:
    """Returns when nothing will become of any of them by itself."""
    waiting = _Waiting(job_ids)
    ends = (bus.subscribe(JobFinished, waiting.finished), bus.subscribe(JobChanged, waiting.changed))
    try:
        for job_id in job_ids:
            job = await store.get(job_id)
            if job is None or job.state.is_final:
                waiting.leave(job_id)
            while job is not None and job.after and job.id not in waiting.after:  # also of those that nobody asked for
                waiting.after[job.id] = job.after
                job = await store.get(job.after)
        for before in set(waiting.after.values()):
            if await is_stopped(store, before):
                waiting.stop(before)
        await waiting.over.wait()
    finally:
        for end in ends:
            end()


async def is_stopped(store: JobStore, job_id: str) -> bool:
    """Whether that job, or one that it goes on from, came to no result and was not made again."""
    while (job := await store.get(job_id)) is not None:
        if job.state.is_final:
            return _came_to_nothing(job)
        if not job.after:
            return False
        job_id = job.after
    return False


def _came_to_nothing(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.LOST) and not job.retried_as


class _Waiting:
    """`after` names for each job that goes on from another, and is waited for or stands between, that other."""

    def __init__(self, job_ids: Sequence[str]) -> None:
        self.over = asyncio.Event()
        self.after: dict[str, str] = {}
        self._ids = set(job_ids)
        self.leave("")

    def leave(self, job_id: str) -> None:
        self._ids.discard(job_id)
        if not self._ids:
            self.over.set()

    def finished(self, event: JobFinished) -> None:
        self.leave(event.job.id)
        if _came_to_nothing(event.job):
            self.stop(event.job.id)

    def changed(self, event: JobChanged) -> None:
        if event.job.id in self.after:
            self.after[event.job.id] = event.job.after

    def stop(self, before: str) -> None:
        """What goes on from that one waits, and so does what goes on from that."""
        for job_id in [one for one, after in self.after.items() if after == before]:
            self.leave(job_id)
            self.stop(job_id)
