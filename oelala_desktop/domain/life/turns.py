"""Turns that several rules share: to the end, back to waiting, on to fetching, and what is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oelala_desktop.domain import endings
from oelala_desktop.domain.eta import remaining_seconds
from oelala_desktop.domain.job import JobState, Progress

from .actions import Action, Ask, Fetch, Leave, Show, Tell, Write
from .flight import Cargo, Flight, Stage
from .rules import Moment, Rules

Turn = tuple[Flight, tuple[Action, ...]]


def close(flight: Flight, state: JobState, now: Moment, **changes: Any) -> Turn:
    """Its end is written down, and told when it is. A job that was refused while it ran has failed by that."""
    if flight.flaw is not None and state is JobState.CANCELLED:
        state, changes = JobState.FAILED, {"error": flight.flaw}
    row = flight.job.with_state(state, finished_at=now.epoch, **changes)
    return replace(flight, stage=Stage.CLOSING, row=row, due=None), (Write(row, must=True),)


def wait_here(flight: Flight, now: Moment) -> Turn:
    """The engine never got it, and its row says `queued`."""
    if flight.cancelling:
        return close(flight, JobState.CANCELLED, now)
    return _unheard(replace(flight, stage=Stage.HERE, row=None)), ()


def send_again(flight: Flight, now: Moment, rules: Rules) -> Turn:
    """The engine never had it, or is ours and died: the same job goes out once more."""
    flight = replace(flight, tries=flight.tries + 1)
    if flight.tries >= rules.tries:
        return close(flight, JobState.FAILED, now, error=endings.NEVER_TAKEN)
    row = flight.job.with_state(JobState.QUEUED, handle="", sent_at=None, started_at=None)
    left = (Leave(flight.job.handle),) if flight.job.handle else ()
    return replace(flight, stage=Stage.RETURNING, row=row, due=None, looking=False), (*left, Write(row))


def returned(flight: Flight, now: Moment) -> Turn:
    """The row says `queued` again."""
    back = replace(flight, job=flight.row or flight.job)
    flight, actions = wait_here(back, now)
    return flight, (Tell(back.job), *actions)


def land(flight: Flight, cargo: Cargo, now: Moment, rules: Rules) -> Turn:
    """The engine has finished: its files are fetched, once the row says so."""
    if flight.fetches >= rules.fetches:
        return close(flight, JobState.FAILED, now, error=endings.NOT_TAKEN_IN)
    flight = replace(flight, cargo=cargo, due=None, looking=False)
    if flight.job.state is JobState.FETCHING:
        return fetch(flight)
    row = flight.job.with_state(JobState.FETCHING, sent_at=flight.job.sent_at or now.epoch)
    return replace(flight, job=row, row=row, stage=Stage.LANDING), (Write(row, must=True),)


def fetch(flight: Flight) -> Turn:
    assert flight.cargo is not None
    begun = replace(flight, stage=Stage.FETCHING, row=None, fetches=flight.fetches + 1)
    return begun, (Fetch(flight.job, flight.cargo),)


def run(flight: Flight, now: Moment) -> Turn:
    """The engine is at work on it; the row may say so a little later."""
    if flight.job.state is not JobState.SENT:
        return flight, ()
    job = flight.job.with_state(JobState.RUNNING, started_at=now.epoch, sent_at=flight.job.sent_at or now.epoch)
    return replace(flight, job=job, began=now.clock), (Tell(job), Write(job))


def show(flight: Flight, said: Progress, now: Moment, ahead: int | None = None, **changes: Any) -> Turn:
    """How far it is. The bar never falls, not even when a job starts anew because its server died. `changes` are others
    of the flight."""
    elapsed = now.clock - flight.began if flight.began is not None else 0.0
    eta = remaining_seconds(flight.expected, elapsed, said.fraction)
    shown = replace(said, fraction=max(flight.progress.fraction, said.fraction), eta=eta, ahead=ahead)
    return replace(flight, progress=shown, **changes), (Show(shown),)


def ask_now(flight: Flight, now: Moment) -> Turn:
    return replace(flight, due=now.clock), (Ask(),)


def _unheard(flight: Flight) -> Flight:
    """As if it had never been out, but for what is borne and how far its bar was."""
    return replace(
        flight,
        due=None,
        taken_up=False,
        runs=False,
        ceased=False,
        succeeded=False,
        told=None,
        began=None,
        absent=0,
        baffled=0,
        looking=False,
        untold=None,
        names={},
        cargo=None,
    )
