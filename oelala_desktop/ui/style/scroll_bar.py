"""Scroll bars: a handle on nothing."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QScrollBar, QStyle

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.face import Face

_WIDTH, _LEAST = 10, 32
_Part = QStyle.SubControl


class ScrollBarFace(Face[QScrollBar]):
    __slots__ = ()

    def size(self, widget: QScrollBar) -> QSize:
        long = 2 * _LEAST
        return QSize(long, _WIDTH) if widget.orientation() == Qt.Orientation.Horizontal else QSize(_WIDTH, long)

    def draw(self, painter: QPainter, widget: QScrollBar) -> None:
        if widget.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent):
            painter.fillRect(widget.rect(), widget.palette().window())
        if not widget.isEnabled() or widget.maximum() <= widget.minimum():
            return
        t = theme.tokens()
        lit = widget.underMouse() or widget.isSliderDown()
        box = QRectF(self._handle(widget)).adjusted(2, 2, -2, -2)
        painting.rounded(painter, box, 3, t.border_strong if lit else t.border)

    def part(self, widget: QScrollBar, part: _Part) -> QRect | None:
        if part == _Part.SC_ScrollBarGroove:
            return widget.rect()
        if part == _Part.SC_ScrollBarSlider:
            return self._handle(widget)
        handle, rect = self._handle(widget), widget.rect()
        flat = widget.orientation() == Qt.Orientation.Horizontal
        if part == _Part.SC_ScrollBarSubPage:
            return rect.adjusted(0, 0, handle.left() - rect.right() - 1, 0) if flat else _above(rect, handle)
        if part == _Part.SC_ScrollBarAddPage:
            return rect.adjusted(handle.right() + 1, 0, 0, 0) if flat else rect.adjusted(0, handle.bottom() + 1, 0, 0)
        return QRect()

    def _handle(self, widget: QScrollBar) -> QRect:
        flat = widget.orientation() == Qt.Orientation.Horizontal
        room = widget.width() if flat else widget.height()
        span = widget.maximum() - widget.minimum()
        length = room if span <= 0 else max(min(_LEAST, room), room * widget.pageStep() // (span + widget.pageStep()))
        at = QStyle.sliderPositionFromValue(
            widget.minimum(), widget.maximum(), widget.sliderPosition(), room - length, widget.invertedAppearance()
        )
        return QRect(at, 0, length, widget.height()) if flat else QRect(0, at, widget.width(), length)


def _above(rect: QRect, handle: QRect) -> QRect:
    return rect.adjusted(0, 0, 0, handle.top() - rect.bottom() - 1)
