"""Jobs: submit, follow, retry, and all that a queue is for. What the window, the API and the command line call."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oelala_desktop.domain.chain import name_of_step
from oelala_desktop.domain.errors import InvalidInput, NotFound, OelalaError
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.domain.life import RULES
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.domain.renewal import renewed
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.wildcards import Wildcards
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.loop.turns import Turns
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.presence import Presence

from .advice import Expected, expect, memory_advice
from .driver import Driver
from .inability import Inability
from .leftovers import short_id, sweep
from .making import Maker
from .order import Queue
from .waiting import wait_for
from .wishes import Wish as Wish


@dataclass(frozen=True, slots=True)
class Refused:
    """A wish that cannot be met, and why."""

    wish: Wish
    error: OelalaError


class JobService(Queue):
    """Drives only jobs of this process."""

    def __init__(
        self,
        store: JobStore,
        registry: ToolRegistry,
        bus: Bus,
        scope: TaskScope,
        presence: Presence,
        inputs: InputStore,
        wildcards: Wildcards,
        clock: Clock = CLOCK,
    ) -> None:
        super().__init__(store, bus, clock)
        self.inputs = inputs
        self.rules = RULES  # of the lives of the jobs
        self._scope = scope
        self._presence = presence
        self._owner = presence.me
        self._inability = Inability(store, registry.find, clock)
        self.maker = Maker(store, registry, inputs, wildcards, self._inability, clock, presence.me)
        self._turns: defaultdict[tuple[str, str], Turns] = defaultdict(Turns)

    # Submitting

    async def submit(self, wish: Wish, engine: Engine, *, announce: Callable[[Job], None] | None = None) -> list[Job]:
        """Checks everything, writes the jobs down, and lets them go. When it returns they are durable, behind all that
        were asked for before them; `announce` is called for each before anything can happen to it.

        Raises InvalidField, InvalidMedia, NotRunnable, NotFound or CannotSave; then nothing was stored."""
        jobs, refused = await self.submit_each([wish], engine, announce=announce)
        if refused:
            raise refused[0].error
        return jobs

    async def submit_each(
        self,
        wishes: Sequence[Wish],
        engine: Engine,
        *,
        announce: Callable[[Job], None] | None = None,
        whole: bool = False,
    ) -> tuple[list[Job], list[Refused]]:
        """Many at once, in one transaction and in the order given. Those that cannot be met are left out; with `whole`
        one such leaves out all. Raises CannotSave; then nothing was stored."""
        made: list[Job] = []
        refused: list[Refused] = []
        async with self._turns[engine.ref.kind, engine.ref.url].turn() as come:
            for wish in wishes:
                try:
                    made += await self.maker.make(wish, engine)
                except OelalaError as error:
                    refused.append(Refused(wish, error))
            await come()
            if whole and refused:
                return [], refused
            jobs = await self._store.append(*made) if made else []
            for job in jobs:
                if announce:
                    announce(job)
            if jobs:
                self.driver(engine).add(jobs, announce=True)
        return jobs, refused

    async def foresee(self, wish: Wish, engine: Engine) -> list[Request]:
        """What would be made of it, with its texts as drawn. Raises what `submit` raises."""
        return await self.maker.foresee(wish, engine)

    async def check(self, wish: Wish, engine: str = "") -> Preset | None:
        """What can be told without asking an engine: whether the tool has presets, one for the kind of engine that is
        named, and its settings and inputs are sound for one of them. Returns the preset that the wish names, if it does
        name one. Raises what `submit` raises."""
        return await self.maker.check(wish, engine)

    async def memory_advice(self, preset_id: str, size: tuple[int, int, int], engine: Engine) -> tuple[Said, ...]:
        """What to say if jobs of this size (width, height, frames) are more than that engine has managed."""
        return await memory_advice(self._store, engine, preset_id, size)

    async def expected(self, request: Request, engine: Engine, newest: Job | None = None) -> Expected:
        """How long such a job takes there, as far as past ones tell, of which `newest` has just ended."""
        return await expect(self._store, engine, request, newest)

    # Following

    def driver(self, engine: Engine) -> Driver:
        key = (engine.ref.kind, engine.ref.url)
        if key not in self._drivers:
            driver = Driver(
                engine,
                self._store,
                self._bus,
                self._scope,
                self._keys_of,
                self._inability,
                self._fill,
                self.rules,
                self._clock,
            )
            driver.paused = self._paused
            self._drivers[key] = driver
            engine.start()
        return self._drivers[key]

    def _keys_of(self, job: Job) -> dict[str, str]:
        try:
            preset = self.maker.registry.find(job.preset)
        except NotFound:
            return {}
        keys = {target: key for key, targets in preset.into.items() for target in targets}
        return keys | {target: m.key for m in preset.models if m.key for target in m.into}

    async def adopt(self, wanted: Callable[[Job], bool] = lambda job: True) -> list[Job]:
        """Takes up every unfinished job that is `wanted` and whose process is gone, and sweeps up what killed processes
        left half-written. Jobs that this process drives already are not among them."""
        adopted = await self._store.adopt(self._owner, wanted)
        driven = {job.id for driver in self._drivers.values() for job in driver.jobs()}
        jobs = [job for job in adopted if job.id not in driven]
        unfinished = await self._store.open_jobs()
        busy = {j.id for j in unfinished} - {j.id for j in jobs}
        known = [*jobs, *await self._store.recent(1000, hidden=True)]
        folders = {Path(j.out_dir) for j in known}
        swept = {short_id(j) for j in known if j.id not in busy}
        alone = await asyncio.to_thread(self._presence.is_alone)
        await asyncio.to_thread(sweep, folders, swept, self.inputs.folder if alone else None, self._clock)
        return jobs

    def take_up(self, jobs: list[Job], engine: Engine) -> None:
        """Drives adopted jobs of that engine."""
        self.driver(engine).add(jobs)

    async def of_others(self) -> dict[str, bool]:
        """Unfinished jobs of other processes of this home, by id: whether that process still lives."""
        unfinished = [job for job in await self._store.open_jobs() if job.owner != self._owner]
        return {job.id: job.owner is not None and self._presence.is_alive(job.owner) for job in unfinished}

    async def wait_for(self, job_ids: list[str]) -> list[Job]:
        """Returns when all of them are in a final state, or wait for one that came to no result."""
        await wait_for(self._store, self._bus, job_ids)
        found = [await self._store.get(job_id) for job_id in job_ids]
        return [job for job in found if job is not None]

    async def wait_for_last(self, job_ids: list[str]) -> list[Job]:
        """As `wait_for`; in the place of a job that was made again at once stands the last that was made of it."""
        return [await self._last(job) for job in await self.wait_for(job_ids)]

    async def _last(self, job: Job) -> Job:
        while job.retried_as and (again := await self.wait_for([job.retried_as])):
            (job,) = again
        return job

    def progress_of(self, job_id: str) -> Progress | None:
        return next((p for d in self._drivers.values() if (p := d.progress_of(job_id))), None)

    async def retry(self, job_id: str, engine: Engine, *, new_seed: bool = False) -> Job:
        """The same job once more, as a job of its own with `retry_of`; what waits for the old one goes on from it.
        Raises NotFound, CannotSave, and InvalidInput for a step of a chain whose step before was cancelled."""
        old = await self.find(job_id)
        seed = self.maker.draw_seed() if new_seed else old.seed
        fresh = renewed(old, str(uuid.uuid4()), seed, self._clock.wall(), old.position)
        fresh = replace(await self._inability.leave_out(fresh), owner=self._owner)
        if old.link is None or old.state is JobState.DONE:
            (job,) = await self._store.append(replace(fresh, link=None))
            self.driver(engine).add([job], announce=True)
            return job
        return await self._retry_link(old, fresh, engine)

    async def _retry_link(self, old: Job, fresh: Job, engine: Engine) -> Job:
        """In one transaction with the word that it stands for the old one: whoever drives what waits for that, now or
        in a later run, reads it there."""
        before = await self._newest(fresh.after) if fresh.after else None
        if before is None and fresh.awaits is not None:
            raise NotFound("The step before this one is not known any more; there is nothing to make it of.")
        if before is not None and before.state is JobState.CANCELLED:
            name = name_of_step(before.tool)
            raise InvalidInput(
                f"The step before this one ({name}, {before.id[:8]}) was cancelled; run that again first."
            )
        last = await self._newest(old.id) or old
        replaced = [replace(last, retried_as=fresh.id)] if last.state.is_final else []
        job = await self._store.append_beside(replace(fresh, after=before.id if before else ""), *replaced)
        driver = self.driver(engine)
        driver.add([job], announce=True)
        for row in replaced:
            self._bus.publish(JobChanged(row))
        follower = next((one for one in driver.waiting if one.after == last.id), None)
        if follower is not None:
            await self.move(job.id, follower.id)
        return job

    async def _newest(self, job_id: str) -> Job | None:
        """What was made of that job last."""
        job = await self._store.get(job_id)
        while job is not None and job.retried_as and (again := await self._store.get(job.retried_as)) is not None:
            job = again
        return job

    async def _fill(self, job: Job, engine: Engine) -> Job:
        """A job that awaits something of the one before it, with that. Raises what `submit` raises, and EngineError."""
        before = await self._store.get(job.after)
        if before is None:
            raise NotFound("The job before this one is not known any more.")
        return await self.maker.filled(job, before, engine)

    # Changing what waits

    def hold(self, job_id: str, by: str) -> bool:
        """The job keeps its place and is not sent until `by` lets it go, or this process ends; False for one that has
        begun, or that another process drives."""
        return any(driver.hold(job_id, by) for driver in self._drivers.values())

    async def let_go(self, job_id: str, by: str, wish: Wish | None = None) -> Job | None:
        """As it was, or as `wish` has it; what it became. Raises what `submit` raises; then it is held on. None for one
        that has ended meanwhile."""
        driver = next((one for one in self._drivers.values() if one.find(job_id) is not None), None)
        job = driver.find(job_id) if driver is not None else None
        if driver is None or job is None:
            return None
        changed = None if wish is None else await self.maker.changed(job, wish, driver.engine)
        await driver.let_go(job_id, by, changed)
        return driver.find(job_id)
