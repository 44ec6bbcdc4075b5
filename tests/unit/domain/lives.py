"""One job's life under test: a clock that is turned by hand, and what was asked for so far."""

from __future__ import annotations

from typing import Any, TypeVar

from oelala_desktop.domain.engine import Ended, Failure, Progressed, ServerFile, Taken
from oelala_desktop.domain.job import EngineRef, Job, JobError, JobState, Output, Progress
from oelala_desktop.domain.life import RULES, Flight, Moment, Rules, Stage, begin, step, taken_up
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import Chosen, Claimed, Fact, Prepared, Written
from tests.unit.domain.samples import some_job

A = TypeVar("A")
FILE = ServerFile("j1_00001_.mp4", "oelala", "output")
OUTPUT = Output("/out/oelala_j1.mp4", "video", 64, 64, 5, 8.0)

REFUSAL = JobError("steps is too large.", "rejected", fields={"steps": "too large"})
TROUBLE = JobError("It answered with status 500.")


def success(seconds: float | None = 9.0) -> Ended:
    return Ended((FILE,), None, seconds)


def failure(kind: str = "node", node: str = "1") -> Ended:
    return Ended((), Failure(JobError("It failed.", kind), node, "it failed"))


class Life:
    """`rules` and everything about the job may be other than usual."""

    def __init__(self, *, is_ours: bool = False, rules: Rules = RULES, **job: Any) -> None:
        self.clock = 100.0
        self.rules = rules
        made = some_job(engine=EngineRef("comfyui", "http://box", "Box"), state=JobState.QUEUED, **job)
        self.flight = Flight(made, is_ours=is_ours)
        self.done: list[do.Action] = []  # what was asked for by the last fact

    @property
    def now(self) -> Moment:
        return Moment(self.clock, 1_000_000 + self.clock, chance=0.5)

    @property
    def job(self) -> Job:
        return self.flight.job

    @property
    def stage(self) -> Stage:
        return self.flight.stage

    @property
    def is_due(self) -> bool:
        return self.flight.is_due(self.now, self.rules)

    def tell(self, *facts: Fact) -> Life:
        for fact in facts:
            self.flight, actions = step(self.flight, fact, self.now, self.rules)
            self.done = list(actions)
        return self

    def wait(self, seconds: float) -> Life:
        self.clock += seconds
        return self

    def asked(self, kind: type[A]) -> A:
        """The one action of that kind that the last fact asked for."""
        (found,) = (action for action in self.done if isinstance(action, kind))
        return found

    def asks(self, kind: type[do.Action]) -> bool:
        return any(isinstance(action, kind) for action in self.done)

    # On its way

    def write(self) -> Life:
        """The disk takes what is being written."""
        assert self.flight.row is not None
        return self.tell(Written(self.flight.row))

    def submitting(self, handle: str = "j1") -> Life:
        return self.tell(Chosen(), Prepared({"a.png": "a (1).png"}, handle, 60.0), Claimed())

    def out(self) -> Life:
        return self.submitting().tell(Taken("j1"))

    def running(self) -> Life:
        return self.out().tell(self.progress(0.0))

    def progress(self, fraction: float, **more: Any) -> Progressed:
        return Progressed("j1", Progress(fraction, **more))

    def killed(self) -> Life:
        """The program ends; the next one takes up what the disk has, which is the job as it is told."""
        return self.again(self.job)

    def again(self, row: Job) -> Life:
        self.flight = taken_up(row, row.handle or "j1", self.now, is_ours=self.flight.is_ours)
        self.done = list(begin(self.flight))
        return self

    def absent(self, fact: Fact) -> Life:
        """So often and for so long that it is believed."""
        for _ in range(self.rules.absent_checks):
            self.wait(self.rules.absent_pause).tell(fact)
        return self
