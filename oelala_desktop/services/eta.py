"""How long a job will take, learned from jobs of the same preset on the same engine."""

from __future__ import annotations

from statistics import median

from oelala_desktop.domain.job import EngineRef, Job
from oelala_desktop.storage.jobs import JobStore


def amount_of_work(job: Job) -> float:
    """Pixels × frames × steps × clips: what the time goes with."""
    steps = job.values.get("steps") or 1
    clips = job.values.get("clip_count") or 1
    return float(job.width * job.height * max(1, job.num_frames)) * float(steps) * float(clips)


def place_key(engine: EngineRef) -> str:
    """What is remembered of an engine is remembered under this name."""
    return f"{engine.kind} {engine.url}".strip()


async def expected_seconds(store: JobStore, job: Job) -> float | None:
    """From past jobs of the same amount of work, else scaled from others of the preset; None without any."""
    work = amount_of_work(job)
    past = await store.times(place_key(job.engine), job.preset)
    same = [seconds for amount, seconds in past if abs(amount - work) <= work * 0.02][:10]
    if same:
        return median(same)
    rates = [seconds / amount for amount, seconds in past if amount > 0][:10]
    return median(rates) * work if rates else None


def remaining_seconds(expected: float | None, elapsed: float, fraction: float) -> float | None:
    """What is left. Once a good part is done, the pace of this job itself counts more than the past."""
    if expected is None:
        return None
    by_past = max(0.0, expected - elapsed)
    if fraction < 0.2 or elapsed < 2:
        return by_past
    by_pace = elapsed * (1 - fraction) / fraction
    return by_past * (1 - fraction) + by_pace * fraction
