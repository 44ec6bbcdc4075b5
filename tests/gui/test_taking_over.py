"""What comes to a page from elsewhere: files dropped on its texts, settings of a file, settings of another engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.form.input_editors import PictureEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import Reuse
from oelala_desktop.ui.tool.view import ToolView
from tests.gui.living import has_picture, live, page_of, ready, stop_sketch, until
from tests.gui.reach import field, press

BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("taking")
    yield folder
    stop_sketch(folder)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a boat.png"
    Image.linear_gradient("L").resize((480, 320)).convert("RGB").save(path)
    return path


def of_file(path: Path) -> QMimeData:
    """As file managers give it: with the path as a text beside it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setText(str(path))
    return mime


def drop(widget: QWidget, mime: QMimeData) -> None:
    """Through the application, which passes on what the widget leaves."""
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), BOTH, mime, LEFT, NONE))
    event = QDropEvent(QPointF(5, 5), BOTH, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    assert event.dropAction() == Qt.DropAction.CopyAction


def prompt(page: ToolView) -> TextEditor:
    editor = page.form.editor("prompt")
    assert isinstance(editor, TextEditor)
    return editor


def source(page: ToolView) -> Any:
    editor = page.form.editor("image")
    assert isinstance(editor, PictureEditor)
    return editor.source


def told(window: MainWindow) -> str:
    return " ".join(notice.text for notice in window.studio.notices)


@pytest.mark.parametrize("tool", ["image-to-video", "text-to-video"])
def test_a_picture_dropped_or_pasted_on_the_prompt_is_the_picture(
    qapp: QApplication, home: Path, picture: Path, tool: str
) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        for way in ("drop", "paste"):
            page_of(window).form.set_values({})
            page = page_of(window, tool)
            page.form.set_values({"prompt": "as typed"})
            if way == "drop":
                drop(prompt(page).box.viewport(), of_file(picture))
            else:
                QGuiApplication.clipboard().setMimeData(of_file(picture))
                prompt(page).box.paste()
            start = page_of(window)
            await until(lambda start=start: has_picture(start, picture), f"the picture by {way}")
            assert prompt(page).box.text() == "as typed"
        QGuiApplication.clipboard().clear()

    live(qapp, home, act)


def test_texts_and_pixels_go_where_they_belong(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({})
        words, pixels = QMimeData(), QMimeData()
        words.setText("a lake")
        drop(prompt(page).box.viewport(), words)
        assert prompt(page).box.text() == "a lake"
        image = QImage(300, 200, QImage.Format.Format_RGB32)
        image.fill(0x336699)
        pixels.setImageData(image)
        QGuiApplication.clipboard().setMimeData(pixels)
        prompt(page).box.paste()
        await until(lambda: has_picture(page, Path("pasted.png")), "the pixels as picture")
        assert prompt(page).box.text() == "a lake"
        QGuiApplication.clipboard().clear()

    live(qapp, home, act)


def test_a_file_is_not_typed_into_a_line(qapp: QApplication, home: Path, picture: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({})
        press(page.form, "URL")
        line = field(page.form, "Picture address")
        line.setText("https://")
        drop(line, of_file(picture))
        await until(lambda: has_picture(page, picture), "the picture")
        assert line.text() == "https://"

    live(qapp, home, act)


def test_the_cross_takes_the_picture_away(qapp: QApplication, home: Path, picture: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.intake.take("image", picture)
        await until(lambda: source(page).zone.has_picture, "the picture")
        press(page.form, "Remove picture")
        assert not page.form.values().get("image") and not source(page).zone.has_picture
        assert not source(page).facts
        page.choose_preset("sketch")  # the form is built anew
        assert not source(page).zone.has_picture

    live(qapp, home, act)


def test_a_settings_file_leaves_the_picture_and_its_frames_are_taken(
    qapp: QApplication, home: Path, tmp_path: Path, picture: Path
) -> None:
    def saved(**values: object) -> str:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(values))
        return str(path)

    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({})
        page.intake.take("image", picture)
        await until(lambda: page.form.values().get("image"), "the picture")
        page.settings.file("import", saved(prompt="a lake", num_frames=33, fps=8))
        await until(lambda: page.form.values().get("prompt") == "a lake", "the settings")
        assert has_picture(page, picture) and source(page).zone.has_picture
        assert page.form.values()["duration"] == 4.0 and page.form.frame_size()[2] == 33
        for wrong, why in (
            ({"num_frames": 34}, "is not 4k + 1; the nearest are 33 and 37"),
            ({"num_frames": 33, "duration": 5}, "contradicts duration"),
            ({"num_frames": 5, "fps": 16}, "are 0.25 s; between 1 and 15 s can be set here"),
        ):
            page.settings.file("import", saved(prompt="other", **wrong))
            await until(lambda why=why: why in told(window), why)
            assert page.form.values()["prompt"] == "a lake"
        page.settings.file("import", saved(prompt="relative", image="boat.png"))
        await until(lambda: "its whole path is needed" in told(window), "the sentence")

    live(qapp, home, act)


def test_what_another_engine_made_is_told_of_where_it_cannot_be_kept(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        made = {"preset": "wan22-14b", "prompt": "dunes", "steps": 20, "cfg": 3.5, "unet_high_noise": "high.gguf"}
        window.studio.reuse_requested.emit(Reuse("image-to-video", made, size=(640, 352)))
        assert page.preset is not None and page.preset.short_id == "sketch"
        assert page.form.values()["prompt"] == "dunes"
        note = told(window)
        assert "Wan 2.2 14B, which made it, cannot run on Sketch" in note
        assert "Sketch has no setting for Steps, CFG and High noise model; they were not taken." in note
        assert "It was 640 × 352; the nearest here is 848 × 480." in note
        window.studio.reuse_requested.emit(Reuse("image-to-video", {"preset": "of-a-friend", "prompt": "reeds"}))
        assert "The preset of-a-friend, which made it, is not among yours." in told(window)

    live(qapp, home, act)


def test_the_preset_that_made_it_is_chosen_if_it_can_run(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page = page_of(window)  # nobody answers: nothing is known to be missing
        page.choose_preset("sketch")
        window.studio.reuse_requested.emit(Reuse("image-to-video", {"preset": "wan22-14b", "steps": 20}))
        assert page.preset is not None and page.preset.short_id == "wan22-14b"
        assert page.form.effective()["steps"] == 20 and not told(window)

    live(qapp, tmp_path, act, engine="http://127.0.0.1:9")
