"""What the routes work with: the services of this process, and what belongs to the interface itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Protocol

from oelala_desktop.services.engines.all import EnginePool
from oelala_desktop.services.engines.current import CurrentEngine
from oelala_desktop.services.health.log_file import ProcessLog
from oelala_desktop.services.health.log_ring import LogRing
from oelala_desktop.services.library.library import Library
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.queue.jobs import JobService
from oelala_desktop.services.templates.catalogue import Templates
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.presence import Presence

from .events import EventLog


class ApiServices(Protocol):
    """The part of bootstrap.Services that the interface uses."""

    @property
    def paths(self) -> Paths: ...
    @property
    def presence(self) -> Presence: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def registry(self) -> ToolRegistry: ...
    @property
    def engines(self) -> EnginePool: ...
    @property
    def current(self) -> CurrentEngine: ...
    @property
    def jobs(self) -> JobService: ...
    @property
    def library(self) -> Library: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def log(self) -> ProcessLog: ...


@dataclass(slots=True)
class Context:
    """`stopping` is set when the interface closes; streams end on it."""

    services: ApiServices
    events: EventLog
    logs: LogRing
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    started: float = field(default_factory=time.monotonic)

    @property
    def uptime(self) -> float:
        """Seconds since the interface was started."""
        return time.monotonic() - self.started
