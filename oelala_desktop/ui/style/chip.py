"""The round buttons of the top bar: a state in few words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed

_PAD, _GAP, _ICON, _DOT = 12, 8, 16, 8


class ChipFace(Face[QAbstractButton]):
    """An icon or a dot (`dot` names a token), and words. `progress` (0 to 1) fills a thin line along the bottom."""

    __slots__ = ("dot", "icon", "progress")

    def __init__(self, icon: str = "") -> None:
        self.icon = icon
        self.dot = ""
        self.progress: float | None = None

    def size(self, widget: QAbstractButton) -> QSize:
        width = 2 * _PAD + painting.text_width(theme.font(theme.BODY), widget.text()) + 2
        if self.icon:
            width += _ICON + _GAP
        if self.dot:
            width += _DOT + _GAP
        return QSize(width, theme.DENSE_HEIGHT)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        hovered = widget.underMouse() or widget.isDown()
        width, height = widget.width(), widget.height()
        radius = middle = height / 2
        border = t.border_strong if hovered else t.border
        painting.rounded(painter, widget.rect(), radius, t.input if hovered else t.panel, border)
        x = float(_PAD)
        if self.icon:
            icons.draw(painter, self.icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), t.text2)
            x += _ICON + _GAP
        if self.dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(t, self.dot)))
            painter.drawEllipse(QPointF(x + _DOT / 2, middle), _DOT / 2, _DOT / 2)
            x += _DOT + _GAP
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(t.text if hovered else t.text2))
        painter.drawText(QRectF(x, 0, width, height), Qt.AlignmentFlag.AlignVCenter, widget.text())
        if self.progress is not None:
            span = QRectF(radius, height - 2, (width - 2 * radius) * self.progress, 2)
            painting.rounded(painter, span, 1, t.accent)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), radius, t.accent)


class BellFace(Face[QAbstractButton]):
    """A bell with the number of what is new."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def size(self, widget: QAbstractButton) -> QSize:
        return QSize(theme.DENSE_HEIGHT + 8, theme.DENSE_HEIGHT)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        hovered = widget.underMouse() or widget.isDown()
        box = QRectF(0, 0, theme.DENSE_HEIGHT, theme.DENSE_HEIGHT)
        radius = box.width() / 2
        border = t.border_strong if hovered else t.border
        painting.rounded(painter, box, radius, t.input if hovered else t.panel, border)
        icons.draw(painter, "bell", QRectF(8, 8, 16, 16), t.text if hovered else t.text2)
        if self.count:
            text = str(self.count) if self.count < 100 else "99+"
            font = theme.font(theme.CAPTION, 600)
            width = max(18, painting.text_width(font, text) + 8)
            dot = QRectF(widget.width() - width, 0, width, 18)
            painting.rounded(painter, dot, 9, t.primary, t.root, 1.5)
            painter.setFont(font)
            painter.setPen(QColor(t.on_primary))
            painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, text)
        if is_ringed(widget):
            painting.ring(painter, box, radius, t.accent)
