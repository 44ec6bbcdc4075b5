"""A job's life, rule by rule: what is promised when networks, servers, disks and programs fail, each without a socket
and without a wait."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Ended,
    Failure,
    Refused,
    Running,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import JobError, JobState, Progress
from oelala_desktop.domain.life import RULES, Stage
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
    GaveUp,
    InputRefused,
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

from .lives import FILE, OUTPUT, Life

S = JobState
REFUSAL = JobError("steps is too large.", "rejected", fields={"steps": "too large"})
TROUBLE = JobError("It answered with status 500.")


def success(seconds: float | None = 9.0) -> Ended:
    return Ended((FILE,), None, seconds)


def failure(kind: str = "node", node: str = "1") -> Ended:
    return Ended((), Failure(JobError("It failed.", kind), node, "it failed"))


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
    assert life.asked(do.Show).progress.ahead == 2
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


@pytest.mark.parametrize(("silent", "is_renewed"), [(1.0, False), (2.5, True)])
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
    bar = life.flight.bar
    life.absent(Absent()).tell(NothingLeft())
    assert life.asks(do.Leave) and not life.asks(do.Submit)
    assert (life.asked(do.Write).row.state, life.asked(do.Write).row.sent_at) == (S.QUEUED, None)
    life.write()
    assert (life.asked(do.Tell).job.state, life.stage, life.job.id) == (S.QUEUED, Stage.HERE, "j1")
    life.submitting()
    assert life.asked(do.Submit).job.id == "j1"
    assert life.flight.bar == bar == life_at_half.progress.fraction


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
    assert life.tell(Absent()).flight.looking
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
    life.tell(Taken("theirs-7"))
    assert (life.job.handle, life.asked(do.Write).row.handle) == ("theirs-7", "theirs-7")
    assert life.asked(do.Follow).job.handle == "theirs-7"
    assert life.is_due and life.job.sent_at is not None
    assert life.tell(Taken("another")).job.handle == "theirs-7"


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
    assert life.tell(Chosen(), InputRefused(TROUBLE, is_final=False, is_well=False)).stage is Stage.HERE
    assert life.flight.tries == 0
    for _ in range(RULES.tries - 1):
        assert life.tell(Chosen(), InputRefused(TROUBLE, is_final=False, is_well=True)).stage is Stage.HERE
    assert life.tell(Chosen(), InputRefused(TROUBLE, is_final=False, is_well=True)).write().job.error == TROUBLE
    final = Life().tell(Chosen(), InputRefused(TROUBLE, is_final=True, is_well=True)).write()
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
    assert shown == sorted(shown) and life.flight.bar == 0.99
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
    life.tell(*[Untold(TROUBLE)] * (RULES.baffled_tries - 1), Running(), Untold(TROUBLE))
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
    assert Life().tell(Chosen(), CancelWished(), NoAnswer()).write().job.state is S.CANCELLED


def test_what_runs_is_cancelled_there_until_it_is_gone() -> None:
    life = Life().running().tell(CancelWished())
    assert life.asked(do.Cancel).handle == "j1"
    assert life.tell(CancelTold()).asks(do.Ask)
    life.tell(Running())
    assert life.asks(do.Cancel)
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
