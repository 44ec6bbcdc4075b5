"""The settings page, as a person uses it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.pages.settings_page import SettingsPage
from oelala_desktop.ui.settings_view import SECTIONS


def field(page: SettingsPage, name: str) -> QLineEdit:
    return next(edit for edit in page.findChildren(QLineEdit) if edit.accessibleName() == name)


def test_a_folder_counts_when_it_is_typed_to_the_end(qtbot: QtBot) -> None:
    page = SettingsPage(SECTIONS)
    qtbot.addWidget(page)
    page.set_values({"output_folder": "/before"})
    page.show()
    heard: list[tuple[str, object]] = []
    page.changed.connect(lambda key, value: heard.append((key, value)))
    edit = field(page, "Results")
    edit.selectAll()
    qtbot.keyClicks(edit, "/after")
    assert heard == []
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert heard == [("output_folder", "/after")]
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert len(heard) == 1
