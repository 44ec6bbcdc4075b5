"""Notices at the window's lower right: when they come, where they lie, how long they stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.events import JobFinished
from oelala_desktop.domain.job import JobError, JobState, Output
from oelala_desktop.ui.desktop.tray import progress_icon
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.notices.model import Notice, NoticesModel
from oelala_desktop.ui.notices.panel import ActivityPanel
from oelala_desktop.ui.widgets import toast
from tests.gui.living import live, page_of, until
from tests.gui.reach import has_button, words
from tests.gui.seeded import Seeded, make_job

LONG = "The server ran out of memory in the node KSampler. Fewer frames or a lower resolution help."


@pytest.mark.parametrize("width", [1000, 1440])
def test_notices_lie_beside_the_form_in_one_width(qapp: QApplication, width: int) -> None:
    seeded = Seeded()
    shell = seeded.shell
    shell.resize(width, 800)
    shell.show()
    qapp.processEvents()
    toasts = [shell.toasts.post("Saved."), shell.toasts.post(LONG, "error", action="Open")]
    qapp.processEvents()
    form = seeded.page.form
    ends = form.mapTo(shell, form.rect().topRight()).x()
    places = [toast.rect().translated(toast.mapTo(shell, toast.rect().topLeft())) for toast in toasts]
    assert all(place.left() > ends for place in places)
    assert all(shell.rect().contains(place) for place in places)
    assert len({place.width() for place in places}) == 1 and places[0].width() <= toast.WIDTH
    assert places[1].height() > places[0].height()  # the longer sentence is wrapped, not cut


def test_errors_stay_longer_but_not_for_ever(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert toast.ERROR_MS == 2 * toast.SHOWN_MS
    monkeypatch.setattr(toast, "SHOWN_MS", 40)
    monkeypatch.setattr(toast, "ERROR_MS", 80)
    shell = Seeded().shell
    shell.show()
    gone: list[str] = []
    for text, level in ((LONG, "error"), ("Saved.", "info")):
        notice = shell.toasts.post(text, level)  # type: ignore[arg-type]
        notice.closed.connect(lambda text=text: gone.append(text))
    qtbot.waitUntil(lambda: len(gone) == 2)
    assert gone == ["Saved.", LONG]


def test_a_failed_job_in_view_needs_no_notice(qapp: QApplication, tmp_path: Path) -> None:
    failed = make_job("j1", JobState.FAILED, error=JobError(LONG))

    async def scenario(window: MainWindow) -> None:
        page = page_of(window)
        page.stage.follow(failed)
        window.shell.activateWindow()
        await until(window.shell.isActiveWindow, "the window in front")
        bus, stack = window.studio.services.bus, window.shell.toasts
        bus.publish(JobFinished(failed))
        await until(lambda: window.studio.notices, "the bell's entry")
        assert not has_button(stack, "Close notice")
        window.shell.show_page("settings")
        bus.publish(JobFinished(failed))
        await until(lambda: LONG in words(stack), "the notice on another page")

    live(qapp, tmp_path, scenario, engine="http://127.0.0.1:9")


class _Desktop(QSystemTrayIcon):
    """A tray's icon that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(progress_icon(None))
        self.told: list[tuple[object, ...]] = []

    def isVisible(self) -> bool:
        return True

    def showMessage(self, *message: object) -> None:  # type: ignore[override]
        self.told.append(message)


def test_the_desktops_notice_shows_the_result(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "output" / "red.png"
    path.parent.mkdir()
    Image.new("RGB", (96, 64), "red").save(path)
    job = make_job("j1", JobState.DONE, outputs=(Output(str(path), "image", 96, 64, 1, None),))

    async def scenario(window: MainWindow) -> None:
        desktop = _Desktop()
        with monkeypatch.context() as patched:
            patched.setattr(window.tray, "_icon", desktop)
            window.shell.hide()
            window.studio.services.bus.publish(JobFinished(job))
            await until(lambda: desktop.told, "the notice")
        icon = desktop.told[0][2]
        assert isinstance(icon, QIcon)
        middle = icon.pixmap(32, 32).toImage()
        assert QColor(middle.pixel(middle.width() // 2, middle.height() // 2)).red() > 200

    live(qapp, tmp_path, scenario, engine="http://127.0.0.1:9")


def test_the_activity_list_is_read_out_and_opened_by_keys(qtbot: QtBot) -> None:
    notices = NoticesModel()
    QAbstractItemModelTester(notices, QAbstractItemModelTester.FailureReportingMode.Fatal, notices)
    panel = ActivityPanel(notices)
    qtbot.addWidget(panel)
    panel.resize(440, 600)
    panel.show()
    assert not panel.list.isVisible()
    for number in range(120):
        notices.add(Notice(f"{number} is ready", "info", "14:02", f"job{number}"))
    notices.add(Notice(LONG, "error", "14:03"))
    assert panel.list.isVisible() and (len(notices), notices[0].text) == (100, LONG)
    first, second = (notices.index(row) for row in (0, 1))
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == f"{LONG}, 14:03"
    assert panel.list.visualRect(first).height() > panel.list.visualRect(second).height()  # it wraps
    heard: list[str] = []
    panel.chosen.connect(heard.append)
    panel.list.setCurrentIndex(first)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)  # it opens nothing
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert heard == ["job119"]
    panel.list.grab()
