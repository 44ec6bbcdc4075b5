"""Upscaler: how much larger and smoother, what that comes to, and how long it takes here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.tool import TOOLS, VOCABULARY
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.queue.advice import Expected
from oelala_desktop.ui.form.fields import TimesEditor, editor_for
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.sizing import expected_words, sizing_of
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.segmented import SegmentButton
from tests.gui.inputs_rig import drop, made_by, named, names, press
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import make_files
from tests.gui.reach import words
from tests.unit.domain.samples import WORKFLOWS

FACTOR, SMOOTH = VOCABULARY["factor"], VOCABULARY["smooth"]


def steps(editor: TimesEditor) -> list[str]:
    buttons = editor.segmented.findChildren(SegmentButton)
    return [button.text() for button in sorted(buttons, key=lambda b: (b.y(), b.x()))]


def chosen(editor: TimesEditor) -> str:
    return editor.segmented.button(editor.segmented.value()).text()


def made(qtbot: QtBot, **changes: object) -> TimesEditor:
    editor = editor_for(replace(FACTOR, **changes))  # type: ignore[arg-type]
    qtbot.addWidget(editor)
    editor.show()
    assert isinstance(editor, TimesEditor)
    return editor


def test_a_factor_has_the_steps_that_its_preset_allows(qtbot: QtBot) -> None:
    editor = made(qtbot, maximum=3)
    editor.set_value(2.0)
    assert steps(editor) == ["2×", "3×"] and chosen(editor) == "2×"
    with qtbot.waitSignal(editor.edited) as edited:
        QTest.mouseClick(named(editor, "3×"), Qt.MouseButton.LeftButton)
    assert edited.args == [3.0]


def test_another_number_that_was_set_stands_beside_them(qtbot: QtBot) -> None:
    editor = made(qtbot)
    editor.set_value(2.5)
    qtbot.waitUntil(lambda: steps(editor) == ["2×", "2.5×", "3×", "4×"])
    assert chosen(editor) == "2.5×"


def test_motion_is_as_it_is_until_it_is_made_smoother(qtbot: QtBot) -> None:
    editor = editor_for(SMOOTH)
    qtbot.addWidget(editor)
    editor.show()
    assert isinstance(editor, TimesEditor)
    editor.set_value(1)
    assert chosen(editor) == "Off"
    assert {"2×", "16×"} <= set(steps(editor))
    with qtbot.waitSignal(editor.edited) as edited:
        QTest.mouseClick(named(editor, "4×"), Qt.MouseButton.LeftButton)
    assert edited.args == [4]


def test_what_it_comes_to_is_told_beside_the_steps() -> None:
    registry = ToolRegistry(WORKFLOWS)
    registry.load()
    rule = sizing_of(registry.find("sketch-video", TOOLS["upscaler"]))
    given = {"video": (Given("v.mp4", "video", 1920, 1080, 298, 24.0, 12.4, True),)}
    notes = {key: text.replace("\u00a0", " ") for key, text in rule({"factor": 2.0, "smooth": 2}, given).notes.items()}
    assert notes == {"factor": "1920 × 1080 → 3840 × 2160", "smooth": "24 → 48 fps"}
    assert rule({"factor": 2.0, "smooth": 1}, {}).notes == {}


def test_what_past_jobs_let_expect() -> None:
    said = [expected_words(Expected(*of)).replace("\u00a0", " ") for of in ((None, False), (130.0, True), (0.2, False))]
    assert said == [
        "How long it takes is known after the first.",
        "About 2 min 10 s here; as large has run here before.",
        "About 1 s here.",
    ]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


def test_the_page_tells_how_long_the_next_takes(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    picture, _ = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "upscaler")
        await until(lambda: page.preset, "a preset")
        drop(named(page.form, "Picture or video", DropTarget), picture)
        await until(lambda: names(page, "image") == [picture.name], "the picture")
        press(page, "3×")
        await until(lambda: "96 × 128 → 288 × 384" in words(page.form).replace("\u00a0", " "), "what it comes to")
        await until(lambda: "is known after the first" in words(page.form), "what is not known yet")
        job = await made_by(page)
        assert (job.width, job.height) == (288, 384)
        await until(lambda: "About" in words(page.form), "how long the next takes")

    live(qapp, home, scenario)
