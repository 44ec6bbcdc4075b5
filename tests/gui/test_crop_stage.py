"""The whole start picture with the frame over it: what is seen, and where it is put by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.framing import framed
from oelala_desktop.ui.widgets.crop_stage import CropStage
from tests.gui.scenery import mountains

LEFT = Qt.MouseButton.LeftButton
SQUARE = (480, 480)


@pytest.fixture
def stage(qtbot: QtBot) -> CropStage:
    """Two hundred pixels high, with a picture twice as wide as high, of which a square is seen: 400 × 200 on screen."""
    made = CropStage()
    qtbot.addWidget(made)
    made.set_high(200)
    made.resize(400, 200)
    made.set_whole(mountains(400, 200), "harbour.jpg", (1600, 800))
    made.set_frame(SQUARE, None, "1:1")
    made.show()
    return made


def drag(stage: CropStage, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(stage, LEFT, pos=start)
    QTest.mouseMove(stage, (start + end) / 2)
    QTest.mouseMove(stage, end)
    QTest.mouseRelease(stage, LEFT, pos=end)


def test_the_middle_is_seen_until_it_is_moved(stage: CropStage) -> None:
    assert stage.seen == (400, 0, 800, 800)
    assert "800 × 800 of 1600 × 800" in stage.accessibleDescription()


def test_what_is_seen_is_as_bright_as_it_is_and_the_rest_is_dimmed(stage: CropStage) -> None:
    shot, plain = stage.grab().toImage(), mountains(400, 200)
    assert QColor(shot.pixel(200, 120)).lightness() == pytest.approx(QColor(plain.pixel(200, 120)).lightness(), abs=12)
    assert QColor(shot.pixel(40, 120)).lightness() < 0.6 * QColor(plain.pixel(40, 120)).lightness()


def test_it_is_dragged_as_far_as_the_picture_goes(qtbot: QtBot, stage: CropStage) -> None:
    with qtbot.waitSignal(stage.place_moved) as moved:
        drag(stage, QPoint(200, 100), QPoint(150, 130))
    assert moved.args == [0.25, 0.5]  # half way to the left edge; up and down there is no room
    assert stage.seen == (200, 0, 800, 800)
    with qtbot.waitSignal(stage.place_moved) as moved:
        drag(stage, QPoint(150, 100), QPoint(390, 100))
    assert moved.args == [1.0, 0.5]
    assert stage.seen == (800, 0, 800, 800)


def test_a_press_without_a_move_is_no_drag(qtbot: QtBot, stage: CropStage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(stage, "browse", lambda: asked.append(True))
    with qtbot.assertNotEmitted(stage.place_moved):
        QTest.mouseClick(stage, LEFT, pos=QPoint(200, 100))
        drag(stage, QPoint(200, 100), QPoint(201, 101))
    assert asked == [True, True]


def test_arrow_keys_move_it(qtbot: QtBot, stage: CropStage) -> None:
    for key, modifier, x in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 0.55),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 0.54),
    ):
        with qtbot.waitSignal(stage.place_moved) as moved:
            QTest.keyClick(stage, key, modifier)
        assert moved.args == [pytest.approx(x), 0.5]
    with qtbot.assertNotEmitted(stage.place_moved):
        QTest.keyClick(stage, Qt.Key.Key_Up)  # no room


def test_a_frame_of_the_same_aspect_shows_all_of_it(qtbot: QtBot, stage: CropStage) -> None:
    stage.set_frame((960, 480), (0.2, 0.2), "2:1")
    assert stage.seen is None
    assert stage.accessibleDescription() == "harbour.jpg"
    with qtbot.assertNotEmitted(stage.place_moved):
        drag(stage, QPoint(200, 100), QPoint(100, 100))


def test_an_error_is_told_until_something_else_comes_in(stage: CropStage) -> None:
    stage.set_error("This is no picture.")
    stage.set_frame((960, 480), None, "2:1")
    assert stage.accessibleDescription() == "This is no picture."
    stage.set_whole(mountains(200, 400), "tower.png", (800, 1600))
    assert "800 × 400 of 800 × 1600" in stage.accessibleDescription()


def test_a_new_picture_begins_with_what_the_form_says(stage: CropStage) -> None:
    stage.set_frame(SQUARE, (0.0, 0.5), "1:1")
    assert stage.seen == (0, 0, 800, 800)
    stage.set_whole(mountains(200, 400), "tower.png", (800, 1600))
    stage.set_frame(SQUARE, None, "1:1")
    assert stage.seen == (0, 400, 800, 800)
    stage.set_picture(None)
    assert not stage.has_picture


# a new frame round the picture

WIDE = framed((1600, 1600), (2, 1), 2, 4_000_000)


@pytest.fixture
def around(qtbot: QtBot) -> CropStage:
    """A square in a frame twice as wide as high: on screen 388 × 194 in the middle of 400 × 206."""
    made = CropStage()
    qtbot.addWidget(made)
    made.set_high(206)
    made.resize(400, 206)
    made.set_whole(mountains(400, 400), "tower.png", (1600, 1600))
    made.set_round(WIDE, (0.5, 0.5), "2:1")
    made.show()
    return made


def lies(stage: CropStage) -> str:
    """Where the picture is seen: brighter than what is still to be made."""
    shot = stage.grab().toImage()
    spots = {"left": 40, "middle": 150, "right": 360}
    return " ".join(name for name, x in spots.items() if QColor(shot.pixel(x, 60)).lightness() > 90)


def test_what_is_made_round_it_is_told(around: CropStage) -> None:
    assert lies(around) == "middle"
    said = around.accessibleDescription().replace("\u00a0", " ")
    sides = f"{WIDE.left} px left and {WIDE.right} px right are new"
    assert said == f"new frame {WIDE.size[0]} × {WIDE.size[1]}; {sides}; arrow keys move it"


def test_the_picture_is_dragged_in_the_new_frame(qtbot: QtBot, around: CropStage) -> None:
    with qtbot.waitSignal(around.place_moved) as moved:
        drag(around, QPoint(200, 100), QPoint(390, 20))
    assert moved.args == [1.0, 0.5]
    assert lies(around) == "right"
    with qtbot.waitSignal(around.place_moved) as moved:
        QTest.keyClick(around, Qt.Key.Key_Left)
    assert moved.args == [pytest.approx(0.95), 0.5]
    with qtbot.assertNotEmitted(around.place_moved):
        QTest.keyClick(around, Qt.Key.Key_Up)  # no room


def test_a_frame_over_it_comes_back(around: CropStage) -> None:
    around.set_round(None, (0.5, 0.5), "")
    around.set_frame((960, 480), None, "2:1")
    assert around.seen == (0, 400, 1600, 800)
