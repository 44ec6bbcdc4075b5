"""How loud a sound is, from its start to its end: thin rounded bars, those that were played in the accent colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.painting import blend
from oelala_desktop.ui.widgets.control import Control

#: from the left edge of a bar to that of the next, and how wide a bar is
PITCH, BAR = 4.0, 2.0
_HEIGHT, _STEP = 28, 0.05
_DIM = 0.3


def paint_peaks(
    painter: QPainter, rect: QRect | QRectF, peaks: Sequence[float], colour: str, played: float | None = None
) -> None:
    """Bars over the whole width of `rect`, mirrored at its middle. `peaks` are 0 (silent, a dot) to 1 (as high as
    `rect`), as many as there are; of those that fall on one bar the loudest counts. `played`, a share of the width from
    0 to 1, is painted in the accent colour, the rest in `colour`."""
    box = QRectF(rect)
    count = int((box.width() + PITCH - BAR) // PITCH)
    if not peaks or count < 1:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    pitch = (box.width() - BAR) / max(1, count - 1)
    reached = count * (played or 0.0)
    for index in range(count):
        first = index * len(peaks) // count
        loudest = max(peaks[first : max(first + 1, (index + 1) * len(peaks) // count)])
        height = max(BAR, min(1.0, loudest) * box.height())
        painter.setBrush(QColor(theme.tokens().accent if index < reached else colour))
        bar = QRectF(box.x() + round(index * pitch), box.center().y() - height / 2, BAR, height)
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
    painter.restore()


class Waveform(Control, QWidget):
    """On a dark stage. `sought` is sent with the share of the length (0 to 1) that a person drags, clicks or steps
    to."""

    sought = Signal(float)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: Sequence[float] = ()
        self._position = 0.0
        self._dragging = False
        self.setAccessibleName("Position in the sound")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, _HEIGHT)

    def set_peaks(self, peaks: Sequence[float]) -> None:
        """How loud it is (0 to 1), evenly from start to end; none while it is not known, which paints a plain line."""
        self._peaks = tuple(peaks)
        self.update()

    @property
    def position(self) -> float:
        return self._position

    def set_position(self, fraction: float) -> None:
        """Where it plays, as a share of its length; ignored while a person drags."""
        if not self._dragging:
            self._position = max(0.0, min(1.0, fraction))
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._seek(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._go(self._position + step)

    def _seek(self, x: float) -> None:
        self._go(x / max(1, self.width()))

    def _go(self, fraction: float) -> None:
        self._position = max(0.0, min(1.0, fraction))
        self.sought.emit(self._position)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect()).adjusted(0, 4, 0, -4)
        ahead = blend(t.on_stage2, t.stage, _DIM)
        if self._peaks:
            paint_peaks(painter, box, self._peaks, ahead, self._position)
        else:
            painting.rounded(painter, QRectF(0, box.center().y() - 1, self.width(), 2), 1, ahead)
        x = 1 + self._position * (self.width() - 2)
        painter.setPen(QPen(QColor(t.on_stage), 2))
        painter.drawLine(QPointF(x, 1), QPointF(x, self.height() - 1))
        if self.shows_ring:
            painting.ring(painter, self.rect(), 4, t.accent)
