"""A result looked at beside what was given for it: by a wipe, beside each other, heard in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.comparing import first_view, views_of
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.compare_pane import ComparePane, Wipe
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from tests.gui.inputs_rig import drop, made_by, named, names
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import make_files, write_presets
from tests.gui.reach import find, seen

LEFT = Qt.MouseButton.LeftButton


def test_over_each_other_only_where_they_are_of_one_shape() -> None:
    assert views_of(QSizeF(1280, 720), QSizeF(640, 360)) == ("result", "wipe", "beside")
    assert views_of(QSizeF(1280, 720), QSizeF(100, 100)) == ("result", "beside")
    assert views_of(QSizeF(0, 0), QSizeF(100, 100)) == ()
    assert [first_view("upscaler", ("result", "wipe")), first_view("reframe", ("result", "wipe"))] == ["wipe", "result"]


def plain(colour: int) -> QImage:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


@pytest.fixture
def pane(qtbot: QtBot) -> ComparePane:
    """Four hundred by two hundred pixels: the given one red, the result blue."""
    player = VideoPlayer(framed=False)
    made = ComparePane(player)
    qtbot.addWidget(made)
    made.resize(400, 200)
    player.show_still(plain(0x2020D0))
    made.ready().show_still(plain(0xD02020), QSize(200, 100))
    made.set_view("wipe", QSizeF(200, 100))
    made.show()
    return made


def tones(pane: ComparePane, *places: int) -> str:
    shot = pane.grab().toImage()
    return "".join("g" if shot.pixelColor(x, 60).red() > 128 else "r" for x in places)


def test_the_wipe_is_dragged_and_moved_by_keys(pane: ComparePane) -> None:
    assert tones(pane, 100, 170, 230, 300) == "ggrr"
    wipe = named(pane, "Wipe between given and result", Wipe)
    assert isinstance(wipe, Wipe)
    QTest.mousePress(wipe, LEFT, pos=wipe.rect().center())
    QTest.mouseMove(wipe, wipe.rect().center() + QPoint(-120, 0))
    QTest.mouseRelease(wipe, LEFT, pos=wipe.rect().center())
    assert wipe.value() == 20
    assert tones(pane, 50, 170, 230, 300) == "grrr"
    for _ in range(30):
        QTest.keyClick(wipe, Qt.Key.Key_PageUp)
    assert wipe.value() == 100 and tones(pane, 50, 170, 230, 300) == "gggg"


def test_beside_each_other_and_the_result_alone(pane: ComparePane) -> None:
    pane.set_view("beside")
    assert tones(pane, 100, 300) == "gr" and not pane.wipe.isVisible()
    pane.set_view("result")
    assert tones(pane, 100, 300) == "rr" and pane.given is not None and not pane.given.isVisible()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    write_presets(tmp_path / "home")
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


async def given(window: MainWindow, tool: str, name: str, key: str, path: Path) -> ToolView:
    await ready(window)
    page = page_of(window, tool)
    await until(lambda: page.preset, "a preset")
    drop(named(page.form, name, DropTarget), path)
    await until(lambda: names(page, key) == [path.name], "what is given")
    return page


def test_a_video_is_compared_with_the_part_that_was_given(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    _, video = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        page = await given(window, "video-to-video", "Video", "video", video)
        page.choose_preset("lightly")
        page.form.edit("video_start", 0.5)
        await made_by(page)
        await until(lambda: seen(page.output, "Wipe"), "the views")
        assert find(page.output, "Wipe").isChecked()
        pane = page.output.pane
        assert pane is not None and pane.given is not None
        job = page.stage.job
        assert job is not None and pane.given.begin == job.inputs[0].start
        await until(lambda: pane.given and pane.given.frames > 2 and pane.result.frames > 2, "frames of both")
        await until(lambda: seen(page.output, "Given"), "whose sound")
        QTest.mouseClick(find(page.output, "Given"), LEFT)
        heard = [player.voice.gain > 0 for player in (pane.given, pane.result) if player.voice]
        assert heard == [True, False]
        QTest.mouseClick(find(page.output, "Beside"), LEFT)
        assert pane.view == "beside" and page.output.view == "beside"
        await made_by(page)
        await until(lambda: seen(page.output, "Beside"), "the views of the next")
        assert find(page.output, "Beside").isChecked()  # as somebody chose it

    live(qapp, home, scenario)


def test_a_picture_of_another_shape_stands_beside(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    picture, _ = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        page = await given(window, "reframe", "Picture or video", "image", picture)
        await made_by(page)
        await until(lambda: seen(page.output, "Beside"), "the views")
        assert find(page.output, "Result").isChecked() and not seen(page.output, "Wipe")

    live(qapp, home, scenario)
