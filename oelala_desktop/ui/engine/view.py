"""The engine panel and the engine chip, kept in step with the engine in force."""

from __future__ import annotations

from PySide6.QtCore import QObject

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected, EngineState
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.engine.panel import EnginePanel
from oelala_desktop.ui.presets.choosing import preset_choice
from oelala_desktop.ui.studio import Studio


def chip_words(state: EngineState) -> str:
    """ "RTX 4090 · studio-pc", "Sketch – no AI model", "studio-pc · not reachable", or what is tried."""
    if not state.is_ai:
        return "Sketch – no AI model"
    host = state.url.split("://")[-1].split("/")[0]
    name = host.rsplit(":", 1)[0]
    local = name in ("127.0.0.1", "localhost", "[::1]")
    if state.state == "online":
        device = "ComfyUI on the processor" if state.device == "cpu" else state.device or "ComfyUI"
        return " · ".join(filter(None, (device, "" if local else host)))
    return f"{'ComfyUI' if local else name} · {'connecting' if state.state == 'connecting' else 'not reachable'}"


class EngineView(QObject):
    def __init__(self, panel: EnginePanel, studio: Studio) -> None:
        super().__init__(panel)
        self._panel = panel
        self._studio = studio
        self._current = studio.services.current
        self._catalog: Catalog | None = None
        self._presets = ""
        listen(studio.services.bus, self, EngineChanged, lambda _event: self._show())
        listen(studio.services.bus, self, EngineSelected, self._selected)
        panel.engine_chosen.connect(self._choose)
        panel.connect_requested.connect(self._connect)
        panel.server_chosen.connect(self._choose_server)
        commands = studio.shell.commands
        commands.add("connect", self._edit_address)
        commands.add("reconnect", self._current.retry)
        commands.add("free-memory", lambda: studio.actions.start(self._free_memory()))
        panel.reconnect_requested.connect(commands["reconnect"].trigger)
        panel.free_memory_requested.connect(commands["free-memory"].trigger)
        panel.set_choice(self._current.choice)
        self._show_address()
        self._show()

    def _show(self) -> None:
        engine = self._current.engine
        state = engine.state
        if engine.catalog is not self._catalog:
            self._catalog = engine.catalog
            self._look_at_presets(engine.catalog, state.is_ai)
        facts = [("Presets", self._presets)] if self._presets else []
        self._panel.set_engine(state, facts)
        fallback = not state.is_ai and self._current.choice == "auto"
        self._studio.shell.topbar.set_engine(chip_words(state), state.state, fallback=fallback)

    def _look_at_presets(self, catalog: Catalog | None, is_ai: bool) -> None:
        """What can run there, and what each of the others lacks. Nobody adds anything to Sketch, nor Sketch's own
        presets to a ComfyUI, so neither is told as missing."""
        self._presets, lacking = "", []
        if catalog is not None:
            presets = [p for p in self._studio.services.registry.presets() if not (is_ai and p.sketch)]
            for preset in presets:
                choice = preset_choice(preset, catalog)
                if choice.missing:
                    lacking.append(choice._replace(id=preset.id, name=f"{preset.tool.name} · {preset.name}"))
            self._presets = f"{len(presets) - len(lacking)} of {len(presets)} can run here"
        self._panel.lacking.set_presets(lacking if is_ai else ())

    def _show_address(self) -> None:
        """The user's own ComfyUI: its address, its name if it has one, and whether a token is stored for it."""
        url, servers = self._current.url, self._studio.services.servers
        self._panel.set_address(url)
        self._panel.set_servers([(server.name, server.url) for server in servers.all()], url)

        async def look() -> None:
            address = await servers.address(url)
            if url == self._current.url:
                self._panel.set_address(url, token_known=bool(address.headers))

        self._studio.actions.start(look())

    def _edit_address(self) -> None:
        self._studio.shell.open_panel("engine")
        self._panel.edit_address()

    def _choose_server(self, name: str) -> None:
        server = self._studio.services.servers.find(name)
        if server is not None:
            self._current.connect_to(server.url)
            self._panel.set_problem("")
            self._show_address()

    def _selected(self, event: EngineSelected) -> None:
        self._panel.set_choice(self._current.choice)
        if not event.engine.is_ai and self._current.choice == "auto":
            self._studio.notify(
                "ComfyUI does not answer. New jobs go to Sketch: a camera move, no AI model.", "warning", toast=False
            )
        self._show()

    def _choose(self, kind: str) -> None:
        self._current.choose(kind)
        self._show()

    def _connect(self, address: str, token: str) -> None:
        async def connect() -> None:
            await self._studio.services.connect_to(address, token)

        def refused(error: OelalaError) -> bool:
            self._panel.set_problem(error.message)
            return True

        self._studio.actions.start(connect(), done=lambda _: self._show_address(), failed=refused)

    async def _free_memory(self) -> None:
        await self._current.engine.free_memory()
        self._studio.notify("The server was asked to unload its models.")
