"""The frame: navigation, panels, sheets, shortcuts, and what start-up must not import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.tool import PAGED, TOOLS
from oelala_desktop.ui.navigation import GROUPS, PAGES, START_PAGE
from oelala_desktop.ui.shell.remembered import restore
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.shell.sidebar import NARROW, WIDE
from oelala_desktop.ui.shell.topbar import queue_words
from oelala_desktop.ui.widgets.command_list import Find, fits
from oelala_desktop.ui.widgets.sheet import Sheet
from oelala_desktop.ui.widgets.text_box import TextBox
from tests.gui.reach import button, field, find, has_button, press, seen

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shell(qtbot: QtBot) -> Shell:
    made = Shell()
    qtbot.addWidget(made)
    for page_id in PAGES:
        made.add_page(page_id, QWidget)
    made.show_page(START_PAGE)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    return made


def test_pages_in_their_order() -> None:
    assert [group.title for group in GROUPS] == ["Video Tools", "Image Tools", "My Media", "Training"]
    titles = [page.title for page in PAGES.values()]
    assert titles[:3] == ["Text to Video", "Image to Video", "Video to Video"]
    assert titles[8:13] == ["All", "Images", "Videos", "Favorites", "Prompts"]
    assert {page_id for page_id in PAGES if page_id in TOOLS} == PAGED


def test_title_and_keys(qtbot: QtBot, shell: Shell) -> None:
    assert "Oelala" in shell.windowTitle()
    with qtbot.waitSignal(shell.page_shown) as heard:
        QTest.keyClick(shell, Qt.Key.Key_4, CTRL)
    assert heard.args == ["text-to-image"] and shell.topbar.title == "Text to Image"
    with qtbot.waitSignal(shell.paste_requested):
        QTest.keyClick(shell, Qt.Key.Key_V, CTRL)


def test_pages_are_made_when_first_shown(shell: Shell) -> None:
    assert shell.page("upscaler") is None
    shell.show_page("upscaler")
    assert shell.page("upscaler") is not None
    shell.show_page("nowhere")
    assert shell.page_id == "upscaler"


def test_question_mark_types_in_text_fields(qtbot: QtBot, shell: Shell) -> None:
    box = TextBox("Prompt")
    shell.add_page("settings", lambda: box)
    shell.show_page("settings")
    box.setFocus()
    QTest.keyClicks(box, "?")
    assert box.text() == "?" and not shell.findChildren(Sheet)
    shell.open_shortcuts()
    (sheet,) = shell.findChildren(Sheet)
    assert sheet.isVisible() and sheet.accessibleName() == "Keyboard shortcuts"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_panels_open_one_at_a_time_and_escape_closes(qtbot: QtBot, shell: Shell) -> None:
    for name in ("queue", "engine", "activity"):
        shell.add_panel(name, name.capitalize(), QWidget())
    QTest.mouseClick(shell.topbar.queue, Qt.MouseButton.LeftButton)
    assert has_button(shell, "Close queue")
    QTest.mouseClick(shell.topbar.engine, Qt.MouseButton.LeftButton)
    assert has_button(shell, "Close engine") and not has_button(shell, "Close queue")
    panel = find(shell, "Engine", {QAccessible.Role.Pane})
    assert panel.mapTo(shell, panel.rect().topRight()).x() == shell.width() - 1
    QTest.keyClick(shell, Qt.Key.Key_Escape)
    assert not has_button(shell, "Close engine") and not panel.isVisible()


def test_sidebar_folds_and_narrows(qtbot: QtBot, shell: Shell) -> None:
    bar = shell.sidebar
    assert bar.width() == WIDE
    with qtbot.waitSignal(bar.folded_changed):
        press(bar, "Image Tools")
    assert bar.folded_groups() == ("image",) and not has_button(bar, "Reframe")
    press(bar, "Collapse")
    assert bar.width() == NARROW and "Reframe" in button(bar, "Reframe").toolTip()
    press(bar, "Expand")
    assert bar.width() == WIDE and not has_button(bar, "Reframe")
    press(bar, "Image Tools")
    bar.set_badges({"reframe": "soon"})
    assert button(bar, "Reframe").accessibleDescription() == "soon"


def test_palette_finds_pages_and_commands(qtbot: QtBot, shell: Shell) -> None:
    done = []
    shell.set_finds(lambda: [Find("harbour at dusk", lambda: done.append("job"))])
    QTest.keyClick(shell, Qt.Key.Key_K, CTRL)
    command = field(shell, "Command")
    QTest.keyClicks(command, "upsc")
    QTest.keyClick(command, Qt.Key.Key_Return)
    assert shell.page_id == "upscaler" and not seen(shell, "Command palette")
    shell.open_palette()
    QTest.keyClicks(command, "dusk harb")
    QTest.keyClick(command, Qt.Key.Key_Return)
    assert done == ["job"]
    shell.open_palette()
    QTest.keyClicks(command, "xyz")
    assert seen(shell, "Nothing is called “xyz”.")
    QTest.keyClick(command, Qt.Key.Key_Return)
    assert seen(shell, "Command palette") and not fits("xyz", "Pause the queue")


def test_close_guard(shell: Shell) -> None:
    shell.set_close_guard(lambda: False)
    assert not shell.close() and shell.isVisible()
    shell.set_close_guard(lambda: True)
    assert shell.close()


def test_chips(shell: Shell) -> None:
    assert queue_words(1, 2) == "1 running · 2 waiting"
    assert queue_words(0, 0) == "Queue empty"
    shell.topbar.set_queue(1, 0, 0.3, paused=True)
    shell.topbar.set_engine("<b>studio</b>", "offline")
    shell.topbar.set_notices(120)
    assert shell.topbar.bell.accessibleName() == "Activity, 120 new"
    shell.topbar.grab()


def test_window_imports_nothing_heavy() -> None:
    code = (
        "import sys, oelala_desktop.ui.shell.shell, oelala_desktop.ui.style.theme, oelala_desktop.ui.tool.page;"
        "bad = {'av', 'cv2', 'httpx', 'fastapi', 'numpy', 'lucide', 'PIL', 'PySide6.QtMultimedia', 'PySide6.QtSvg'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_stands_behind_the_window_loads_no_decoder_and_no_web_server() -> None:
    code = (
        "import sys, oelala_desktop.bootstrap, oelala_desktop.ui.session, oelala_desktop.ui.studio;"
        "bad = {'av', 'cv2', 'fastapi', 'numpy', 'pydantic', 'PIL'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_window_keeps_no_source_of_what_it_imports() -> None:
    code = (
        "import linecache, oelala_desktop.ui.app, oelala_desktop.ui.session, PySide6.QtSvg;"
        "print(sorted(name for name in linecache.cache if 'oelala_desktop' in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_escape_closes_any_sheet_and_the_page_below_hears_no_shortcuts(qtbot: QtBot, shell: Shell) -> None:
    pages = []
    shell.page_shown.connect(pages.append)
    sheet = Sheet(shell, 300, "A sheet of somebody's")
    sheet.open_sheet()
    QTest.keyClick(sheet, Qt.Key.Key_1, CTRL)
    assert pages == []
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_first_window_fits_its_screen(qtbot: QtBot) -> None:
    shell = Shell()
    qtbot.addWidget(shell)
    available = shell.screen().availableGeometry()
    shell.resize(available.width() + 400, available.height() + 400)
    restore(shell, {})
    assert shell.height() < available.height()
    assert shell.width() <= max(available.width(), shell.minimumWidth())
    assert shell.x() >= available.x() and shell.y() >= available.y()
