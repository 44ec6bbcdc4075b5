"""The queue in the window: the order of what was dropped, one press one job, and the end of all that waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.pages.queue_panel import SHOWN_WAITING, QueuePanel
from oelala_desktop.ui.pages.tool_form import ToolForm
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.toast import Toast
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.seeded import make_job
from tests.gui.test_window import SHORT, drop


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("queue")
    yield folder
    stop_sketch(folder)


def several(folder: Path, count: int) -> list[Path]:
    """The first one takes longest to read."""
    paths = [folder / f"{n}.png" for n in range(count)]
    for n, path in enumerate(paths):
        side = 1600 if n == 0 else 64 + n
        Image.effect_noise((side, side), 40 + n).save(path)
    return paths


def button(inside: object, text: str) -> QAbstractButton:
    found = [b for b in inside.findChildren(QAbstractButton) if b.text() == text and b.isVisible()]  # type: ignore[attr-defined]
    assert len(found) == 1, text
    return found[0]


def waiting_pictures(window: MainWindow) -> list[str]:
    return [Path(job.inputs[0].original).name for job in window.queue.waiting]


async def drop_several(window: MainWindow, paths: list[Path]) -> None:
    """One job for each, in a queue that is paused."""
    await ready(window)
    await window.studio.services.jobs.pause(True)
    page = page_of(window)
    page.form.set_values(SHORT)
    drop(page, *paths)
    await until(lambda: window.shell.findChildren(QMessageBox), "the question")
    box = window.shell.findChildren(QMessageBox)[0]
    QTest.mouseClick(button(box, f"Make {len(paths)} jobs"), Qt.MouseButton.LeftButton)


def test_dropped_pictures_keep_the_order_of_the_drop(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    paths = several(tmp_path, 7)
    paths[3].write_bytes(b"no picture")

    async def scenario(window: MainWindow) -> None:
        await drop_several(window, paths)
        await until(lambda: len(window.queue.waiting) == 6, "the jobs")
        assert waiting_pictures(window) == [path.name for path in paths if path is not paths[3]]
        assert len({job.position for job in window.queue.waiting}) == 6
        await until(lambda: any("1 of 7 pictures was not taken" in n.text for n in window.studio.notices), "the notice")
        await window.studio.services.jobs.cancel_waiting()

    live(qapp, home, scenario)


def test_all_that_waits_is_cancelled_and_comes_back(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await drop_several(window, several(tmp_path, 4))
        await until(lambda: len(window.queue.waiting) == 4, "the jobs")
        before = [job.id for job in window.queue.waiting]
        window.shell.open_panel("queue")
        panel = window.shell.findChildren(QueuePanel)[0]
        await until(lambda: all(panel.row(job_id) for job_id in before), "the rows")
        QTest.mouseClick(button(panel, "Cancel all waiting"), Qt.MouseButton.LeftButton)
        await until(lambda: not window.queue.waiting, "their end")
        rows = [panel.row(job_id) for job_id in before]
        await until(lambda: all(row and row.job.state is JobState.CANCELLED for row in rows), "the rows of the ended")
        await until(lambda: window.shell.toasts.findChildren(Toast), "the offer")
        toast = window.shell.toasts.findChildren(Toast)[-1]
        QTest.mouseClick(button(toast, "Undo"), Qt.MouseButton.LeftButton)
        await until(lambda: len(window.queue.waiting) == 4, "their return")
        assert [job.id for job in window.queue.waiting] == before
        assert {job.state for job in window.queue.waiting} == {JobState.QUEUED}
        window.shell.commands["cancel-waiting"].trigger()
        await until(lambda: not window.queue.waiting, "their end by the palette")

    live(qapp, home, scenario)


def test_a_key_that_is_held_makes_one_job(qtbot: QtBot) -> None:
    form = ToolForm(TOOLS["image-to-video"])
    qtbot.addWidget(form)
    generate = form.commands["generate"]
    assert generate.shortcuts() == [QKeySequence("Ctrl+Enter"), QKeySequence("Ctrl+Return")]
    assert not generate.autoRepeat()


def test_a_button_does_not_repeat_either(qtbot: QtBot) -> None:
    pressed = []
    generate = Button("Generate")
    qtbot.addWidget(generate)
    generate.clicked.connect(lambda: pressed.append(1))
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=repeat)
        QApplication.sendEvent(generate, event)
    assert pressed == [1]


def test_thousands_that_wait_are_told_in_words(qtbot: QtBot) -> None:
    panel = QueuePanel()
    qtbot.addWidget(panel)
    panel.resize(440, 700)
    panel.show()
    waiting = [replace(make_job(str(n), JobState.QUEUED), position=float(n)) for n in range(SHOWN_WAITING + 1)]
    panel.set_jobs(waiting, more_waiting=3899)
    assert panel.row(str(SHOWN_WAITING - 1)) is not None
    assert panel.row(str(SHOWN_WAITING)) is None
    assert panel.heading("Waiting") == "Waiting · 4,000"
    assert panel._more.text() == "3,900 more behind these"
    rows = [panel.row(str(n)) for n in range(1, SHOWN_WAITING)]
    panel.set_jobs(waiting[1:], more_waiting=3899)  # the first one has begun
    assert [panel.row(str(n)) for n in range(1, SHOWN_WAITING)] == rows
    assert panel.row(str(SHOWN_WAITING)) is not None
    panel.set_jobs([])
    assert not panel._cancel_all.isVisible()
    assert not panel._more.isVisible()
