"""A job's life, rule by rule: messages in any order, what cannot be understood, disks, kills, and cancelling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Running,
    Taken,
    Unknown,
    Untold,
)
from oelala_desktop.domain.job import JobState, Progress
from oelala_desktop.domain.life import RULES, Flight, Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelTold,
    CancelWished,
    Chosen,
    Claimed,
    EngineBack,
    Fact,
    Fetched,
    GaveUp,
    LeftThere,
    NoAnswer,
    NoRoom,
    NotFetched,
    NothingLeft,
    NotReached,
    NotWritten,
    Prepared,
    Stalled,
    Stumbled,
    Written,
)

from .lives import FILE, OUTPUT, TROUBLE, Life, failure, success

S = JobState


# Messages that come twice, late, or not at all


def test_an_end_is_an_end_and_the_bar_never_falls() -> None:
    life = Life().running().tell(life_progress := Life().progress(0.6))
    shown = [life.asked(do.Show).progress.fraction]
    life.tell(life_progress)
    assert not life.asks(do.Show)
    life.tell(life.progress(0.2))
    shown.append(life.asked(do.Show).progress.fraction)
    life.tell(Ceased("j1", Progress(0.99), True), life.progress(0.1), Ceased("j1", Progress(0.1)))
    assert life.done == [] and life.flight.succeeded
    assert shown == sorted(shown) and life.flight.progress.fraction == 0.99
    assert life.tell(success(), life.progress(0.1)).done == []
    assert life.write().tell(life.progress(0.1)).done == []


def test_without_any_message_asking_is_enough() -> None:
    life = Life().out().wait(6)
    assert life.is_due
    life.tell(Running())
    assert (life.job.state, life.asked(do.Tell).job.state) == (S.RUNNING, S.RUNNING)
    assert life.wait(6).tell(success()).write().asks(do.Fetch)


# What cannot be understood


def test_what_is_never_told_ends_in_the_end_and_says_so() -> None:
    life = Life().running()
    for count in range(1, RULES.baffled_tries):
        life.tell(Untold(TROUBLE))
        assert (life.flight.baffled, life.is_due) == (count, False)
        life.wait(RULES.baffled_longest * 1.3)
        assert life.is_due
    assert life.tell(Untold(TROUBLE)).asks(do.Look)
    found = replace(life.flight)
    assert life.tell(LeftThere((FILE,))).write().asked(do.Fetch).cargo.guessed
    life.flight = found
    assert life.tell(NothingLeft()).write().job.state is S.FAILED
    assert life.job.error is not None and TROUBLE.message in life.job.error.message
    for nothing in (NotReached(), Untold(TROUBLE), Stumbled()):
        life.flight = found
        assert life.tell(nothing).write().job.state is S.FAILED
    life.flight = replace(found, absent=RULES.absent_checks)
    assert life.tell(NothingLeft()).write().job.state is S.LOST
    life.flight = found
    assert life.tell(LeftThere((FILE,))).write().tell(NotFetched(TROUBLE)).write().job.state is S.FAILED


def test_any_answer_begins_the_count_anew() -> None:
    life = Life().running()
    for answer in (Running(), Absent()):
        life.tell(Running(), *[Untold(TROUBLE)] * (RULES.baffled_tries - 1), answer, Untold(TROUBLE))
        assert life.flight.baffled == 1


def test_what_was_never_told_of_a_job_without_an_answer() -> None:
    life = Life().submitting().tell(*[Untold(TROUBLE)] * 20)
    assert life.stage is Stage.SUBMITTING
    life.tell(Unknown("cut"), Untold(TROUBLE))
    assert life.stage is Stage.CLOSING and life.write().job.state is S.FAILED


# Disks that refuse


def test_what_must_be_written_is_written_before_it_is_told() -> None:
    life = Life().running().tell(success())
    assert life.asked(do.Write).must
    assert life.tell(EngineBack(), Running(), life.progress(0.9)).done == []
    assert life.write().asks(do.Fetch)
    assert life.tell(Fetched((OUTPUT,))).asked(do.Write).must


def test_a_row_that_could_not_say_running_is_older_but_true() -> None:
    life = Life().running()
    life.tell(NotWritten(life.job, "The disk is full."))
    assert life.asked(do.Complain).text == "The disk is full."
    assert life.job.state is S.RUNNING


def test_a_job_that_cannot_be_written_down_as_waiting_is_asked_for_once_more() -> None:
    life = Life().submitting().tell(Unknown("cut")).absent(Absent())
    tries, row = life.flight.tries, life.asked(do.Write).row
    life.tell(NotWritten(row, "The disk is full."))
    assert (life.stage, life.job.state, life.flight.tries) == (Stage.OUT, S.SENT, tries - 1)
    assert life.asks(do.Complain) and not life.is_due
    assert life.wait(RULES.absent_pause).is_due
    ours = Life(is_ours=True).running().absent(Absent()).tell(NothingLeft())
    assert ours.tell(NotWritten(ours.asked(do.Write).row, "full")).wait(RULES.absent_pause).is_due


def test_a_result_that_does_not_come_through_waits() -> None:
    life = Life().running().tell(success()).write().tell(Stalled())
    assert (life.stage, life.job.state, life.done) == (Stage.FETCHING, S.FETCHING, [])


def test_a_fault_of_ours_while_fetching_begins_it_anew_and_not_for_ever() -> None:
    life = Life().running().tell(success()).write()
    for _ in range(RULES.fetches - 1):
        life.tell(Stumbled())
        assert not life.is_due
        assert life.wait(RULES.after_fault).is_due
        assert life.tell(success()).asks(do.Fetch)
    life.tell(Stumbled()).wait(RULES.after_fault).tell(success()).write()
    assert life.job.state is S.FAILED
    assert life.job.error is not None and life.job.error.kind == "bug"


# The program is killed


def test_after_a_kill_a_row_says_what_to_do() -> None:
    waiting = Life().killed()
    assert (waiting.stage, waiting.done) == (Stage.HERE, [])
    assert Life().tell(Chosen(), Prepared({}, "j1")).killed().stage is Stage.HERE
    for life in (
        Life().submitting(),
        Life().out(),
        Life().running(),
        Life().running().tell(success()),
        Life().running().tell(success()).write(),
        Life().running().tell(success()).write().tell(Fetched((OUTPUT,))),
    ):
        life.killed()
        assert (life.stage, life.is_due, life.asks(do.Submit), life.asks(do.Follow)) == (Stage.OUT, True, False, True)
        assert life.tell(success()).stage in (Stage.LANDING, Stage.FETCHING)


def test_a_row_of_an_earlier_version_has_its_own_id_for_a_handle() -> None:
    life = Life().running()
    assert life.again(replace(life.job, handle="")).job.handle == "j1"


# Cancelling


def test_what_waits_here_is_cancelled_when_the_disk_has_it() -> None:
    life = Life().tell(CancelWished())
    assert (life.stage, life.asked(do.Write).must, life.job.state) == (Stage.CLOSING, False, S.QUEUED)
    full = life.tell(NotWritten(life.asked(do.Write).row, "full"))
    assert (full.stage, full.flight.is_ready) == (Stage.HERE, True)
    assert life.tell(CancelWished()).write().asked(do.Announce).job.state is S.CANCELLED
    assert len(life.done) == 1  # nothing is learnt of it, and no engine knows it


@pytest.mark.parametrize("moment", range(3))
def test_what_is_being_sent_is_not_sent_if_it_can_be_helped(moment: int) -> None:
    steps: list[Fact] = [Chosen(), Prepared({}, "j1"), Claimed()]
    steps.insert(moment + 1, CancelWished())
    life = Life()
    for fact in steps:
        life.tell(fact)
        assert moment == 2 or not life.asks(do.Submit)
    if moment == 2:
        assert life.tell(Taken("j1")).asks(do.Cancel)
    else:
        assert life.write().job.state is S.CANCELLED
    assert not Life().tell(Chosen(), CancelWished(), Prepared({}, "j1")).asks(do.Claim)
    assert Life().tell(Chosen(), CancelWished(), NoAnswer()).write().job.state is S.CANCELLED


def test_what_runs_is_cancelled_there_until_it_is_gone() -> None:
    life = Life().running().tell(CancelWished())
    assert life.asked(do.Cancel) == do.Cancel("j1")
    assert not life.asked(do.Cancel).note  # whoever wished it has written it down
    assert life.tell(CancelTold()).asks(do.Ask)
    life.tell(Running())
    assert life.asks(do.Cancel)
    assert not life.tell(CancelTold()).is_due  # a node that cannot be stopped at once is not stormed
    assert life.wait(RULES.after_cancel).is_due
    assert life.tell(failure("interrupted", "")).write().job.state is S.CANCELLED


def test_a_cancelled_job_that_is_gone_is_cancelled() -> None:
    assert Life().running().tell(CancelWished(), Absent()).write().job.state is S.CANCELLED
    told_nothing = Life().running().tell(CancelWished(), *[Untold(TROUBLE)] * RULES.baffled_tries)
    assert told_nothing.write().job.state is S.CANCELLED


def test_a_result_that_is_made_is_fetched_though_it_was_cancelled() -> None:
    life = Life().running().tell(CancelWished(), success()).write()
    assert life.tell(Fetched((OUTPUT,))).write().job.state is S.DONE
    succeeded = Life().running().tell(Ceased("j1", Progress(0.99), True), CancelWished(), Absent())
    assert succeeded.stage is Stage.OUT


def test_unless_it_does_not_come_through() -> None:
    life = Life().running().tell(success()).write().tell(CancelWished())
    assert life.done == []
    assert life.tell(GaveUp((OUTPUT,))).write().job.state is S.CANCELLED
    assert life.job.outputs == (OUTPUT,)
    stalled = Life().running().tell(success()).write().tell(Stalled(), CancelWished())
    assert stalled.asks(do.StopFetching)
    assert stalled.write().job.state is S.CANCELLED
    assert stalled.tell(Stumbled()).stage is Stage.OVER


def test_a_job_whose_handle_is_not_known_is_found_and_then_cancelled() -> None:
    life = Life().submitting(handle="").tell(Unknown("cut"), CancelWished())
    assert life.asks(do.Ask) and not life.asks(do.Cancel)
    assert life.tell(Taken("theirs")).asked(do.Cancel).handle == "theirs"


def test_a_job_that_is_about_to_wait_again_is_cancelled_when_it_does() -> None:
    life = Life(is_ours=True).running().absent(Absent()).tell(NothingLeft())
    row = life.asked(do.Write).row
    life.tell(CancelWished(), Written(row))
    assert life.write().job.state is S.CANCELLED


@pytest.mark.parametrize("stage", [Stage.LANDING, Stage.CLOSING])
def test_facts_that_do_not_fit_change_nothing(stage: Stage) -> None:
    life = Life().running().tell(success() if stage is Stage.LANDING else failure("memory"))
    before = life.flight
    life.tell(Chosen(), Running(), Absent(), NothingLeft(), LeftThere(()), NoRoom(), CancelTold(), Written(life.job))
    assert life.stage in (stage, Stage.FETCHING)
    assert before.stage is stage


def test_what_a_flight_says_of_itself() -> None:
    waiting, sending, running = Life(), Life().submitting(), Life().running()
    assert [life.flight.waits for life in (waiting, sending, running)] == [True, True, False]
    assert [life.flight.is_sending for life in (waiting, sending, running)] == [False, True, False]
    assert [life.flight.is_there for life in (waiting, sending, running)] == [False, True, True]
    assert not waiting.tell(CancelWished()).flight.waits
    assert not Flight(waiting.job).is_ours  # unless that is said


def test_between_two_stages_only_the_wish_to_cancel_counts() -> None:
    remaking = Life().running().tell(failure())
    assert remaking.tell(Running(), Absent()).stage is Stage.REMAKING
    returning = Life().submitting().tell(Unknown("cut")).absent(Absent())
    assert returning.tell(Running(), Chosen()).stage is Stage.RETURNING
    fetching = Life().running().tell(success()).write()
    assert fetching.tell(Chosen(), Running()).stage is Stage.FETCHING


def test_a_result_that_is_refused_by_what_it_holds_has_failed() -> None:
    life = Life().running().tell(success()).write().tell(NotFetched(TROUBLE, (OUTPUT,))).write()
    assert (life.job.state, life.job.error, life.job.outputs) == (S.FAILED, TROUBLE, (OUTPUT,))
