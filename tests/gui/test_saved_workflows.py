"""The workflows that are saved on a server: listed, found, and made presets of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.workflow_sheet import WorkflowSheet
from oelala_desktop.ui.templates.page import TemplatesPage
from tests.gui.living import live, ready, stop_sketch, until
from tests.gui.reach import field, press, words


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("saved")
    yield folder
    stop_sketch(folder)


def test_what_is_saved_on_the_server_becomes_a_preset(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        services = window.studio.services
        await until(lambda: services.templates.find("sketch_image_to_video") is not None, "Sketch's templates")
        window.shell.show_page("templates")
        page = window.shell.page("templates")
        assert isinstance(page, TemplatesPage)
        press(page, "Saved workflows")
        await until(lambda: "No ComfyUI is connected" in words(page), "that nothing is saved there")
        template = await services.templates.workflow("sketch_image_to_video")
        await services.templates.save_workflow("Slow moves", template)
        press(page, "Ask the server again")
        await until(lambda: page.saved.model.rowCount() == 1, "what was saved")
        page.saved.search.setText("fast")
        await until(lambda: "Nothing fits" in words(page), "that nothing fits")
        press(page, "Clear the search")
        await until(lambda: page.saved.model.rowCount() == 1, "all of them")
        page.saved.list.setCurrentIndex(page.saved.model.index(0, 0))
        QTest.keyClick(page.saved.list, Qt.Key.Key_Return)
        await until(lambda: window.shell.findChildren(WorkflowSheet), "the sheet")
        assert field(window.shell, "Name of the preset").text() == "oelala Slow moves"
        press(window.json_drops.sheet, "Cancel")  # type: ignore[arg-type]

    live(qapp, home, act)
