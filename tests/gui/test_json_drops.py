"""JSON files dropped on the window: a workflow becomes a preset that runs, settings fill the page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.sketch import templates
from oelala_desktop.storage.paths import shipped
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.workflow_sheet import WorkflowSheet
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import button, choose, field, press, words
from tests.unit.domain.test_hostile_workflows import MADE


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for the module, so that its tests share a Sketch."""
    folder = tmp_path_factory.mktemp("drops")
    yield folder
    stop_sketch(folder)


def drop(window: MainWindow, path: Path) -> None:
    """On the window, with the URL that a file manager sends."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), actions, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.shell.dropEvent(event)


def saved(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(content), "utf-8")
    return path


async def sheet_of(window: MainWindow) -> WorkflowSheet:
    await until(lambda: window.json_drops.sheet is not None, "the sheet")
    sheet = window.json_drops.sheet
    assert sheet is not None
    return sheet


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.studio.notices]


def test_a_workflow_becomes_a_preset_that_runs(qapp: QApplication, home: Path) -> None:
    picture = home / "a.png"
    Image.linear_gradient("L").resize((480, 320)).convert("RGB").save(picture)
    graph = json.loads((shipped("workflows") / "image-to-video" / "sketch.json").read_text("utf-8"))
    workflow = saved(home, "my_moves.json", graph)

    async def make(window: MainWindow) -> None:
        await ready(window)
        drop(window, workflow)
        sheet = await sheet_of(window)
        assert button(sheet, "Show Rate").isChecked()
        name = field(sheet, "Name of the preset")
        name.setText("Slow moves")
        QTest.keyClick(name, Qt.Key.Key_Return)
        await until(lambda: window.json_drops.sheet is None, "its end")
        page = page_of(window)
        assert "Slow moves" in said(window)[0]
        page.intake.take("image", picture)
        await until(lambda: page.form.values().get("image"), "the picture")
        page.generate()
        await until(lambda: page.stage.job is not None and page.stage.job.state.is_final, "the job")
        assert page.stage.job is not None
        assert (page.stage.job.preset, page.stage.job.state) == ("image-to-video.slow-moves", JobState.DONE)

    live(qapp, home, make)

    async def start_again(window: MainWindow) -> None:
        await ready(window)
        assert [p.short_id for p in window.studio.services.registry.presets(TOOLS["image-to-video"])][
            -1
        ] == "slow-moves"

    live(qapp, home, start_again)


def test_a_workflow_that_comes_before_the_engine_waits_for_it(qapp: QApplication, tmp_path: Path) -> None:
    """As a file given at the start does: what the editor saves is explained by the engine alone."""
    workflow = saved(tmp_path, "early.json", templates.workflow("sketch_text_to_video"))

    async def act(window: MainWindow) -> None:
        assert window.studio.services.current.engine.catalog is None
        drop(window, workflow)
        sheet = await sheet_of(window)
        assert button(sheet, "Add preset").isEnabled() and said(window) == []
        sheet.close_sheet()

    try:
        live(qapp, tmp_path / "home", act)
    finally:
        stop_sketch(tmp_path / "home")


def test_a_tool_comes_to_life_with_its_first_preset(qapp: QApplication, home: Path) -> None:
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}},
        "2": {
            "class_type": "ImageScaleBy",
            "inputs": {"image": ["1", 0], "upscale_method": "lanczos", "scale_by": 2.0},
        },
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
    }
    workflow = saved(home, "twice.json", graph)

    async def act(window: MainWindow) -> None:
        await ready(window)
        drop(window, workflow)
        sheet = await sheet_of(window)
        choose(sheet, "Tool", TOOLS["upscaler"].name)
        press(sheet, "Add preset")
        await until(lambda: window.json_drops.sheet is None, "its end")
        assert window.shell.page_id == "upscaler"
        assert window.tool_view is not None and window.tool_view.tool.id == "upscaler"

    live(qapp, home, act)


def test_settings_fill_the_page(qapp: QApplication, home: Path) -> None:
    settings = saved(home, "evening.json", {"tool": "text-to-video", "prompt": "a lake at dusk", "steps": 9})

    async def act(window: MainWindow) -> None:
        await ready(window)
        drop(window, settings)
        await until(lambda: window.shell.page_id == "text-to-video", "the page of their tool")
        assert page_of(window, "text-to-video").form.values()["prompt"] == "a lake at dusk"

    live(qapp, home, act)


def test_what_cannot_be_used_says_why(qapp: QApplication, home: Path) -> None:
    odd = {
        "nodes.json": ({"nodes": [], "links": []}, "no node that does anything"),
        "list.json": ([], "neither a workflow nor settings"),
        "idle.json": ({"1": {"class_type": "A", "inputs": {}}}, "saves nothing"),
    }

    async def act(window: MainWindow) -> None:
        await ready(window)
        for name, (content, sentence) in odd.items():
            drop(window, saved(home, name, content))
            await until(lambda: any(sentence in text and name in text for text in said(window)), sentence)  # noqa: B023
            assert window.json_drops.sheet is None

    live(qapp, home, act)


def test_what_comes_with_the_start_waits_for_the_engine_that_explains_it(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        drop(window, saved(home, "early.json", {"nodes": [], "links": []}))
        await until(lambda: any("early.json" in text for text in said(window)), "a sentence")
        assert "no node that does anything" in said(window)[-1]

    live(qapp, home, act)


def test_a_preset_that_cannot_be_saved_says_so_on_its_sheet(qapp: QApplication, home: Path) -> None:
    graph = json.loads((shipped("workflows") / "text-to-image" / "sketch.json").read_text("utf-8"))
    path = saved(home, "card.json", graph)

    async def act(window: MainWindow) -> None:
        await ready(window)
        folder = window.studio.services.paths.own_presets
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "text-to-image").write_text("in the way")
        drop(window, path)
        sheet = await sheet_of(window)
        press(sheet, "Add preset")
        await until(lambda: "cannot be saved" in words(sheet), "the sentence")
        assert sheet.isVisible()
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        await until(lambda: window.json_drops.sheet is None, "its end")

    live(qapp, home, act)


def test_one_made_to_freeze_the_window_is_looked_through_elsewhere(
    qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def spied(content: object, catalog: Catalog | None) -> Adoption:
        threads.append(threading.current_thread())
        return adopt(content, catalog)

    monkeypatch.setattr("oelala_desktop.services.presets.own.adopt", spied)

    async def act(window: MainWindow) -> None:
        await ready(window)
        for name in ("paths without number", "equal titles", "names that make one key"):
            drop(window, saved(home, "busy.json", MADE[name]()))
            sheet = await sheet_of(window)
            assert sheet.isVisible() and threads and threading.main_thread() not in threads
            threads.clear()
            press(sheet, "Cancel")
            await until(lambda: window.json_drops.sheet is None, "its end")

    live(qapp, home, act)
