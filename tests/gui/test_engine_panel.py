"""The engine panel: servers by their names, and what a server lacks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.services.known_settings import ENGINE_CHOICE
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.pages.lacking import LackingPane
from oelala_desktop.ui.widgets.button import Button
from tests.gui.living import live, ready, stop_sketch, until


def test_a_server_is_chosen_by_name_and_says_what_it_lacks(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        services, panel = window.studio.services, window.engine._panel
        assert panel.lacking.isHidden() and panel._servers.isHidden()  # nobody adds models to Sketch
        url = services.current.engine.state.url
        await services.servers.add("studio", url, token="secret")
        window.engine._show_address()
        window.shell.open_panel("engine")
        panel._servers.value_changed.emit("studio")
        current = services.current
        await until(lambda: current.engine.state.name == "studio" and current.engine.catalog, "the server's lists")
        assert panel.lacking.isHidden()  # by whatever way it is reached
        assert current.url == url and panel._servers.value() == "studio" and panel._name.text() == "studio"
        await until(lambda: "Stored" in panel._token.placeholderText(), "the stored token")
        window.engine._connect(url, "")  # Connect without typing the token again
        await until(lambda: services.settings.get(ENGINE_CHOICE) == "comfyui", "the choice")
        assert (await services.servers.address(url)).headers == {"Authorization": "Bearer secret"}
        bare = Catalog({"VAELoader": NodeClass("VAELoader", {})})
        window.engine._look_at_presets(bare, "comfyui")
        fold = panel.lacking.folds[0]
        assert " · " in fold.header.text()
        QTest.mouseClick(fold.header, Qt.MouseButton.LeftButton)
        pane = fold.fold.content()
        assert isinstance(pane, LackingPane)
        copy = pane.findChild(Button)
        assert copy is not None
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
        assert "ComfyUI" in qapp.clipboard().text()
        qapp.clipboard().clear()
        window.engine._look_at_presets(bare, "comfyui")
        assert panel.lacking.folds[0] is fold  # news of the engine fold nothing

    live(qapp, tmp_path, scenario)
    stop_sketch(tmp_path)
