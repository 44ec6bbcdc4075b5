"""The engines of this process: the ComfyUI the user named, any other by address, and Sketch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from oelala_desktop.domain import plan
from oelala_desktop.domain.address import parse_address
from oelala_desktop.domain.engine import EnginePort
from oelala_desktop.domain.engine_kinds import COMFYUI, SKETCH
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import ENGINE_URL
from oelala_desktop.storage.preferences import Preferences

from .engine import Engine
from .servers import Servers

BUILT_IN = EngineRef(SKETCH, "", "Sketch")
Build = Callable[[EngineRef], EnginePort]
#: tools of which Sketch makes a camera move
_MOVED = frozenset({"text-to-video", "image-to-video"})


class Wanted(NamedTuple):
    """What is to be made in one step: the presets that may be taken, and the settings that are given."""

    tool: Tool
    presets: Sequence[Preset]
    values: Mapping[str, Any]


class EnginePool:
    """One Engine for each address, made when first asked for; `build` makes what speaks to it."""

    def __init__(
        self,
        bus: Bus,
        scope: TaskScope,
        preferences: Preferences,
        build: Build,
        servers: Servers,
        clock: Clock = CLOCK,
    ) -> None:
        self._bus = bus
        self._scope = scope
        self._preferences = preferences
        self._build = build
        self._servers = servers
        self._clock = clock
        self._engines: dict[tuple[str, str], Engine] = {}

    @property
    def default_url(self) -> str:
        return self._preferences.get(ENGINE_URL.key) or ENGINE_URL.default

    def for_ref(self, ref: EngineRef) -> Engine:
        key = (ref.kind, ref.url)
        if key not in self._engines:
            self._engines[key] = Engine(ref, self._build(ref), self._bus, self._scope, self._clock)
        return self._engines[key]

    def named(self, name: str) -> Engine:
        """For `sketch`, the name of a server, or an address. Raises InvalidField for what is none of these."""
        if name.strip().casefold() == SKETCH:
            return self.for_ref(BUILT_IN)
        known = self._servers.find(name)
        if known is not None:
            return self.for_ref(EngineRef(COMFYUI, known.url, known.name))
        address = parse_address(name)
        known = next((server for server in self._servers.all() if server.url == address.url), None)
        return self.for_ref(EngineRef(COMFYUI, address.url, known.name if known else f"ComfyUI at {address.host}"))

    def of_this_run(self, name: str) -> Engine:
        """What `--engine` names: the token of the environment goes there, and nowhere else. Raises InvalidField."""
        engine = self.named(name)
        self._servers.token_for = engine.ref.url
        return engine

    async def choose(self, name: str, wish: Preset | None = None, wanted: Sequence[Wanted] = ()) -> tuple[Engine, str]:
        """A connected engine for `auto` or what `named` takes, and a sentence on the choice ("" if it was plain).

        `auto` takes Sketch only when the user's own ComfyUI does not answer, and never for a `wish` that Sketch cannot
        run, or where it cannot make one of the steps that are `wanted`. Raises EngineUnreachable."""
        if name.strip().casefold() != "auto":
            engine = self.of_this_run(name)
            try:
                await engine.connect()
            except EngineUnreachable as error:
                if error.kind != "name" or any(sign in name for sign in ".:/"):
                    raise
                no_name = f"No server is named {name.strip()} either; “oelala servers” lists those that have names."
                raise EngineUnreachable(f"{error.message} {no_name}", kind=error.kind) from error
            return engine, ""
        engine = self.named(self.default_url)
        try:
            await engine.connect()
            return engine, ""
        except EngineUnreachable as error:
            sketch = self.for_ref(BUILT_IN)
            await sketch.connect()
            refuse_instead(sketch, wish, error.message, error.kind)
            for step in wanted:
                found = plan.choose(*step, sketch.catalog)
                if isinstance(found, Obstacle):
                    raise EngineUnreachable(f"{error.message} {found.sentence}", kind=error.kind) from error
            moves = bool(wanted) and all(step.tool.id in _MOVED for step in wanted)
            what = "no AI model, just a camera move" if moves else "no AI model"
            return sketch, f"{error.message} Using the built-in Sketch engine instead: {what}."

    async def close(self) -> None:
        await asyncio.gather(*(engine.close() for engine in self._engines.values()))


def refuse_instead(sketch: Engine, wish: Preset | None, reason: str, kind: str) -> None:
    """Raises EngineUnreachable, with the reason why ComfyUI was not reached, when Sketch cannot make what is wished."""
    lacking = wish.missing(sketch.catalog) if wish and sketch.catalog else ()
    if wish and lacking:
        raise EngineUnreachable(f"{reason} {wish.name} needs it: {lacking[0].where}.", kind=kind)
