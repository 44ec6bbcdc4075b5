"""A job's life, rule by rule: what is promised when networks, servers, disks and programs fail, each without a socket
and without a wait."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Refused,
    Running,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import JobError, JobState, Progress
from oelala_desktop.domain.life import RULES, Flight, Stage, begin, taken_up
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelTold,
    CancelWished,
    Chosen,
    Claimed,
    CouldNotSave,
    EngineBack,
    Fact,
    Fetched,
    InputRefused,
    LeftThere,
    NoAnswer,
    NoRoom,
    NotFetched,
    NothingLeft,
    NotReached,
    Prepared,
    Stumbled,
)

from .lives import FILE, OUTPUT, REFUSAL, TROUBLE, Life, failure, success

S = JobState


# The way of a job to which nothing happens


def test_the_whole_way() -> None:
    life = Life()
    told = [life.job.state]
    life.tell(Chosen())
    assert life.asked(do.Prepare).job.state is S.QUEUED
    life.tell(Prepared({"a.png": "a (1).png"}, "j1", 60.0))
    assert (life.asked(do.Claim).row.state, life.asked(do.Claim).row.handle, life.job.state) == (S.SENT, "j1", S.QUEUED)
    life.tell(Claimed())
    assert life.asked(do.Submit).names == {"a.png": "a (1).png"}
    assert life.job.sent_at is None
    told.append(life.asked(do.Tell).job.state)
    life.tell(Taken("j1"))
    assert life.asked(do.Write).must and life.asked(do.Write).row.sent_at == life.now.epoch
    life.tell(Waiting(2))
    assert life.asked(do.Show).progress == Progress(ahead=2, eta=60.0)
    life.tell(life.progress(0.25, step=1, steps=4))
    told.append(life.asked(do.Tell).job.state)
    assert life.asked(do.Show).progress == Progress(0.25, step=1, steps=4, eta=60.0)
    life.tell(Ceased("j1", Progress(0.99), True))
    assert life.asks(do.Ask) and life.is_due
    life.tell(success())
    assert not life.asks(do.Fetch)  # not before the row says so
    life.write()
    told.append(life.asked(do.Tell).job.state)
    assert life.asked(do.Fetch).cargo.files == (FILE,)
    life.tell(Fetched((OUTPUT,)))
    assert not life.asks(do.Announce)
    life.write()
    told.append(life.asked(do.Announce).job.state)
    assert told == [S.QUEUED, S.SENT, S.RUNNING, S.FETCHING, S.DONE]
    assert [type(action) for action in life.done] == [do.Leave, do.Announce, do.Remember]
    assert life.asked(do.Remember).seconds == 9.0
    assert life.asked(do.Leave).handle == "j1"
    assert (life.job.outputs, life.stage) == ((OUTPUT,), Stage.OVER)
    assert life.tell(CancelWished(), Chosen()).stage is Stage.OVER


# Engine down


def test_an_engine_that_is_down_leaves_the_job_waiting() -> None:
    life = Life().tell(Chosen(), NoAnswer())
    assert (life.stage, life.job.state, life.done) == (Stage.HERE, S.QUEUED, [])
    assert life.flight.is_ready


def test_a_full_disk_before_the_submission_leaves_it_waiting_and_says_so() -> None:
    for moment in ((), (Prepared({}, "j1"),)):
        life = Life().tell(Chosen(), *moment, CouldNotSave("The disk is full."))
        assert (life.stage, life.job.state, life.job.handle) == (Stage.HERE, S.QUEUED, "")
        assert life.asked(do.Complain).text == "The disk is full."


def test_of_two_processes_one_gets_the_place() -> None:
    life = Life().tell(Chosen(), Prepared({}, "j1"), NoRoom())
    assert (life.stage, life.job.state) == (Stage.HERE, S.QUEUED)


# Lines that break, and silence


def test_a_line_that_is_back_is_reconciled_at_once() -> None:
    life = Life().running().tell(EngineBack())
    assert life.asks(do.Ask) and life.is_due
    assert life.tell(success()).write().asks(do.Fetch)


def test_silence_is_asked_about() -> None:
    life = Life().running().tell(Running())
    assert not life.is_due
    assert not life.wait(RULES.silence).is_due
    assert life.wait(0.1).is_due


def test_any_word_ends_the_silence() -> None:
    life = Life().running().tell(Running())
    life.wait(4).tell(life.progress(0.0)).wait(4)
    assert not life.is_due


def test_a_job_of_an_earlier_process_is_asked_about_sooner() -> None:
    life = Life().running().killed().tell(Running())
    assert life.wait(RULES.silence_taken_up + 0.1).is_due


@pytest.mark.parametrize(("silent", "is_renewed"), [(2.0, False), (2.1, True)])
def test_news_by_asking_alone_means_that_the_line_is_dead(silent: float, is_renewed: bool) -> None:
    assert Life().out().wait(silent).tell(Running()).asks(do.RenewLine) is is_renewed
    assert Life().out().wait(silent).tell(success()).asks(do.RenewLine) is is_renewed
    assert not Life().out().wait(silent).tell(Waiting(0)).asks(do.RenewLine)
    assert not Life().running().wait(silent).tell(Running()).asks(do.RenewLine)
    assert not Life().out().killed().wait(silent).tell(Running()).asks(do.RenewLine)


def test_an_engine_that_does_not_answer_is_asked_again() -> None:
    life = Life().running().tell(EngineBack(), NotReached())
    assert not life.is_due
    assert life.wait(RULES.ask_again).is_due
    assert life.flight.absent == 0


def test_success_may_come_before_its_result() -> None:
    life = Life().running().tell(Ceased("j1", Progress(0.99), True))
    life.tell(Running())
    assert life.job.state is S.RUNNING
    assert life.wait(RULES.after_end).is_due
    for _ in range(RULES.absent_checks - 1):
        life.tell(Absent()).wait(RULES.absent_pause)
        assert not life.asks(do.Complain) and life.is_due
    assert life.tell(success()).stage is Stage.LANDING


# Servers that forget


def test_absence_is_believed_only_when_it_stays_so() -> None:
    life = Life().running()
    for _ in range(RULES.absent_checks - 1):
        assert life.tell(Absent()).stage is Stage.OUT and not life.asks(do.Look)
    life.tell(life.progress(0.5))  # it is there after all
    for _ in range(RULES.absent_checks - 1):
        assert not life.tell(Absent()).asks(do.Look)
    assert life.tell(Absent()).asks(do.Look)
    assert not life.wait(60).is_due  # until that is known


def test_a_forgotten_result_is_found_by_its_name() -> None:
    life = Life().running().absent(Absent()).tell(LeftThere((FILE,))).write()
    assert life.asked(do.Fetch).cargo.guessed


def test_without_a_result_it_is_lost_and_never_done() -> None:
    life = Life().running().absent(Absent()).tell(NothingLeft()).write()
    assert life.job.state is S.LOST
    assert life.job.error is not None and life.job.error.message.startswith("Box no longer knows this job")
    half = Life().running().absent(Absent()).tell(LeftThere((FILE,))).write().tell(NotFetched(TROUBLE)).write()
    assert half.job.state is S.LOST


def test_what_died_with_our_own_engine_is_sent_again_under_its_id() -> None:
    life = Life(is_ours=True).running().tell(life_at_half := Life().progress(0.5))
    bar = life.flight.progress.fraction
    life.absent(Absent()).tell(NothingLeft())
    assert life.asks(do.Leave) and not life.asks(do.Submit)
    row = life.asked(do.Write).row
    assert (row.state, row.sent_at, row.started_at, row.handle) == (S.QUEUED, None, None, "")
    life.write()
    assert (life.asked(do.Tell).job.state, life.stage, life.job.id) == (S.QUEUED, Stage.HERE, "j1")
    life.submitting()
    assert life.asked(do.Submit).job.id == "j1"
    assert life.flight.progress.fraction == bar == life_at_half.progress.fraction


def test_what_is_sent_again_is_as_if_it_had_never_been_out() -> None:
    life = Life(is_ours=True).running().tell(Life().progress(0.5), Ceased("j1", Progress(0.5), True))
    life.absent(Absent()).tell(NothingLeft()).write()
    borne = {"tries": 1, "expected": 60.0, "progress": life.flight.progress, "heard": life.flight.heard}
    assert life.flight == Flight(life.job, is_ours=True, **borne)
    again = life.killed().submitting().tell(Unknown("cut")).killed().absent(Absent()).write()
    assert again.flight == Flight(again.job, is_ours=True, tries=1, heard=again.flight.heard)


def test_what_our_own_engine_does_not_tell_is_not_made_twice() -> None:
    life = Life(is_ours=True).running().tell(*[Untold(TROUBLE)] * RULES.baffled_tries, NothingLeft())
    assert life.write().job.state is S.FAILED


def test_a_look_that_fails_is_no_finding() -> None:
    life = Life().running().absent(Absent()).tell(NotReached())
    assert life.stage is Stage.OUT and not life.is_due
    assert life.wait(RULES.ask_again).is_due
    assert life.tell(Absent()).asks(do.Look)
    assert life.tell(Untold(TROUBLE)).stage is Stage.OUT
    assert life.wait(RULES.baffled_longest).tell(Absent()).asks(do.Look)
    assert life.tell(Stumbled()).stage is Stage.OUT


def test_while_it_is_looked_for_it_may_turn_up() -> None:
    life = Life().running().absent(Absent())
    assert life.tell(Absent()).flight.looking and life.done == []
    assert life.tell(Running()).flight.looking is False
    assert life.tell(NothingLeft()).stage is Stage.OUT  # that was about a moment ago


# Answers that are lost


@pytest.mark.parametrize("answer", [Unknown("cut"), Stumbled()])
def test_a_submission_without_an_answer_is_asked_for_first(answer: Fact) -> None:
    life = Life().submitting().tell(answer)
    assert life.asks(do.Ask) and not life.asks(do.Submit)
    assert (life.job.state, life.job.sent_at) == (S.SENT, None)
    life.tell(Waiting(0))
    assert life.asked(do.Write).row.sent_at is not None
    assert life.tell(Absent()).stage is Stage.OUT


def test_it_is_sent_again_only_when_it_is_surely_not_there() -> None:
    life = Life().submitting().tell(Unknown("cut"))
    for _ in range(RULES.absent_checks):
        assert life.job.state is S.SENT
        life.wait(RULES.absent_pause).tell(Absent())
    assert life.stage is Stage.RETURNING and not life.asks(do.Look)
    assert life.write().job.state is S.QUEUED


def test_an_engine_with_ids_of_its_own_is_searched_for_it() -> None:
    life = Life().submitting(handle="").tell(Unknown("cut"))
    assert (life.job.handle, life.is_due) == ("", True)
    assert begin(taken_up(life.job, "", life.now, is_ours=False)) == ()  # there are no events to follow
    unknown = Life().submitting(handle="").tell(Unknown("cut")).absent(Absent())
    assert [type(action) for action in unknown.done] == [do.Write]
    life.tell(Taken("theirs-7"))
    assert (life.job.handle, life.asked(do.Write).row.handle) == ("theirs-7", "theirs-7")
    assert life.asked(do.Follow).job.handle == "theirs-7"
    assert life.is_due and life.job.sent_at is not None
    assert life.tell(Taken("another")).job.handle == "theirs-7"


def test_one_that_is_found_has_not_been_absent() -> None:
    life = Life().submitting(handle="").tell(Unknown("cut"), Absent(), Absent(), Taken("theirs-7"), Absent(), Absent())
    assert not life.asks(do.Look)
    assert life.tell(Absent()).asks(do.Look)


def test_a_server_that_never_takes_it_fails_it_in_the_end() -> None:
    life = Life()
    sent = 0
    while life.stage is not Stage.CLOSING:
        life.submitting().tell(Unknown("500")).absent(Absent())
        sent += 1
        if life.stage is Stage.RETURNING:
            life.write()
    assert sent == RULES.tries
    assert life.flight.row is not None and life.flight.row.error is not None
    assert "does not take this job" in life.flight.row.error.message


def test_when_it_was_sent_is_written_once() -> None:
    sent = Life().out()
    moment = sent.now.epoch
    sent.wait(3).tell(Waiting(0))
    assert not sent.asks(do.Write)
    assert sent.wait(3).tell(Running()).job.sent_at == moment
    assert sent.wait(3).tell(success()).job.sent_at == moment
    unanswered = Life().submitting().tell(Waiting(0))
    assert (unanswered.job.sent_at, unanswered.asks(do.Write)) == (None, False)
    assert unanswered.tell(Running()).job.sent_at == unanswered.now.epoch
    ended = Life().submitting().tell(success())
    assert ended.job.sent_at == ended.now.epoch


def test_what_is_shown_already_is_not_shown_again() -> None:
    life = Life().running().tell(Running(), Running())
    assert life.done == []
    assert Life().out().tell(Waiting(2), Waiting(2)).done == []


def test_its_end_may_be_known_before_the_answer_to_its_submission() -> None:
    life = Life().submitting().tell(success()).write()
    assert life.tell(Taken("j1")).stage is Stage.FETCHING
    assert life.tell(Fetched((OUTPUT,))).write().job.state is S.DONE


def test_absence_says_nothing_while_it_is_being_submitted() -> None:
    life = Life().submitting().absent(Absent()).absent(Absent())
    assert (life.stage, life.flight.absent) == (Stage.SUBMITTING, 0)


# Refusals and failures


def test_a_refusal_is_told_at_its_field_and_not_tried_again() -> None:
    life = Life().submitting().tell(Refused(REFUSAL)).write()
    assert (life.job.state, life.job.error) == (S.FAILED, REFUSAL)


def test_what_was_seen_at_work_is_not_refused() -> None:
    life = Life().submitting()
    life.tell(life.progress(0.1), Refused(REFUSAL))
    assert (life.stage, life.job.state) == (Stage.OUT, S.RUNNING)
    assert life.asks(do.Ask)


def test_what_runs_with_a_flaw_is_cancelled_and_has_failed() -> None:
    for end in (failure("interrupted", ""), success()):
        life = Life().submitting().tell(Taken("j1", REFUSAL))
        assert life.asked(do.Cancel).note
        assert life.tell(CancelTold(), end).write().job.error == REFUSAL
        assert life.job.state is S.FAILED
    assert Life().submitting().tell(Taken("j1", REFUSAL), Absent()).write().job.error == REFUSAL


def test_inputs_that_a_server_has_lost_go_up_again() -> None:
    life = Life()
    for _ in range(RULES.new_inputs):
        assert life.submitting().tell(Refused(REFUSAL, lost_inputs=True)).stage is Stage.RETURNING
        assert (life.write().stage, life.job.state) == (Stage.HERE, S.QUEUED)
    assert life.submitting().tell(Refused(REFUSAL, lost_inputs=True)).write().job.state is S.FAILED


def test_an_input_that_is_refused() -> None:
    life = Life()
    assert life.tell(Chosen(), NoAnswer()).flight.tries == 0
    for _ in range(RULES.tries - 1):
        assert life.tell(Chosen(), InputRefused(TROUBLE, is_final=False)).stage is Stage.HERE
    assert life.tell(Chosen(), InputRefused(TROUBLE, is_final=False)).write().job.error == TROUBLE
    final = Life().tell(Chosen(), InputRefused(TROUBLE, is_final=True)).write()
    assert (final.job.state, final.job.error) == (S.FAILED, TROUBLE)


def test_our_own_faults_while_sending_are_bounded() -> None:
    life = Life()
    for _ in range(RULES.faults - 1):
        assert life.tell(Chosen(), Stumbled()).stage is Stage.HERE
    assert life.tell(Chosen(), Prepared({}, "j1"), Stumbled()).write().job.state is S.FAILED
    assert life.job.error is not None and life.job.error.kind == "bug"


@pytest.mark.parametrize("kind", ["memory", "unknown", "interrupted"])
def test_a_failure_is_told_as_it_is(kind: str) -> None:
    life = Life().running().tell(failure(kind, "")).write()
    assert (life.job.state, life.job.error) == (S.FAILED, JobError("It failed.", kind))
