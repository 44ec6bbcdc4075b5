"""What popup and viewer tell of a file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui.gallery.media_facts import caption
from oelala_desktop.ui.gallery.viewer_panel import ViewerPanel
from oelala_desktop.ui.widgets.facts_pane import UNKNOWN, ShownFacts, fact_rows
from oelala_desktop.ui.widgets.prompt_popup import PromptPopup
from oelala_desktop.ui.wording import NBSP
from tests.gui.reach import button


@pytest.mark.parametrize("kind", [PromptPopup, ViewerPanel])
def test_nothing_to_reuse(qtbot: QtBot, kind: type[PromptPopup] | type[ViewerPanel]) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    widget.set_facts(ShownFacts("1", "a.mp4", "Video"))
    reuse = button(widget, "Reuse settings")
    assert not reuse.isEnabled() and reuse.accessibleDescription() == UNKNOWN
    widget.set_facts(ShownFacts("2", "b.mp4", "Video", GenerationInfo(source="oelala", seed=0)))
    assert reuse.isEnabled() and not reuse.accessibleDescription()


def _rows(info: GenerationInfo, took: float | None = None) -> dict[str, str]:
    return {label: value.replace(NBSP, " ") for label, value in fact_rows(ShownFacts("1", "a.mp4", "", info, took))}


def test_one_file_has_one_length() -> None:
    info = GenerationInfo(source="oelala", num_frames=81, fps=16.0, duration=5.0)
    assert _rows(info)["Size"] == "81 frames · 16 fps · 5.1 s"
    assert _rows(GenerationInfo(source="oelala", duration=5.0))["Size"] == "5 s"
    item = MediaItem(1, "/a.mp4", "/", "a.mp4", "video", "mp4", 4_200_000, 0, 0, 720, 480, 81, 16.0, 5.0)
    assert "5.1" in caption(item)
    assert "5 s" in caption(replace(item, fps=None)).replace(NBSP, " ")


def test_time_taken_stands_apart_from_the_engine() -> None:
    assert _rows(GenerationInfo(engine="Sketch – no AI model"), 1.0)["Made by"] == "Sketch – no AI model · took 1 s"


def test_the_first_prompt_is_not_said_twice() -> None:
    assert "First prompt" not in _rows(GenerationInfo(prompt="a lake", original_t2i_prompt="a lake"))
    assert _rows(GenerationInfo(prompt="mist", original_t2i_prompt="a lake"))["First prompt"] == "a lake"
