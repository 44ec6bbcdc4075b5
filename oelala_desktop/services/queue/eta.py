"""How long a job will take, learned from jobs of the same preset on the same engine."""

from __future__ import annotations

from oelala_desktop.domain.eta import amount_of_work, expected_time
from oelala_desktop.domain.job import EngineRef, Job
from oelala_desktop.storage.jobs import JobStore


def place_key(engine: EngineRef) -> str:
    """What is remembered of an engine is remembered under this name."""
    return f"{engine.kind} {engine.url}".strip()


async def expected_seconds(store: JobStore, job: Job) -> float | None:
    """From past jobs of the same amount of work, else scaled from others of the preset; None without any."""
    return expected_time(await store.times(place_key(job.engine), job.preset), amount_of_work(job))
