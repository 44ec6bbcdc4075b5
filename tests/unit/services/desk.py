"""One process with its jobs: the real services around an engine that does what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from oelala_desktop.domain.events import JobChanged, JobFinished
from oelala_desktop.domain.job import EngineRef, Job, JobState
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.wildcards import Wildcards
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.queue.jobs import JobService, Wish
from oelala_desktop.storage.presence import Presence
from tests.clock import SetClock
from tests.unit.domain.samples import WORKFLOWS, some_job
from tests.unit.node_table import EVERYTHING

from .disk import Disk
from .fake_engine import FakeEngine
from .telling import Told

HERE, THERE = EngineRef("theirs", "http://theirs", "Theirs"), EngineRef("theirs", "http://there", "There")


@cache
def shipped_presets() -> ToolRegistry:
    registry = ToolRegistry(WORKFLOWS)
    registry.load()
    return registry


class JobDesk:
    """`engine` and `other` are two addresses of the same kind; what they do, their ports say."""

    def __init__(self, folder: Path, store: Disk, scope: TaskScope, clock: SetClock) -> None:
        self.folder, self.store, self.scope, self.clock = folder, store, scope, clock
        self.bus = Bus()
        self.told = Told(self.bus)
        self.presence = Presence(folder / "presence", "boot")
        self.registry = shipped_presets()
        self.inputs = InputStore(folder / "inputs")
        self.jobs = JobService(
            store, self.registry, self.bus, scope, self.presence, self.inputs, Wildcards(self.wildcards), clock
        )
        self.port, self.other_port = FakeEngine(takes_our_ids=True), FakeEngine(takes_our_ids=True)
        self.engine = Engine(HERE, self.port, self.bus, scope, clock)
        self.other = Engine(THERE, self.other_port, self.bus, scope, clock)

    def wildcards(self) -> Path:
        return self.folder / "wildcards"

    def job(self, job_id: str = "j1", **changes: Any) -> Job:
        graph = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": f"oelala/{job_id}"}}}
        row = {"id": job_id, "engine": HERE, "prefix": f"oelala/{job_id}", "graph": graph, "owner": self.presence.me}
        return some_job(**row | {"out_dir": str(self.folder / "out")} | changes)

    async def add(self, job_id: str = "j1", **changes: Any) -> Job:
        """One that waits, behind all others."""
        (job,) = await self.store.append(self.job(job_id, **changes))
        self.jobs.take_up([job], self.other if job.engine == THERE else self.engine)
        return job

    def wish(self, tool: str = "text-to-image", **values: Any) -> Wish:
        return Wish(tool, values, self.folder / "out", "a title")

    async def end_of(self, job_id: str) -> Job:
        ended = self.told.until(JobFinished, lambda event: event.job.id == job_id)
        return (await self.clock.until(ended)).job

    async def until(self, job_id: str, state: JobState) -> None:
        await self.clock.until(
            self.told.until(JobChanged, lambda event: (event.job.id, event.job.state) == (job_id, state))
        )

    async def row(self, job_id: str) -> Job:
        found = await self.store.get(job_id)
        assert found is not None
        return found

    def queue(self, port: FakeEngine | None = None) -> list[str]:
        engine = self.other if port is self.other_port else self.engine
        return [job.id for job in self.jobs.driver(engine).waiting]


@asynccontextmanager
async def paused_desk(folder: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    """One whose engine has every node and whose queue is paused."""
    async with TaskScope("test") as scope:
        desk = JobDesk(folder, store, scope, clock)
        desk.port.listed = EVERYTHING
        await desk.jobs.pause(True)
        desk.told.all.clear()
        yield desk
