"""Making: what becomes of a wish. Its files are looked at and kept, it is planned, and the graph of each of its jobs is
made; of a step that goes on from another, once that is done."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Any

from oelala_desktop import __version__
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.chain import MOST_JOBS, MOST_STEPS, Step, marked, name_of_step, nowhere, ways
from oelala_desktop.domain.engine_kinds import runs_ai
from oelala_desktop.domain.errors import InvalidField, NotFound, OelalaError
from oelala_desktop.domain.field import DRAWN_SEEDS, MAX_SEED
from oelala_desktop.domain.inputs import SMALLER, names_in
from oelala_desktop.domain.job import Awaited, Job, JobState, Link, Owner
from oelala_desktop.domain.obstacle import Obstacle, obstructed
from oelala_desktop.domain.plan import Plan, choose, own_fields, plan, without_ai
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.domain.tool import Tool, find_tool
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.wildcards import Wildcards
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.inputs.taking import (
    Looked,
    facts_of,
    files_of,
    keep_for_later,
    take_all,
    with_whole_paths,
)
from oelala_desktop.services.loop.clock import Clock
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.storage.jobs import JobStore

from .advice import advice
from .continuing import alike, continued, kept_whole, taken_for
from .inability import Inability
from .ready import Ready, keep, planned_again
from .wishes import Wish
from .wording import worded


class Maker:
    """Makes the jobs of a wish, and changes one that waits; it stores none."""

    def __init__(
        self,
        store: JobStore,
        registry: ToolRegistry,
        inputs: InputStore,
        wildcards: Wildcards,
        inability: Inability,
        clock: Clock,
        owner: Owner,
    ) -> None:
        self.registry = registry
        self.inputs = inputs
        self._wildcards = wildcards
        self._store = store
        self._inability = inability
        self._clock = clock
        self._owner = owner

    # A wish

    async def make(self, wish: Wish, engine: Engine) -> list[Job]:
        """The jobs of one wish, not yet stored, with their inputs kept; each before those that go on from it. Raises
        InvalidField, InvalidMedia, NotRunnable, NotFound or CannotSave."""
        _sound(wish)
        steps = [await self._first(wish, engine)]
        for number, step in enumerate(wish.then, 2):
            with _step(number, step):
                steps.append(await self._later(step, steps[-1], engine))
        _few(steps)
        return await asyncio.to_thread(lambda: list(self._branch(steps, engine, None)))

    def _branch(self, steps: Sequence[Ready], engine: Engine, before: Job | None) -> Iterator[Job]:
        """Every variation of a step, and behind each the steps that go on from it. Blocking."""
        ready = steps[0]
        for request in self._variations(ready.plan):
            job = self._job(*self._drawn(ready, request), engine)
            if before is not None and before.link is not None:
                job = replace(job, after=before.id, link=replace(before.link, number=before.link.number + 1))
            elif len(steps) > 1:
                job = replace(job, link=Link(job.id, 1, len(steps)))
            yield job
            if len(steps) > 1:
                yield from self._branch(steps[1:], engine, job)

    async def _first(self, wish: Wish, engine: Engine) -> Ready:
        video = wish.continues
        if video is None:
            return await self._kept(await self._ready(wish, engine), engine)
        wish = await asyncio.to_thread(continued, self.inputs, wish)
        ready = await self._ready(wish, engine)
        taken, given = await asyncio.to_thread(kept_whole, self.inputs, video)
        like = alike(ready.plan, facts_of(ready.looked), ready.catalog, taken)
        return replace(await self._kept(replace(ready, plan=like), engine), continues=given)

    async def _kept(self, ready: Ready, engine: Engine) -> Ready:
        """With its inputs kept."""
        given = ready.plan.given
        await self._inability.try_again(engine.ref, ready.plan.preset, given)
        kept, said = await asyncio.to_thread(keep, self.inputs, ready)
        ready = replace(ready, inputs=kept, said=said)
        if any(value is True and key.endswith(SMALLER) for key, value in given.items()):
            ready = replace(ready, plan=await asyncio.to_thread(planned_again, ready, kept))
        return ready

    async def _later(self, step: Step, before: Ready, engine: Engine) -> Ready:
        """A step that goes on from another: checked as far as it can be without what that makes."""
        tool = find_tool(step.tool)
        wish = Wish(tool.id, step.values, before.wish.out_dir, before.wish.title)
        first: OelalaError | None = None
        for key, take in ways(tool, step.values, before.plan.preset.output):
            try:
                ready = await self._ready(replace(wish, values={**step.values, key: take}), engine)
                return await self._waiting(ready, key, take)
            except OelalaError as error:
                first = first or nowhere(tool, step.values, error)
        raise first or NotFound(f"{tool.name} takes nothing of the step before it.")

    async def _waiting(self, ready: Ready, key: str, take: str) -> Ready:
        """With all kept that is here already."""
        preset, values = ready.plan.preset, ready.wish.values
        given = {name: value for name, value in values.items() if name not in (key, "variations", "preset")}
        inputs, given = await asyncio.to_thread(keep_for_later, self.inputs, preset, given, ready.looked)
        return replace(ready, inputs=inputs, awaits=Awaited(key, take, {**given, "preset": preset.id}))

    async def filled(self, job: Job, before: Job, engine: Engine) -> Job:
        """The same job with what it awaits of the one before. Raises as `make`, and EngineError."""
        awaits = job.awaits
        if awaits is None:
            return job
        path = await asyncio.to_thread(taken_for, self.inputs, awaits, before)
        wish = Wish(job.tool, {**awaits.values, awaits.key: str(path)}, Path(job.out_dir), job.title)
        ready = await self._kept(await self._ready(wish, engine), engine)
        drawn = await asyncio.to_thread(self._drawn, ready, ready.plan.request.with_seed(job.seed))
        return _in_place(job, self._job(*drawn, engine, job.id))

    async def changed(self, job: Job, wish: Wish, engine: Engine) -> Job:
        """The wish in the place of a job that waits: one job of the same id. What it awaits of the job before it, it
        awaits on, unless another file is given there. Raises as `make`."""
        said, values = marked(wish.values), dict(wish.values)
        if said is None and job.awaits is not None and not names_in(values.get(job.awaits.key)):
            said = job.awaits.key, job.awaits.take
            values[said[0]] = said[1]
        wish = replace(wish, values=values)
        if said is not None and job.after:
            ready = await self._waiting(await self._ready(wish, engine), *said)
        else:
            ready = await self._first(wish, engine)
        if job.continues is not None and wish.values.get("image") == job.values.get("image"):
            ready = replace(ready, continues=job.continues)  # it begins where that video ends, still
        drawn = await asyncio.to_thread(self._drawn, ready, self._variation(ready.plan.request, 0))
        fresh = _in_place(job, self._job(*drawn, engine, job.id))
        return fresh if fresh.awaits or job.awaits is None else replace(fresh, after="")

    async def foresee(self, wish: Wish, engine: Engine) -> list[Request]:
        """What would be made of it, its first step, with its texts as drawn. Raises as `make`."""
        ready = await self._ready(wish, engine)
        requests = self._variations(ready.plan)
        return await asyncio.to_thread(lambda: [self._drawn(ready, request)[1] for request in requests])

    # Without an engine

    async def check(self, wish: Wish, engine: str = "") -> Preset | None:
        """Whether the tools have presets, for the kind of engine that is named, and settings and inputs are sound for
        one of them, of every step. Returns the preset that the wish names, if it names one. Raises what `make`
        raises."""
        _sound(wish)
        wish = await asyncio.to_thread(continued, self.inputs, wish) if wish.continues else wish
        made = (await self._check(wish, engine)).preset.output
        for number, step in enumerate(wish.then, 2):
            with _step(number, step):
                made = (await self._check_step(wish, step, made, engine)).preset.output
        name = _text(wish.values.get("preset"))
        return self.registry.find(name, find_tool(wish.tool)) if name else None

    async def _check_step(self, wish: Wish, step: Step, made: str, engine: str) -> Plan:
        first: OelalaError | None = None
        tool = find_tool(step.tool)
        for key, take in ways(tool, step.values, made):
            try:
                return await self._check(replace(wish, tool=step.tool, values={**step.values, key: take}), engine)
            except OelalaError as error:
                first = first or nowhere(tool, step.values, error)
        raise first or NotFound(f"{tool.name} takes nothing of the step before it.")

    async def _check(self, wish: Wish, engine: str) -> Plan:
        tool = find_tool(wish.tool)
        no_ai = not runs_ai(engine.strip().casefold())
        offered = self._offered(tool, wish, no_ai=no_ai)
        obstacle = without_ai(tool, offered) if no_ai and not wish.values.get("preset") else None
        if obstacle is not None:
            raise obstacle.error
        presets = self._possible(tool, offered, wish)
        settled = self._settled(tool, presets, wish, {}, None)
        looked = await asyncio.to_thread(self._look, settled.preset, settled.given)
        await asyncio.to_thread(worded, self._wildcards, settled.given, [settled.request])
        return self._settled(tool, presets, wish, looked, None)

    def _possible(self, tool: Tool, presets: tuple[Preset, ...], wish: Wish) -> tuple[Preset, ...]:
        """The first that can meet the wish, since the engine may have no other; all of them where none can."""
        if len(presets) == 1:
            return presets
        tool.check(wish.values, own_fields(presets, wish.values))
        plans = (plan(tool, (preset,), wish.values, {}, None) for preset in presets)
        return next(((found.preset,) for found in plans if isinstance(found, Plan)), presets)

    # On the way

    async def _ready(self, wish: Wish, engine: Engine) -> Ready:
        """Everything checked and settled, nothing stored."""
        tool = find_tool(wish.tool)
        if engine.lists is None:
            await engine.connect()
        catalog = engine.catalog  # without one the presets are likely to run there: what it refuses is told then
        presets = self._offered(tool, wish, no_ai=catalog is not None and catalog.sketch)
        checked = tool.check(wish.values, own_fields(presets, wish.values))
        preset = choose(tool, presets, checked, catalog)
        if isinstance(preset, Obstacle):
            raise preset.error
        if catalog is not None:
            catalog = await self._inability.seen_by(catalog, engine.ref, preset, checked)
        self._settled(tool, (preset,), wish, {}, catalog)  # what needs no look at files comes first
        looked = await asyncio.to_thread(self._look, preset, checked)
        settled = self._settled(tool, (preset,), wish, looked, catalog)
        unable = catalog.unable if catalog is not None else {}
        return Ready(wish, settled, looked, catalog, await advice(self._store, engine, settled, unable))

    def _look(self, preset: Preset, given: Mapping[str, Any]) -> Looked:
        """At all that is here. Blocking."""
        said = marked(given)
        return take_all(self.inputs, preset, {key: value for key, value in given.items() if not said or key != said[0]})

    def _offered(self, tool: Tool, wish: Wish, *, no_ai: bool) -> tuple[Preset, ...]:
        """The wished preset, or all of the tool; where no model runs those without one, if there are any: what is wrong
        with a wish is told of them then. A preset may bring settings of its own: what only the others have is told of
        all."""
        if name := _text(wish.values.get("preset")):
            return (self.registry.find(name, tool),)
        presets = self.registry.require(tool)
        able = tuple(preset for preset in presets if no_ai and not preset.models)
        known, more = (tool.known(own_fields(some)) for some in (able, presets))
        return able if able and not any(key in more and key not in known for key in wish.values) else presets

    def _settled(
        self, tool: Tool, presets: Sequence[Preset], wish: Wish, looked: Looked, catalog: Catalog | None
    ) -> Plan:
        found = plan(tool, presets, wish.values, facts_of(looked), catalog)
        if isinstance(found, Obstacle):
            raise found.error
        return found

    def _job(self, ready: Ready, request: Request, engine: Engine, job_id: str = "") -> Job:
        """One that awaits something has no graph yet."""
        job_id = job_id or str(uuid.uuid4())
        prefix = f"oelala/{job_id}"
        now = self._clock.wall()
        preset, inputs, wish = ready.plan.preset, ready.inputs, ready.wish
        params = request.params() | {
            **ready.said,
            "engine": engine.made_by,
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(now)),
            "job_id": job_id,
            "app_version": __version__,
        }
        graph: dict[str, dict[str, Any]] = {}
        if ready.awaits is None:
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
            awaits=ready.awaits,
            continues=ready.continues,
        )

    def _variations(self, plan: Plan) -> list[Request]:
        return [self._variation(plan.request, number) for number in range(_variations(plan))]

    def _drawn(self, ready: Ready, request: Request) -> tuple[Ready, Request]:
        """With the texts that its seed draws, and beside them what was typed. Blocking."""
        ((drawn, typed),) = worded(self._wildcards, ready.plan.given, [request])
        return replace(ready, said={**ready.said, **typed}), drawn

    def _variation(self, request: Request, number: int) -> Request:
        """The first keeps a given seed; the others count on from it, or draw their own."""
        seed = self.draw_seed() if request.seed < 0 else (request.seed + number) % (MAX_SEED + 1)
        return request.with_seed(seed)

    def draw_seed(self) -> int:
        return self._clock.below(DRAWN_SEEDS)


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise obstructed("preset", "preset_no_name")
    return value


def _in_place(job: Job, fresh: Job) -> Job:
    """`fresh` where `job` stands."""
    return replace(
        fresh,
        created_at=job.created_at,
        position=job.position,
        after=job.after,
        link=job.link,
        retry_of=job.retry_of,
        owner=job.owner,
        title=job.title,
        mark=job.mark,
    )


@contextmanager
def _step(number: int, step: Step) -> Iterator[None]:
    """What is wrong with a later step says which one that is: the first has settings of the same names."""
    try:
        yield
    except InvalidField as error:
        name = name_of_step(step.tool)
        raise InvalidField("then", f"Step {number}, {name}: {error.message}", detail=error.detail) from error


def _variations(plan: Plan) -> int:
    return int(str(plan.given.get("variations", 1)))


def _few(steps: Sequence[Ready]) -> None:
    """Variations of steps multiply. Raises InvalidField before any job of far too many is made."""
    counts = accumulate((_variations(ready.plan) for ready in steps), mul)
    if (count := sum(counts)) > MOST_JOBS:
        raise InvalidField("then", f"then: that makes {count:,} jobs; one wish makes at most {MOST_JOBS}.")


def _sound(wish: Wish) -> None:
    """Raises InvalidField for a wish that begins with what nothing makes, or has too many steps."""
    said = marked(wish.values)
    if said is not None:
        raise InvalidField(said[0], f"{said[0]}: {said[1]} is what the step before makes, and no step is before it.")
    if len(wish.then) >= MOST_STEPS:
        raise InvalidField("then", f"then: one wish has at most {MOST_STEPS} steps.")
