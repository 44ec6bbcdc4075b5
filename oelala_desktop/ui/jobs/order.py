"""Which jobs a list shows and in which order, and the steps from one order to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from oelala_desktop.domain.job import Job, JobState

#: of thousands that wait so many stand in the filmstrip; the queue's panel has them all
STRIP_WAITING = 100


class Section(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "finished"
    CANCELLED = "cancelled"


_SECTIONS = {
    JobState.QUEUED: Section.WAITING,
    JobState.SENT: Section.WAITING,
    JobState.RUNNING: Section.RUNNING,
    JobState.FETCHING: Section.RUNNING,
    JobState.DONE: Section.DONE,
    JobState.FAILED: Section.FAILED,
    JobState.LOST: Section.FAILED,
    JobState.CANCELLED: Section.CANCELLED,
}


def section_of(job: Job) -> Section:
    return _SECTIONS[job.state]


def ended(job: Job) -> tuple[float, str]:
    """What orders jobs that are over."""
    return job.finished_at or job.created_at, job.id


def is_shown(job: Job, tool: str, gone: Set[str]) -> bool:
    """Whether a job that is over stands in the filmstrip of `tool`."""
    return job.tool == tool and job.id not in gone and job.state is not JobState.CANCELLED and not job.retried_as


def strip_order(
    over: Iterable[Job], running: Iterable[Job], waiting: Iterable[Job], *, tool: str, gone: Set[str]
) -> list[str]:
    """The way that time goes: results of `tool` whose files are there and what failed of it, the oldest first; what
    runs; what waits, whatever tool it is of."""
    past = [job.id for job in sorted(over, key=ended) if is_shown(job, tool, gone)]
    return [*past, *(job.id for job in running), *(job.id for job in islice(waiting, STRIP_WAITING))]


def panel_order(over: Iterable[Job], running: Iterable[Job], waiting: Iterable[Job]) -> list[str]:
    """What matters most first: running, waiting, failed, finished; of what is over the newest first."""
    past = sorted(over, key=ended, reverse=True)
    failed = [job.id for job in past if section_of(job) is Section.FAILED]
    rest = [job.id for job in past if section_of(job) is not Section.FAILED]
    return [*(job.id for job in running), *(job.id for job in waiting), *failed, *rest]


class Remove(NamedTuple):
    first: int
    last: int


class Move(NamedTuple):
    """`to` is where the row lies afterwards."""

    row: int
    to: int


class Insert(NamedTuple):
    at: int
    ids: tuple[str, ...]


Step = Remove | Move | Insert


def steps_between(before: Sequence[str], after: Sequence[str]) -> Iterator[Step]:
    """Few steps from one order of ids to the other, each to be taken before the next."""
    if before == after:
        return
    wanted, known = set(after), set(before)
    for first, last in reversed(_runs(at for at, key in enumerate(before) if key not in wanted)):
        yield Remove(first, last)
    yield from _moves([key for key in before if key in wanted], [key for key in after if key in known])
    for first, last in _runs(at for at, key in enumerate(after) if key not in known):
        yield Insert(first, tuple(after[first : last + 1]))


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Rising numbers as stretches without a gap, first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _moves(now: list[str], after: Sequence[str]) -> Iterator[Move]:
    """`now` holds the same ids as `after`; those of the longest run that is in order already stay where they are."""
    if now == after:
        return
    place = {key: at for at, key in enumerate(after)}
    still = _longest_rising([place[key] for key in now])
    for key in after:
        if place[key] in still:
            continue
        row = now.index(key)
        now.pop(row)
        to = now.index(after[place[key] - 1]) + 1 if place[key] else 0
        now.insert(to, key)
        if row != to:
            yield Move(row, to)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest rising part of `numbers`, which are all different."""
    tails: list[int] = []  # the smallest end of a part of each length
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
