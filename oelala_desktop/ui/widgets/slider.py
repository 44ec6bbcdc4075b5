"""A slider over numbers of any step. The wheel moves it only while it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.widgets.control import Control

_KNOB, _TRACK = 14, 4


class Slider(Control, QSlider):
    """From `minimum` to `maximum` in steps of `step`; `on_stage`: over a dark ground in both palettes. `number_changed`
    is sent for changes made by a person."""

    number_changed = Signal(float)

    def __init__(
        self,
        minimum: float,
        maximum: float,
        step: float,
        name: str,
        *,
        on_stage: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._low = minimum
        self._step = step
        self._quiet = False
        self._on_stage = on_stage
        self.setRange(0, round((maximum - minimum) / step))
        self.setSingleStep(1)
        self.setPageStep(max(1, self.maximum() // 10))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._tell)

    def number(self) -> float:
        return round(self._low + self.value() * self._step, 6)

    def set_number(self, number: float) -> None:
        """Take `number` without a signal, at the nearest step."""
        self._quiet = True
        self.setValue(round((number - self._low) / self._step))
        self._quiet = False

    def _tell(self, _value: int) -> None:
        if not self._quiet:
            self.number_changed.emit(self.number())

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    minimumSizeHint = sizeHint

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._seek(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _seek(self, x: float) -> None:
        share = (x - _KNOB / 2) / max(1, self.width() - _KNOB)
        self.setValue(round(share * self.maximum()))

    def _share(self) -> float:
        return self.value() / self.maximum() if self.maximum() else 0.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        middle = self.height() / 2
        x = _KNOB / 2 + self._share() * (self.width() - _KNOB)
        line = QRectF(0, middle - _TRACK / 2, self.width(), _TRACK)
        painting.rounded(painter, line, _TRACK / 2, t.stage_track if self._on_stage else t.track)
        line.setWidth(x)
        painting.rounded(painter, line, _TRACK / 2, t.accent if self.isEnabled() else t.border_strong)
        grown = 1 if (self.underMouse() or self.isSliderDown()) and self.isEnabled() else 0
        edged = t.name == "light" and not self._on_stage
        painter.setPen(QPen(QColor(t.border_strong), 1) if edged else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.knob if self.isEnabled() else t.muted))
        painter.drawEllipse(QPointF(x, middle), _KNOB / 2 + grown - 0.5, _KNOB / 2 + grown - 0.5)
        if self.shows_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawEllipse(QPointF(x, middle), _KNOB / 2 + 2, _KNOB / 2 + 2)
