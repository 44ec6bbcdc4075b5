"""How long a job will take, as far as past jobs and its own pace tell."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from .job import Job
from .preset import Request


def amount_of_work(job: Job | Request) -> float:
    """Pixels × frames × steps × clips: what the time goes with. Of a training the pixels and number of its pictures."""
    steps = job.values.get("steps") or 1
    clips = job.values.get("clip_count") or 1
    side, batch = job.values.get("train_size"), job.values.get("batch_size")
    many = batch if isinstance(batch, int) and batch else 1  # a preset may have a text of its own called so
    pixels = side**2 * many if isinstance(side, int) and side else job.width * job.height
    return float(pixels * max(1, job.num_frames)) * float(steps) * float(clips)


def expected_time(past: Sequence[tuple[float, float]], work: float) -> float | None:
    """In seconds. `past` are (work, seconds), newest first: those of the same amount count, else all, scaled."""
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
