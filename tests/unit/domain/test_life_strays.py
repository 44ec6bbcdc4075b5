"""Facts come late, twice, or of something that is over: one that does not fit the stage changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Ended,
    Failure,
    Progressed,
    Refused,
    Running,
    Started,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import JobError, JobState, Progress
from oelala_desktop.domain.life import Stage
from oelala_desktop.domain.life import facts as f

from .lives import FILE, OUTPUT, REFUSAL, TROUBLE, Life, failure, success

OTHER = replace(Life().job, title="another")
FACTS: list[f.Fact] = [
    f.Chosen(), f.Held("x"), f.LetGo("x"), f.Edited("x", OTHER), f.PredecessorEnded(JobState.DONE),
    f.PredecessorEnded(JobState.FAILED), f.Prepared({}, "j9"), f.NoAnswer(), f.InputRefused(TROUBLE, is_final=True),
    f.Claimed(), f.NoRoom(), f.CouldNotSave("full"), f.Written(OTHER), Taken("j9"), Refused(REFUSAL), Unknown("cut"),
    Started("j1", Progress(0.7)), Progressed("j1", Progress(0.7)), Ceased("j1", Progress(0.7)), f.EngineBack(),
    f.NotReached(), Waiting(3), Running(), success(), Absent(), Untold(TROUBLE), f.LeftThere((FILE,)), f.NothingLeft(),
    f.CancelWished(), f.CancelTold(), f.Remade(TROUBLE, OTHER), f.NotRemade(TROUBLE), f.Stalled(),
    f.Fetched((OUTPUT,)), f.NotFetched(TROUBLE), f.GaveUp(), f.Stumbled(),
]  # fmt: skip
HEARD = {Started, Progressed, Ceased, f.EngineBack, f.NotReached, Waiting, Running, Ended, Absent, Untold}
SENDING = {f.NoAnswer, f.InputRefused, f.NoRoom, f.CouldNotSave, f.Stumbled}
ARRIVING = {f.Stalled, f.Fetched, f.NotFetched, f.GaveUp, f.Stumbled}
#: a life in each stage, and the facts that mean something there, beside the row that is being written
LIVES: dict[Stage, tuple[Callable[[], Life], set[type]]] = {
    Stage.HERE: (Life, {f.Chosen, f.Held, f.CancelWished}),
    Stage.PREPARING: (lambda: Life().tell(f.Chosen()), {*SENDING, f.Prepared, f.CancelWished}),
    Stage.CLAIMING: (
        lambda: Life().tell(f.Chosen(), f.Prepared({}, "j1")),
        {*SENDING, f.Claimed, f.CancelWished},
    ),
    Stage.SUBMITTING: (lambda: Life().submitting(), {*HEARD, Taken, Refused, Unknown, f.Stumbled, f.CancelWished}),
    Stage.OUT: (lambda: Life().running(), {*HEARD, f.CancelTold, f.CancelWished}),
    Stage.REMAKING: (lambda: Life().running().tell(failure()), {f.Remade, f.NotRemade, f.CancelWished}),
    Stage.LANDING: (lambda: Life().running().tell(success()), {*ARRIVING, f.CancelWished}),
    Stage.FETCHING: (lambda: Life().running().tell(success()).write(), {*ARRIVING, f.CancelWished}),
    Stage.RETURNING: (lambda: Life().submitting().tell(Unknown("cut")).absent(Absent()), {f.CancelWished}),
    Stage.CLOSING: (lambda: Life().running().tell(failure("memory")), set()),
    Stage.OVER: (lambda: Life().running().tell(failure("memory")).write(), set()),
}


def test_every_stage_is_here() -> None:
    assert set(LIVES) == set(Stage)
    assert {stage: made().stage for stage, (made, _) in LIVES.items()} == {stage: stage for stage in Stage}


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.name)
def test_what_does_not_fit_the_stage_changes_nothing(stage: Stage) -> None:
    made, meant = LIVES[stage]
    for fact in FACTS:
        life = made()
        before = life.flight
        life.tell(fact)
        if type(fact) not in meant:
            assert (life.flight, life.done) == (before, []), fact


@pytest.mark.parametrize("stage", [Stage.PREPARING, Stage.CLAIMING, Stage.SUBMITTING, Stage.OUT, Stage.REMAKING])
def test_it_is_held_or_edited_only_where_it_waits(stage: Stage) -> None:
    life = LIVES[stage][0]()
    life.tell(f.Held("x"), f.Edited("x", OTHER))
    assert (life.stage, life.flight.held, life.done) == (stage, frozenset(), [])


def test_a_failure_of_an_earlier_look_is_no_answer_to_a_later_one() -> None:
    life = Life().running().absent(Absent()).tell(Running())
    node = Failure(JobError("It failed.", "node"), "1", "it failed")
    for fact in (f.LeftThere((FILE,)), f.NothingLeft(), f.Stumbled()):
        assert life.tell(fact).done == [] and life.stage is Stage.OUT
    assert life.tell(Ended((), node)).stage is Stage.REMAKING
