"""A cell where the next of several goes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed


class AddFace(Face[QAbstractButton]):
    """A dashed square of `side` pixels with a plus; `lit` while something hovers that will come here."""

    __slots__ = ("lit", "side")

    def __init__(self, side: int) -> None:
        self.side = side
        self.lit = False

    def size(self, widget: QAbstractButton) -> QSize:
        return QSize(self.side, self.side)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        box = QRectF(widget.rect())
        fill = t.accent_soft if self.lit else t.input if widget.underMouse() or widget.isDown() else None
        painting.rounded(painter, box, theme.RADIUS, fill)
        pen = QPen(QColor(t.accent if self.lit else t.border_strong), 2 if self.lit else 1)
        if not self.lit:
            pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = pen.widthF() / 2
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), theme.RADIUS, theme.RADIUS)
        tone = t.accent_text if self.lit else t.text2
        icons.draw(painter, "plus", QRectF(box.center().x() - 9, box.center().y() - 20, 18, 18), tone)
        painter.setFont(theme.font(theme.CAPTION, 500))
        painter.setPen(QColor(tone))
        words = "Drop" if self.lit else "Add"
        painter.drawText(QRectF(0, box.center().y() + 2, box.width(), 20), Qt.AlignmentFlag.AlignCenter, words)
        if is_ringed(widget):
            painting.ring(painter, box, theme.RADIUS, t.accent)
