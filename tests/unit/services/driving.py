"""The jobs of one engine, driven by one process: real tasks and a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import InvalidMedia, NotFound
from oelala_desktop.domain.events import JobChanged, JobFinished, JobProgressed
from oelala_desktop.domain.job import EngineRef, Job, JobState, Owner
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.driver import Driver
from oelala_desktop.services.queue.inability import Inability
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

from .disk import Disk
from .fake_engine import FakeEngine
from .telling import Told

S = JobState
HERE = EngineRef("theirs", "http://theirs", "Theirs")
ME, OTHER = Owner("me", "boot"), Owner("other", "boot")


def no_preset(name: str) -> Preset:
    raise NotFound(name)


async def nothing_to_fill(job: Job, engine: Engine) -> Job:
    raise InvalidMedia("image", "There is nothing to make it of.")


class Desk:
    """One process: its driver, and what was announced."""

    def __init__(self, port: FakeEngine, store: Disk, scope: TaskScope, folder: Path, clock: SetClock) -> None:
        self.port, self.store, self.folder, self.clock = port, store, folder, clock
        self.bus = Bus()
        self.told = Told(self.bus)
        self.engine = Engine(HERE, port, self.bus, scope, clock)
        inability = Inability(store, no_preset, clock)
        self.driver = Driver(
            self.engine, store, self.bus, scope, lambda job: {}, inability, nothing_to_fill, clock=clock
        )
        self.engine.start()

    @property
    def states(self) -> list[tuple[str, JobState]]:
        return [(event.job.id, event.job.state) for event in self.told.of(JobChanged)]

    @property
    def bars(self) -> list[float]:
        return [event.progress.fraction for event in self.told.of(JobProgressed)]

    def job(self, job_id: str = "j1", **changes: Any) -> Job:
        graph = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": f"oelala/{job_id}"}}}
        row = {"id": job_id, "engine": HERE, "prefix": f"oelala/{job_id}", "graph": graph, "owner": ME}
        return some_job(**row | {"out_dir": str(self.folder)} | changes)

    async def add(self, job_id: str = "j1", **changes: Any) -> Job:
        (job,) = await self.store.append(self.job(job_id, **changes))
        self.driver.add([job], announce=True)
        return job

    async def end_of(self, job_id: str = "j1") -> Job:
        ended = self.told.until(JobFinished, lambda event: event.job.id == job_id)
        return (await self.clock.until(ended)).job

    async def until(self, job_id: str, state: JobState) -> None:
        await self.clock.until(
            self.told.until(JobChanged, lambda event: (event.job.id, event.job.state) == (job_id, state))
        )

    async def has(self, count: int) -> list[str]:
        """The handles of the engine's, once it has so many jobs."""
        return await self.clock.until(self.port.has(count))

    async def row(self, job_id: str = "j1") -> Job:
        found = await self.store.get(job_id)
        assert found is not None
        return found
