"""Jobs: submit, follow, retry, and all that a queue is for. What the window, the API and the command line call."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from oelala_desktop import __version__
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine_kinds import runs_ai
from oelala_desktop.domain.errors import NotFound, OelalaError
from oelala_desktop.domain.events import JobFinished
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.inputs import SMALLER
from oelala_desktop.domain.job import Job, JobInput, JobState, Progress
from oelala_desktop.domain.life import RULES
from oelala_desktop.domain.obstacle import Obstacle, Said, obstructed
from oelala_desktop.domain.plan import Plan, choose, own_fields, plan, without_ai
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.domain.renewal import renewed
from oelala_desktop.domain.tool import Tool, find_tool
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.wildcards import Wildcards
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.inputs.taking import (
    Looked,
    facts_of,
    files_of,
    take_all,
    with_whole_paths,
)
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.loop.turns import Turns
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.presence import Presence

from .advice import Expected, advice, expect, memory_advice
from .driver import Driver
from .inability import Inability
from .leftovers import short_id, sweep
from .order import Queue
from .ready import Ready, keep, planned_again
from .wording import Worded, worded

_SEEDS = 2**63  # that one is drawn from


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for. `values` are settings as in the settings JSON (`preset` may be among them)."""

    tool: str
    values: Mapping[str, Any]
    out_dir: Path
    title: str = ""
    mark: str = ""  # by which the job is found again


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
        self._wildcards = wildcards
        self.rules = RULES  # of the lives of the jobs
        self._registry = registry
        self._scope = scope
        self._presence = presence
        self._owner = presence.me
        self._inability = Inability(store, registry.find, clock)
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
                    made += await self._make(wish, engine)
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

    async def _make(self, wish: Wish, engine: Engine) -> list[Job]:
        """The jobs of one wish, not yet stored, with their inputs kept."""
        ready = await self._ready(wish, engine)
        given = ready.plan.given
        await self._inability.try_again(engine.ref, ready.plan.preset, given)
        kept, said = await asyncio.to_thread(keep, self.inputs, ready)
        if any(value is True and key.endswith(SMALLER) for key, value in given.items()):
            ready = replace(ready, plan=await asyncio.to_thread(planned_again, ready, kept))
        return [
            self._job(replace(ready, said={**said, **typed}), request, engine, kept, wish)
            for request, typed in await self._drawn(ready.plan)
        ]

    async def foresee(self, wish: Wish, engine: Engine) -> list[Request]:
        """What would be made of it, with its texts as drawn. Raises what `submit` raises."""
        return [request for request, _ in await self._drawn((await self._ready(wish, engine)).plan)]

    async def _drawn(self, plan: Plan) -> list[Worded]:
        """A request for each job, with its seed and what that draws."""
        requests = [self._variation(plan.request, n) for n in range(int(str(plan.given.get("variations", 1))))]
        return await asyncio.to_thread(worded, self._wildcards, plan.given, requests)

    async def check(self, wish: Wish, engine: str = "") -> Preset | None:
        """What can be told without asking an engine: whether the tool has presets, one for the kind of engine that is
        named, and its settings and inputs are sound for one of them. Returns the preset that the wish names, if it does
        name one. Raises what `submit` raises."""
        tool = find_tool(wish.tool)
        offered = self._offered(tool, wish)
        wished = bool(wish.values.get("preset"))
        obstacle = None if wished or runs_ai(engine.strip().casefold()) else without_ai(tool, offered)
        if obstacle is not None:
            raise obstacle.error
        presets = self._possible(tool, offered, wish)
        settled = self._settled(tool, presets, wish, {}, None)
        looked = await asyncio.to_thread(take_all, self.inputs, settled.preset, settled.given)
        self._settled(tool, presets, wish, looked, None)
        await asyncio.to_thread(worded, self._wildcards, settled.given, [settled.request])
        return offered[0] if wished else None

    def _possible(self, tool: Tool, presets: tuple[Preset, ...], wish: Wish) -> tuple[Preset, ...]:
        """The first that can meet the wish, since the engine may have no other; all of them where none can."""
        if len(presets) == 1:
            return presets
        tool.check(wish.values)
        plans = (plan(tool, (preset,), wish.values, {}, None) for preset in presets)
        return next(((found.preset,) for found in plans if isinstance(found, Plan)), presets)

    async def memory_advice(self, preset_id: str, size: tuple[int, int, int], engine: Engine) -> tuple[Said, ...]:
        """What to say if jobs of this size (width, height, frames) are more than that engine has managed."""
        return await memory_advice(self._store, engine, preset_id, size)

    async def expected(self, request: Request, engine: Engine, newest: Job | None = None) -> Expected:
        """How long such a job takes there, as far as past ones tell, of which `newest` has just ended."""
        return await expect(self._store, engine, request, newest)

    async def _ready(self, wish: Wish, engine: Engine) -> Ready:
        """Everything checked and settled, nothing stored."""
        tool = find_tool(wish.tool)
        presets = self._offered(tool, wish)
        if engine.lists is None:
            await engine.connect()
        catalog = engine.catalog  # without one the presets are likely to run there: what it refuses is told then
        checked = tool.check(wish.values, own_fields(presets))
        preset = choose(tool, presets, checked, catalog)
        if isinstance(preset, Obstacle):
            raise preset.error
        if catalog is not None:
            catalog = await self._inability.seen_by(catalog, engine.ref, preset, checked)
        self._settled(tool, (preset,), wish, {}, catalog)  # what needs no look at files comes first
        looked = await asyncio.to_thread(take_all, self.inputs, preset, checked)
        settled = self._settled(tool, (preset,), wish, looked, catalog)
        unable = catalog.unable if catalog is not None else {}
        return Ready(settled, looked, catalog, await advice(self._store, engine, settled, unable))

    def _offered(self, tool: Tool, wish: Wish) -> tuple[Preset, ...]:
        """The wished preset, or all of the tool. A preset of the user's own may bring settings of its own."""
        name = _text(wish.values.get("preset"))
        return (self._registry.find(name, tool),) if name else self._registry.require(tool)

    def _settled(
        self, tool: Tool, presets: Sequence[Preset], wish: Wish, looked: Looked, catalog: Catalog | None
    ) -> Plan:
        found = plan(tool, presets, wish.values, facts_of(looked), catalog)
        if isinstance(found, Obstacle):
            raise found.error
        return found

    def _job(self, ready: Ready, request: Request, engine: Engine, inputs: tuple[JobInput, ...], wish: Wish) -> Job:
        job_id = str(uuid.uuid4())
        prefix = f"oelala/{job_id}"
        now = self._clock.wall()
        preset = ready.plan.preset
        params = request.params() | {
            **ready.said,
            "engine": engine.made_by,
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(now)),
            "job_id": job_id,
            "app_version": __version__,
        }
        graph = preset.graph(request, files=files_of(inputs), prefix=prefix, catalog=ready.catalog)
        fixed = preset.fixed_loras(graph)
        if fixed:
            params["lora_configs"] = [*fixed, *params.get("lora_configs", ())]
        return Job(
            id=job_id,
            tool=request.tool,
            preset=request.preset,
            engine=replace(engine.ref, name=engine.name),
            state=JobState.QUEUED,
            values=with_whole_paths(request.values, ready.looked),
            params=params,
            graph=graph,
            prefix=prefix,
            seed=request.seed,
            width=request.width,
            height=request.height,
            num_frames=request.num_frames,
            fps=request.fps,
            created_at=now,
            position=0.0,  # given when it is stored
            inputs=inputs,
            title=wish.title,
            mark=wish.mark,
            out_dir=str(wish.out_dir),
            owner=self._owner,
            warnings=ready.warnings,
        )

    # Following

    def driver(self, engine: Engine) -> Driver:
        key = (engine.ref.kind, engine.ref.url)
        if key not in self._drivers:
            driver = Driver(
                engine, self._store, self._bus, self._scope, self._keys_of, self._inability, self.rules, self._clock
            )
            driver.paused = self._paused
            self._drivers[key] = driver
            engine.start()
        return self._drivers[key]

    def _keys_of(self, job: Job) -> dict[str, str]:
        try:
            preset = self._registry.find(job.preset)
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
        await self.recall_pause()
        return jobs

    def take_up(self, jobs: list[Job], engine: Engine) -> None:
        """Drives adopted jobs of that engine."""
        self.driver(engine).add(jobs)

    async def of_others(self) -> dict[str, bool]:
        """Unfinished jobs of other processes of this home, by id: whether that process still lives."""
        unfinished = [job for job in await self._store.open_jobs() if job.owner != self._owner]
        return {job.id: job.owner is not None and self._presence.is_alive(job.owner) for job in unfinished}

    async def wait_for(self, job_ids: list[str]) -> list[Job]:
        """Returns when all of them are in a final state."""
        waiting = set(job_ids)
        done = asyncio.Event()

        def finished(event: JobFinished) -> None:
            waiting.discard(event.job.id)
            if not waiting:
                done.set()

        end = self._bus.subscribe(JobFinished, finished)
        try:
            for job_id in job_ids:
                job = await self._store.get(job_id)
                if job is None or job.state.is_final:
                    waiting.discard(job_id)
            if waiting:
                await done.wait()
        finally:
            end()
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
        """The same job once more, as a job of its own with `retry_of`."""
        old = await self.find(job_id)
        seed = self._draw_seed() if new_seed else old.seed
        fresh = renewed(old, str(uuid.uuid4()), seed, self._clock.wall(), old.position)
        (job,) = await self._store.append(replace(await self._inability.leave_out(fresh), owner=self._owner))
        self.driver(engine).add([job], announce=True)
        return job

    def _variation(self, request: Request, number: int) -> Request:
        """The first keeps a given seed; the others count on from it, or draw their own."""
        seed = self._draw_seed() if request.seed < 0 else (request.seed + number) % (MAX_SEED + 1)
        return request.with_seed(seed)

    def _draw_seed(self) -> int:
        return self._clock.below(_SEEDS)


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise obstructed("preset", "preset_no_name")
    return value
