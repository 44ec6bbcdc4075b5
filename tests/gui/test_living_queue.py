"""The queue on a tool's page with a Sketch whose jobs are held: what runs is followed, what is pressed is shown, what
waits is moved and ended; all by the names that are read out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QListView, QMenu, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.events import JobChanged, JobProgressed
from oelala_desktop.domain.job import JobError, JobState, Output, Progress
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.jobs.model import JobsModel
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.queue.cell_size import SMALL
from oelala_desktop.ui.tool.queue_card import QueueCard
from oelala_desktop.ui.tool.view import ToolView
from tests.gui.inputs_rig import named
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.seeded_queue import fill, make_job, past, running, waiting
from tests.sketch.holdable import Brake

SHORT = {"duration": 1.0, "fps": 8, "resolution": "480p"}
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def home(tmp_path: Path, one_sketch: dict[str, object], brake: Brake) -> Iterator[Path]:
    """A home whose Sketch stands still at the first step of a job, until its brake is released."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "sketch.json").write_text(json.dumps(one_sketch))
    brake.hold()
    yield folder
    httpx.post(f"{one_sketch['url']}/queue", json={"clear": True})
    httpx.post(f"{one_sketch['url']}/interrupt")
    brake.release()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.png"
    Image.linear_gradient("L").resize((480, 320)).save(path)
    return path


def strip_of(page: ToolView) -> QListView:
    found = named(page.page, "Queue", QListView)
    assert isinstance(found, QListView)
    return found


def cells(page: ToolView) -> list[str]:
    """What is read out of the cells, in their order."""
    model = strip_of(page).model()
    spoken = (model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount()))
    return [words.replace("\u00a0", " ") for words in spoken]


def kinds(page: ToolView) -> list[str]:
    return [words.partition(",")[0] for words in cells(page)]


def cell(page: ToolView, row: int) -> QModelIndex:
    return strip_of(page).model().index(row, 0)


def click(page: ToolView, row: int) -> None:
    strip = strip_of(page)
    strip.scrollTo(cell(page, row))
    QTest.mouseClick(strip.viewport(), LEFT, pos=strip.visualRect(cell(page, row)).center())


def button(root: QWidget, name: str) -> QAbstractButton:
    found = named(root, name, QAbstractButton)
    assert isinstance(found, QAbstractButton)
    return found


def choose(page: ToolView, words: str) -> None:
    """In the menu that is open."""
    menu = next(menu for menu in page.page.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text().partition("\t")[0] == words).trigger()
    menu.close()


def head(page: ToolView) -> str:
    return page.output.head.title


async def queued(window: MainWindow, picture: Path, count: int) -> ToolView:
    """So many jobs of that picture, the first of which stands still while it runs."""
    await ready(window)
    page = page_of(window)
    page.start_with(picture, SHORT)
    await until(lambda: kinds(page) == ["running"], "the first job to run")
    for _ in range(count - 1):
        page.generate()
    await until(lambda: kinds(page) == ["running"] + ["waiting"] * (count - 1), "those that wait")
    return page


def test_what_runs_is_followed_and_what_is_pressed_is_looked_at(
    qapp: QApplication, home: Path, picture: Path, brake: Brake
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 2)
        follow = button(page.page, "Auto-follow")
        first = page.stage.job
        assert first is not None and head(page) == "Generating" and follow.isChecked()
        assert "harbour · " in page.output.head.facts and f"seed {first.seed}" in page.output.head.facts
        assert button(page.page, "Cancel").isEnabled() and not button(page.page, "Save as").isEnabled()
        click(page, 1)
        second = page.stage.job
        assert second is not None and second.id != first.id
        assert head(page) == "Waiting" and not follow.isChecked()
        QTest.mouseClick(follow, LEFT)
        assert page.stage.job.id == first.id and follow.isChecked()
        QTest.mouseClick(button(page.page, "Cancel"), LEFT)
        await until(lambda: kinds(page) == ["running"] and head(page) == "Generating", "the second to run")
        assert page.stage.job.id == second.id
        brake.release()
        await until(lambda: kinds(page) == ["finished"] and head(page) == "Ready", "its result")
        brake.hold()
        page.generate()  # what is over on the stage makes room for what is new
        await until(lambda: kinds(page) == ["finished", "running"] and head(page) == "Generating", "the third")
        assert page.stage.job.id != second.id
        QTest.keyClick(strip_of(page), Qt.Key.Key_Home)
        QTest.keyClick(strip_of(page), Qt.Key.Key_Return)
        assert page.stage.job.id == second.id and not follow.isChecked()
        brake.release()
        await until(lambda: kinds(page) == ["finished", "finished"], "the third")
        await until(lambda: head(page) == "Ready" and button(page.page, "Save as").isEnabled(), "what is looked at")
        assert page.stage.job.id == second.id
        QTest.mouseClick(follow, LEFT)
        assert follow.isChecked()

    live(qapp, home, scenario)


@pytest.mark.qt_log_ignore("plugin does not support", "No RHI backend")  # menus, offscreen
def test_what_waits_is_moved_and_ended(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 5)
        strip, ids = strip_of(page), page.queue.jobs
        await until(lambda: strip.model().index(1, 0).data() and window.queue.waiting[0].state is JobState.SENT, "sent")
        before = list(ids.ids)
        strip.setCurrentIndex(cell(page, 4))
        QTest.keyClick(strip, Qt.Key.Key_Left, CTRL)
        await until(lambda: list(ids.ids) == [*before[:3], before[4], before[3]], "one place further")
        assert strip.currentIndex().row() == 3  # the keyboard goes along
        QTest.keyClick(strip, Qt.Key.Key_Delete)
        await until(lambda: list(ids.ids) == before[:4], "its end")
        names = cells(page)
        assert [words.split(", ")[2] for words in names[1:]] == ["place 1", "place 2", "place 3"]
        start, goal = (
            strip.visualRect(cell(page, 3)).center(),
            strip.visualRect(cell(page, 2)).topLeft() + QPoint(6, 30),
        )
        QTest.mousePress(strip.viewport(), LEFT, pos=start)
        QTest.mouseMove(strip.viewport(), start - QPoint(20, 0))
        QTest.mouseMove(strip.viewport(), goal)
        QTest.mouseRelease(strip.viewport(), LEFT, pos=goal)
        await until(lambda: list(ids.ids) == [*before[:2], before[3], before[2]], "the dragged one before the other")
        assert page.stage.job is not None and page.stage.job.id == before[0]  # a drag is no press
        strip.setCurrentIndex(cell(page, 3))
        where = strip.visualRect(cell(page, 3)).center()
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, where, strip.viewport().mapToGlobal(where))
        QApplication.sendEvent(strip.viewport(), asked)
        choose(page, "Move to the front")
        await until(lambda: list(ids.ids) == [*before[:2], before[2], before[3]], "the last one before the other")
        QTest.mouseClick(button(page.page, "More about the queue"), LEFT)
        choose(page, "Cancel all waiting")
        await until(lambda: kinds(page) == ["running"], "their end")

    live(qapp, home, scenario)


def test_a_paused_queue_says_so_everywhere(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        QTest.mouseClick(button(page.page, "Pause the queue"), LEFT)
        await until(lambda: head(page) == "Paused", "the word in the head")
        page.start_with(picture, SHORT)
        await until(lambda: [words for words in cells(page) if words.endswith("paused")], "the job that waits")
        assert head(page) == "Paused" and window.shell.topbar.queue.text().startswith("Paused")
        QTest.mouseClick(button(page.page, "Resume the queue"), LEFT)
        await until(lambda: kinds(page) == ["running"] and head(page) == "Generating", "it to run")

    live(qapp, home, scenario)


def test_what_is_seen_of_one_picture_says_nothing_of_the_next(
    qapp: QApplication, tmp_path: Path, picture: Path
) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        await window.studio.services.jobs.pause(True)
        page = page_of(window)
        page.form.edit("crop", {"x": 0.0, "y": 0.5})
        assert page.wish().values["crop"] == {"x": 0.0, "y": 0.5}
        page.start_with(picture, SHORT)
        await until(lambda: window.queue.waiting, "the job")
        assert not window.queue.waiting[0].values.get("crop")

    try:
        live(qapp, tmp_path, scenario)
    finally:
        stop_sketch(tmp_path)


def test_a_start_shows_what_runs(qapp: QApplication, home: Path, picture: Path) -> None:
    ids: list[str] = []

    async def first(window: MainWindow) -> None:
        page = await queued(window, picture, 2)
        assert page.stage.job is not None
        ids.append(page.stage.job.id)

    async def second(window: MainWindow) -> None:
        page = page_of(window)
        await until(lambda: page.stage.job is not None, "the job on the stage")
        assert page.stage.job is not None and page.stage.job.id == ids[0]
        assert kinds(page) == ["running", "waiting"] and head(page) == "Generating"

    live(qapp, home, first)
    live(qapp, home, second)


def test_again_with_a_new_seed_and_a_favourite(qapp: QApplication, home: Path, picture: Path, brake: Brake) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 1)
        brake.release()
        await until(lambda: head(page) == "Ready", "the result")
        job = page.stage.job
        assert job is not None
        await until(lambda: button(page.page, "Favorite").isEnabled(), "the heart")
        QTest.mouseClick(button(page.page, "Favorite"), LEFT)
        await until(lambda: cells(page)[0].endswith("favorite, made by Sketch"), "the heart on the cell")
        QTest.mouseClick(button(page.page, "Remove from favorites"), LEFT)
        await until(lambda: "favorite" not in cells(page)[0], "the cell without it")
        QTest.mouseClick(button(page.page, "Again with new seed"), LEFT)
        await until(lambda: kinds(page) == ["finished", "finished"], "one more")
        fresh = window.studio.queue.book.find(page.queue.jobs.ids[1])
        assert fresh is not None and fresh.retry_of == job.id and fresh.seed != job.seed
        await until(lambda: button(page.page, "Use last frame").isEnabled(), "its result on the stage")
        QTest.mouseClick(button(page.page, "Use last frame"), LEFT)
        facts = page.form.given.facts
        await until(lambda: [g.name for g in facts().get("image", ())] != ["harbour.png"], "the frame as start picture")

    live(qapp, home, scenario)


def test_a_server_that_goes_is_told_on_the_stage(
    qapp: QApplication, tmp_path: Path, picture: Path, brake: Brake
) -> None:
    command = [*brake.command, "--port", "0", "--idle-exit", "0"]
    brake.hold()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]

        async def scenario(window: MainWindow) -> None:
            page = await queued(window, picture, 1)
            server.kill()
            await until(lambda: head(page) == "Not reachable", "the word in the head")
            assert "does not answer" in named(page.page, "Progress").accessibleDescription()
            assert button(page.page, "Cancel").isEnabled()

        live(qapp, tmp_path / "away", scenario, engine=url)
    brake.release()


def test_a_failed_job_says_why_and_can_be_run_again(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 1)
        job = page.stage.job
        assert job is not None
        failed = replace(job, state=JobState.FAILED, error=JobError("It ran out of paint.", "memory"), finished_at=1.0)
        window.studio.services.bus.publish(JobChanged(failed))
        await until(lambda: cells(page) == ["failed, harbour, It ran out of paint."], "the cell")
        assert head(page) == "Failed" and button(page.page, "Copy the error").isEnabled()
        assert not button(page.page, "Save as").isEnabled()
        QTest.mouseClick(button(page.page, "Copy the error"), LEFT)
        assert "It ran out of paint." in QApplication.clipboard().text()
        click(page, 0)  # on the cell's own Retry
        await until(lambda: len(cells(page)) == 2, "the job that was made of it")
        fresh = window.studio.queue.book.find(page.queue.jobs.ids[1])
        assert fresh is not None and (fresh.retry_of, fresh.seed) == (job.id, job.seed)

    live(qapp, home, scenario)


def test_of_many_messages_the_newest_is_shown(qapp: QApplication, tmp_path: Path) -> None:
    job = running()

    async def scenario(window: MainWindow) -> None:
        page = page_of(window)
        book, bus = window.studio.queue.book, window.studio.services.bus
        bus.publish(JobChanged(job))
        await until(lambda: kinds(page) == ["running"], "the job")
        shown: list[float | None] = []
        book.changed.connect(lambda _ids: shown.append(book.fraction()))
        for percent in range(60, 91):
            bus.publish(JobProgressed(job.id, Progress(percent / 100, "KSampler", "low", 1, 3)))
        await until(lambda: 0.9 in shown, "the newest")
        assert set(shown) <= {0.0, 0.9}
        assert "90 %" in cells(page)[0]

    live(qapp, tmp_path, scenario, engine="http://127.0.0.1:9")


def test_what_comes_late_is_not_shown(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (96, 64), "red").save(path)
    done = make_job("1", JobState.DONE, outputs=(Output(str(path), "image", 96, 64, 1, None),))
    failed = make_job("2", JobState.FAILED, error=JobError("It ran out of paint."))

    async def scenario(window: MainWindow) -> None:
        stage = page_of(window).stage
        stage.follow(done)
        late = stage._showing
        assert late is not None
        stage.follow(failed)
        await until(late.done, "the end of what was to be shown")
        assert head(page_of(window)) == "Failed"
        stage.follow(done)
        await until(lambda: head(page_of(window)) == "Ready", "the result")

    live(qapp, home, scenario)


def test_the_strip_is_a_list_for_screen_readers(qtbot: QtBot) -> None:
    card = QueueCard()
    qtbot.addWidget(card)
    book = JobBook()
    model = JobsModel(book, lambda: book.strip_ids("image-to-video"))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    card.strip.show_jobs(model)
    card.resize(760, 182)
    card.show()
    fill(book, [running(), *past(4), *waiting(2)])
    heard = QAccessible.queryAccessibleInterface(card.strip)
    assert heard is not None
    assert (heard.role(), heard.text(QAccessible.Text.Name)) == (QAccessible.Role.List, "Queue")
    names = [heard.child(at).text(QAccessible.Text.Name).replace("\u00a0", " ") for at in range(heard.childCount())]
    assert names[4:6] == ["running, harbour, 31 %, about 2 min 10 s left", "waiting, harbour, place 1, starts in 2 min"]
    assert all(heard.child(at).role() == QAccessible.Role.ListItem for at in range(heard.childCount()))


def test_no_state_of_the_card_moves_another(qtbot: QtBot) -> None:
    card = QueueCard()
    qtbot.addWidget(card)
    before = card.minimumHeight(), card.maximumHeight()
    book = JobBook()
    card.strip.show_jobs(JobsModel(book, lambda: book.strip_ids("image-to-video")))
    card.resize(760, before[0])
    card.show()
    place = card.strip.geometry()
    assert (place.y(), place.height()) == (46, 126)
    fill(book, [running(), *past(), *waiting(20)])
    card.set_counts(book.counts("image-to-video"))
    card.grab()
    assert (card.minimumHeight(), card.maximumHeight()) == before == (182, 182)
    assert card.strip.geometry() == place
    card.set_cell_size(SMALL)
    assert card.height() == 36 + SMALL.row_height + 10
