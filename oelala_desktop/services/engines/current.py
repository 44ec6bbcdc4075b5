"""Which engine new jobs go to, as the user chose it: his ComfyUI, Sketch, or automatic (Sketch only while nothing else
answers). Says so whenever that changes."""

from __future__ import annotations

import logging

from oelala_desktop.domain.engine_kinds import COMFYUI, SKETCH
from oelala_desktop.domain.errors import EngineUnreachable, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import ENGINE_CHOICE, ENGINE_URL
from oelala_desktop.services.settings.store import Settings

from .all import BUILT_IN, EnginePool, refuse_instead
from .engine import Engine

log = logging.getLogger(__name__)


class CurrentEngine:
    """`engine` is the one in force; it changes by itself only under `auto`."""

    def __init__(self, pool: EnginePool, bus: Bus, scope: TaskScope, settings: Settings) -> None:
        self._pool = pool
        self._bus = bus
        self._scope = scope
        self._settings = settings
        self._choice = "auto"
        self._url = ""
        self._engine: Engine | None = None

    @property
    def choice(self) -> str:
        return self._choice

    @property
    def url(self) -> str:
        """The address of the user's own ComfyUI."""
        return self._comfy.ref.url

    @property
    def engine(self) -> Engine:
        return self._engine or self._comfy

    @property
    def _comfy(self) -> Engine:
        return self._pool.named(self._url or self._pool.default_url)

    def start(self, name: str | None = None) -> None:
        """Begins to connect. `name` overrides the preferences for this run: auto, sketch or an address."""
        self._choice = self._settings.get(ENGINE_CHOICE)
        if name and name in ("auto", SKETCH):
            self._choice = name
        elif name:
            self._pool.of_this_run(name)
            self._choice, self._url = COMFYUI, name
        self._bus.subscribe(EngineChanged, self._changed)
        self._begin()

    def choose(self, choice: str) -> None:
        """auto, comfyui or sketch; kept for the next start."""
        self._choice = choice
        self._settings.set(ENGINE_CHOICE, choice)
        self._begin()

    def connect_to(self, url: str) -> None:
        """Another address for the user's own ComfyUI; kept for the next start. Raises InvalidField."""
        self._url = self._pool.named(url).ref.url
        self._settings.set(ENGINE_URL, self._url)
        self._settings.set(ENGINE_CHOICE, COMFYUI)
        self._choice = COMFYUI
        self._begin()

    def retry(self) -> None:
        self.engine.retry_now()
        if self._choice != SKETCH:
            self._comfy.retry_now()

    async def for_new_job(self, wish: Preset | None = None) -> Engine:
        """The engine that a job pressed now is bound to. Raises EngineUnreachable when it has never answered, or when
        Sketch would have to stand in for it and cannot run the `wish`."""
        engine = self.engine
        if self._choice == "auto" and not engine.is_online:
            engine = self._pool.for_ref(BUILT_IN)
            self._select(engine)
        if engine.lists is None:
            await engine.connect()
        if self._choice == "auto" and engine is not self._comfy:
            state = self._comfy.state
            refuse_instead(engine, wish, state.reason or f"{self.url} does not answer.", state.reason_kind)
        return engine

    def _begin(self) -> None:
        if self._choice == SKETCH:
            self._select(self._pool.for_ref(BUILT_IN))
        else:
            comfy = self._comfy
            self._select(comfy)
            comfy.start()
        if self._choice == SKETCH:
            self._scope.start(self._start_sketch(), "start Sketch")

    def _select(self, engine: Engine) -> None:
        if engine is not self._engine:
            self._engine = engine
            self._bus.publish(EngineSelected(engine.state))

    def _changed(self, event: EngineChanged) -> None:
        """Under `auto`: to Sketch when ComfyUI turns out not to answer, and back as soon as it does."""
        if self._choice != "auto":
            return
        state, comfy = event.engine, self._comfy
        if state is not comfy.state:
            return
        if state.state == "online" and self._engine is not comfy:
            self._select(comfy)
        elif state.state == "offline" and self._engine is comfy:
            self._scope.start(self._start_sketch(), "start Sketch")

    async def _start_sketch(self) -> None:
        sketch = self._pool.for_ref(BUILT_IN)
        try:
            await sketch.connect()
        except (EngineUnreachable, OelalaError) as error:
            log.warning("%s", error)
            return
        if self._choice == SKETCH or (self._choice == "auto" and not self._comfy.is_online):
            self._select(sketch)
