"""Prompts and settings saved by name, and taken again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.saved_sheet import SavedSheet
from tests.gui.living import live, page_of, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import button, field, press, words


async def opened(window: MainWindow, row: str) -> SavedSheet:
    page = page_of(window, "text-to-image")
    page.form.commands[row].trigger()
    await until(lambda: page.settings.saved.sheet is not None and page.settings.saved.sheet.isVisible(), "the sheet")
    sheet = page.settings.saved.sheet
    assert sheet is not None
    return sheet


async def save(window: MainWindow, row: str, name: str, verb: str = "Save") -> None:
    sheet = await opened(window, row)
    assert not button(sheet, "Save").isEnabled()
    QTest.keyClicks(field(sheet, "Name to save under"), name)
    press(sheet, verb)
    await until(lambda: f"Saved as “{name}”." in words(window.shell), "that it was saved")


def take(sheet: SavedSheet, name: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    rows = [sheet.model.index(row, 0).data() for row in range(sheet.model.rowCount())]
    sheet.list.setCurrentIndex(sheet.model.index(rows.index(name), 0))
    QTest.keyClick(sheet.list, key)


def test_prompts_and_settings_by_name(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page = page_of(window, "text-to-image")
        page.form.set_values({"prompt": "a boat", "aspect_ratio": "1:1"})
        await save(window, "saved-prompts", "boat")
        await save(window, "saved-settings", "square boat")
        page.form.set_values({"prompt": "a lake", "aspect_ratio": "16:9"})
        take(await opened(window, "saved-prompts"), "boat")
        await until(lambda: page.form.values().get("prompt") == "a boat", "the prompt")
        assert page.form.values()["aspect_ratio"] == "16:9", "a prompt alone changes nothing else"
        take(await opened(window, "saved-settings"), "square boat")
        await until(lambda: page.form.effective().get("aspect_ratio") == "1:1", "the settings")

    live(qapp, tmp_path, act, engine=NO_ENGINE)


def test_one_is_replaced_and_deleted_and_had_back(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page = page_of(window, "text-to-image")
        page.form.set_values({"prompt": "one"})
        await save(window, "saved-prompts", "a")
        page.form.set_values({"prompt": "two"})
        await save(window, "saved-prompts", "a", "Replace")
        gone = await opened(window, "saved-prompts")
        take(gone, "a", Qt.Key.Key_Delete)
        gone.close_sheet()  # before that is done
        qapp.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
        await until(lambda: "“a” is deleted." in words(window.shell), "that it is told all the same")
        press(window.shell, "Undo")
        await until(lambda: window.studio.services.named.names("prompts", "text-to-image") == ("a",), "it back")
        sheet = await opened(window, "saved-prompts")
        take(sheet, "a", Qt.Key.Key_Delete)
        await until(lambda: sheet.model.rowCount() == 0, "that it is gone")
        assert "Nothing is saved yet." in words(sheet)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        press(window.shell, "Undo")
        named = window.studio.services.named
        await until(lambda: named.names("prompts", "text-to-image") == ("a",), "it back")
        assert named.get("prompts", "text-to-image", "a")["prompt"] == "two"

    live(qapp, tmp_path, act, engine=NO_ENGINE)
