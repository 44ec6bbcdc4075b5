"""Quiet bars where content will be, shown only if it takes longer than 150 ms."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import painting, theme

DELAY_MS = 150


class Skeleton(QWidget):
    """`rows` bars of `height` pixels. It appears by itself after the delay and goes by `finish()`."""

    def __init__(self, rows: int = 4, height: int = 56, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._height = rows, height
        self._shown = False
        self.setAccessibleName("Loading")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._appear)
        self._timer.start(DELAY_MS)

    def finish(self) -> None:
        self._timer.stop()
        self._shown = False
        self.hide()

    def _appear(self) -> None:
        self._shown = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter = QPainter(self)
        painting.begin(painter)
        tone = theme.tokens().input
        for row in range(self._rows):
            top = row * (self._height + 8)
            painting.rounded(painter, QRectF(0, top, self.width(), self._height), theme.RADIUS, tone)
