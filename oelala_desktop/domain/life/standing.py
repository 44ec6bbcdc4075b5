"""What an engine says of a job that it has, or may have. There are three answers to silence: it still runs, it is
there, or it is over without a result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Absent, Ceased, Ended, Failure, JobEvent, Running, Untold, Waiting
from oelala_desktop.domain.job import JobError, JobState

from .actions import Action, Cancel, Look, RenewLine, TryWithout, Write
from .flight import Cargo, Flight, Stage
from .rules import Moment, Rules
from .turns import Turn, ask_now, close, land, run, send_again, show

Stand = Waiting | Running | Ended | Absent | Untold
_SAME_WORD = 0.1  # seconds in which a word that says nothing new is not counted again


def heard(flight: Flight, event: JobEvent, now: Moment) -> Turn:
    """It is alive; an end that is told is a hint to ask. Thousands a second may come of these."""
    said: dict[str, Any] = {"heard": now.clock, "absent": 0}
    if flight.ceased:
        return replace(flight, **said), ()
    actions: tuple[Action, ...] = ()
    if isinstance(event, Ceased):
        said |= {"ceased": True, "succeeded": event.succeeded}
    elif not flight.runs:
        flight, actions = run(replace(flight, runs=True), now)
    if event.progress != flight.told:
        flight, shown = show(flight, event.progress, now, told=event.progress, **said)
        actions += shown
    elif isinstance(event, Ceased) or flight.absent or now.clock - flight.heard > _SAME_WORD:
        flight = replace(flight, **said)
    if flight.ceased:
        flight, asked = ask_now(flight, now)
        actions += asked
    return flight, actions


def stands(flight: Flight, stand: Stand, now: Moment, rules: Rules) -> Turn:
    """What was answered when it was asked how the job stands."""
    if flight.looking and isinstance(stand, Absent):
        return flight, ()  # that is why its files are looked for
    was_silent = now.clock - flight.heard > rules.missed and not flight.taken_up
    if isinstance(stand, Untold):
        return baffled(flight, stand.error, now, rules)
    flight = replace(flight, heard=now.clock, due=None)
    if isinstance(stand, Absent):
        return (flight, ()) if flight.stage is Stage.SUBMITTING else _absent(flight, now, rules)
    flight = replace(flight, absent=0, baffled=0, looking=False, untold=None)
    if isinstance(stand, Ended):
        is_deaf = was_silent and not flight.ceased
        flight, actions = _ended(flight, stand, now, rules)
    else:
        is_deaf = was_silent and isinstance(stand, Running) and not (flight.runs or flight.ceased)
        flight, actions = _still_there(flight, stand, now, rules)
    return flight, ((RenewLine(), *actions) if is_deaf else actions)


def _still_there(flight: Flight, stand: Waiting | Running, now: Moment, rules: Rules) -> Turn:
    actions: tuple[Action, ...] = ()
    if flight.job.sent_at is None and flight.stage is Stage.OUT:
        flight = replace(flight, job=replace(flight.job, sent_at=now.epoch))
        actions += (Write(flight.job),)
    if flight.cancelling and flight.stage is Stage.OUT:
        actions += (Cancel(flight.job.handle),)
        flight = replace(flight, due=now.clock + rules.after_cancel)
    if isinstance(stand, Running):
        flight, begun = run(flight, now)
        actions += begun
    if flight.ceased:
        flight = replace(flight, due=now.clock + rules.after_end)
    ahead = stand.ahead if isinstance(stand, Waiting) else None
    if ahead != flight.progress.ahead:
        flight, shown = show(flight, flight.told or flight.progress, now, ahead)
        actions += shown
    return flight, actions


def _ended(flight: Flight, ended: Ended, now: Moment, rules: Rules) -> Turn:
    failure = ended.failure
    if flight.flaw is not None:
        return close(flight, JobState.CANCELLED, now)
    if failure is None:
        return land(flight, Cargo(ended.files, ended.seconds), now, rules)
    if failure.error.kind == "interrupted" and flight.cancelling:
        return close(flight, JobState.CANCELLED, now)
    if _may_go_without(flight, failure):
        return replace(flight, stage=Stage.REMAKING), (TryWithout(flight.job, failure),)
    return close(flight, JobState.FAILED, now, error=failure.error)


def _may_go_without(flight: Flight, failure: Failure) -> bool:
    return failure.error.kind == "node" and bool(failure.node) and not flight.cancelling


def _absent(flight: Flight, now: Moment, rules: Rules) -> Turn:
    """Absence is believed only when it stays so."""
    flight = replace(flight, absent=flight.absent + 1, due=now.clock + rules.absent_pause)
    if flight.cancelling and not flight.succeeded:
        return close(flight, JobState.CANCELLED, now)
    if flight.absent < rules.absent_checks:
        return replace(flight, baffled=0), ()
    if flight.job.sent_at is None:
        return send_again(flight, now, rules)
    return replace(flight, looking=True, due=None), (Look(flight.job),)


def nothing_left(flight: Flight, now: Moment, rules: Rules) -> Turn:
    """Neither it nor its files are there."""
    if flight.untold is None and flight.is_ours:
        return send_again(flight, now, rules)
    return end_without(flight, now, rules)


def baffled(flight: Flight, error: JobError, now: Moment, rules: Rules) -> Turn:
    """An engine that is otherwise well does not tell what has become of this job. That is borne for a while; then its
    files are looked for by name, and if there are none it is over."""
    if flight.looking and flight.untold is not None:
        return end_without(flight, now, rules)
    count = flight.baffled + 1
    doubled = rules.baffled_pause * 2 ** min(flight.baffled, rules.baffled_tries)
    pause = now.jittered(min(rules.baffled_longest, doubled))
    then = now.clock + pause  # not sooner, though it is silent
    flight = replace(flight, baffled=count, due=then, heard=then, looking=False)
    if count < rules.baffled_tries or flight.stage is not Stage.OUT:
        return flight, ()
    if flight.cancelling:
        return close(flight, JobState.CANCELLED, now)
    if flight.job.sent_at is None:
        return end_without(replace(flight, untold=error), now, rules)
    return replace(flight, looking=True, untold=error, due=None), (Look(flight.job),)


def end_without(flight: Flight, now: Moment, rules: Rules, **changes: Any) -> Turn:
    """Nothing came of it: it is lost if it was absent for long enough, else nothing is known of it."""
    if flight.untold is None or flight.absent >= rules.absent_checks:
        return close(flight, JobState.LOST, now, error=endings.lost(flight.job), **changes)
    return close(flight, JobState.FAILED, now, error=endings.untold(flight.untold), **changes)


def not_reached(flight: Flight, now: Moment, rules: Rules) -> Turn:
    if flight.looking and flight.untold is not None:
        return end_without(flight, now, rules)
    return replace(flight, looking=False, due=now.clock + now.jittered(rules.ask_again)), ()
