"""Several pictures in one field: what comes in, in which order they stand, how many there may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.widgets.pictures_row import PicturesRow
from tests.gui.reach import button
from tests.gui.scenery import mountains
from tests.gui.test_pictures import drop, of_files

LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


class Owned(PicturesRow):
    """With an owner that does what is wished, as a form does."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[tuple[QImage, str]] = []
        self.moved.connect(self._move)
        self.removed.connect(self._remove)

    def give(self, *names: str) -> None:
        self.order = [(mountains(120, 80), name) for name in names]
        self.set_pictures(self.order)

    def _move(self, start: int, to: int) -> None:
        self.order.insert(to, self.order.pop(start))
        self.set_pictures(self.order)

    def _remove(self, at: int) -> None:
        self.order.pop(at)
        self.set_pictures(self.order)

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.order]


@pytest.fixture
def row(qtbot: QtBot) -> Owned:
    made = Owned()
    qtbot.addWidget(made)
    made.resize(376, 300)
    made.give("a.png", "b.png", "c.png", "d.png", "e.png")
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    return made


def cell(row: QWidget, number: int) -> QWidget:
    return next(w for w in row.findChildren(QWidget) if w.accessibleName().startswith(f"Picture {number} of"))


def captions(row: QWidget) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.isVisible()]


def drag_to(row: QWidget, number: int, other: int, *, after: bool) -> None:
    """The picture of a number to the left or right half of another, let go there."""
    start, end = cell(row, number), cell(row, other)
    inside = QPoint(end.width() - 10 if after else 10, end.height() // 2)
    where = start.mapFromGlobal(end.mapToGlobal(inside))
    QTest.mousePress(start, LEFT, NONE, QPoint(40, 60))
    QTest.mouseMove(start, QPoint(60, 60))
    QTest.mouseMove(start, where)
    QTest.mouseRelease(start, LEFT, NONE, where)


@pytest.mark.parametrize(
    ("number", "other", "after", "order"),
    [
        (1, 3, True, "bcade"),
        (1, 3, False, "bacde"),
        (4, 1, False, "dabce"),
        (1, 5, True, "bcdea"),  # in the next line
        (5, 4, True, "abcde"),  # where it is
        (5, 4, False, "abced"),
    ],
)
def test_dragging_puts_it_elsewhere(row: Owned, number: int, other: int, after: bool, order: str) -> None:
    drag_to(row, number, other, after=after)
    assert "".join(name[0] for name in row.names) == order


def test_esc_ends_a_drag(row: Owned) -> None:
    first = cell(row, 1)
    first.setFocus()
    QTest.mousePress(first, LEFT, NONE, QPoint(40, 60))
    QTest.mouseMove(first, QPoint(60, 60))
    QTest.mouseMove(first, QPoint(240, 60))
    QTest.keyClick(first, Qt.Key.Key_Escape)
    QTest.mouseRelease(first, LEFT, NONE, QPoint(240, 60))
    assert row.names[0] == "a.png"


def test_keys_move_and_the_focus_goes_with_it(row: Owned) -> None:
    cell(row, 1).setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(cell(row, 1), Qt.Key.Key_Right, ALT)
    assert row.names[:2] == ["b.png", "a.png"] and cell(row, 2).hasFocus()
    QTest.keyClick(cell(row, 2), Qt.Key.Key_Left, ALT)
    QTest.keyClick(cell(row, 1), Qt.Key.Key_Left, ALT)
    assert row.names[:2] == ["a.png", "b.png"] and cell(row, 1).hasFocus()
    QTest.keyClick(cell(row, 1), Qt.Key.Key_Down, ALT)  # four to a line
    assert row.names[4] == "a.png" and cell(row, 5).hasFocus()


def test_removing_keeps_the_focus_in_the_row(row: Owned) -> None:
    cell(row, 5).setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(cell(row, 5), Qt.Key.Key_Delete)
    assert row.names[-1] == "d.png" and cell(row, 4).hasFocus()
    QTest.mouseClick(button(row, "Remove picture 2"), LEFT)
    assert row.names == ["a.png", "c.png", "d.png"]
    assert cell(row, 2).accessibleDescription() == "c.png"


def test_tab_goes_in_the_order_that_is_seen(row: Owned) -> None:
    row.give("a.png")
    row.give("a.png", "b.png")
    cell(row, 1).setFocus(Qt.FocusReason.TabFocusReason)
    seen = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        assert here is not None
        seen.append(here.accessibleName())
    assert seen == ["Remove picture 1", "Picture 2 of 2", "Remove picture 2", "Add to pictures"]


def test_ways_in(qtbot: QtBot, row: Owned) -> None:
    with qtbot.waitSignal(row.files_dropped) as heard:
        drop(row.shelf, of_files("/a/one.png", "/a/two.png"))
    assert heard.args == [[Path("/a/one.png"), Path("/a/two.png")]]
    pixels = QMimeData()
    pixels.setImageData(mountains(64, 64))
    QGuiApplication.clipboard().setMimeData(pixels)
    with qtbot.waitSignal(row.image_pasted):
        QTest.keyClick(cell(row, 1), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(row.media_requested):
        QTest.mouseClick(row.tabs.button("media"), LEFT)
    QTest.keyClick(button(row, "Add to pictures"), Qt.Key.Key_Return)
    dialog = row.findChild(QFileDialog)
    assert dialog is not None and dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    dialog.reject()


def test_an_empty_row_invites(qtbot: QtBot, row: Owned) -> None:
    row.give()
    assert row.zone.isVisible() and not row.shelf.isVisible()
    with qtbot.waitSignal(row.files_dropped):
        drop(row.zone, of_files("/a/one.png"))
    drop(row.zone, of_files("/a/one.mp4"))
    assert row.error.startswith("one.mp4 is not a picture.")


def test_no_more_than_there_may_be(row: Owned) -> None:
    heard: list[object] = []
    row.files_dropped.connect(heard.append)
    row.set_most(6)
    assert "5 of 6" in captions(row)
    row.set_most(5)
    assert "5 of 5" in captions(row)
    assert "Add to pictures" not in [w.accessibleName() for w in row.findChildren(QWidget) if w.isVisible()]
    assert not row.tabs.button("media").isEnabled()
    drop(row.shelf, of_files("/a/one.png"))
    assert heard == [] and row.error == "5 pictures are the most here. Remove one first."
    QTest.mouseClick(button(row, "Remove picture 1"), LEFT)
    assert row.error == "" and row.tabs.button("media").isEnabled()
    row.give("a.png")
    row.set_most(3, 2)
    assert "1 of 3 · at least 2" in captions(row)


def test_an_error_stands_below_the_pictures(row: Owned) -> None:
    row.set_error("This picture is damaged.")
    assert "This picture is damaged." in captions(row) and len(row.names) == 5
    row.give("a.png")
    assert row.error == ""
