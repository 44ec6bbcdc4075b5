"""What popup and viewer tell of a file."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.ui.gallery.viewer_panel import ViewerPanel
from oelala_desktop.ui.widgets.facts_pane import UNKNOWN, MediaFacts
from oelala_desktop.ui.widgets.prompt_popup import PromptPopup


@pytest.mark.parametrize("kind", [PromptPopup, ViewerPanel])
def test_nothing_to_reuse(qtbot: QtBot, kind: type[PromptPopup] | type[ViewerPanel]) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    widget.set_facts(MediaFacts("1", "a.mp4", "Video"))
    assert not widget._reuse.isEnabled() and UNKNOWN in widget._reuse.toolTip()
    widget.set_facts(MediaFacts("2", "b.mp4", "Video", GenerationInfo(source="oelala", seed=0)))
    assert widget._reuse.isEnabled()
