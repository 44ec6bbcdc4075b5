"""A check box as a switch."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed
from oelala_desktop.ui.style.painting import blend

_WIDTH, _HEIGHT = 34, 20


class ToggleFace(Face[QAbstractButton]):
    """`on` runs from 0 to 1 while the knob slides over."""

    __slots__ = ("on",)

    def __init__(self) -> None:
        self.on = 0.0

    def size(self, widget: QAbstractButton) -> QSize:
        width = _WIDTH + 4
        if widget.text():
            width += 8 + painting.text_width(widget.font(), widget.text())
        return QSize(width, 24)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        enabled = widget.isEnabled()
        box = QRectF(2, (widget.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        draw_switch(painter, box, self.on, hovered=widget.underMouse(), enabled=enabled)
        if widget.text():
            painter.setFont(widget.font())
            painter.setPen(QColor(t.text if enabled else t.muted))
            area = QRectF(box.right() + 8, 0, widget.width(), widget.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, widget.text())
        if is_ringed(widget):
            painting.ring(painter, box.adjusted(-2, -2, 2, 2), _HEIGHT / 2 + 2, t.accent)


def draw_switch(painter: QPainter, box: QRectF, on: float, *, hovered: bool, enabled: bool = True) -> None:
    """`box` is 34 × 20 pixels; `on` as in ToggleFace."""
    t = theme.tokens()
    rest = t.border_strong if hovered else t.track
    painting.rounded(painter, box, _HEIGHT / 2, blend(rest, t.accent if enabled else t.border_strong, on))
    painter.setPen(QPen(QColor(t.border_strong), 1) if t.name == "light" else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(t.knob if enabled else t.muted))
    reach = _WIDTH - _HEIGHT
    painter.drawEllipse(QPointF(box.x() + _HEIGHT / 2 + reach * on, box.center().y()), 7, 7)
