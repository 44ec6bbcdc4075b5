"""From waiting here to the engine having it: exactly once, whatever becomes of the answers."""

from __future__ import annotations

from dataclasses import replace

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Refused, Taken, Unknown
from oelala_desktop.domain.job import JobState

from .actions import Action, Cancel, Claim, Complain, Fill, Prepare, Submit, Tell, Write
from .facts import (
    CancelWished,
    Chosen,
    Claimed,
    CouldNotSave,
    Edited,
    Filled,
    Held,
    InputRefused,
    LetGo,
    NoAnswer,
    NoRoom,
    NotFilled,
    NotWritten,
    PredecessorEnded,
    Prepared,
    Stumbled,
    Written,
)
from .flight import Flight, Stage
from .rules import Moment, Rules
from .turns import Turn, ask_now, close, send_again, wait_here

#: who holds the waiting jobs that are being changed together with one that failed
REMAKING = "remaking"


def waiting(flight: Flight, fact: object, now: Moment) -> Turn:
    """It waits here."""
    match fact:
        case Chosen() if flight.is_ready:
            job = replace(flight.job, sent_at=None)
            return replace(flight, job=job, stage=Stage.PREPARING), (Prepare(job),)
        case Held(by=by):
            return replace(flight, held=flight.held | {by}), ()
        case LetGo(by=by, job=job):
            return _settled(replace(flight, job=job or flight.job, held=flight.held - {by}), now)
        case Edited(by=by, job=job) if by in flight.held and flight.row is None:
            return replace(flight, row=job, held=flight.held - {by}), (Write(job),)
        case Written(row=row) if row is flight.row:
            job = replace(row, position=flight.job.position)
            moved = (Write(job),) if job != row else ()  # while it was written
            freed = flight.freed or (flight.job.awaits is not None and job.awaits is None)
            flight, actions = _settled(replace(flight, job=job, row=None, freed=freed), now)
            return flight, (*moved, Tell(job), *actions)
        case NotWritten(why=why):
            # what was to be changed goes back unchanged
            flight, actions = _settled(replace(flight, row=None), now)
            return flight, (Complain(why), *actions)
        case PredecessorEnded() if flight.job.after:
            return _after(flight, fact, now)
        case Filled() | NotFilled() if flight.filling:
            return _filled(replace(flight, filling=False), fact, now)
        case CancelWished():
            return _end(flight, now)
        case _:
            return flight, ()


def _end(flight: Flight, now: Moment) -> Turn:
    """A disk that refuses leaves it waiting, as if nothing had been wished."""
    if REMAKING in flight.held or flight.row is not None:
        return replace(flight, cancelling=True), ()  # what is being written of it comes first
    row = flight.job.with_state(JobState.CANCELLED, finished_at=now.epoch)
    return replace(flight, stage=Stage.CLOSING, row=row), (Write(row),)


def _settled(flight: Flight, now: Moment) -> Turn:
    """What was being written, or held it, is over."""
    if flight.cancelling and flight.row is None and REMAKING not in flight.held:
        return close(flight, JobState.CANCELLED, now)
    return flight, ()


def _after(flight: Flight, fact: PredecessorEnded, now: Moment) -> Turn:
    """A chain goes on when the job before it is done, follows the one that was made of it, and is cancelled with it.
    After one that came to no result it waits: that may be sent again."""
    match fact.state:
        case JobState.DONE:
            return _go_on(flight)
        case JobState.CANCELLED:
            return close(flight, JobState.CANCELLED, now)
        case None if flight.job.link is not None and flight.job.awaits is None:
            return _go_on(flight)  # it has all that it needs
        case None:
            return close(flight, JobState.FAILED, now, error=endings.NOTHING_BEFORE)
        case _ if fact.retried_as:
            job = replace(flight.job, after=fact.retried_as)
            return replace(flight, job=job), (Write(job), Tell(job))
        case _:
            return flight, ()


def _go_on(flight: Flight) -> Turn:
    """What it takes of the one before is looked at first; not while somebody else changes it."""
    if flight.job.awaits is None:
        return replace(flight, freed=True), ()
    if flight.filling or flight.held or flight.row is not None or flight.cancelling:
        return flight, ()
    return replace(flight, filling=True), (Fill(flight.job),)


def _filled(flight: Flight, fact: Filled | NotFilled, now: Moment) -> Turn:
    """What was changed meanwhile is looked at once more, when it is told again that the one before is done."""
    place = flight.job.position
    if flight.held or flight.row is not None or flight.job != replace(fact.of, position=place):
        return flight, ()
    if isinstance(fact, Filled):
        row = replace(fact.job, position=place)
        return replace(flight, row=row), (Write(row),)
    if fact.error is None:
        return flight, ()
    return close(flight, JobState.FAILED, now, error=fact.error)


def preparing(flight: Flight, fact: object, now: Moment, rules: Rules) -> Turn:
    """Its inputs go up, then its row is to say `sent`."""
    match fact:
        case CancelWished():
            return replace(flight, cancelling=True), ()
        case Prepared(names=names, handle=handle, expected=expected) if flight.stage is Stage.PREPARING:
            if flight.cancelling:
                return close(flight, JobState.CANCELLED, now)
            row = flight.job.with_state(JobState.SENT, sent_at=None, handle=handle)
            return replace(flight, stage=Stage.CLAIMING, names=names, expected=expected, row=row), (Claim(row),)
        case InputRefused():
            return _input_refused(flight, fact, now, rules)
        case NoAnswer() | NoRoom():
            return wait_here(flight, now)
        case CouldNotSave(why=why):
            flight, actions = wait_here(flight, now)
            return flight, (Complain(why), *actions)
        case Claimed() if flight.row is not None:
            return _submit(flight, now)
        case Stumbled():
            flight = replace(flight, tries=flight.tries + 1)
            if flight.tries < rules.faults:
                return wait_here(flight, now)
            return close(flight, JobState.FAILED, now, error=endings.NOT_SENT)
        case _:
            return flight, ()


def _submit(flight: Flight, now: Moment) -> Turn:
    assert flight.row is not None
    flight = replace(flight, job=flight.row, row=None, heard=now.clock, due=None)
    if flight.cancelling:
        return close(flight, JobState.CANCELLED, now)  # nothing of it has left
    return replace(flight, stage=Stage.SUBMITTING), (Tell(flight.job), Submit(flight.job, flight.names))


def _input_refused(flight: Flight, fact: InputRefused, now: Moment, rules: Rules) -> Turn:
    """An engine that is down is waited for; one that takes everything but this file is not."""
    flight = replace(flight, tries=flight.tries + 1)
    if not fact.is_final and flight.tries < rules.tries:
        return wait_here(flight, now)
    return close(flight, JobState.FAILED, now, error=fact.error)


def answered(flight: Flight, fact: Taken | Refused | Unknown | Stumbled, now: Moment, rules: Rules) -> Turn:
    """What came of the submission."""
    match fact:
        case Taken():
            return taken(replace(flight, due=now.clock + rules.first_look), fact, now)
        case Refused() if flight.runs or flight.ceased:
            # it has been seen at work: a gateway that repeats what it passes on may say anything
            return ask_now(replace(flight, stage=Stage.OUT), now)
        case Refused(lost_inputs=True) if flight.resupplied < rules.new_inputs:
            return send_again(replace(flight, resupplied=flight.resupplied + 1), now, rules)
        case Refused(error=error):
            return close(flight, JobState.FAILED, now, error=error)
        case _:
            # neither yes nor no: the engine is asked whether it has it
            return ask_now(replace(flight, stage=Stage.OUT), now)


def taken(flight: Flight, fact: Taken, now: Moment) -> Turn:
    """The engine has it: now, or it was found there after a submission without an answer."""
    job = flight.job.with_state(flight.job.state, handle=fact.handle, sent_at=now.epoch)
    flight = replace(flight, job=job, stage=Stage.OUT, heard=now.clock, absent=0, flaw=fact.flaw or flight.flaw)
    actions: tuple[Action, ...] = (Write(job, must=True),)
    if fact.flaw is not None or flight.cancelling:
        flight = replace(flight, cancelling=True)
        actions = (*actions, Cancel(fact.handle, note=True))
    return flight, actions
