"""Reframe: the new frame round what is given, on the page and in the result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.crop_stage import CropStage
from oelala_desktop.ui.widgets.drop_target import DropTarget
from tests.gui.inputs_rig import drop, made_by, named, names
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import make_files, write_presets
from tests.gui.reach import choose, words

PLACE = "Picture or video"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    write_presets(tmp_path / "home")
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


async def given(window: MainWindow, key: str, path: Path) -> ToolView:
    await ready(window)
    page = page_of(window, "reframe")
    await until(lambda: page.preset, "a preset")
    drop(named(page.form, PLACE, DropTarget), path)
    await until(lambda: names(page, key) == [path.name], "what is given")
    return page


def said(page: ToolView) -> str:
    return words(page.form).replace("\u00a0", " ")


def test_a_picture_is_put_into_its_new_frame(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    picture, _ = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        page = await given(window, "image", picture)
        aspects = next(box for box in page.form.findChildren(ComboBox) if box.accessibleName() == "Aspect")
        assert "auto" not in [aspects.itemData(at) for at in range(aspects.count())]
        assert "228 × 128" in said(page) and "66 px left and 66 px right are new" in said(page)
        stage = named(page.form, PLACE, CropStage)
        for _ in range(10):
            QTest.keyClick(stage, Qt.Key.Key_Left)
        assert page.form.values()["place"] == {"x": 0.0, "y": 0.5}
        assert "132 px right are new" in said(page)
        job = await made_by(page)
        assert (job.width, job.height) == (228, 128)
        with Image.open(job.outputs[0].path) as made:
            assert made.size == (228, 128)
            blue, grey = made.convert("RGB").getpixel((48, 64)), made.convert("RGB").getpixel((180, 64))
        assert blue == (40, 120, 200) != grey  # the picture at the left, what is new at the right
        choose(page.form, "Aspect", "3:4")
        assert not page.form.generate.isEnabled()
        assert "has that shape already" in page.form.generate.toolTip()

    live(qapp, home, scenario)


def test_a_video_is_shown_by_its_first_frame(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    _, video = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        page = await given(window, "video", video)
        stage = "New frame of the picture or video"
        await until(lambda: page.form.findChildren(CropStage), "its first frame")
        assert "114 × 64" in said(page)
        shown = named(page.form, stage, CropStage)
        assert isinstance(shown, CropStage) and shown.has_picture
        for _ in range(10):
            QTest.keyClick(shown, Qt.Key.Key_Right)
        assert page.form.values()["place"] == {"x": 1.0, "y": 0.5}
        job = await made_by(page)
        with av.open(job.outputs[0].path) as source:
            stream = source.streams.video[0]
            assert (stream.width, stream.height) == (114, 64)

    live(qapp, home, scenario)
