"""Rows of a list put in another order by dragging; a line shows where the row will go. The keyboard's way is the row's
own menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from oelala_desktop.ui.style.frame import GroundFace


class DropLine(QFrame):
    """Two pixels in the accent colour, over whatever lies below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.face = GroundFace("accent")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


class RowDrag(QObject):
    """`rows` gives the rows that can be moved, in order, each with the key that `moved` speaks of."""

    moved = Signal(str, str)  # key, key of the row it goes before ("" for the end)

    def __init__(self, host: QWidget, rows: Callable[[], Sequence[tuple[str, QWidget]]]) -> None:
        super().__init__(host)
        self._host = host
        self._rows = rows
        self._line = DropLine(host)
        self._pressed: QPoint | None = None
        self._dragging = False

    def watch(self, row: QWidget) -> None:
        row.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint() if self._key_of(watched) else None
        elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            self._move(watched, event.globalPosition().toPoint())
        elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            self._release(watched, event.globalPosition().toPoint())
        return False

    def _key_of(self, row: QWidget) -> str:
        return next((key for key, known in self._rows() if known is row), "")

    def _move(self, row: QWidget, where: QPoint) -> None:
        if self._pressed is None:
            return
        if not self._dragging and (where - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        row.setCursor(Qt.CursorShape.ClosedHandCursor)
        rows = self._rows()
        at = self._place(where)
        edge = rows[at][1] if at < len(rows) else rows[-1][1]
        y = edge.mapTo(self._host, QPoint(0, 0 if at < len(rows) else edge.height())).y()
        x = edge.mapTo(self._host, QPoint(0, 0)).x()
        self._line.setGeometry(x, y - 5 if at < len(rows) else y + 3, edge.width(), 2)
        self._line.show()
        self._line.raise_()

    def _place(self, where: QPoint) -> int:
        """The index before which a row let go here comes."""
        for at, (_, row) in enumerate(self._rows()):
            if where.y() < row.mapToGlobal(row.rect().center()).y():
                return at
        return len(self._rows())

    def _release(self, row: QWidget, where: QPoint) -> None:
        dragging, self._dragging, self._pressed = self._dragging, False, None
        self._line.hide()
        row.unsetCursor()
        rows, key = self._rows(), self._key_of(row)
        if not dragging or not key:
            return
        order = [known for known, _ in rows]
        at = self._place(where)
        if at not in (order.index(key), order.index(key) + 1):
            self.moved.emit(key, order[at] if at < len(order) else "")
