"""What to do with a video: a card for each preset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.presets.intents import IntentButton, IntentCards
from tests.gui.inputs_rig import named
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import write_presets
from tests.gui.reach import tabbed, words

EDIT, MOVE, LIGHT = "Change by words", "Dance along", "Same again"
CHOICES = (
    PresetChoice("edit", EDIT, "Say what should change.", runs=True),
    PresetChoice(
        "move", MOVE, "A picture moves.", ("model.gguf (models)",), ("get it",), "needs files", False, "needs a picture"
    ),
    PresetChoice("light", LIGHT, "Cleaner."),
)


@pytest.fixture
def cards(qtbot: QtBot) -> IntentCards:
    made = IntentCards()
    qtbot.addWidget(made)
    made.set_presets(CHOICES, "edit")
    made.show()
    return made


def test_each_says_what_it_does_and_whether_it_runs(cards: IntentCards) -> None:
    said = {name: named(cards, name).accessibleDescription() for name in (EDIT, MOVE, LIGHT)}
    assert said == {
        EDIT: "Say what should change. Runs here",
        MOVE: "A picture moves. Needs files. Needs a picture",
        LIGHT: "Cleaner",
    }


def test_keys_and_a_press_choose_and_what_is_lacking_is_said(qtbot: QtBot, cards: IntentCards) -> None:
    edit, move = named(cards, EDIT), named(cards, MOVE)
    assert "lacks" not in words(cards)
    with qtbot.waitSignal(cards.chosen) as chosen:
        QTest.keyClick(edit, Qt.Key.Key_Right)
    assert chosen.args == ["move"] and cards.value == "move"
    assert "model.gguf (models)" in words(cards)
    stops = [b for b in (edit, move) if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [move]
    with qtbot.waitSignal(cards.chosen) as chosen:
        QTest.mouseClick(named(cards, LIGHT), Qt.MouseButton.LeftButton)
    assert chosen.args == ["light"]


def test_cards_keep_their_places_while_they_are_the_same(qtbot: QtBot, cards: IntentCards) -> None:
    def places() -> list[QWidget]:
        return sorted((named(cards, name) for name in (EDIT, MOVE, LIGHT)), key=lambda w: (w.y(), w.x()))

    before = places()
    cards.set_presets(CHOICES[::-1], "light")
    assert places() == before and cards.value == "light"
    cards.set_presets(CHOICES[:1], "edit")
    qtbot.waitUntil(lambda: [b.preset for b in cards.findChildren(IntentButton) if b.isVisible()] == ["edit"])
    assert cards.value == "edit"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    write_presets(tmp_path)
    yield tmp_path
    stop_sketch(tmp_path)


def test_the_page_shows_them_in_the_place_of_the_preset_row(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "video-to-video")
        await until(lambda: "Runs here" in named(page.form, EDIT).accessibleDescription(), "what runs")
        assert "Needs ComfyUI. Needs a character" in named(page.form, MOVE).accessibleDescription()
        assert "prompt" in page.form.fields
        assert tabbed(page.form, "Video", EDIT, "Prompt") == ["Video", EDIT, "Prompt"]
        QTest.mouseClick(named(page.form, LIGHT), Qt.MouseButton.LeftButton)
        await until(lambda: page.preset and page.preset.name == LIGHT, "the other preset")
        assert "prompt" not in page.form.fields and page.chosen == "lightly"
        assert named(page.form, LIGHT).isChecked()  # type: ignore[attr-defined]
        QTest.mouseClick(named(page.form, MOVE), Qt.MouseButton.LeftButton)
        await until(lambda: "MoveAsInVideo" in words(page.form), "what is lacking")

    live(qapp, home, scenario)
