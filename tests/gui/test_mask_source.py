"""The field of a mask: what it shows, and what can be wished of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.mask_source import MaskSource
from tests.gui.inputs_shown import ellipse
from tests.gui.reach import button
from tests.gui.scenery import mountains
from tests.gui.test_pictures import drop, of_files

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def source(qtbot: QtBot) -> MaskSource:
    made = MaskSource()
    qtbot.addWidget(made)
    made.resize(376, 200)
    made.show()
    return made


def able(source: MaskSource) -> dict[str, bool]:
    names = ("Paint", "From a file", "From the picture's transparency", "Invert")
    return {name: button(source, name).isEnabled() for name in names}


def test_what_can_be_done_follows_from_what_is_there(source: MaskSource) -> None:
    assert able(source) == {
        "Paint": False, "From a file": True, "From the picture's transparency": False, "Invert": False,
    }  # fmt: skip
    assert "Choose a picture first" in button(source, "Paint").toolTip()
    source.set_picture(mountains(300, 200))
    source.set_transparent(True)
    source.set_mask(ellipse(300, 200), "painted")
    assert all(able(source).values())
    source.set_mask(None)
    assert not able(source)["Invert"]


def test_wishes(qtbot: QtBot, source: MaskSource) -> None:
    source.set_picture(mountains(300, 200))
    source.set_transparent(True)
    source.set_mask(ellipse(300, 200))
    wishes = {
        "Paint": source.paint_wished,
        "From the picture's transparency": source.transparency_wished,
        "Invert": source.invert_wished,
        "Remove mask": source.removed,
    }
    for name, signal in wishes.items():
        with qtbot.waitSignal(signal):
            QTest.keyClick(button(source, name), Qt.Key.Key_Return)


def test_files_come_in(qtbot: QtBot, source: MaskSource) -> None:
    with qtbot.waitSignal(source.files_dropped) as heard:
        drop(source.preview, of_files("/a/mask.png"))
    assert heard.args == [[Path("/a/mask.png")]]
    drop(source.preview, of_files("/a/mask.mp4"))
    assert source.error.startswith("mask.mp4 is not a picture.")
    source.set_mask(ellipse(300, 200))
    assert source.error == ""
    QGuiApplication.clipboard().setImage(mountains(64, 64))
    with qtbot.waitSignal(source.image_pasted):
        QTest.keyClick(button(source, "Remove mask"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_the_mask_is_tinted_over_the_picture(source: MaskSource) -> None:
    white = QImage(3000, 2000, QImage.Format.Format_RGB32)
    white.fill(QColor(theme.tokens().on_stage))
    whole = QImage(QSize(3000, 2000), QImage.Format.Format_Grayscale8)
    whole.fill(255)
    source.set_picture(white)
    source.set_mask(whole)
    accent = QColor(theme.tokens().accent)
    shown = source.preview.grab().toImage().pixelColor(source.preview.rect().center())
    assert shown.red() == pytest.approx(255 + (accent.red() - 255) * 0.45, abs=2)
    source.set_picture(None)
    assert source.preview.grab().toImage().pixelColor(source.preview.rect().center()).red() == 255
