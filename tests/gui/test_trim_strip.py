"""The part of a video or a sound, chosen with the mouse and with keys."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.strip_picture import GRIP
from oelala_desktop.ui.widgets.trim_part import Part
from oelala_desktop.ui.widgets.trim_strip import TrimStrip
from tests.gui.inputs_shown import frames, peaks

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
about = partial(pytest.approx, abs=1e-6)
TRACK = 480  # pixels over ten seconds


@pytest.fixture
def strip(qtbot: QtBot) -> TrimStrip:
    made = TrimStrip()
    qtbot.addWidget(made)
    made.set_video(10.0, 24, 240)
    made.set_frames(frames(6))
    made.set_peaks(peaks(100))
    made.resize(TRACK + 2 * GRIP, made.sizeHint().height())
    made.show()
    made.activateWindow()
    return made


def at(second: float, y: int = 30) -> QPoint:
    return QPoint(GRIP + round(second / 10 * TRACK), y)


def handle(strip: TrimStrip, name: str) -> QSlider:
    return next(child for child in strip.findChildren(QSlider) if child.accessibleName() == name)


def drag(strip: QWidget, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(strip, LEFT, NONE, start)
    middle = (start + end) / 2
    for place in (start + QPoint(1, 0), middle, end):
        QTest.mouseMove(strip, place)
    QTest.mouseRelease(strip, LEFT, NONE, end)


def heard(strip: TrimStrip) -> list[object]:
    told: list[object] = []
    strip.range_changed.connect(lambda start, length: told.append((start, length)))
    strip.settled.connect(lambda: told.append("settled"))
    return told


def test_all_of_it_at_first_and_a_given_part_without_a_signal(strip: TrimStrip) -> None:
    told = heard(strip)
    assert strip.range() == (0.0, None)
    strip.set_range(2.0, 5.0)
    assert strip.range() == (2.0, 5.0)
    strip.set_range(2.02, None)
    assert strip.range() == (2.0, None)
    strip.set_range(99.0, 99.0)
    assert strip.range() == (about(10 - 1 / 24), None)
    assert told == []


def test_both_ends_are_dragged_and_settle_at_release(strip: TrimStrip) -> None:
    told = heard(strip)
    drag(strip, at(0) - QPoint(GRIP // 2, 0), at(2) - QPoint(GRIP // 2, 0))
    assert strip.range() == (2.0, None)
    drag(strip, at(10) + QPoint(GRIP // 2, 0), at(7) + QPoint(GRIP // 2, 0))
    assert strip.range() == (2.0, 5.0)
    assert told[-1] == "settled" and told.count("settled") == 2
    assert told[-2] == (2.0, 5.0) and len(told) > 4, "told while dragged too"


def test_an_end_stops_one_frame_before_the_other(strip: TrimStrip) -> None:
    strip.set_range(3.0, 2.0)
    drag(strip, at(3) - QPoint(GRIP // 2, 0), at(9))
    start, length = strip.range()
    assert length == about(1 / 24) and start == about(5 - 1 / 24)


def test_the_middle_moves_the_part_within_its_bounds(strip: TrimStrip) -> None:
    strip.set_range(2.0, 4.0)
    drag(strip, at(4), at(5))
    assert strip.range() == (3.0, 4.0)
    drag(strip, at(5), at(10))
    assert strip.range() == (6.0, None)
    drag(strip, at(8), at(0))
    assert strip.range() == (0.0, 4.0)


def test_a_click_seeks_and_changes_no_part(qtbot: QtBot, strip: TrimStrip) -> None:
    strip.set_range(2.0, 4.0)
    told = heard(strip)
    with qtbot.waitSignal(strip.sought) as sought:
        QTest.mouseClick(strip, LEFT, NONE, at(5))
    assert sought.args == [5.0] and told == []
    shown = strip.grab().toImage()
    assert shown.pixelColor(at(5)) == QColor(theme.tokens().accent)
    strip.set_position(None)
    assert strip.grab().toImage().pixelColor(at(5)) != QColor(theme.tokens().accent)


def test_keys_step_by_frames_and_seconds(strip: TrimStrip) -> None:
    told = heard(strip)
    start, end = handle(strip, "Start of the part"), handle(strip, "End of the part")
    QTest.keyClick(start, Qt.Key.Key_Right)
    assert strip.range() == (about(1 / 24), None) and told[-1] == "settled"
    QTest.keyClick(start, Qt.Key.Key_Right, SHIFT)
    assert strip.range()[0] == about(25 / 24)
    QTest.keyClick(end, Qt.Key.Key_Left, SHIFT)
    assert strip.range()[1] == about(9 - 25 / 24)
    QTest.keyClick(end, Qt.Key.Key_Home)
    assert strip.range()[1] == about(1 / 24)
    QTest.keyClick(end, Qt.Key.Key_End)
    QTest.keyClick(start, Qt.Key.Key_Home)
    assert strip.range() == (0.0, None)
    before = len(told)
    QTest.keyClick(start, Qt.Key.Key_Left)
    assert len(told) == before, "nothing to tell at the edge"


def test_tab_goes_from_one_end_to_the_other(qtbot: QtBot, strip: TrimStrip) -> None:
    start, end = handle(strip, "Start of the part"), handle(strip, "End of the part")
    qtbot.waitUntil(lambda: QApplication.activeWindow() is strip)
    start.setFocus(Qt.FocusReason.TabFocusReason)
    plain = strip.grab().toImage()
    QTest.keyClick(start, Qt.Key.Key_Tab)
    assert end.hasFocus() and strip.grab().toImage() != plain


def test_ends_and_part_are_read_out_in_seconds(strip: TrimStrip) -> None:
    strip.set_range(2.0, 5.0)
    read = [handle(strip, name).accessibleDescription() for name in ("Start of the part", "End of the part")]
    assert [words.replace("\u00a0", " ") for words in read] == ["2.0 s", "7.0 s"]
    assert strip.accessibleDescription() == "5.0 s of 10.0 s · 120 of 240 frames"


def test_what_is_outside_the_part_is_dim(strip: TrimStrip) -> None:
    white = QImage(64, 36, QImage.Format.Format_RGB32)
    white.fill(QColor(theme.tokens().on_stage))
    strip.set_frames([white] * 6)
    strip.set_range(4.0, 2.0)
    shown = strip.grab().toImage()
    assert shown.pixelColor(at(5)).lightness() > 250
    assert shown.pixelColor(at(2)).lightness() < 120 and shown.pixelColor(at(8)).lightness() < 120


def test_a_sound_has_tenths_and_no_frames(strip: TrimStrip) -> None:
    height = strip.sizeHint().height()
    strip.set_video(10.0, 0, 0)
    strip.set_frames([])
    strip.set_peaks(peaks(100))
    assert strip.is_sound and strip.sizeHint().height() < height
    QTest.keyClick(handle(strip, "Start of the part"), Qt.Key.Key_Right)
    assert strip.range() == (0.1, None)
    assert strip.accessibleName() == "Part of the sound"
    assert strip.accessibleDescription() == "9.9 s of 10.0 s"


@pytest.mark.parametrize(
    ("length", "rate", "count", "whole"),
    [(12.42, 24.0, 298, 298 / 24), (12.4, 60.0, 298, 12.4), (12.4, 0.0, 298, 12.4), (0.0, 0.0, 0, 0.0)],
    ids=["the rate's", "a rate that is not true", "no rate", "nothing"],
)
def test_how_long_a_step_is(length: float, rate: float, count: int, whole: float) -> None:
    part = Part(length, rate, count)
    assert part.whole == about(whole)
    part.set(1.0, 0.0)
    assert part.end - part.first == 1
