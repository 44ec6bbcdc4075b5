"""A small word in a frame: soon, NEW, Sketch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from oelala_desktop.ui import painting, theme

_HEIGHT = 20


def badge_width(text: str) -> int:
    return painting.text_width(theme.font(theme.CAPTION), text) + 16


def draw_badge(painter: QPainter, rect: QRectF, text: str, tone: str) -> None:
    """`tone` is "quiet" (outlined) or "accent" (tinted)."""
    t = theme.tokens()
    if tone == "accent":
        painting.rounded(painter, rect, rect.height() / 2, t.accent_soft)
        painter.setPen(QColor(t.accent_text))
    else:
        painting.rounded(painter, rect, rect.height() / 2, None, t.border)
        painter.setPen(QColor(t.muted))
    painter.setFont(theme.font(theme.CAPTION))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
