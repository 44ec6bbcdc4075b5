"""Where each job of an engine stands, and the order of those that wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.life import Flight, Moment, Rules, Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import Chosen, Held, Moved, PredecessorEnded
from oelala_desktop.services.queue.board import Board
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

S = JobState
RULES = Rules(on_server=2, silence=5.0)


@pytest.fixture
def board(clock: SetClock) -> Board:
    return Board(RULES, clock)


def job(job_id: str, position: float = 1.0, **changes: Any) -> Job:
    return some_job(id=job_id, position=position, **changes)


def out(job_id: str, state: JobState = S.RUNNING, **changes: Any) -> Flight:
    return Flight(job(job_id, state=state, handle=f"h-{job_id}"), Stage.OUT, **changes)


def ids(jobs: Any) -> list[str]:
    return [one.id for one in jobs]


def test_a_moment_is_that_of_the_clock(board: Board, clock: SetClock) -> None:
    clock.drawn = 0.25
    assert board.now() == Moment(clock.now, clock.date, 0.25)


def test_those_that_wait_stand_in_their_order_the_others_are_out(board: Board) -> None:
    board.put(Flight(job("b", 2.0)))
    board.put(out("x"))
    board.put(Flight(job("a", 1.0)))
    assert ids(board.waiting) == ["a", "b"] == [flight.job.id for flight in board.here()]
    assert [flight.job.id for flight in board.out] == ["x"]
    assert ids(board.jobs()) == ["x", "a", "b"]
    found = board.find("x")
    assert found is not None and found.stage is Stage.OUT and board.find("nobody") is None


def test_one_that_goes_out_waits_no_longer_and_comes_back_to_its_place(board: Board) -> None:
    for name, position in (("a", 1.0), ("b", 2.0)):
        board.put(Flight(job(name, position)))
    board.put(out("a"))
    assert (ids(board.waiting), len(board.out)) == (["b"], 1)
    board.put(Flight(job("a", 1.0)))
    assert (ids(board.waiting), board.out) == (["a", "b"], [])


def test_one_that_changes_where_it_waits_is_found_as_it_is(board: Board) -> None:
    board.put(Flight(job("a", 1.0)))
    board.put(Flight(job("b", 2.0)))
    board.take("a", Moved(3.0))
    assert ids(board.waiting) == ["b", "a"]
    changed = job("b", 2.0, title="other")
    board.put(Flight(changed))
    assert next(iter(board.waiting)) is changed


def test_one_that_is_over_is_nowhere(board: Board) -> None:
    board.put(Flight(job("a")))
    board.put(out("x"))
    for name in ("a", "x", "nobody"):
        board.put(Flight(job(name, state=S.DONE, handle=f"h-{name}"), Stage.OVER))
    assert board.jobs() == [] and list(board.here()) == []
    assert board.find("a") is None and board.known_as("h-x") is None


def test_a_flight_is_known_by_what_its_engine_calls_it(board: Board) -> None:
    board.put(Flight(job("a")))
    assert board.known_as("") is None and board.known_as(None) is None and board.known_as("h") is None
    board.put(out("a"))
    found = board.known_as("h-a")
    assert found is not None and found.job.id == "a"
    board.put(replace(out("a"), job=replace(out("a").job, handle="new")))
    assert board.known_as("h-a") is None
    found = board.known_as("new")
    assert found is not None and found.job.id == "a"


def test_a_handle_outlives_no_flight(board: Board) -> None:
    board.put(out("a"))
    board.put(Flight(job("a", state=S.DONE, handle="h-a"), Stage.OVER))
    board.put(Flight(job("a")))
    assert board.known_as("h-a") is None


def test_the_next_is_the_first_that_is_ready(board: Board) -> None:
    assert board.next() is None
    board.put(Flight(job("a", 1.0), held=frozenset({"editor"})))
    board.put(Flight(job("b", 2.0, after="a")))
    board.put(Flight(job("c", 3.0)))
    board.put(Flight(job("d", 4.0)))
    found = board.next()
    assert found is not None and found.job.id == "c"
    board.take("b", PredecessorEnded(S.DONE))
    found = board.next()
    assert found is not None and found.job.id == "b"


def test_there_is_room_for_as_many_as_the_rules_say(board: Board) -> None:
    board.put(Flight(job("w")))
    assert board.room() == 2
    board.put(out("a", S.SENT))
    board.put(out("b", S.RUNNING))
    board.put(out("c", S.FETCHING))
    assert board.room() == 0
    board.put(Flight(job("d", state=S.QUEUED), Stage.PREPARING))
    assert board.room() == 0
    board.put(out("e", S.SENT))
    assert board.room() == -1


def test_those_that_are_silent_or_due_are_to_be_asked(board: Board, clock: SetClock) -> None:
    now = clock.now
    board.put(out("heard", heard=now))
    board.put(out("silent", heard=now - 5.1))
    board.put(out("due", heard=now, due=now))
    board.put(out("later", heard=now, due=now + 1))
    assert [flight.job.id for flight in board.due()] == ["silent", "due"]
    clock.move(5.0)
    assert [flight.job.id for flight in board.due()] == ["silent", "due", "later"]
    clock.move(0.1)
    assert len(board.due()) == 4


def test_a_fact_changes_the_flight_and_asks_for_what_follows(board: Board) -> None:
    made = job("a")
    board.put(Flight(made))
    (action,) = board.take("a", Chosen())
    assert isinstance(action, do.Prepare) and ids(board.waiting) == []
    assert board.take("nobody", Chosen()) == ()


def test_what_changes_nothing_leaves_it_where_it_is(board: Board) -> None:
    flight = Flight(job("a"))
    board.put(flight)
    assert board.take("a", PredecessorEnded(S.DONE)) == ()
    assert board.find("a") is flight
    board.take("a", Held("editor"))
    found = board.find("a")
    assert found is not None and found.held == {"editor"} and ids(board.waiting) == ["a"]


def test_those_who_say_nothing_have_the_usual_rules() -> None:
    assert Board().rules == Rules() and Board().room() == 2
