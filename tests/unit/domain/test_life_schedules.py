"""A job's life under any schedule of what can happen, against what is promised: never lost, never sent twice, never
falsely done, and the bar never goes back. `--schedules 10000` runs that many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life import facts as f

from .lives import FILE, OUTPUT, TROUBLE, Life
from .world import World

#: schedules among which every end is
MANY = 1000
NUMBERS = st.integers(0, 2**16)
#: what may go wrong in a schedule; one that has all of it seldom comes far
MISCHIEF = ("answers", "restarts", "kills", "cancels", "holds", "silence")
#: what happens next, the ordinary things more often
KINDS = ["on"] * 8 + ["server"] * 5 + ["ask"] * 4 + ["time"] * 3 + ["again", "back", *MISCHIEF[1:5]]
STEP = st.tuples(st.sampled_from(KINDS), NUMBERS)


@dataclass(frozen=True)
class Schedule:
    is_ours: bool
    takes_our_ids: bool
    is_step: bool
    mischief: frozenset[str]
    steps: tuple[tuple[str, int], ...]


SCHEDULES = st.builds(
    Schedule,
    is_ours=st.booleans(),
    takes_our_ids=st.booleans(),
    is_step=st.booleans(),
    mischief=st.frozensets(st.sampled_from(MISCHIEF)),
    steps=st.lists(STEP, min_size=40, max_size=120).map(tuple),
)


def play(schedule: Schedule) -> World:
    """Raises AssertionError as soon as a promise is broken."""
    our_ids = schedule.takes_our_ids or schedule.is_ours
    world = World(is_ours=schedule.is_ours, takes_our_ids=our_ids, is_step=schedule.is_step)
    for kind, number in schedule.steps:
        if kind in MISCHIEF and kind not in schedule.mischief:
            kind = "on"
        happen(world, kind, number, schedule.mischief)
    world.to_the_end()
    return world


def happen(world: World, kind: str, number: int, mischief: frozenset[str]) -> None:  # noqa: C901 - one case a kind
    draw = Draw(number)
    match kind:
        case "on" if world.work:
            world.carry_out(draw(8), draw, kindly="answers" not in mischief)
        case "on" if world.flight.is_ready:
            world.tell(f.Chosen())
        case "server":
            said = len(world.server.events)
            world.server.go_on(success=draw(4) > 0)
            world.hear(world.server.events[said:] if "silence" not in mischief or draw(2) else [])
        case "again":
            world.hear([event for event in world.server.events if draw(2)][::-1])
        case "ask":
            world.ask(draw(10) if "answers" in mischief else 0)
        case "time":
            world.look_before()
            world.clock += (0.1, 0.5, 1.0, 3.0, 6.0)[draw(5)]
        case "back":
            world.tell(f.EngineBack())
        case "restarts":
            world.restart_server()
        case "kills":
            world.kill(draw)
        case "cancels" if draw(4) == 0:
            world.cancel()
        case "holds":
            world.tell(f.Held("editor") if draw(2) else f.LetGo("editor"))


class Draw:
    """Small numbers out of a large one."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, count: int) -> int:
        self._number, found = divmod(self._number, count)
        return found


@pytest.mark.timeout(3600)
def test_no_schedule_breaks_a_promise(request: pytest.FixtureRequest) -> None:
    ends: Counter[JobState] = Counter()
    many = request.config.getoption("--schedules") >= MANY

    @settings(max_examples=request.config.getoption("--schedules"), suppress_health_check=list(HealthCheck))
    @given(SCHEDULES)
    def played(schedule: Schedule) -> None:
        ends[play(schedule).job.state] += 1

    played()
    seldom = set() if many else {JobState.LOST}
    assert {state for state in JobState if state.is_final} - seldom <= set(ends), ends  # they come everywhere


ANY_FACT = st.sampled_from(
    [
        f.Chosen(), f.Held("x"), f.LetGo("x"), f.Moved(3.0), f.Prepared({}, "j1"), f.NoAnswer(), f.NoRoom(),
        f.InputRefused(TROUBLE, False), f.Claimed(), f.CouldNotSave("full"), f.Stumbled(), f.EngineBack(),
        f.NotReached(), f.LeftThere((FILE,)), f.NothingLeft(), f.CancelWished(), f.CancelTold(), f.Stalled(),
        f.Fetched((OUTPUT,)), f.NotFetched(TROUBLE), f.GaveUp(), f.NotRemade(TROUBLE),
        f.PredecessorEnded(JobState.DONE), Taken("j1"), Taken("j1", TROUBLE), Refused(TROUBLE), Refused(TROUBLE, True),
        Unknown("cut"), Waiting(1), Running(), Absent(), Untold(TROUBLE), Ended((FILE,)),
        Ended((), Failure(JobError("x", "node"), "1")), Ended((), Failure(JobError("x", "interrupted"))),
        Started("j1", Progress(0.1)), Progressed("j1", Progress(0.5)), Ceased("j1", Progress(0.9), True),
    ]
)  # fmt: skip


@given(st.lists(st.tuples(ANY_FACT, st.sampled_from([0.0, 1.0, 6.0])), max_size=40))
def test_any_facts_in_any_order_are_borne(schedule: list[tuple[f.Fact, float]]) -> None:
    """Also those that the world cannot bring about: a fact that does not fit changes nothing."""
    life, bar = Life(), 0.0
    for fact, seconds in schedule:
        life.wait(seconds).tell(fact)
        for action in life.done:
            if isinstance(action, do.Show):
                assert action.progress.fraction >= bar
                bar = action.progress.fraction
        if life.stage in (Stage.LANDING, Stage.RETURNING, Stage.CLOSING) and seconds:
            life.write()
        if life.stage is Stage.OVER:
            assert life.job.state.is_final
