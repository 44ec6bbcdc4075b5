"""A small word in a frame: soon, NEW, Sketch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face


def badge_width(text: str) -> int:
    return painting.text_width(theme.font(theme.CAPTION), text) + 16


def _draw_frame(painter: QPainter, rect: QRectF, tone: str) -> None:
    t = theme.tokens()
    if tone == "warning":
        painting.rounded(painter, rect, rect.height() / 2, t.warning)
    elif tone == "accent":
        painting.rounded(painter, rect, rect.height() / 2, t.accent_soft)
    else:
        painting.rounded(painter, rect, rect.height() / 2, None, t.border)


def draw_badge(painter: QPainter, rect: QRectF, text: str, tone: str) -> None:
    """`tone` is "quiet" (outlined), "accent" (tinted) or "warning" (filled)."""
    t = theme.tokens()
    _draw_frame(painter, rect, tone)
    painter.setPen(QColor({"accent": t.accent_text, "warning": t.on_warning}.get(tone, t.muted)))
    painter.setFont(theme.font(theme.CAPTION))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


class BadgeFace(Face[QWidget]):
    """The frame around the word of a label."""

    __slots__ = ("tone",)

    def __init__(self, tone: str) -> None:
        self.tone = tone

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        _draw_frame(painter, QRectF(widget.rect()), self.tone)


class TagFace(Face[QWidget]):
    """An icon before a word, in a frame."""

    __slots__ = ("icon",)

    def __init__(self, icon: str) -> None:
        self.icon = icon

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t, box = theme.tokens(), QRectF(widget.rect())
        painting.rounded(painter, box, 6, None, t.border)
        icons.draw(painter, self.icon, QRectF(7, round(box.center().y() - 7), 14, 14), t.text2)
