"""How long a life waits for what, and how often it bears what: the numbers that are promised, by what they do."""

from __future__ import annotations

from itertools import repeat

import pytest

from oelala_desktop.domain.engine import Absent, Ceased, Refused, Running, Unknown, Untold
from oelala_desktop.domain.job import JobState, Progress
from oelala_desktop.domain.life import RULES, Moment, Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelTold,
    CancelWished,
    Chosen,
    EngineBack,
    Fact,
    InputRefused,
    NotReached,
    NotWritten,
    Stumbled,
)

from .lives import REFUSAL, TROUBLE, Life, success


def silent() -> Life:
    """A job of which something has just been heard."""
    return Life().running().tell(Running())


@pytest.mark.parametrize("is_taken_up", [False, True])
def test_so_much_silence_is_borne(is_taken_up: bool) -> None:
    life = silent().killed().tell(Running()) if is_taken_up else silent()
    assert not life.wait(1.5 if is_taken_up else 5.0).is_due
    assert life.wait(0.01).is_due


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ([EngineBack()], 0.0),
        ([EngineBack(), NotReached()], 1.0),
        ([CancelWished(), CancelTold(), Running()], 0.5),
        ([Ceased("j1", Progress(), True), Running()], 0.3),
        ([Absent()], 0.7),
    ],
    ids=["the line is back", "no answer", "cancelled", "over", "absent"],
)
def test_it_is_asked_about_again_after(facts: list[Fact], seconds: float) -> None:
    assert_due_in(silent().tell(*facts), seconds)


def test_and_when_it_has_just_been_sent() -> None:
    assert_due_in(Life().out(), 0.5)


def test_and_when_a_fault_of_ours_broke_the_fetching_off() -> None:
    assert_due_in(silent().tell(success()).write().tell(Stumbled()), 5.0)


def assert_due_in(life: Life, seconds: float) -> None:
    assert life.flight.due == pytest.approx(life.clock + seconds)
    assert not seconds or not life.is_due
    assert life.wait(seconds).is_due


def test_an_engine_that_tells_nothing_is_asked_ever_more_seldom() -> None:
    life, pauses = silent(), []
    while not life.tell(Untold(TROUBLE)).flight.looking:
        assert life.flight.due is not None
        pauses.append(life.flight.due - life.clock)
        life.clock = life.flight.due
    assert pauses == pytest.approx([0.5, 1.0, 2.0, 4.0, *[5.0] * 7])  # the twelfth time its files are looked for


def test_the_same_word_is_taken_in_ten_times_a_second_at_most() -> None:
    life = Life()
    life.clock = 0.0
    before = life.running().flight
    assert life.wait(0.1).tell(life.progress(0.0)).flight is before
    assert life.wait(0.01).tell(life.progress(0.0)).flight.heard == life.clock
    before = life.flight
    assert life.wait(0.05).tell(life.progress(0.0)).flight is before


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 6.0), (0.5, 8.0), (1.0, 10.0)])
def test_chance_spreads_what_many_would_do_at_once(chance: float, seconds: float) -> None:
    assert Moment(0.0, 0.0, chance).jittered(8.0) == seconds


def test_absence_is_believed_the_third_time() -> None:
    life = silent().tell(Absent(), Absent(), Running())  # it was there after all
    looks = [life.asks(do.Look) for life in map(life.tell, repeat(Absent(), 3))]
    assert looks == [False, False, True]


def sent_again(life: Life, fact: Fact) -> None:
    life.submitting().tell(fact)
    if life.flight.stage is Stage.OUT:
        life.absent(Absent())
    if life.flight.stage is Stage.RETURNING:
        life.write()


@pytest.mark.parametrize(
    ("fact", "times"),
    [(Unknown("cut"), 6), (Refused(REFUSAL, lost_inputs=True), 3)],
    ids=["no answer", "inputs are lost"],
)
def test_it_is_submitted_so_often(fact: Fact, times: int) -> None:
    life = Life()
    for count in range(1, times + 1):
        assert life.stage is Stage.HERE, count
        sent_again(life, fact)
    assert life.write().job.state is JobState.FAILED


@pytest.mark.parametrize(
    ("fact", "times"),
    [(InputRefused(TROUBLE, is_final=False), 6), (Stumbled(), 3)],
    ids=["an input is refused", "a fault of ours"],
)
def test_its_inputs_go_up_so_often(fact: Fact, times: int) -> None:
    life = Life()
    for count in range(1, times + 1):
        assert life.stage is Stage.HERE, count
        life.tell(Chosen(), fact)
    assert life.write().job.state is JobState.FAILED


def test_what_is_left_is_reckoned_from_when_it_began() -> None:
    life = Life().out().wait(50).tell(Running())  # sixty seconds are expected, and it waited for fifty
    assert life.wait(10).tell(life.progress(0.1)).flight.progress.eta == pytest.approx(50.0)


def test_fetching_is_begun_three_times() -> None:
    life, begun = silent().tell(success()).write(), 1
    while life.tell(Stumbled(), success()).asks(do.Fetch):
        begun += 1
    assert begun == 3
    assert life.write().job.state is JobState.FAILED


def test_a_row_that_the_disk_refused_is_asked_for_as_an_absent_job_is() -> None:
    life = Life().submitting().tell(Unknown("cut")).absent(Absent())
    life.tell(NotWritten(life.asked(do.Write).row, "full"))
    assert life.flight.due == pytest.approx(life.clock + 0.7)


def test_what_is_promised_of_those_who_carry_it_out() -> None:
    """One job runs on a server and one waits; the clock is looked at twice a second."""
    assert (RULES.on_server, RULES.watch) == (2, 0.5)
    assert (RULES.send_pause, RULES.disk_pause, RULES.line_wait) == (1.0, 3.0, 1.5)
