"""Where the services are built, started and stopped. No Qt here: the window adds itself on top."""

from __future__ import annotations

import asyncio
import importlib
import os
import time
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .comfy.catalog import parse_catalog
from .comfy.engine import ComfyEngine
from .comfy.process import SketchProcess
from .domain.catalog import Catalog
from .domain.engine import EnginePort
from .domain.engine_kinds import SKETCH
from .domain.errors import InvalidInput
from .domain.events import ApiChanged, NoticePosted, SettingChanged
from .domain.job import EngineRef
from .services.engines.all import EnginePool
from .services.engines.current import CurrentEngine
from .services.engines.servers import Servers
from .services.files.confined import patient
from .services.files.json_file import read_json
from .services.files.wildcards import Wildcards
from .services.health.damage import news_of_damage
from .services.health.journal import Journal
from .services.health.log_file import ProcessLog
from .services.inputs.store import InputStore
from .services.inputs.sweeping import sweep_inputs
from .services.library.library import JobSource, Library
from .services.loop.bus import Bus
from .services.loop.tasks import TaskScope
from .services.presets.registry import ToolRegistry
from .services.presets.shelf import PresetShelf
from .services.queue.improving import Improver
from .services.queue.jobs import JobService
from .services.settings.known import (
    API,
    API_PORT,
    MEDIA_FOLDERS,
    OUTPUT_FOLDER,
    PICTURE_MEGABYTES,
    WILDCARD_FOLDER,
    sift,
)
from .services.settings.named import NamedSets
from .services.settings.store import Settings
from .services.templates.catalogue import Templates
from .storage.home import check_home
from .storage.jobs import JobStore
from .storage.paths import Paths, find_paths, shipped
from .storage.preferences import Preferences
from .storage.presence import Presence
from .storage.secrets import Secrets

if TYPE_CHECKING:
    from .api.server import ApiServer


_API_SECRET = "local API"
_NODES_LIMIT = 64 * 2**20  # bytes of saved node definitions


class Services(AbstractAsyncContextManager["Services"]):
    """Everything a face of the product needs. Entering opens databases; leaving ends every task, then closes them. The
    library is opened by those who show it (`library.start`).
    Jobs stay on their servers: leaving cancels none."""

    def __init__(self, paths: Paths | None = None) -> None:
        self.paths = paths or find_paths()
        self._usual_output = self.paths.output
        self.log = ProcessLog(self.paths.logs)
        self.bus = Bus()
        self.journal = Journal(self.bus)
        self.scope = TaskScope("app")
        self.preferences = Preferences(self.paths.preferences, sift)
        self.settings = Settings(self.preferences, self.bus, self.scope)
        self.named = NamedSets(self.paths.named_sets)
        self.registry = ToolRegistry(shipped("workflows"), self.paths.own_presets)
        self.shelf = PresetShelf(self.registry, self.settings, self.paths.own_presets, self.bus)
        self.presence = Presence(self.paths.presence)
        self.store = JobStore(self.paths.jobs_database, self.presence.is_alive)
        # a home folder of its own holds everything, secrets too
        self._secrets = Secrets(self.paths.secrets, use_keyring="OELALA_HOME" not in os.environ)
        self.servers = Servers(self.preferences, self._secrets, self.log.redaction.hide)
        self._sketch = SketchProcess(self.paths.sketch_record)
        self.engines = EnginePool(self.bus, self.scope, self.preferences, self._adapter, self.servers)
        self.current = CurrentEngine(self.engines, self.bus, self.scope, self.settings)
        self.inputs = InputStore(self.paths.inputs, self._max_picture_bytes)
        self.wildcards = Wildcards(self.wildcard_folder)
        self.jobs = JobService(
            self.store, self.registry, self.bus, self.scope, self.presence, self.inputs, self.wildcards
        )
        self.improver = Improver(self.jobs, self.registry, self.paths.improved)
        seen = JobSource(self.store.get, lambda limit: self.store.recent(limit, hidden=True))
        self.library = Library(self.paths, self.preferences, self.bus, self.presence, seen)
        self.templates = Templates(self.paths.templates, lambda: self.current.engine, self.bus, self.scope)
        self._api: ApiServer | None = None
        self.api_state = ApiChanged(None)
        self._turning_api = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._prepare)
            await self.store.open()
        except BaseException:
            await asyncio.to_thread(self._leave)
            raise
        return self

    def _adapter(self, ref: EngineRef) -> EnginePort:
        """What speaks to an engine: the one place that knows which kinds there are."""
        if ref.kind == SKETCH:
            return ComfyEngine(self._sketch.address, is_ours=True)
        return ComfyEngine(partial(self.servers.address, ref.url))

    def _prepare(self) -> None:
        """What blocks on the disk before the databases are open."""
        self.paths.create()
        check_home(self.paths.machine)
        self.log.start()
        self.presence.enter()
        self.preferences.load()
        self._secrets.load()
        self.registry.load()
        self.shelf.arrange()
        moved = self.preferences.get(OUTPUT_FOLDER.key, OUTPUT_FOLDER.default)
        if moved:
            self.paths.output = Path(moved)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user's own files had that cannot be used: sentences on what was set aside."""
        return (*self.preferences.notices, *self._secrets.notices, *self.named.notices, *self.registry.faults)

    def move_output(self, folder: str) -> None:
        """Results go to `folder` from now on ("" for the usual place). What was made before stays where it is and in My
        Media: the folder left behind becomes one of the media folders."""
        before, after = self.paths.output, Path(folder) if folder else self._usual_output
        self.settings.set(OUTPUT_FOLDER, folder)
        if after == before:
            return
        others = [name for name in self.settings.get(MEDIA_FOLDERS) if Path(name) not in (before, after)]
        self.settings.set(MEDIA_FOLDERS, [*others, str(before)])
        self.paths.output = after

    def wildcard_folder(self) -> Path:
        return Path(self.settings.get(WILDCARD_FOLDER) or self.paths.wildcards).expanduser()

    def _max_picture_bytes(self) -> int:
        return self.settings.get(PICTURE_MEGABYTES) * 10**6

    async def begin(self) -> None:
        """What a face that stays does once: tells what could not be read, and takes up what earlier runs left
        unfinished, with the queue paused where it was. A command that is to finish something finishes it."""
        for text in await news_of_damage(self.store):
            self.bus.publish(NoticePosted("warning", text))
        left = await self.jobs.adopt()
        await self.jobs.recall_pause()
        for ref in {job.engine for job in left}:
            self.jobs.take_up([job for job in left if job.engine == ref], self.engines.for_ref(ref))
        self.templates.start()
        self.scope.start(sweep_inputs(self.inputs, self.store, self.settings, time.time()), "sweep inputs")

    async def serve_api(self) -> None:
        """Starts, moves or stops the local API of a window as the settings say. A taken port is a notice."""
        async with self._turning_api:
            await self._stop_api()
            if self.settings.get(API):
                port, token = self.settings.get(API_PORT), await self.api_token()
                server: ApiServer = (await _api_module()).ApiServer(self, port=port, token=token)
                if await server.start():
                    self._api = server
                self.api_state = ApiChanged(server.url, server.reason)
            else:
                self.api_state = ApiChanged(None, "Off.")
            self.bus.publish(self.api_state)

    async def api_token(self) -> str | None:
        """What every request to the local API must carry; None if nothing."""
        return (await asyncio.to_thread(self._secrets.get, _API_SECRET)).get("token")

    async def set_api_token(self, token: str) -> None:
        """Holds from the next start of the API on; empty asks for none. Raises InvalidInput for one that no header can
        carry, CannotSave when the disk refuses."""
        token = token.strip()
        checked = (await _api_module()).checked_token(token) if token else None
        await asyncio.to_thread(self._secrets.set, _API_SECRET, {"token": checked} if checked else {})
        self.bus.publish(SettingChanged(_API_SECRET, API.heard_by))

    @property
    def api_url(self) -> str | None:
        return self._api.url if self._api else None

    async def _stop_api(self) -> None:
        if self._api is not None:
            await self._api.stop()
            self._api = None

    async def connect_to(self, address: str, token: str) -> None:
        """Another address for the user's own ComfyUI, with a new value for its Authorization header; without one, the
        stored one stays. Raises InvalidField or CannotSave."""
        if token:
            await self.servers.set_token(address, token)
        self.current.connect_to(address)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop_api()
        await self.settings.flush()
        await self.templates.keep()
        patient.stop()  # a cut under way would keep its thread, and so the end, waiting
        await self.scope.close()  # first the tasks, then what they work with
        await self.library.close()
        await self.engines.close()
        await self.store.close()
        await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        self.presence.leave()
        self.log.close()


def read_nodes(path: Path) -> Catalog:
    """What a saved /object_info tells of a server's nodes. Raises InvalidInput with a sentence that names the file.
    Blocking."""
    content = read_json(path, _NODES_LIMIT)
    if not isinstance(content, dict):
        raise InvalidInput(f"{path.name} holds no node definitions of a ComfyUI.")
    catalog = parse_catalog(content)
    if not any(node.inputs for node in catalog.classes.values()):
        raise InvalidInput(f"{path.name} holds no node definitions of a ComfyUI.")
    return catalog


async def _api_module() -> Any:
    """A quarter of a second of imports, off the loop."""
    return await asyncio.to_thread(importlib.import_module, "oelala_desktop.api.server")
