"""Sliders: a thin line, filled up to a round knob."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSlider

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed

_KNOB, _TRACK = 14, 4


class SliderFace(Face[QSlider]):
    """`on_stage`: over a dark ground in both palettes."""

    __slots__ = ("knob", "on_stage")

    def __init__(self, on_stage: bool = False, knob: int = _KNOB) -> None:
        self.on_stage = on_stage
        self.knob = knob

    def value_at(self, x: float, widget: QSlider) -> int:
        """The value whose knob stands at `x`."""
        share = (x - self.knob / 2) / max(1, widget.width() - self.knob)
        return widget.minimum() + round(share * (widget.maximum() - widget.minimum()))

    def size(self, widget: QSlider) -> QSize:
        return QSize(120, 20)

    def draw(self, painter: QPainter, widget: QSlider) -> None:
        t = theme.tokens()
        enabled, width, middle = widget.isEnabled(), widget.width(), widget.height() / 2
        span = widget.maximum() - widget.minimum()
        share = (widget.sliderPosition() - widget.minimum()) / span if span else 0.0
        x = self.knob / 2 + share * (width - self.knob)
        line = QRectF(0, middle - _TRACK / 2, width, _TRACK)
        painting.rounded(painter, line, _TRACK / 2, t.stage_track if self.on_stage else t.track)
        line.setWidth(x)
        painting.rounded(painter, line, _TRACK / 2, t.accent if enabled else t.border_strong)
        grown = 1 if (widget.underMouse() or widget.isSliderDown()) and enabled else 0
        edged = t.name == "light" and not self.on_stage
        painter.setPen(QPen(QColor(t.border_strong), 1) if edged else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.knob if enabled else t.muted))
        painter.drawEllipse(QPointF(x, middle), self.knob / 2 + grown - 0.5, self.knob / 2 + grown - 0.5)
        if is_ringed(widget):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawEllipse(QPointF(x, middle), self.knob / 2 + 2, self.knob / 2 + 2)
