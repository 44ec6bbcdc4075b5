"""Quiet shapes where content will be, shown only if it takes longer than 150 ms."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import painting, theme

_DELAY_MS = 150


class Skeleton(QWidget):
    """Its shapes are drawn by `draw`."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = False
        self.setAccessibleName("Loading")
        QTimer.singleShot(_DELAY_MS, self, self._appear)

    def draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _appear(self) -> None:
        self._shown = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._shown:
            painter = QPainter(self)
            painting.begin(painter)
            self.draw(painter)


class RowsSkeleton(Skeleton):
    """`rows` bars of `height` pixels."""

    def __init__(self, rows: int, height: int, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._rows, self._height = rows, height

    def draw(self, painter: QPainter) -> None:
        for row in range(self._rows):
            box = QRectF(0, row * (self._height + 8), self.width(), self._height)
            painting.rounded(painter, box, theme.RADIUS, theme.tokens().input)
