"""The engine panel: servers by their names, and what a server lacks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.events import EngineChanged
from oelala_desktop.services.settings.known import ENGINE_CHOICE
from oelala_desktop.ui.engine.panel import EnginePanel
from oelala_desktop.ui.main_window import MainWindow
from tests.gui.living import live, ready, stop_sketch, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import choose, field, find, press, seen, text


def engine_panel(window: MainWindow) -> EnginePanel:
    window.shell.open_panel("engine")
    found = window.shell.findChild(EnginePanel)
    assert isinstance(found, EnginePanel)
    return found


def test_a_server_is_chosen_by_name(qapp: QApplication, tmp_path: Path) -> None:
    async def before(window: MainWindow) -> None:
        await ready(window)
        services, panel = window.studio.services, engine_panel(window)
        assert panel.lacking.isHidden() and not seen(panel, "Server by name")  # nobody adds models to Sketch
        await services.servers.add("studio", services.current.engine.state.url, token="secret")

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        services, panel = window.studio.services, engine_panel(window)
        current = services.current
        url = current.engine.state.url
        choose(panel, "Server by name", "studio")
        await until(lambda: current.engine.state.name == "studio" and current.engine.catalog, "the server's lists")
        assert panel.lacking.isHidden()  # by whatever way it is reached
        assert current.url == url and text(panel, "studio")
        assert find(panel, "Server by name").currentText() == "studio"
        press(panel, "Authorization")
        token = field(panel, "Authorization header")
        await until(lambda: "Stored" in token.placeholderText(), "the stored token")
        press(panel, "Connect")  # without typing the token again
        await until(lambda: services.settings.get(ENGINE_CHOICE) == "comfyui", "the choice")
        assert (await services.servers.address(url)).headers == {"Authorization": "Bearer secret"}

    try:
        live(qapp, tmp_path, before)
        live(qapp, tmp_path, scenario)
    finally:
        stop_sketch(tmp_path)


def test_what_a_server_lacks_is_told_preset_by_preset(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        panel, services = engine_panel(window), window.studio.services
        engine = services.current.engine
        assert engine.state.is_ai

        def news(catalog: Catalog) -> None:
            engine.lists = catalog
            services.bus.publish(EngineChanged(engine.state))

        news(Catalog({"VAELoader": NodeClass("VAELoader", {})}))
        head = panel.lacking.folds[0].header
        assert " · " in head.text() and seen(panel, head.text())
        await until(lambda: head.height() > 0, "its place")
        press(panel, head.text())
        press(panel, "Copy the commands")
        assert "ComfyUI" in qapp.clipboard().text()
        qapp.clipboard().clear()
        news(Catalog({"VAELoader": NodeClass("VAELoader", {})}))
        assert panel.lacking.folds[0].header is head  # news of the engine fold nothing

    live(qapp, tmp_path, scenario, engine=NO_ENGINE)
