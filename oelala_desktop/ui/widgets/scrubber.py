"""The position bar of a video, drawn over the picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.widgets.control import Control

_KNOB = 12


class Scrubber(Control, QWidget):
    """`sought` is sent with the share of the length (0 to 1) that a person drags, clicks or steps to."""

    sought = Signal(float)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._dragging = False
        self.setAccessibleName("Position in the video")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def set_share(self, share: float) -> None:
        """Where the video is; ignored while a person drags."""
        if not self._dragging:
            self._share = max(0.0, min(1.0, share))
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragging = True
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._seek(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -0.05, Qt.Key.Key_Right: 0.05}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._go(self._share + step)

    def _seek(self, x: float) -> None:
        self._go((x - _KNOB / 2) / max(1, self.width() - _KNOB))

    def _go(self, share: float) -> None:
        self._share = max(0.0, min(1.0, share))
        self.sought.emit(self._share)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        middle = self.height() / 2
        x = _KNOB / 2 + self._share * (self.width() - _KNOB)
        line = QRectF(0, middle - 2, self.width(), 4)
        painting.rounded(painter, line, 2, t.stage_track)
        line.setWidth(x)
        painting.rounded(painter, line, 2, t.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.on_stage))
        painter.drawEllipse(QPointF(x, middle), _KNOB / 2, _KNOB / 2)
        if self.shows_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawEllipse(QPointF(x, middle), _KNOB / 2 + 3, _KNOB / 2 + 3)
