"""Rows of a list put in another order by dragging; a line shows where the row will go. The keyboard's way is the
list's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QListView, QWidget

from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.picture_cell import Ghost

#: near an edge of the list it scrolls by so much with every move of the pointer, in pixels
_EDGE, _SCROLL = 24, 16


class DropLine(QFrame):
    """Two pixels in the accent colour, over whatever lies below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.face = GroundFace("accent")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


def place_for(middles: Sequence[int], at: int) -> int:
    """The index before which something let go at `at` comes; `middles` are where the rows have theirs, rising."""
    return next((place for place, middle in enumerate(middles) if at < middle), len(middles))


class RowDrag(QObject):
    """For the rows of `view` that `movable` says may be moved: one stretch of the list. `moved` sends the row that was
    dragged and that before which it goes, no index for the end. `ghost` makes what hangs at the pointer, `box` tells
    where a row lies with half of the gap around it."""

    moved = Signal(QModelIndex, QModelIndex)

    def __init__(
        self,
        view: QListView,
        movable: Callable[[QModelIndex], bool],
        ghost: Callable[[QModelIndex], Ghost | None] = lambda _index: None,
        box: Callable[[QModelIndex], QRect] | None = None,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._movable = movable
        self._make_ghost = ghost
        self._box = box or view.visualRect
        self._ghost: Ghost | None = None
        self._line = DropLine(view.viewport())
        self._pressed: QPoint | None = None
        self._row = QPersistentModelIndex()
        self.is_dragging = False

    @property
    def _dragged(self) -> QModelIndex:
        return self._view.model().index(self._row.row(), 0) if self._row.isValid() else QModelIndex()

    @property
    def _flat(self) -> bool:
        return self._view.flow() == QListView.Flow.LeftToRight

    def press(self, event: QMouseEvent) -> None:
        where = event.position().toPoint()
        index = self._view.indexAt(where)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._movable(index):
            self._pressed, self._row = where, QPersistentModelIndex(index)

    def move(self, event: QMouseEvent) -> bool:
        """True while a row is dragged."""
        where = event.position().toPoint()
        if self._pressed is None:
            return False
        if not self.is_dragging and (where - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return False
        if not self.is_dragging:
            self.is_dragging = True
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self._ghost = self._make_ghost(self._dragged)
        if self._ghost is not None:
            self._ghost.follow(event.globalPosition().toPoint())
        self._scroll(where)
        self._show_line(where)
        return True

    def release(self, event: QMouseEvent) -> bool:
        """True if that was the end of a drag."""
        if not self.is_dragging:
            self.stop()
            return False
        row, rows = self._dragged, self._rows()
        before = place_for([self._middle(index) for index in rows], self._along(event.position().toPoint()))
        self.stop()
        if row in rows and before not in (rows.index(row), rows.index(row) + 1):
            self.moved.emit(row, rows[before] if before < len(rows) else QModelIndex())
        return True

    def stop(self) -> None:
        self.is_dragging, self._pressed, self._row = False, None, QPersistentModelIndex()
        self._line.hide()
        self._view.viewport().unsetCursor()
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None

    def _rows(self) -> list[QModelIndex]:
        model = self._view.model()
        every = (model.index(row, 0) for row in range(model.rowCount()))
        return [index for index in every if self._movable(index)]

    def _along(self, point: QPoint) -> int:
        return point.x() if self._flat else point.y()

    def _middle(self, index: QModelIndex) -> int:
        return self._along(self._box(index).center())

    def _show_line(self, where: QPoint) -> None:
        rows = self._rows()
        if not rows:
            return
        at = place_for([self._middle(index) for index in rows], self._along(where))
        box = self._box(rows[min(at, len(rows) - 1)])
        if self._flat:
            x = box.left() if at < len(rows) else box.right()
            self._line.setGeometry(QRect(max(0, x - 1), box.top(), 2, box.height()))
        else:
            y = box.top() if at < len(rows) else box.bottom()
            self._line.setGeometry(QRect(box.left(), max(0, y - 1), box.width(), 2))
        self._line.show()
        self._line.raise_()

    def _scroll(self, where: QPoint) -> None:
        bar = self._view.horizontalScrollBar() if self._flat else self._view.verticalScrollBar()
        room = self._view.viewport().width() if self._flat else self._view.viewport().height()
        step = -_SCROLL if self._along(where) < _EDGE else _SCROLL if self._along(where) > room - _EDGE else 0
        bar.setValue(bar.value() + step)
