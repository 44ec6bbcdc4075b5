"""The main job in the window, as a person does it: drop, generate, watch, play, cancel, quit, start again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import JobState
from oelala_desktop.services.settings.known import SIDEBAR_NARROW
from oelala_desktop.ui.form.input_editors import PictureEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.queue.panel import QueuePanel
from oelala_desktop.ui.studio import Reuse
from oelala_desktop.ui.tool.view import ToolView
from tests.gui.living import has_picture, live, page_of, ready, stop_sketch, turned, until

SHORT = {"duration": 1.0, "fps": 8}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for the module, so that its tests share a Sketch."""
    folder = tmp_path_factory.mktemp("window")
    yield folder
    stop_sketch(folder)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "a boat é.png"
    image = Image.linear_gradient("L").resize((480, 320)).convert("RGB")
    image.save(path)
    return path


def drop(page: ToolView, *paths: Path) -> None:
    """A real drop event on the picture field, with the URLs that a file manager sends."""
    editor = page.form.row("image").editor
    assert isinstance(editor, PictureEditor)
    zone = editor.source.zone
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    where = QPointF(zone.rect().center())
    event = QDropEvent(where, actions, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    zone.dropEvent(event)
    assert event.dropAction() == Qt.DropAction.CopyAction  # never Move: that would delete the file


async def with_picture(window: MainWindow, picture: Path) -> ToolView:
    await ready(window)
    page = page_of(window)
    page.form.set_values(SHORT)
    drop(page, picture)
    await until(lambda: has_picture(page, picture), "the picture")
    return page


def test_drop_generate_play(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        assert page.form.generate.isEnabled()
        QTest.mouseClick(page.form.generate, Qt.MouseButton.LeftButton)
        await until(lambda: page.stage.job is not None, "the job on the stage")
        await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the result")
        job = page.stage.job
        assert job is not None
        assert Path(job.outputs[0].path).is_file()
        player = page.output.player
        await until(lambda: page.output.player is not None, "the player")
        player = page.output.player
        assert player is not None
        await until(lambda: not player.current_image().isNull(), "the first frame")
        await until(lambda: player.is_playing, "playing")

    live(qapp, home, scenario)


def test_bad_file_is_refused_in_place(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "notes.png"
    bad.write_text("not a picture")

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        editor = page.form.row("image").editor
        assert isinstance(editor, PictureEditor)
        drop(page, bad)
        await until(lambda: editor.source.zone.error, "the sentence at the field")
        assert "notes.png" in editor.source.zone.error

    live(qapp, home, scenario)


def test_wrong_value_is_shown_at_its_field(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        page.form.set_value("prompt", "x" * 30_000)
        page.generate()
        row = page.form.row("prompt")
        await until(lambda: row.problem, "the sentence at the prompt")
        assert "20000" in row.problem

    live(qapp, home, scenario)


def test_several_pictures_ask_first(qapp: QApplication, home: Path, picture: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.png"
    second.write_bytes(picture.read_bytes())

    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        queued: set[str] = set()
        window.studio.services.bus.subscribe(JobChanged, lambda event: queued.add(event.job.id))
        drop(page, picture, second)
        await until(lambda: window.shell.findChild(QMessageBox), "the question")
        box = window.shell.findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        assert "2 jobs" in box.text()
        QTest.mouseClick(box.defaultButton(), Qt.MouseButton.LeftButton)
        await until(lambda: len(queued) >= 2, "two jobs")
        await window.studio.services.jobs.wait_for(list(queued))
        assert len(queued) == 2

    live(qapp, home, scenario)


def test_fifty_jobs_are_queued_and_one_can_be_cancelled(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        services = window.studio.services
        await services.jobs.pause(True)
        for _ in range(50):
            page.generate()
        await until(lambda: len(window.queue.waiting) >= 50, "fifty waiting jobs")
        window.shell.open_panel("queue")
        victim = window.queue.waiting[10]
        window.shell.findChildren(QueuePanel)[0].list.acted.emit(victim.id, "cancel")
        await until(lambda: len(window.queue.waiting) == 49, "one less")
        assert "waiting" in window.shell.topbar.queue.accessibleName() or window.queue.waiting
        for job in window.queue.waiting:
            await services.jobs.cancel(job.id)
        await services.jobs.pause(False)

    live(qapp, home, scenario)


def test_waiting_jobs_are_reordered_by_dragging(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        services = window.studio.services
        await services.jobs.pause(True)
        for _ in range(3):
            page.generate()
        await until(lambda: len(window.queue.waiting) == 3, "three waiting jobs")
        window.shell.open_panel("queue")

        def order() -> list[str]:
            return [job.id for job in sorted(window.queue.waiting, key=lambda job: job.position)]

        before = order()
        rows, model = window.shell.findChildren(QueuePanel)[0].list, window.queue.jobs
        await until(lambda: all(job_id in model.ids for job_id in before), "their rows")
        first, last = (rows.visualRect(model.index_of(job_id)) for job_id in (before[0], before[2]))
        start, goal = QPoint(140, last.center().y()), QPoint(140, first.top() + 2)
        QTest.mousePress(rows.viewport(), Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(rows.viewport(), start - QPoint(0, 12))
        QTest.mouseMove(rows.viewport(), goal)
        QTest.mouseRelease(rows.viewport(), Qt.MouseButton.LeftButton, pos=goal)
        await until(lambda: order() == [before[2], before[0], before[1]], "the new order")
        for job in window.queue.waiting:
            await services.jobs.cancel(job.id)
        await services.jobs.pause(False)

    live(qapp, home, scenario)


def test_values_page_and_folds_survive_a_restart(qapp: QApplication, home: Path, picture: Path) -> None:
    async def first(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        page.form.set_values({**page.form.values(), "prompt": "slow pan left", "duration": 2.0})
        page.form.changed.emit("prompt")
        window.shell.sidebar.set_narrow(True)
        window.shell.show_page("settings")

    async def second(window: MainWindow) -> None:
        assert window.shell.page_id == "settings"
        assert window.studio.services.settings.get(SIDEBAR_NARROW) is True
        page = page_of(window)
        assert page.form.values()["prompt"] == "slow pan left"
        assert page.form.values()["duration"] == 2.0
        await until(lambda: has_picture(page, picture), "the picture")
        window.shell.sidebar.set_narrow(False)

    live(qapp, home, first)
    live(qapp, home, second)


def test_quit_with_a_waiting_job_and_start_again(qapp: QApplication, home: Path, picture: Path) -> None:
    ids: list[str] = []

    async def first(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        await window.studio.services.jobs.pause(True)
        page.generate()
        await until(lambda: window.queue.waiting, "the job")
        ids.append(window.queue.waiting[0].id)
        asked: list[bool] = []
        window.quit_requested.connect(lambda: asked.append(True))
        window.ask_to_quit()
        await until(lambda: window.shell.findChild(QMessageBox), "the question before quitting")
        box = window.shell.findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        box.reject()
        assert not asked

    async def second(window: MainWindow) -> None:
        services = window.studio.services
        assert services.jobs.is_paused
        await services.jobs.pause(False)
        ended = await services.jobs.wait_for(ids)
        assert [job.state for job in ended] == [JobState.DONE]

    live(qapp, home, first)
    live(qapp, home, second)


def test_engine_lost_and_back(qapp: QApplication, tmp_path: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_picture(window, picture)
        stop_sketch(tmp_path)  # ours to start again, whatever ended it
        page.generate()
        await until(lambda: page.stage.job is not None, "the job")
        await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the result", 90)

    live(qapp, tmp_path, scenario)
    stop_sketch(tmp_path)


def test_keyboard_only_from_start_to_result(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values(SHORT)
        clipboard = QApplication.clipboard()
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(picture))])
        clipboard.setMimeData(mime)
        window.shell.activateWindow()
        editor = page.form.row("image").editor
        assert isinstance(editor, PictureEditor)
        editor.source.zone.setFocus()
        QTest.keyClick(editor.source.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: has_picture(page, picture), "the pasted picture")
        clipboard.clear()  # Qt would free our data only after the interpreter is gone
        prompt = page.form.row("prompt").editor.focusProxy()
        assert prompt is not None
        prompt.setFocus()
        for letter in "zoom? +-":
            QTest.keyClick(prompt, letter)
        assert page.form.values()["prompt"] == "zoom? +-"  # keys of the window's shortcuts type in a text box
        before = page.stage.job
        page.form.commands["generate"].trigger()
        await until(lambda: page.stage.job is not before, "the job")
        await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the result")

    live(qapp, home, scenario)


def test_reuse_settings(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        values = {"prompt": "orbit", "duration": 3.0, "fps": 24, "seed": "18446744073709551615", "image": str(picture)}
        window.studio.reuse_requested.emit(Reuse("image-to-video", values))
        page = window.tool_view
        assert page is not None
        await until(lambda: has_picture(page, picture), "the picture")
        assert page.form.values()["prompt"] == "orbit"
        assert int(page.form.values()["seed"]) == 2**64 - 1

    live(qapp, home, scenario)


def test_soon_pages_and_every_page_opens(qapp: QApplication, home: Path) -> None:
    from oelala_desktop.ui.navigation import PAGES

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        for page_id in PAGES:
            window.shell.show_page(page_id)
            await turned()
            assert window.shell.page_id == page_id
            assert window.shell.page(page_id) is not None
        for panel in ("queue", "engine", "activity"):
            window.shell.open_panel(panel)
            await turned()
            window.shell.close_topmost()

    live(qapp, home, scenario)


def test_dropping_on_the_window_itself(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        window.shell.show_page("settings")
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(picture))])
        where = QPointF(QPoint(20, 20))
        event = QDropEvent(
            where,
            Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        window.shell.dropEvent(event)
        assert window.shell.page_id == "image-to-video"
        page = window.tool_view
        assert page is not None
        await until(lambda: has_picture(page, picture), "the picture")

    live(qapp, home, scenario)
