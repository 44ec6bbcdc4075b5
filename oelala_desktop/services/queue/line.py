"""Line: jobs that wait, in the order of their positions."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from oelala_desktop.domain.job import Job


def _place(job: Job) -> tuple[float, float, str]:
    """Positions differ, but for what an earlier version wrote down."""
    return job.position, job.created_at, job.id


class Line:
    """One look at a job, and one more or less of them, costs about the same however many wait."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._known: dict[str, Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._known

    def find(self, job_id: str) -> Job | None:
        return self._known.get(job_id)

    def put(self, job: Job) -> None:
        """Into its place; the same job leaves its old one."""
        self.take(job.id)
        insort(self._jobs, job, key=_place)
        self._known[job.id] = job

    def take(self, job_id: str) -> Job | None:
        """The job leaves the line; None if it is not in it."""
        job = self._known.pop(job_id, None)
        if job is not None:
            del self._jobs[bisect_left(self._jobs, _place(job), key=_place)]
        return job
