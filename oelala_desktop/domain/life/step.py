"""`step`: the one machine that a job's life is. Pure: no clock, no disk, no task; a fact that does not fit the stage
changes nothing."""

from __future__ import annotations

from dataclasses import replace

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Ended,
    Progressed,
    Refused,
    Running,
    Started,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import Job, JobState

from .actions import Action, Admit, Announce, Cancel, Complain, Follow, Leave, Remember, StopFetching, Tell, Write
from .facts import (
    CancelTold,
    CancelWished,
    EngineBack,
    Fact,
    Fetched,
    GaveUp,
    LeftThere,
    Moved,
    NotFetched,
    NothingLeft,
    NotReached,
    NotRemade,
    NotWritten,
    Remade,
    Stalled,
    Stumbled,
    Written,
)
from .flight import Cargo, Flight, Stage
from .rules import RULES, Moment, Rules
from .sending import answered, preparing, taken, waiting
from .standing import baffled, end_without, heard, not_reached, nothing_left, stands
from .turns import Turn, ask_now, close, fetch, land, returned


def step(flight: Flight, fact: Fact, now: Moment, rules: Rules = RULES) -> Turn:  # noqa: C901 - one case a stage
    """What the flight is after the fact, and what is to be done about it, in that order."""
    if isinstance(fact, Moved):
        return replace(flight, job=replace(flight.job, position=fact.position)), ()
    if isinstance(fact, NotWritten) and fact.row is not flight.row:
        # the row on the disk is older, but true: the engine is asked what came of it
        return flight, (Complain(fact.why),)
    match flight.stage:
        case Stage.HERE:
            return waiting(flight, fact, now)
        case Stage.PREPARING | Stage.CLAIMING:
            return preparing(flight, fact, now, rules)
        case Stage.SUBMITTING:
            return _submitting(flight, fact, now, rules)
        case Stage.OUT:
            return _out(flight, fact, now, rules)
        case Stage.REMAKING:
            return _remaking(flight, fact, now)
        case Stage.LANDING | Stage.FETCHING:
            return _fetching(flight, fact, now, rules)
        case Stage.RETURNING:
            return _returning(flight, fact, now, rules)
        case Stage.CLOSING:
            return _closing(flight, fact)
        case _:
            return flight, ()  # it is over


def begin(flight: Flight) -> tuple[Action, ...]:
    """What is to be done when a flight is taken up as it is."""
    return (Follow(flight.job),) if flight.stage is Stage.OUT and flight.job.handle else ()


def _submitting(flight: Flight, fact: Fact, now: Moment, rules: Rules) -> Turn:
    match fact:
        case Taken() | Refused() | Unknown() | Stumbled():
            return answered(flight, fact, now, rules)
        case CancelWished():
            return replace(flight, cancelling=True), ()
        case _:
            return _on_server(flight, fact, now, rules)


def _out(flight: Flight, fact: Fact, now: Moment, rules: Rules) -> Turn:
    match fact:
        case Taken() if not flight.job.handle:
            flight, actions = taken(flight, fact, now)
            flight, asked = ask_now(flight, now)
            return flight, (Follow(flight.job), *actions, *asked)
        case CancelWished():
            flight = replace(flight, cancelling=True, due=None)
            return (flight, (Cancel(flight.job.handle),)) if flight.job.handle else ask_now(flight, now)
        case CancelTold() if flight.due is None:
            return ask_now(flight, now)
        case LeftThere(files=files) if flight.looking:
            return land(flight, Cargo(files, guessed=True), now, rules)
        case NothingLeft() if flight.looking:
            return nothing_left(flight, now, rules)
        case Stumbled() if flight.looking:
            return baffled(flight, endings.STUMBLED, now, rules)
        case _:
            return _on_server(flight, fact, now, rules)


def _on_server(flight: Flight, fact: Fact, now: Moment, rules: Rules) -> Turn:
    """It has been submitted: what is heard of it, and what is answered."""
    match fact:
        case Started() | Progressed() | Ceased():
            return heard(flight, fact, now)
        case Waiting() | Running() | Ended() | Absent() | Untold():
            return stands(flight, fact, now, rules)
        case EngineBack():
            return ask_now(flight, now)
        case NotReached():
            return not_reached(flight, now, rules)
        case _:
            return flight, ()


def _remaking(flight: Flight, fact: Fact, now: Moment) -> Turn:
    match fact:
        case Remade(changed=changed) if flight.cancelling:
            flight, _ = close(flight, JobState.CANCELLED, now)
            return _write_beside(flight, changed)
        case Remade(error=error, fresh=fresh, changed=changed):
            flight, _ = close(flight, JobState.FAILED, now, error=error, retried_as=fresh.id)
            return _write_beside(flight, (fresh, *changed))
        case NotRemade(error=error):
            return close(flight, JobState.FAILED, now, error=error)
        case CancelWished():
            return replace(flight, cancelling=True), ()
        case _:
            return flight, ()


def _write_beside(flight: Flight, beside: tuple[Job, ...]) -> Turn:
    assert flight.row is not None
    return replace(flight, beside=beside), (Write(flight.row, must=True, beside=beside),)


def _fetching(flight: Flight, fact: Fact, now: Moment, rules: Rules) -> Turn:
    match fact:
        case Written(row=row) if row is flight.row:
            flight, actions = fetch(flight)
            return flight, (Tell(flight.job), *actions)
        case CancelWished() if flight.stalled:
            flight, actions = close(flight, JobState.CANCELLED, now)
            return flight, (StopFetching(), *actions)
        case CancelWished():
            # a result that is already made is still fetched, unless it does not come through
            return replace(flight, cancelling=True), ()
        case Stalled():
            return replace(flight, stalled=True), ()
        case Fetched(outputs=outputs):
            return close(flight, JobState.DONE, now, outputs=outputs, **flight.job.size_of(outputs))
        case NotFetched(error=error, kept=kept):
            assert flight.cargo is not None
            if flight.cargo.guessed:
                return end_without(flight, now, rules, outputs=kept)
            return close(flight, JobState.FAILED, now, error=error, outputs=kept)
        case GaveUp(kept=kept):
            return close(flight, JobState.CANCELLED, now, outputs=kept)
        case Stumbled():
            # nothing is ever stuck here: what has not ended by now is asked for again
            due = now.clock + rules.after_fault
            return replace(flight, stage=Stage.OUT, heard=due, due=due), ()
        case _:
            return flight, ()


def _returning(flight: Flight, fact: Fact, now: Moment, rules: Rules) -> Turn:
    match fact:
        case Written(row=row) if row is flight.row:
            return returned(flight, now)
        case NotWritten(why=why):
            # the row still says `sent`: it is asked for once more before anything else, and that was no try
            due = now.clock + rules.absent_pause
            back = replace(flight, stage=Stage.OUT, row=None, due=due, heard=now.clock, tries=flight.tries - 1)
            return back, (Complain(why),)
        case CancelWished():
            return replace(flight, cancelling=True), ()
        case _:
            return flight, ()


def _closing(flight: Flight, fact: Fact) -> Turn:
    row = flight.row
    assert row is not None
    match fact:
        case Written(row=written) if written is row:
            done: tuple[Action, ...] = ()
            if row.state is JobState.DONE:
                assert flight.cargo is not None
                done = (Remember(row, flight.cargo.seconds),)
            admitted = (Admit(flight.beside),) if flight.beside else ()
            told = tuple(Tell(job) for job in flight.beside)
            over = replace(flight, job=row, row=None, stage=Stage.OVER)
            left = (Leave(row.handle),) if row.handle else ()
            return over, (*left, *admitted, Announce(row), *told, *done)
        case NotWritten():
            # only what waited here gives up so soon
            return replace(flight, stage=Stage.HERE, row=None, filling=False), ()
        case _:
            return flight, ()
