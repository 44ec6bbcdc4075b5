"""The parts of the window beside its page: panels that push or dim, the way between them by keys, chips that say what
they offer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.events import EngineState, JobFinished
from oelala_desktop.domain.job import JobState
from oelala_desktop.ui import focus
from oelala_desktop.ui.engine.view import chip_words
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.shell.side_panel import LEAST, SidePanel
from oelala_desktop.ui.shell.topbar import queue_words
from tests.gui.living import live, stop_sketch, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.seeded import Seeded, make_job

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PANELS = ("queue", "engine", "activity")


@pytest.fixture
def seeded(qtbot: QtBot) -> Iterator[Seeded]:
    made = Seeded()
    qtbot.addWidget(made.shell)
    made.shell.show()
    made.shell.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made.shell)
    yield made


def panel(seeded: Seeded, name: str) -> SidePanel:
    (found,) = [p for p in seeded.shell.findChildren(SidePanel) if p.accessibleName().lower() == name]
    return found


def place(widget: QWidget) -> QRect:
    """In the window."""
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def named(window: QWidget, name: str) -> QAbstractButton:
    (found,) = [b for b in window.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()]
    return found


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget is not None else ""


@pytest.mark.parametrize("name", PANELS)
def test_a_wide_page_is_pushed(qapp: QApplication, seeded: Seeded, name: str) -> None:
    shell = seeded.shell
    shell.resize(2560, 1440)
    qapp.processEvents()
    whole = place(shell.stack)
    shell.open_panel(name)
    qapp.processEvents()
    page, beside = place(shell.stack), place(panel(seeded, name))
    assert page.width() >= LEAST and page.left() == whole.left()
    assert page.right() + 1 == beside.left() and beside.right() == whole.right()
    assert shell.childAt(page.center()) is not None and seeded.page.isAncestorOf(shell.childAt(page.center()))
    shell.close_topmost()
    qapp.processEvents()
    assert place(shell.stack) == whole


@pytest.mark.parametrize("width", [1000, 1024, 1440])
def test_a_page_without_the_room_is_dimmed_until_it_is_pressed(qapp: QApplication, seeded: Seeded, width: int) -> None:
    shell = seeded.shell
    shell.resize(width, 800)
    qapp.processEvents()
    whole = place(shell.stack)
    shell.open_panel("queue")
    qapp.processEvents()
    opened = panel(seeded, "queue")
    assert place(shell.stack) == whole and opened.is_open
    spot = whole.topLeft() + QPoint(40, 40)
    over = shell.childAt(spot)
    assert over is not None and not seeded.page.isAncestorOf(over)
    QTest.mouseClick(over, LEFT, pos=over.mapFrom(shell, spot))
    assert not opened.is_open
    under = shell.childAt(spot)
    assert under is not None and seeded.page.isAncestorOf(under)


def test_tab_stays_in_a_panel_over_a_dimmed_page(qapp: QApplication, seeded: Seeded) -> None:
    shell = seeded.shell
    shell.resize(1440, 900)
    shell.open_panel("engine")
    opened, names = panel(seeded, "engine"), []
    for _ in range(20):
        widget = QApplication.focusWidget()
        assert widget is not None and opened.isAncestorOf(widget)
        names.append(focused())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert names[0] == "Close engine" and "Address of the ComfyUI server" in names
    assert names.count("Close engine") > 1  # it went round


def test_a_window_that_is_made_narrower_dims_what_it_pushed(qapp: QApplication, seeded: Seeded) -> None:
    shell = seeded.shell
    shell.resize(2560, 1200)
    shell.open_panel("activity")
    qapp.processEvents()
    opened = panel(seeded, "activity")
    assert not opened.dims
    for width, dims in ((1440, True), (2560, False)):
        shell.resize(width, 1200)
        qapp.processEvents()
        page = place(shell.stack)
        assert opened.dims is dims and (page.right() >= place(opened).left()) is dims


def test_of_two_panels_the_last_says_how_much_room_the_page_has(qapp: QApplication, seeded: Seeded) -> None:
    shell = seeded.shell
    shell.resize(2560, 1200)
    for name in PANELS:
        shell.open_panel(name)
        qapp.processEvents()
        assert place(shell.stack).right() + 1 == place(panel(seeded, name)).left()


def test_f6_goes_from_part_to_part(qapp: QApplication, seeded: Seeded) -> None:
    shell = seeded.shell
    shell.resize(2560, 1200)
    shell.open_panel("queue")
    qapp.processEvents()
    seeded.page.form.editor("prompt").setFocus()

    def go(modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> list[bool]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, modifier)
        widget = QApplication.focusWidget()
        return [part.isAncestorOf(widget) for part in (shell.sidebar, shell.stack, panel(seeded, "queue"))]

    assert go() == [False, False, True]
    assert go() == [True, False, False] and focused() == "Image to Video"
    assert go() == [False, True, False] and focused() == "Prompt"  # where it was
    assert go(SHIFT) == [True, False, False]
    shell.resize(1440, 900)
    qapp.processEvents()
    assert go() == [False, False, True]  # the page is dimmed
    assert go() == [True, False, False]
    shell.close_topmost()
    shell.sidebar.findChild(QPushButton).setFocus()
    assert go() == [False, True, False]
    assert go() == [True, False, False]


def test_the_sidebar_is_one_stop_with_arrows(qapp: QApplication, seeded: Seeded) -> None:
    shell, bar = seeded.shell, seeded.shell.sidebar

    def stop() -> str:
        (only,) = [w for w in focus.stops(bar) if w.isVisible()]
        return only.accessibleName()

    assert stop() == "Image to Video"
    shell.show_page("settings")
    assert stop() == "Settings"
    focus.enter(bar)
    assert focused() == "Settings"
    for key, name in (
        (Qt.Key.Key_Down, "Collapse"),
        (Qt.Key.Key_Down, "Collapse"),
        (Qt.Key.Key_Home, "Video Tools"),
        (Qt.Key.Key_Down, "Text to Video"),
        (Qt.Key.Key_Up, "Video Tools"),
    ):
        QTest.keyClick(QApplication.focusWidget(), key)
        assert (focused(), stop()) == (name, name)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)  # folds the group
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert focused() == "Image Tools"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_End)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Home)
    shell.show_page("text-to-video")
    assert stop() == "Video Tools"  # its row is folded away


def test_words_of_the_chips() -> None:
    assert queue_words(0, 4, paused=True) == "Paused · 4 waiting" and queue_words(0, 0, paused=True) == "Paused"
    assert (
        queue_words(1, 4, failed=1) == "1 running · 4 waiting · 1 failed" and queue_words(0, 0, failed=1) == "1 failed"
    )
    away = EngineState("comfyui", "http://studio-pc:8188", "studio-pc", "offline")
    assert chip_words(away) == "studio-pc · not reachable"


def test_the_engine_chip_offers_what_can_be_done(qapp: QApplication, tmp_path: Path) -> None:
    home = tmp_path / "home"

    async def scenario(window: MainWindow) -> None:
        shell, current = window.shell, window.studio.services.current
        shell.activateWindow()
        await until(lambda: QApplication.activeWindow() is shell, "the window in front")
        chip = shell.topbar.engine
        await until(lambda: chip.text() == "ComfyUI · not reachable", "the server that is away")
        again: list[bool] = []
        shell.commands["reconnect"].triggered.connect(lambda: again.append(True))
        QTest.mouseClick(named(shell.topbar, "Try again"), LEFT)
        assert again == [True] and shell.panel is None
        current.connect_to(NO_ENGINE)
        current.choose("auto")
        await until(lambda: chip.text() == "Sketch – no AI model", "Sketch instead")
        QTest.mouseClick(named(shell.topbar, "Connect ComfyUI"), LEFT)
        assert shell.panel is not None and focused() == "Address of the ComfyUI server"
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit) and field.selectedText() == field.text() == NO_ENGINE
        current.choose("sketch")
        window.engine._show()
        offers = [b for b in chip.findChildren(QAbstractButton) if b.isVisible()]
        assert offers == [] and chip.text() == "Sketch – no AI model"  # as it was chosen

    try:
        live(qapp, home, scenario, engine=NO_ENGINE)
    finally:
        stop_sketch(home)


def test_what_failed_is_told_until_it_is_looked_at(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        shell, bus = window.shell, window.studio.services.bus
        chip = shell.topbar.queue
        bus.publish(JobFinished(make_job("1", JobState.DONE)))
        assert chip.text() == "Queue empty"
        for job_id in ("2", "3", "3"):
            bus.publish(JobFinished(make_job(job_id, JobState.FAILED)))
        assert chip.text() == "2 failed" and chip.accessibleName() == "Queue: 2 failed"
        shell.open_panel("queue")
        assert chip.text() == "Queue empty"
        bus.publish(JobFinished(make_job("4", JobState.FAILED)))  # in view
        assert chip.text() == "Queue empty"

    live(qapp, tmp_path / "home", scenario, engine=NO_ENGINE)
