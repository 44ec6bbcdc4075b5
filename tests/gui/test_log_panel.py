"""The log in the window: from a record to a line that can be read, narrowed and copied."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.services.health.log_ring import LogEntry
from oelala_desktop.ui.engine.log_panel import LogPanel
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.style.appearance import Theme
from tests.gui.living import live, until
from tests.gui.reach import field, press

LEVELS = (logging.INFO, logging.WARNING, logging.ERROR)


def entries(count: int, first: int = 0) -> list[LogEntry]:
    return [LogEntry(n, 0.0, LEVELS[n % 3], "oelala_desktop.tests", f"line {n}") for n in range(first, first + count)]


def shown(panel: LogPanel) -> list[str]:
    return panel.text.toPlainText().splitlines()


def click_level(panel: LogPanel, level: str) -> None:
    QTest.mouseClick(panel.level.button(level), Qt.MouseButton.LeftButton)


def make(qtbot: QtBot) -> LogPanel:
    panel = LogPanel()
    qtbot.addWidget(panel)
    panel.resize(800, 400)
    panel.show()
    return panel


def test_levels_and_copy(qtbot: QtBot, theme: Theme) -> None:
    panel = make(qtbot)
    panel.add(entries(6))
    assert len(shown(panel)) == 6 and shown(panel)[1].endswith("Warning  tests: line 1")
    click_level(panel, "warnings")
    assert [line.split()[1] for line in shown(panel)] == ["Warning", "Error"] * 2
    panel.add(entries(3, 6))
    click_level(panel, "errors")
    panel.copy.click()
    assert [line.rpartition(" ")[2] for line in QApplication.clipboard().text().splitlines()] == ["2", "5", "8"]
    theme.set_mode("light")
    assert len(shown(panel)) == 3
    click_level(panel, "all")
    assert len(shown(panel)) == 9


def test_whoever_reads_is_not_carried_off(qtbot: QtBot) -> None:
    panel = make(qtbot)
    bar = panel.text.verticalScrollBar()
    panel.add(entries(300))
    assert bar.value() == bar.maximum() > 0
    bar.setValue(10)
    bar.sliderMoved.emit(10)
    assert not panel.follow.isChecked()
    panel.add(entries(30, 300))
    assert bar.value() == 10
    panel.follow.click()
    assert bar.value() == bar.maximum()


def test_ten_thousand_lines_at_once(qtbot: QtBot) -> None:
    panel = make(qtbot)
    begun = time.thread_time()
    for at in range(5):
        panel.add(entries(2000, at * 2000))
    assert time.thread_time() - begun < 5
    assert shown(panel)[-1].endswith("line 9999") and len(shown(panel)) <= 4000


def test_from_the_palette_and_from_settings(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        shell = window.shell
        logging.getLogger("oelala_desktop.tests").warning("token=abcdefgh is not shown")
        shell.open_palette()
        command = field(shell, "Command")
        QTest.keyClicks(command, "show the log")
        QTest.keyClick(command, Qt.Key.Key_Return)
        panel = shell.findChild(LogPanel)
        assert isinstance(panel, LogPanel) and panel.isVisible()
        await until(lambda: "is not shown" in panel.text.toPlainText(), "the line")
        assert "abcdefgh" not in panel.text.toPlainText()
        shell.close_topmost()
        await until(lambda: not panel.isVisible(), "the panel's end")
        shell.show_page("settings")
        page = shell.page("settings")
        assert page is not None
        press(page, "Show the log")
        await until(panel.isVisible, "the panel")

    live(qapp, tmp_path, scenario, engine="comfyui")
