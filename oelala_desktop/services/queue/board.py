"""The board of one engine: every unfinished job that this process drives there, and the order of those that wait. It
takes facts in, and says what is to be done; it does none of it."""

from __future__ import annotations

from collections.abc import Iterator

from oelala_desktop.domain.job import Job
from oelala_desktop.domain.life import RULES, Flight, Moment, Rules, Stage, step
from oelala_desktop.domain.life.actions import Action
from oelala_desktop.domain.life.facts import Fact
from oelala_desktop.services.loop.clock import CLOCK, Clock

from .line import Line


class Board:
    def __init__(self, rules: Rules = RULES, clock: Clock = CLOCK) -> None:
        self.rules = rules
        self._clock = clock
        self.waiting = Line()
        self._flights: dict[str, Flight] = {}
        self._out: dict[str, Flight] = {}  # those that do not wait here
        self._by_handle: dict[str, str] = {}

    def now(self) -> Moment:
        return Moment(self._clock.monotonic(), self._clock.wall(), self._clock.chance())

    def find(self, job_id: str) -> Flight | None:
        return self._flights.get(job_id)

    def known_as(self, handle: str | None) -> Flight | None:
        """The flight that its engine calls so."""
        return self._flights.get(self._by_handle.get(handle or "", ""))

    @property
    def out(self) -> list[Flight]:
        """All but those that wait here."""
        return list(self._out.values())

    def here(self) -> Iterator[Flight]:
        """Those that wait here, in their order."""
        return (self._flights[job.id] for job in self.waiting)

    def jobs(self) -> list[Job]:
        return [*(flight.job for flight in self._out.values()), *self.waiting]

    def next(self) -> Flight | None:
        """The first that may be sent."""
        return next((flight for flight in self.here() if flight.is_ready), None)

    def room(self) -> int:
        """How many more jobs the server may have, as far as this process alone is concerned."""
        return self.rules.on_server - sum(flight.is_there for flight in self._out.values())

    def due(self) -> list[Flight]:
        moment = self.now()
        return [flight for flight in self._out.values() if flight.is_due(moment, self.rules)]

    def take(self, job_id: str, fact: Fact) -> tuple[Action, ...]:
        """What is to be done after the fact; nothing for a job that is not here, or over."""
        flight = self._flights.get(job_id)
        if flight is None:
            return ()
        after, actions = step(flight, fact, self.now(), self.rules)
        if after is not flight:
            self.put(after)
        return actions

    def put(self, flight: Flight) -> None:
        job = flight.job
        before = self._flights.get(job.id)
        if before is not None and before.job.handle != job.handle:
            self._by_handle.pop(before.job.handle, None)
        if flight.stage is Stage.OVER:
            self._forget(job)
            return
        self._flights[job.id] = flight
        if job.handle:
            self._by_handle[job.handle] = job.id
        if flight.stage is not Stage.HERE:
            self._out[job.id] = flight
            self.waiting.take(job.id)
        elif self._out.pop(job.id, None) is not None or before is None or before.job is not job:
            self.waiting.put(job)

    def _forget(self, job: Job) -> None:
        self._flights.pop(job.id, None)
        self._out.pop(job.id, None)
        self._by_handle.pop(job.handle, None)
        self.waiting.take(job.id)
