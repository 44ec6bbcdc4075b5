"""Where the services are built, started and stopped. No Qt here: the window adds itself on top."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from .comfy.process import SketchProcess
from .services.bus import Bus
from .services.engines import EnginePool
from .services.jobs import JobService
from .services.owner import this_process
from .services.tasks import TaskScope
from .services.tools import ToolRegistry
from .storage.jobs import JobStore
from .storage.paths import Paths, find_paths, shipped
from .storage.preferences import Preferences


class Services(AbstractAsyncContextManager["Services"]):
    """Everything a face of the product needs. Entering opens databases; leaving ends every task, then closes them.
    Jobs stay on their servers: leaving cancels none."""

    def __init__(self, paths: Paths | None = None) -> None:
        self.paths = paths or find_paths()
        self.bus = Bus()
        self.scope = TaskScope("app")
        self.preferences = Preferences(self.paths.preferences)
        self.registry = ToolRegistry(shipped("workflows"), self.paths.own_presets)
        self.store = JobStore(self.paths.jobs_database)
        self.engines = EnginePool(self.bus, self.scope, self.preferences, SketchProcess(self.paths.sketch_record))
        self.jobs = JobService(self.store, self.registry, self.bus, self.scope, this_process(), self.paths.pictures)

    async def __aenter__(self) -> Self:
        self.paths.create()
        self.preferences.load()
        self.registry.load()
        await self.store.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engines.close()
        await self.scope.close()
        await self.store.close()
