"""Carrier: carries out what the lives of an engine's jobs ask for, and tells them what came of it. The only place where
a job's task is begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Failure, Untold, order_of
from oelala_desktop.domain.errors import CannotSave, EngineError, OelalaError
from oelala_desktop.domain.events import JobChanged, JobFinished, JobProgressed, MediaAdded
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.life import Flight, Rules, begin
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    Fact,
    Filled,
    Held,
    LetGo,
    NotFilled,
    NotReached,
    NotRemade,
    PredecessorEnded,
    Remade,
    Stalled,
    Stumbled,
)
from oelala_desktop.domain.life.sending import REMAKING
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from oelala_desktop.storage.jobs import JobStore

from .asking import Asker
from .board import Board
from .collecting import Collector, Fetching
from .inability import Inability
from .lanes import Lanes
from .sending import Sender

log = logging.getLogger(__name__)

Task = asyncio.Task[None]
#: what a job that awaits something becomes with that
Fill = Callable[[Job, Engine], Awaitable[Job]]


class Carrier:
    """`keys_of` maps "Title.input" to settings keys for a job's preset, so that a refusal is shown at its field. `fill`
    makes a job of what the one before it made; it raises what a wish is refused by."""

    def __init__(
        self,
        engine: Engine,
        store: JobStore,
        bus: Bus,
        scope: TaskScope,
        keys_of: Callable[[Job], dict[str, str]],
        inability: Inability,
        fill: Fill,
        rules: Rules,
        clock: Clock = CLOCK,
    ) -> None:
        self._engine = engine
        self._bus = bus
        self._scope = scope
        self._inability = inability
        self._fill = fill
        self._rules = rules
        self._clock = clock
        self.board = Board(rules, clock)
        self.faults = Supervisor(bus, f"Following the jobs on {engine.ref.name}", clock=clock)
        self.complaints = Complaints(bus, clock)
        self.lanes = Lanes(store, self.complaints, self.faults, rules.disk_pause, clock)
        self.sender = Sender(engine, store, keys_of, rules.line_wait)
        self.asker = Asker(engine, store, self.complaints)
        self._collector = Collector(engine, store, bus, self.complaints, self.lanes, rules, clock)
        self._fetches: dict[str, Task] = {}
        self._asking = asyncio.Lock()
        self.more = asyncio.Event()  # there may be something to send
        self.sent = asyncio.Event()  # what was being sent is so no longer

    def admit(self, flight: Flight) -> None:
        """A job that is driven from now on."""
        self.board.put(flight)
        for action in begin(flight):
            self._carry_out(flight.job.id, action)
        self.more.set()

    def happened(self, job_id: str, fact: Fact) -> list[Task]:
        """Takes in a fact about a job and begins what follows from it; returns what was begun. A job that is not here
        is passed over."""
        before = self.board.find(job_id)
        actions = self.board.take(job_id, fact)
        after = self.board.find(job_id)
        if before is not None and before.is_sending and not (after is not None and after.is_sending):
            self.sent.set()
        if after is not None and after.is_ready:
            self.more.set()
        return [task for action in actions if (task := self._carry_out(job_id, action)) is not None]

    def _carry_out(self, job_id: str, action: do.Action) -> Task | None:  # noqa: C901 - one case an action
        match action:
            case do.Fill(job=job):
                return self._begin(job_id, self._filled(job), "fill", NotFilled(job, endings.NOT_SENT))
            case do.Prepare(job=job):
                return self._begin(job_id, self.sender.prepare(job), "prepare", Stumbled())
            case do.Claim(row=row):
                claim = self.sender.claim(row, self.board.room(), self.lanes.order)
                return self._begin(job_id, claim, "claim", Stumbled())
            case do.Submit(job=job, names=names):
                return self._begin(job_id, self.sender.submit(job, names), "submit", Stumbled())
            case do.Look(job=job):
                return self._begin(job_id, self.asker.look(job), "look for", Stumbled())
            case do.Cancel(handle=handle, note=note):
                return self._begin(job_id, self.asker.cancel(job_id, handle, note=note), "cancel", Stumbled())
            case do.TryWithout(job=job, failure=failure):
                return self._begin(job_id, self._without(job, failure), "remake", NotRemade(failure.error))
            case do.Write():
                return self._begin(job_id, self.lanes.write(action), "write", Stumbled())
            case do.Fetch():
                return self._fetch(job_id, action)
            case do.Ask():
                return self._scope.start(self.ask(), f"ask {self._engine.ref.name}")
            case do.Remember(job=job, seconds=seconds):
                return self._scope.start(self._collector.remember(job, seconds), f"remember {job_id}")
            case _:
                self._say(job_id, action)
                return None

    def _say(self, job_id: str, action: do.Action) -> None:  # noqa: C901 - one case an action
        """What is done at once."""
        match action:
            case do.Tell(job=job):
                self._bus.publish(JobChanged(job))
            case do.Show(progress=progress):
                self._bus.publish(JobProgressed(job_id, progress))
            case do.Announce(job=job):
                self._announce(job)
            case do.Complain(text=text):
                self.complaints.say(text, job_id)
            case do.Follow(job=job):
                self._engine.port.follow(order_of(job, job.handle, {}))
            case do.Leave(handle=handle):
                self._engine.port.leave(handle)
            case do.RenewLine():
                self._engine.renew_socket()
            case do.StopFetching():
                fetching = self._fetches.pop(job_id, None)
                if fetching is not None:
                    fetching.cancel()
            case do.Admit(jobs=jobs):
                self._readmit(jobs)
            case _:
                log.error("nobody carries out %s", type(action).__name__)

    def _begin(self, job_id: str, work: Coroutine[Any, Any, Fact], what: str, stumbled: Fact) -> Task:
        task = self._scope.start(self._tell_outcome(job_id, work, stumbled), f"{what} {job_id}")
        task.add_done_callback(lambda _task: work.close())  # one that is cancelled at once has not begun it
        return task

    async def _tell_outcome(self, job_id: str, work: Awaitable[Fact], stumbled: Fact) -> None:
        try:
            fact = await work
        except Exception as error:  # noqa: BLE001 - noted with its traceback
            self.faults.note(error)
            fact = stumbled
        try:
            self.happened(job_id, fact)
        except Exception as error:  # noqa: BLE001 - noted with its traceback
            self.faults.note(error)
            self.happened(job_id, stumbled)

    # Ends

    def _announce(self, job: Job) -> None:
        """A job that is over, to all who want to know."""
        self.lanes.close(job.id)
        self._fetches.pop(job.id, None)
        self._bus.publish(JobChanged(job))
        for output in job.outputs:
            if output.is_visual:
                self._bus.publish(MediaAdded(output.path, job.id))
        self._bus.publish(JobFinished(job))
        for follower in [flight.job.id for flight in self.board.here() if flight.job.after == job.id]:
            self.happened(follower, PredecessorEnded(job.state, job.retried_as))
        self.more.set()

    def _fetch(self, job_id: str, action: do.Fetch) -> Task:
        def is_unwanted() -> bool:
            flight = self.board.find(job_id)
            return flight is None or flight.cancelling

        fetching = Fetching(action.job, action.cargo, is_unwanted, lambda: _nothing(self.happened(job_id, Stalled())))
        task = self._begin(job_id, self._collector.collect(fetching), "fetch", Stumbled())
        self._fetches[job_id] = task
        return task

    # Asking

    async def ask(self) -> None:
        """Asks the engine about every job that is due."""
        async with self._asking:
            due = [flight.job for flight in self.board.due()]
            if not due:
                return
            try:
                async for job_id, standing in self.asker.ask(due):
                    self._take_answer(job_id, standing)
            except EngineError as error:
                log.info("asking %s: %s", self._engine.ref.name, error)
                self._none_reached(due)
            except Exception as error:  # noqa: BLE001 - noted with its traceback
                self.faults.note(error)
                self._none_reached(due)

    def _take_answer(self, job_id: str, standing: Fact) -> None:
        try:
            self.happened(job_id, standing)
        except Exception as error:  # noqa: BLE001 - noted with its traceback
            self.faults.note(error)
            self.happened(job_id, Untold(endings.STUMBLED))

    def _none_reached(self, jobs: list[Job]) -> None:
        """Those that were answered before the line broke are not due any more."""
        due = {flight.job.id for flight in self.board.due()}
        for job in jobs:
            if job.id in due:
                self.happened(job.id, NotReached())

    # Made of what the job before it made

    async def _filled(self, job: Job) -> Filled | NotFilled:
        """Room on the disk is waited for; an engine that does not tell what it has is asked again later."""
        while True:
            try:
                return Filled(job, await self._fill(job, self._engine))
            except CannotSave as error:
                await self.lanes.wait_for_room(error, job.id)
            except EngineError as error:
                log.info("job %s waits: %s", job.id, error)
                await self._clock.sleep(self._rules.ask_again)
                return NotFilled(job)
            except OelalaError as error:
                return NotFilled(job, endings.from_error(error, "before"))

    # Made again without a part

    async def _without(self, job: Job, failure: Failure) -> Remade | NotRemade:
        """It is made again at once, first of all that waits; those that wait here go without the part too."""
        part = self._inability.part_that_failed(job, failure.node)
        again = await self._inability.again(job, part, failure.error, failure.reason) if part else None
        if part is None or again is None:
            return NotRemade(failure.error)
        error, fresh = again
        unable = await self._inability.known(job.engine)
        waiting = list(self.board.waiting)
        first = min([job.position, *(one.position for one in waiting)]) - 1
        alike = [one for one in waiting if one.preset == job.preset]
        changed = [new for old in alike if (new := self._inability.without(old, (part,), unable)) is not old]
        for one in changed:
            self.happened(one.id, Held(REMAKING))  # not to be sent in its old form meanwhile
        return Remade(error, replace(fresh, position=first), tuple(changed))

    def _readmit(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            if self.board.find(job.id) is None:
                self.admit(Flight(job, is_ours=self._engine.port.abilities.is_ours))
            else:
                self.happened(job.id, LetGo(REMAKING, job))


def _nothing(_tasks: object) -> None:
    """What follows is begun already."""
