"""Optional parts of presets that a server has but cannot run (a node whose Python module is missing there): a job that
fails by one is made again without it, and what is learnt is kept, so that later jobs leave it out."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from oelala_desktop.domain.advising import left_out
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import CannotSave, NotFound
from oelala_desktop.domain.graph import base_title
from oelala_desktop.domain.job import EngineRef, Job, JobError
from oelala_desktop.domain.preset import OptionalPart, Preset
from oelala_desktop.domain.renewal import renewed, without_part
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.storage.jobs import JobStore

from .eta import place_key

log = logging.getLogger(__name__)
_LONGEST = 200  # characters of a reason


class Inability:
    """`preset_of` finds a preset by its id, raising NotFound."""

    def __init__(self, store: JobStore, preset_of: Callable[[str], Preset], clock: Clock = CLOCK) -> None:
        self._store = store
        self._preset_of = preset_of
        self._clock = clock

    async def known(self, engine: EngineRef) -> Mapping[str, str]:
        """Node classes that the server has but cannot run -> why."""
        return await self._store.flags(f"{_mark(engine)} ")

    async def try_again(self, engine: EngineRef, preset: Preset, given: Mapping[str, object]) -> None:
        """Forgets what is known of the parts that are asked for by name: they may have been mended."""
        for part in preset.optional:
            if given.get(part.key):
                await self._store.drop_flag(f"{_mark(engine)} {part.class_type}")

    async def seen_by(
        self, catalog: Catalog, engine: EngineRef, preset: Preset, given: Mapping[str, object]
    ) -> Catalog:
        """What the server offers, with what it cannot run. A part that is asked for by name is tried once more: it may
        have been mended."""
        if not preset.optional:
            return catalog
        wished = {part.class_type for part in preset.optional if given.get(part.key)}
        unable = {name: why for name, why in (await self.known(engine)).items() if name not in wished}
        return replace(catalog, unable=unable)

    def _parts(self, job: Job) -> tuple[OptionalPart, ...]:
        try:
            return self._preset_of(job.preset).optional
        except NotFound:
            return ()

    def part_that_failed(self, job: Job, node: str) -> OptionalPart | None:
        """The optional part that this node is of; None when the job failed by what it cannot do without."""
        if node not in job.graph:
            return None
        title = base_title(job.graph, node)
        return next((part for part in self._parts(job) if title in part.nodes), None)

    async def again(self, job: Job, part: OptionalPart, error: JobError, why: str) -> tuple[JobError, Job] | None:
        """What to say of the failed job, and the same wish as a new one without that part. Its position is for the
        caller to give; `why` the part failed is remembered."""
        fresh = renewed(job, str(uuid.uuid4()), job.seed, self._clock.wall(), job.position)
        changed = self.without(fresh, (part,), {part.class_type: why[:_LONGEST]})
        if changed is fresh:
            return None
        try:
            await self._store.set_flag(f"{_mark(job.engine)} {part.class_type}", why[:_LONGEST])
        except CannotSave as trouble:
            log.warning("not remembered: %s", trouble)
        name = job.engine.name or "this server"
        message = (
            f"{error.message} The job is made again without this part ({part.key}), as {changed.id[:8]}; later jobs on "
            f"{name} leave it out."
        )
        return replace(error, message=message, kind="optional"), replace(changed, owner=job.owner)

    async def leave_out(self, job: Job) -> Job:
        """The job without the parts that its server is known to be unable to run, with a warning for each."""
        unable = await self.known(job.engine)
        return self.without(job, (part for part in self._parts(job) if part.class_type in unable), unable)

    def without(self, job: Job, parts: Iterable[OptionalPart], unable: Mapping[str, str]) -> Job:
        for part in parts:
            changed = without_part(job, part)
            if changed is not None:
                said = left_out(part, job.engine.name or "this server", unable.get(part.class_type, ""))
                job = replace(changed, warnings=(*job.warnings, said))
        return job


def _mark(engine: EngineRef) -> str:
    return f"unable {place_key(engine)}"
