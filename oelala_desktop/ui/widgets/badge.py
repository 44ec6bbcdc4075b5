"""A small word in a frame: soon, NEW, Sketch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui import painting, theme

_HEIGHT = 20


def badge_width(text: str) -> int:
    return painting.text_width(theme.font(theme.CAPTION), text) + 16


def draw_badge(painter: QPainter, rect: QRectF, text: str, tone: str) -> None:
    """`tone` is "quiet" (outlined), "accent" (tinted) or "warning" (filled)."""
    t = theme.tokens()
    if tone == "warning":
        painting.rounded(painter, rect, rect.height() / 2, t.warning)
        painter.setPen(QColor(t.stage))
    elif tone == "accent":
        painting.rounded(painter, rect, rect.height() / 2, t.accent_soft)
        painter.setPen(QColor(t.accent_text))
    else:
        painting.rounded(painter, rect, rect.height() / 2, None, t.border)
        painter.setPen(QColor(t.muted))
    painter.setFont(theme.font(theme.CAPTION))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


class Badge(QWidget):
    def __init__(self, text: str, tone: str = "quiet", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._text), _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        draw_badge(painter, QRectF(self.rect()), self._text, self._tone)
