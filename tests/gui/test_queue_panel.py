"""The queue in the window: the order of what was dropped, one press one job, and the end of all that waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.jobs.model import JobsModel, Role
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.queue.panel import JobList, QueuePanel
from oelala_desktop.ui.queue.row_cell import boxes
from oelala_desktop.ui.widgets.button import Button
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import button, has_button, press
from tests.gui.seeded_queue import fill, make_job, running, waiting
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
    press(window.shell.findChildren(QMessageBox)[0], f"Make {len(paths)} jobs")


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
        await until(lambda: window.queue.jobs.ids[:4] == before, "the rows")
        press(panel, "Cancel all waiting")
        await until(lambda: not window.queue.waiting, "their end")
        ended = lambda: [window.studio.queue.book.find(job_id) for job_id in before]  # noqa: E731
        await until(lambda: all(job and job.state is JobState.CANCELLED for job in ended()), "the rows of the ended")
        await until(lambda: has_button(window.shell.toasts, "Undo"), "the offer")
        press(window.shell.toasts, "Undo")
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


def test_the_second_click_of_two_on_save_makes_no_job(qtbot: QtBot) -> None:
    form = ToolForm(TOOLS["text-to-video"])
    qtbot.addWidget(form)
    form.show()
    place = form.generate.mapTo(form, form.generate.rect().center())
    assert form.childAt(place) is form.generate
    form.generate.set_text("Train")
    form.foot.set_saving(True)
    assert form.childAt(place) is form.generate and form.generate.text() == "Save"
    form.foot.set_saving(False)
    assert form.generate.text() == "Train"
    assert form.childAt(place) is not form.generate
    qtbot.waitUntil(lambda: form.childAt(place) is form.generate)


def test_a_button_does_not_repeat_either(qtbot: QtBot) -> None:
    pressed = []
    generate = Button("Generate")
    qtbot.addWidget(generate)
    generate.clicked.connect(lambda: pressed.append(1))
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=repeat)
        QApplication.sendEvent(generate, event)
    assert pressed == [1]


def test_thousands_that_wait_are_all_in_the_list(qtbot: QtBot) -> None:
    book = JobBook()
    model = JobsModel(book, book.panel_ids)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    panel = QueuePanel()
    qtbot.addWidget(panel)
    panel.show_jobs(model)
    panel.resize(440, 700)
    panel.show()
    waiting = [replace(make_job(str(n), JobState.QUEUED), position=float(n)) for n in range(4000)]
    fill(book, [], None)
    for job in waiting:
        book.keep(job)
    book.arrange()
    panel.set_counts(book.counts())
    assert model.rowCount() == 4000 and panel.list.isVisible()
    panel.list.setCurrentIndex(model.index(2))
    book.keep(replace(waiting[0], state=JobState.RUNNING))
    book.keep(replace(waiting[1], state=JobState.CANCELLED))
    book.arrange()
    assert (model.ids[:2], model.ids[-1]) == (["0", "2"], "1")
    assert model.id_at(panel.list.currentIndex()) == "2"  # the keyboard stands where it stood
    assert model.index(1).data(Role.PLACE) == 1
    panel.list.grab()


def test_keys_and_buttons_of_the_list(qtbot: QtBot) -> None:
    book = JobBook()
    panel = QueuePanel()
    qtbot.addWidget(panel)
    panel.show_jobs(JobsModel(book, book.panel_ids))
    panel.resize(440, 700)
    panel.show()
    fill(book, [running(), *waiting(3)])
    panel.set_counts(book.counts())
    heard: list[tuple[str, str]] = []
    panel.list.acted.connect(lambda job_id, what: heard.append((job_id, what)))
    panel.list.setCurrentIndex(panel.list.model().index(2, 0))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete):
        QTest.keyClick(panel.list, key)
    QTest.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    row = panel.list.visualRect(panel.list.model().index(1, 0))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=boxes(row)[1].center().toPoint())
    assert heard == [("w1", "open"), ("w1", "delete"), ("w1", "up"), ("w0", "cancel")]
    assert panel.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).startswith("running, harbour, 31")


def test_a_row_that_slides_under_the_pointer_is_not_pressed_at_once(qtbot: QtBot) -> None:
    now = [0.0]
    book, list_ = JobBook(), JobList(clock=lambda: now[0])
    qtbot.addWidget(list_)
    list_.setModel(JobsModel(book, book.panel_ids))
    list_.resize(440, 700)
    list_.show()
    fill(book, [make_job("f", JobState.FAILED), *waiting(3)])
    ids = list(list_.jobs.ids)  # type: ignore[union-attr]
    assert ids == ["w0", "w1", "w2", "f"]
    heard: list[tuple[str, str]] = []
    list_.acted.connect(lambda job_id, what: heard.append((job_id, what)))
    place = boxes(list_.visualRect(list_.model().index(3, 0)))[1].center().toPoint()
    press, release = QTest.mousePress, QTest.mouseRelease
    left, viewport = Qt.MouseButton.LeftButton, list_.viewport()

    def click() -> list[tuple[str, str]]:
        heard.clear()
        QTest.mouseClick(viewport, left, pos=place)
        return heard

    def come(job_id: str, position: float) -> None:
        book.keep(replace(waiting(1)[0], id=job_id, position=position))
        book.arrange()

    assert click() == [("f", "retry")]
    now[0] = 10.0
    come("again", 9.0)
    assert list_.id_of(list_.indexAt(place)) == "again"
    now[0] = 10.1
    assert click() == [], "the second click was meant for the other"
    QTest.mouseMove(viewport, place + QPoint(1, 1))
    now[0] = 10.2
    assert click() == []
    now[0] = 10.4
    assert click() == [("again", "cancel")]
    now[0] = 20.0
    come("last", 10.0)
    assert click() == [("again", "cancel")], "what came below it is in nobody's way"

    heard.clear()
    now[0] = 30.0
    press(viewport, left, pos=place)
    come("first", -1.0)
    now[0] = 40.0
    release(viewport, left, pos=place)
    assert heard == [] and list_.id_of(list_.indexAt(place)) == "w2", "it was another that was pressed"
    assert click() == [("w2", "cancel")]
    QTest.mouseDClick(viewport, left, pos=place)
    release(viewport, left, pos=place)
    assert heard == [("w2", "cancel")], "the second click of two"


def test_jobs_that_were_cancelled_can_be_cleared(qtbot: QtBot) -> None:
    book, panel = JobBook(), QueuePanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.set_counts(book.counts())
    assert not button(panel, "Clear finished").isEnabled()
    fill(book, [make_job("c", JobState.CANCELLED)])
    panel.set_counts(book.counts())
    with qtbot.waitSignal(panel.clear_requested):
        press(panel, "Clear finished")
