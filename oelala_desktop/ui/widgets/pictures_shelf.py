"""Pictures in their order, with a place for the next; another order is dragged, or asked for with keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.picture_cell import SIDE, AddCell, Ghost, PictureCell
from oelala_desktop.ui.widgets.row_drag import DropLine

_GAP = 8


class PicturesShelf(DropTarget):
    """Things dropped anywhere on it come in. What it is asked for it only tells: who owns it shows the new order."""

    refused = Signal(str)
    removed = Signal(int)
    moved = Signal(int, int)  # from its index to the one it has afterwards

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.cells: list[PictureCell] = []
        self.add = AddCell(f"Add to {name.lower()}", self)
        self.add.clicked.connect(self.browse)
        self._flow = FlowLayout(_GAP, self)
        self._flow.addWidget(self.add)
        self._line = DropLine(self)
        self._ghost: Ghost | None = None

    def set_error(self, sentence: str) -> None:
        self.refused.emit(sentence)

    def hovered(self) -> None:
        self.add.set_lit(self._hover == "take")

    def set_pictures(self, pictures: Sequence[tuple[QImage, str]]) -> None:
        """Previews and names, in order. The focus stays at its place in the order."""
        while len(self.cells) > len(pictures):
            self._drop_last()
        self._flow.removeWidget(self.add)
        while len(self.cells) < len(pictures):
            self._make()
        self._flow.addWidget(self.add)
        for number, (cell, (image, name)) in enumerate(zip(self.cells, pictures, strict=True), 1):
            cell.show_picture(image, name, number, len(pictures))
        stops = [stop for cell in self.cells for stop in (cell, cell.remove)]
        for before, after in zip(stops, [*stops[1:], self.add], strict=False):
            QWidget.setTabOrder(before, after)
        self.updateGeometry()

    def _make(self) -> None:
        cell = PictureCell(self)
        at = len(self.cells)
        cell.removed.connect(partial(self.removed.emit, at))
        cell.stepped.connect(partial(self._step, at))
        cell.dragged.connect(partial(self._drag, cell))
        cell.let_go.connect(partial(self._let_go, at))
        cell.drag_ended.connect(self._end_drag)
        self.cells.append(cell)
        self._flow.addWidget(cell)
        cell.show()

    def _drop_last(self) -> None:
        cell = self.cells.pop()
        here = QApplication.focusWidget()
        if here is not None and (here is cell or cell.isAncestorOf(here)):
            (self.cells[-1] if self.cells else self.add).setFocus(Qt.FocusReason.OtherFocusReason)
        self._flow.removeWidget(cell)
        cell.hide()
        cell.deleteLater()

    # another order

    def _step(self, at: int, columns: int, rows: int) -> None:
        across = max(1, (self.width() + _GAP) // (SIDE + _GAP))
        to = at + columns + rows * across
        if 0 <= to < len(self.cells):
            self.moved.emit(at, to)
            self.cells[to].setFocus(Qt.FocusReason.OtherFocusReason)

    def _drag(self, cell: PictureCell, where: QPoint) -> None:
        if self._ghost is None:
            self._ghost = Ghost(cell.pixmap, self.window())
        self._ghost.follow(where)
        here = self.mapFromGlobal(where)
        at = self._place(here)
        after = at == len(self.cells) or (at > 0 and here.y() < self.cells[at].y() - _GAP // 2)
        edge = self.cells[at - 1].geometry() if after else self.cells[at].geometry()
        x = edge.right() + 1 + _GAP // 2 - 1 if after else edge.left() - _GAP // 2 - 1
        self._line.setGeometry(max(0, x), edge.top(), 2, edge.height())
        self._line.show()
        self._line.raise_()

    def _place(self, here: QPoint) -> int:
        """The index before which a picture let go there comes."""
        for at, cell in enumerate(self.cells):
            box = cell.geometry()
            if here.y() < box.top() - _GAP // 2:
                return at
            if here.y() <= box.bottom() + _GAP // 2 and here.x() < box.center().x():
                return at
        return len(self.cells)

    def _let_go(self, at: int, where: QPoint) -> None:
        self._end_drag()
        before = self._place(self.mapFromGlobal(where))
        to = before - (before > at)
        if to != at:
            self.moved.emit(at, to)

    def _end_drag(self) -> None:
        self._line.hide()
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None
