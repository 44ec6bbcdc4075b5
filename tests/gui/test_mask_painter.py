"""Masks painted with mouse and keys: what is in them, and the ways back."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.mask_image import LONGEST, STEPS, Brush, MaskImage
from oelala_desktop.ui.widgets.mask_painter import MaskPainter
from oelala_desktop.ui.widgets.mask_sheet import MaskSheet
from oelala_desktop.ui.widgets.sheet import Sheet
from tests.gui.inputs_shown import ellipse
from tests.gui.reach import button
from tests.gui.scenery import mountains

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
GREY = QImage.Format.Format_Grayscale8


@pytest.fixture
def painter(qtbot: QtBot) -> MaskPainter:
    made = MaskPainter()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.set_picture(mountains(600, 400))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.canvas.setFocus()
    return made


def at(painter: MaskPainter, x: int, y: int) -> QPoint:
    """Where a pixel of the fitted picture is on the canvas: 12 pixels of margin, centred."""
    size, room = painter.canvas.area.size, painter.canvas.size() - QSize(24, 24)
    scale = min(room.width() / size.width(), room.height() / size.height())
    left = 12 + (room.width() - size.width() * scale) / 2
    top = 12 + (room.height() - size.height() * scale) / 2
    return QPointF(left + x * scale, top + y * scale).toPoint()


def stroke(
    painter: MaskPainter, *places: tuple[int, int], with_: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NONE
) -> None:
    points = [at(painter, *place) for place in places]
    QTest.mousePress(painter.canvas, with_, held, points[0])
    for point in points[1:]:
        QTest.mouseMove(painter.canvas, point)
    QTest.mouseRelease(painter.canvas, with_, held, points[-1])


def grey(painter: MaskPainter, x: int, y: int) -> int:
    return painter.mask_image().pixelColor(x, y).red()


def slider(painter: QWidget, name: str) -> QSlider:
    return next(s for s in painter.findChildren(QSlider) if s.accessibleName() == name)


def hard(painter: MaskPainter, size: float = 40) -> None:
    """Through the sliders, as a person would."""
    QTest.keyClick(slider(painter, "Soft edge"), Qt.Key.Key_Home)
    while painter.brush_size < size:
        QTest.keyClick(slider(painter, "Size of the brush"), Qt.Key.Key_Right)
    while painter.brush_size > size:
        QTest.keyClick(slider(painter, "Size of the brush"), Qt.Key.Key_Left)


def test_the_brush_paints_and_the_eraser_takes_away(qtbot: QtBot, painter: MaskPainter) -> None:
    hard(painter)
    radius = painter.brush_size / 2
    with qtbot.waitSignal(painter.edited):
        stroke(painter, (100, 200), (300, 200), (500, 200))
    mask = painter.mask_image()
    assert (mask.size(), mask.format()) == (QSize(600, 400), GREY)
    assert [grey(painter, x, 200) for x in (100, 250, 400, 500)] == [255] * 4
    assert grey(painter, 300, round(200 + radius + 4)) == 0 and grey(painter, round(500 + radius + 4), 200) == 0
    QTest.keyClick(painter.canvas, Qt.Key.Key_E)
    stroke(painter, (300, 150), (300, 250))
    assert grey(painter, 300, 200) == 0 and grey(painter, 200, 200) == 255
    QTest.keyClick(painter.canvas, Qt.Key.Key_B)
    stroke(painter, (300, 200))
    assert grey(painter, 300, 200) == 255
    stroke(painter, (300, 200), with_=RIGHT)
    assert grey(painter, 300, 200) == 0, "the right button erases"


def test_shift_draws_a_straight_line(painter: MaskPainter) -> None:
    hard(painter)
    stroke(painter, (100, 100))
    stroke(painter, (500, 300), held=SHIFT)
    assert grey(painter, 300, 200) == 255


def test_a_soft_edge_falls_and_stays_soft_under_many_strokes(painter: MaskPainter) -> None:
    hard(painter, 100)
    QTest.keyClick(slider(painter, "Soft edge"), Qt.Key.Key_End)
    for _ in range(5):
        stroke(painter, (300, 200), (302, 200))
    falling = [grey(painter, 302 + round(painter.brush_size / 2 * share), 200) for share in (0, 0.25, 0.5, 0.75, 0.98)]
    assert falling == sorted(falling, reverse=True) and falling[0] > 240 and falling[-1] < 20
    assert 90 < falling[2] < 170


def test_keys_change_the_size(painter: MaskPainter) -> None:
    before = painter.brush_size
    QTest.keyClicks(painter.canvas, "]]")
    assert painter.brush_size == pytest.approx(before * 1.25**2)
    QTest.keyClicks(painter.canvas, "[[")
    assert painter.brush_size == pytest.approx(before)
    QTest.keyClicks(painter.canvas, "[" * 60)
    assert painter.brush_size == 1
    assert slider(painter, "Size of the brush").accessibleDescription() == "1\u00a0px"
    QTest.keyClicks(painter.canvas, "]" * 60)
    assert painter.brush_size == 300


def test_painting_by_keys_alone(painter: MaskPainter) -> None:
    hard(painter)
    for _ in range(3):
        QTest.keyClick(painter.canvas, Qt.Key.Key_Right)
    QTest.keyClick(painter.canvas, Qt.Key.Key_Space)
    there = 300 + 3 * round(painter.brush_size / 4)
    assert grey(painter, there, 200) == 255 and grey(painter, 300 - round(painter.brush_size), 200) == 0


def test_thirty_steps_back_and_forth(painter: MaskPainter) -> None:
    hard(painter, 20)
    states = [painter.mask_image()]
    rng = random.Random(7)
    for _ in range(30):
        stroke(painter, *[(rng.randrange(600), rng.randrange(400)) for _ in range(3)])
        states.append(painter.mask_image())
    for state in reversed(states[:-1]):
        QTest.keyClick(painter.canvas, Qt.Key.Key_Z, CTRL)
        assert painter.mask_image() == state
    assert not button(painter, "Undo").isEnabled() and painter.is_empty
    for state in states[1:]:
        QTest.keyClick(painter.canvas, Qt.Key.Key_Z, CTRL | SHIFT)
        assert painter.mask_image() == state
    assert not button(painter, "Redo").isEnabled()


def test_invert_and_clear_are_steps_too(painter: MaskPainter) -> None:
    hard(painter)
    stroke(painter, (300, 200))
    QTest.mouseClick(button(painter, "Invert"), LEFT)
    assert grey(painter, 300, 200) == 0 and grey(painter, 10, 10) == 255
    QTest.mouseClick(button(painter, "Clear"), LEFT)
    assert painter.is_empty
    QTest.mouseClick(button(painter, "Undo"), LEFT)
    assert grey(painter, 10, 10) == 255
    QTest.mouseClick(button(painter, "Undo"), LEFT)
    assert grey(painter, 300, 200) == 255 and grey(painter, 10, 10) == 0
    stroke(painter, (100, 100))
    assert not button(painter, "Redo").isEnabled(), "a new stroke ends what could be done again"


def test_undoing_in_the_middle_of_a_stroke_ends_it_first(painter: MaskPainter) -> None:
    hard(painter)
    stroke(painter, (100, 100))
    QTest.mousePress(painter.canvas, LEFT, NONE, at(painter, 300, 200))
    QTest.keyClick(painter.canvas, Qt.Key.Key_Z, CTRL)
    assert grey(painter, 300, 200) == 0 and grey(painter, 100, 100) == 255
    QTest.mouseMove(painter.canvas, at(painter, 500, 200))
    QTest.mouseRelease(painter.canvas, LEFT, NONE, at(painter, 500, 200))
    QTest.keyClick(painter.canvas, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(painter.canvas, Qt.Key.Key_Z, CTRL)
    assert painter.is_empty and not button(painter, "Undo").isEnabled()


def test_what_changes_nothing_is_no_step(painter: MaskPainter) -> None:
    told: list[int] = []
    painter.edited.connect(lambda: told.append(1))
    QTest.mouseClick(button(painter, "Clear"), LEFT)
    QTest.keyClick(painter.canvas, Qt.Key.Key_E)
    stroke(painter, (100, 100), (200, 200))
    assert told == [] and not button(painter, "Undo").isEnabled()


def test_a_given_mask_comes_back_as_it_was_until_it_is_painted_on(painter: MaskPainter) -> None:
    painter.set_picture(mountains(300, 200), QSize(6000, 4000))
    given = ellipse(6000, 4000)
    painter.set_mask(given)
    assert painter.mask_image() == given and not button(painter, "Undo").isEnabled()
    hard(painter, 200)
    stroke(painter, (5500, 3500))
    mask = painter.mask_image()
    assert mask.size() == QSize(6000, 4000)
    assert mask.pixelColor(5500, 3500).red() == 255 and mask.pixelColor(2500, 2000).red() == 255
    assert mask.pixelColor(200, 200).red() == 0
    painter.set_mask(ellipse(60, 40))
    assert painter.mask_image().pixelColor(2500, 2000).red() == 255, "of another size: fitted"


def test_the_mask_is_tinted_over_the_picture(painter: MaskPainter) -> None:
    white = QImage(600, 400, QImage.Format.Format_RGB32)
    white.fill(QColor(theme.tokens().on_stage))
    painter.set_picture(white)
    hard(painter)
    stroke(painter, (300, 200), (310, 200))
    stroke(painter, (100, 100))  # the circle of the brush is there now
    shown = painter.canvas.grab().toImage()
    accent = QColor(theme.tokens().accent)
    tint = shown.pixelColor(at(painter, 305, 200))
    assert tint.red() == pytest.approx(255 + (accent.red() - 255) * 0.45, abs=2)
    assert shown.pixelColor(at(painter, 450, 300)).red() == 255


def test_zoomed_it_paints_where_the_pointer_is(painter: MaskPainter) -> None:
    hard(painter, 10)
    QTest.mouseClick(button(painter, "Zoom in"), LEFT)
    QTest.mouseClick(button(painter, "Zoom in"), LEFT)
    QTest.mouseClick(painter.canvas, LEFT, NONE, painter.canvas.rect().center())
    assert grey(painter, 300, 200) == 255 and grey(painter, 320, 200) == 0
    QTest.keyClick(painter.canvas, Qt.Key.Key_0)
    assert not button(painter, "Zoom out").isEnabled()
    stroke(painter, (100, 100))
    assert grey(painter, 100, 100) == 255


def test_large_pictures_are_painted_small_and_steps_are_packed() -> None:
    mask = MaskImage(QSize(8660, 5774))
    assert max(mask.image.width(), mask.image.height()) == LONGEST
    for number in range(STEPS + 10):
        mask.stroke(QPointF(0, 50 * number), QPointF(8000, 50 * number), Brush(300, 0.5))
        assert mask.finish()
    assert len(mask._done) == STEPS
    assert sum(len(step.packed) for step in mask._done) < mask.image.sizeInBytes()
    assert mask.whole().size() == QSize(8660, 5774)


# the sheet


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    return made


def opened(window: QWidget) -> MaskSheet:
    sheet = MaskSheet(window)
    sheet.open_mask(mountains(600, 400))
    return sheet


def question(sheet: QWidget) -> QMessageBox | None:
    return next((box for box in sheet.findChildren(QMessageBox) if box.isVisible()), None)


def test_done_hands_the_mask_on(qtbot: QtBot, window: QWidget) -> None:
    sheet = opened(window)
    assert isinstance(sheet, Sheet) and sheet.isVisible() and not button(sheet, "Done").isEnabled()
    hard(sheet.painter)
    stroke(sheet.painter, (300, 200))
    with qtbot.waitSignal(sheet.painted) as heard, qtbot.waitSignal(sheet.closed):
        QTest.mouseClick(button(sheet, "Done"), LEFT)
    assert heard.args is not None
    mask = heard.args[0]
    assert mask.pixelColor(300, 200).red() == 255 and mask.size() == QSize(600, 400)
    assert not sheet.isVisible() and question(sheet) is None


def test_esc_closes_what_was_not_painted_on(window: QWidget) -> None:
    sheet = opened(window)
    QTest.keyClick(sheet.painter.canvas, Qt.Key.Key_Escape)
    assert not sheet.isVisible() and question(sheet) is None


@pytest.mark.parametrize(("answer", "stays"), [("Go on painting", True), ("Discard", False)])
def test_esc_asks_when_it_was_painted_on(window: QWidget, answer: str, stays: bool) -> None:
    sheet = opened(window)
    heard: list[object] = []
    sheet.painted.connect(heard.append)
    stroke(sheet.painter, (300, 200))
    QTest.keyClick(sheet.painter.canvas, Qt.Key.Key_Escape)
    box = question(sheet)
    assert sheet.isVisible() and box is not None
    QTest.mouseClick(next(b for b in box.buttons() if b.text() == answer), LEFT)
    assert sheet.isVisible() is stays and heard == []


def test_the_sheet_follows_its_window(window: QWidget) -> None:
    sheet = opened(window)
    window.resize(900, 600)
    assert sheet.size() == QSize(900, 600) and sheet.rect().contains(sheet.card.geometry())
    box = sheet.painter.canvas
    assert sheet.card.rect().contains(box.mapTo(sheet.card, box.rect().bottomRight()))
