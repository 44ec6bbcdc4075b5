"""A tool that the engine in force has nothing for: its page says why, and what to do, where others have their form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.ui.engine.panel import EnginePanel
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.presets.choosing import all_lacking
from oelala_desktop.ui.tool.page import ToolPage
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import has_button, press, seen, tabbed, words
from tests.unit.domain.samples import WORKFLOWS


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


@pytest.mark.parametrize(("tool", "name"), [("face-swap", "Face Swap"), ("train-lora", "Train LoRA")])
def test_it_says_why_and_what_to_do(qapp: QApplication, home: Path, tool: str, name: str) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, tool)
        await until(lambda: seen(page.page, f"{name} needs an AI model"), "why")
        said = words(page.page)
        assert "Sketch, the built-in engine, has none" in said and "Connect ComfyUI first" in said
        for preset in window.studio.services.registry.presets(page.tool):
            assert preset.name in said
        assert not page.form.isVisible() and not has_button(page.page, "Generate")
        assert tabbed(page.page, "Connect ComfyUI", "History") == ["Connect ComfyUI", "History"]
        press(page.page, "Connect ComfyUI")
        panel = window.shell.findChild(EnginePanel)
        assert panel is not None and panel.isVisible()

    live(qapp, home, scenario)


def test_the_form_comes_when_something_can_run(qtbot: QtBot) -> None:
    page = ToolPage(TOOLS["face-swap"])
    qtbot.addWidget(page)
    page.show()
    page.show_needs([PresetChoice("a", "A preset", missing=("nodes",))])
    assert seen(page, "Face Swap needs an AI model") and not page.form.isVisible()
    page.show_needs(None)
    assert page.form.isVisible() and not seen(page, "Face Swap needs an AI model")


def test_it_is_said_only_where_nothing_of_the_tool_runs() -> None:
    registry = ToolRegistry(WORKFLOWS)
    registry.load()
    nothing, still = Catalog({}), TOOLS["text-to-image"]
    lacking = all_lacking(registry, TOOLS["face-swap"], nothing)
    assert lacking is not None and len(lacking) == len(registry.presets(TOOLS["face-swap"]))
    assert all_lacking(registry, TOOLS["face-swap"], None) is None
    sketch = next(preset for preset in registry.presets(still) if preset.sketch)
    classes = {node["class_type"] for node in sketch.template.values()}
    assert all_lacking(registry, still, Catalog({name: NodeClass(name, {}) for name in classes})) is None
