"""No word is cut where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.gallery.toolbar import MediaToolbar
from oelala_desktop.ui.gallery.viewer_panel import ViewerPanel
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from tests.gui.reach import button, text

NAMES = ("a very long name of a harbour picture from the archive of last summer.png", "n" * 250 + ".png")


def is_blank(image: QImage, columns: range) -> bool:
    return len({image.pixel(x, y) for x in columns for y in range(image.height())}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_in_place_of_a_picture_is_whole(qtbot: QtBot, name: str) -> None:
    player = VideoPlayer(framed=False)
    qtbot.addWidget(player)
    player.resize(320, 400)
    player.show()
    player.show_words(f"{name} is damaged, or too large to be shown.")
    drawn = player.grab().toImage()
    width = drawn.width()
    assert is_blank(drawn, range(8)) and is_blank(drawn, range(width - 8, width))
    assert not is_blank(drawn, range(width))


@pytest.mark.parametrize("width", [1096, 1140, 1200, 1280, 1400])
def test_lists_keep_their_words_beside_what_is_told_of_hidden_files(qtbot: QtBot, width: int) -> None:
    bar = MediaToolbar()
    qtbot.addWidget(bar)
    bar.resize(width, 48)
    bar.show()
    bar.set_counts(128, 64, 20_316, 64)
    count = text(bar, "128 selected, 64 not shown")
    qtbot.waitUntil(lambda: count.width() >= count.sizeHint().width())
    for combo in (bar.sort, bar.model, bar.lora):
        assert combo.width() >= combo.sizeHint().width()


@pytest.mark.parametrize("width", [280, 341, 400])
def test_what_to_do_with_a_file_is_whole_in_a_narrow_panel(qtbot: QtBot, width: int) -> None:
    panel = ViewerPanel()
    qtbot.addWidget(panel)
    panel.setFixedWidth(width)
    panel.show()
    for verb in ("Reuse settings", "Use as start picture"):
        shown = button(panel, verb)
        assert shown.width() >= shown.sizeHint().width()
        assert panel.rect().contains(shown.geometry())
