"""Settings in and out of a page: files, what is remembered, and what stands in the way of Generate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.shell.shell import ROOMY
from oelala_desktop.ui.tool.view import ToolView
from tests.gui.living import has_picture, live, page_of, ready, stop_sketch, until
from tests.gui.reach import words


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("settings")
    yield folder
    stop_sketch(folder)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a prompt of its own in it."""
    return paint(tmp_path_factory.mktemp("pictures") / "a.png", "a red boat")


def paint(path: Path, prompt: str) -> Path:
    info = PngInfo()
    info.add_text("parameters", f"{prompt}\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 480x320")
    Image.linear_gradient("L").resize((480, 320)).convert("RGB").save(path, pnginfo=info)
    return path


def told(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.studio.notices]


def prompt_box(page: ToolView) -> TextEditor:
    editor = page.form.editor("prompt")
    assert isinstance(editor, TextEditor)
    return editor


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"stepz": 3, "prompt": "a lake"}, "Did you mean steps?"),
        ({"cfg": 99, "prompt": "a lake"}, "cfg: 99 is outside"),
        ({"prompt": 5}, "prompt: expected text"),
        ({"lora_configs": "x"}, "lora_configs: expected"),
        ({"preset": "skecth"}, "Did you mean sketch?"),
    ],
)
def test_wrong_settings_change_nothing(
    qapp: QApplication, home: Path, tmp_path: Path, values: dict[str, object], sentence: str
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(values))

    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({"prompt": "as it was"})
        page.settings.file("import", str(file))
        await until(lambda: any(sentence in text for text in told(window)), "the sentence")
        assert page.form.values() == {"prompt": "as it was"}

    live(qapp, home, act)


def test_all_settings_go_out_and_come_back(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.json"

    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({"prompt": "a lake", "fps": 24})
        page.settings.file("export", str(file))
        await until(file.exists, "the file")
        saved = json.loads(file.read_text("utf-8"))
        shown = {k: v for k, v in page.form.effective().items() if v is not None}
        assert saved == json.loads(json.dumps(shown)) | {"preset": "sketch"}
        TOOLS["image-to-video"].check(saved)
        page.form.set_values({})
        page.settings.file("import", str(file))
        await until(lambda: page.form.values() == {"prompt": "a lake", "fps": 24}, "the values")

    live(qapp, home, act)


def test_a_cleared_prompt_stays_cleared(qapp: QApplication, tmp_path: Path, picture: Path) -> None:
    async def clear(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.intake.take("image", picture)
        await until(lambda: page.form.values().get("prompt") == "a red boat", "the picture's prompt")
        prompt_box(page).box.clear()
        assert "prompt" not in page.form.values()

    async def look(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        await until(lambda: "image" in page.form.given.facts(), "the picture")
        assert not page.form.values().get("prompt")
        another = paint(tmp_path / "b.png", "a blue boat")
        page.intake.take("image", another)  # typed since the last fill: it changes nothing
        await until(lambda: has_picture(page, another), "the other picture")
        assert not page.form.values().get("prompt")

    live(qapp, tmp_path, clear)
    live(qapp, tmp_path, look)
    stop_sketch(tmp_path)


def test_open_cards_stay_open(qapp: QApplication, tmp_path: Path) -> None:
    async def open_some(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.open_folds(["sampling", "preset", "negative_prompt"])
        page.choose_preset("wan22-14b")
        assert page.form.opened_folds() == {"sampling", "preset", "negative_prompt"}

    async def look(window: MainWindow) -> None:
        await ready(window)
        assert page_of(window).form.opened_folds() == {"sampling", "preset", "negative_prompt"}

    live(qapp, tmp_path, open_some)
    live(qapp, tmp_path, look)
    stop_sketch(tmp_path)


def test_generate_says_what_stands_in_its_way(qapp: QApplication, home: Path, picture: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "text-to-video")
        page.form.set_values({})
        page.edited()
        assert not page.form.generate.isEnabled() and "what you want to see" in page.form.generate.toolTip()
        page.form.edit("prompt", "a lake")
        assert page.form.generate.isEnabled()
        page = page_of(window)
        page.form.set_values({"prompt": "a lake"})
        page.intake.take("image", picture)
        await until(page.form.generate.isEnabled, "a picture")
        page.form.edit("seed", 2**70)
        assert not page.form.generate.isEnabled() and "seed" in page.form.generate.toolTip()
        page.generate()
        assert "a seed is" in page.form.row("seed").problem and "sampling" in page.form.opened_folds()
        page.form.edit("seed", 5)
        assert page.form.generate.isEnabled()
        page.form.set_values({"prompt": "another"})  # without a picture: nothing of the old one stays
        assert page.form.given.facts() == {}

    live(qapp, home, act)


def test_files_that_are_no_pictures_are_named(qapp: QApplication, home: Path, picture: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window)
        page.form.set_values({})
        window.open_files([str(picture), "/nowhere/notes.txt"])
        await until(lambda: has_picture(page, picture), "the picture")
        assert "notes.txt is no picture, video or sound that can be used." in told(window)[0]
        window.open_files(["/nowhere/a.txt", "/nowhere/b.txt"])
        assert "a.txt and 1 more are no picture, video or sound" in told(window)[0]

    live(qapp, home, act)


def test_a_window_without_room_folds_its_sidebar(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        shell = window.shell
        shell.resize(QSize(ROOMY + 100, 800))
        assert not shell.sidebar.is_narrow
        shell.resize(QSize(ROOMY - 60, 800))
        assert shell.sidebar.is_narrow and not shell.is_narrow_by_choice
        shell.resize(QSize(ROOMY, 800))
        assert not shell.sidebar.is_narrow
        shell.sidebar.set_narrow(True)
        shell.resize(QSize(ROOMY - 60, 800))
        shell.resize(QSize(ROOMY + 60, 800))
        assert shell.sidebar.is_narrow and shell.is_narrow_by_choice
        shell.sidebar.set_narrow(False)
        await ready(window)

    live(qapp, home, act)


def test_a_size_beyond_all_that_came_through_is_told_of(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        await until(lambda: window.studio.services.current.engine.state.kind == "comfyui", "the server in force")
        services, page = window.studio.services, page_of(window, "text-to-video")
        page.choose_preset("wan22-14b")
        engine = services.current.engine
        await services.store.remember_size(place_key(engine.ref), "text-to-video.wan22-14b", (848, 480, 81))
        page.form.edit("resolution", "1080p")
        await until(lambda: "may run out of memory" in words(page.form), "the warning")
        assert "1920 × 1072 with 81 frames" in words(page.form)
        page.form.edit("resolution", "480p")
        await until(lambda: "may run out of memory" not in words(page.form), "its end")

    live(qapp, tmp_path, act, engine="http://127.0.0.1:9")
