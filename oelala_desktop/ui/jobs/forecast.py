"""When the jobs that wait will begin, and when all will be done, as far as that can be guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from oelala_desktop.domain.job import EngineRef, Job


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds from now: `starts` by the id of a job that waits, where known; `ends` for the last of all, None unless
    all are known."""

    starts: Mapping[str, float] = field(default_factory=dict)
    ends: float | None = None


def forecast(
    running: Iterable[Job],
    waiting: Iterable[Job],
    left: Callable[[Job], float | None],
    expected: Callable[[Job], float | None],
) -> Forecast:
    """Each engine does one after the other. `left` are the seconds that a running job still takes, `expected` those
    that a waiting one will take; behind one of which nothing is known, nothing is known."""
    free: dict[tuple[str, str], float | None] = {}
    for job in running:
        free[_place(job.engine)] = left(job)
    starts: dict[str, float] = {}
    for job in waiting:
        begins = free.get(_place(job.engine), 0.0)
        takes = None if begins is None else expected(job)
        if begins is not None:
            starts[job.id] = begins
        free[_place(job.engine)] = None if begins is None or takes is None else begins + takes
    ends = [end for end in free.values() if end is not None]
    return Forecast(starts, max(ends) if ends and len(ends) == len(free) else None)


def _place(engine: EngineRef) -> tuple[str, str]:
    return engine.kind, engine.url
