"""Image to Image: a picture and more of them, a mask, and how much may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication, QMessageBox

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.slider import Slider
from tests.gui.inputs_rig import drop, made_by, named, names
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import seen

TONES = {"red.png": (200, 40, 40), "green.png": (40, 200, 40), "blue.png": (40, 40, 200)}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    for name, tone in TONES.items():
        Image.new("RGB", (96, 64), tone).save(tmp_path / name)
    return [tmp_path / name for name in TONES]


async def opened(window: MainWindow) -> ToolView:
    await ready(window)
    page = page_of(window, "image-to-image")
    await until(lambda: page.preset and "images" in page.form.fields, "a preset")
    return page


async def asked(window: MainWindow) -> QMessageBox:
    await until(lambda: window.shell.findChild(QMessageBox), "the question")
    box = window.shell.findChild(QMessageBox)
    assert box is not None
    return box


def answer(box: QMessageBox, text: str) -> None:
    next(button for button in box.buttons() if button.text() == text).click()


def test_three_pictures_dropped_at_once_are_used_together(qapp: QApplication, home: Path, pictures: list[Path]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        drop(named(page.form, "Picture", DropTarget), *pictures)
        answer(await asked(window), "Use them together")
        await until(lambda: len(names(page, "images")) == 2 and names(page, "image"), "all of them")
        assert names(page, "image") == ["red.png"] and names(page, "images") == ["green.png", "blue.png"]
        strength = named(page.form, "Strength", Slider)
        assert isinstance(strength, Slider) and strength.isVisible()  # not in a fold
        job = await made_by(page)
        assert [row.key for row in job.inputs] == ["image", "images", "images"]
        await until(lambda: seen(page.output, "Wipe"), "what it is compared with")

    live(qapp, home, scenario)


def test_more_than_there_is_room_for_are_a_job_each(qapp: QApplication, home: Path, pictures: list[Path]) -> None:
    more = pictures[0].with_name("grey.png")
    Image.new("RGB", (96, 64), (90, 90, 90)).save(more)

    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        drop(named(page.form, "Picture", DropTarget), *pictures, more)
        box = await asked(window)
        assert "Use them together" not in [button.text() for button in box.buttons()]
        answer(box, "Use the first only")
        await until(lambda: names(page, "image") == ["red.png"], "the first")
        assert names(page, "images") == []

    live(qapp, home, scenario)
