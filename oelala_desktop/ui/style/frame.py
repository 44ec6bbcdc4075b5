"""Frames: cards and panels, what floats over the window, and small marks. Fills and borders are named by their tokens;
an empty name is none."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face

#: room around what floats in which its soft edge is drawn, in pixels
MARGIN = 12


def _tone(t: theme.Tokens, name: str) -> str | None:
    return getattr(t, name) if name else None


class FrameFace(Face[QWidget]):
    """A rounded panel with a one-pixel border."""

    __slots__ = ("border", "fill", "radius")

    def __init__(self, fill: str = "panel", border: str = "border", radius: float = theme.CARD_RADIUS) -> None:
        self.fill = fill
        self.border = border
        self.radius = radius

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t = theme.tokens()
        painting.rounded(painter, widget.rect(), self.radius, _tone(t, self.fill), _tone(t, self.border))


class NoticeFace(FrameFace):
    """With an icon before what it says."""

    __slots__ = ("icon", "tone")

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__(border="border_strong")
        self.icon = icon
        self.tone = tone

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        super().draw(painter, widget)
        place = QRectF(16, widget.height() / 2 - 9, 18, 18)
        icons.draw(painter, self.icon, place, getattr(theme.tokens(), self.tone))


class TaskFace(FrameFace):
    """With a thin line at its foot that says how far something is: `share` of it, 0 to 1."""

    __slots__ = ("share",)

    def __init__(self) -> None:
        super().__init__(border="border_strong")
        self.share = 0.0

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        super().draw(painter, widget)
        t = theme.tokens()
        track = QRectF(16, widget.height() - 7, widget.width() - 32, 2)
        painting.rounded(painter, track, 1, t.track)
        track.setWidth(track.width() * min(1.0, self.share))
        painting.rounded(painter, track, 1, t.accent)


class DashedFace(Face[QWidget]):
    """A frame that waits to be filled; nothing while it is not `shown`."""

    __slots__ = ("shown",)

    def __init__(self, shown: bool = True) -> None:
        self.shown = shown

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        if self.shown:
            pen = QPen(QColor(theme.tokens().border_strong), 1)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, theme.CARD_RADIUS, theme.CARD_RADIUS)


class GroundFace(Face[QWidget]):
    """A ground from edge to edge, with a line along one of its sides."""

    __slots__ = ("fill", "side")

    def __init__(self, fill: str, side: Literal["", "left", "right", "bottom"] = "") -> None:
        self.fill = fill
        self.side = side

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t, rect = theme.tokens(), widget.rect()
        if self.fill:
            painter.fillRect(rect, QColor(getattr(t, self.fill)))
        if self.side == "bottom":
            painter.fillRect(0, rect.bottom(), rect.width(), 1, QColor(t.border))
        elif self.side:
            painter.fillRect(0 if self.side == "left" else rect.right(), 0, 1, rect.height(), QColor(t.border))


class FloatingFace(Face[QWidget]):
    """A panel with a soft edge, MARGIN pixels within the widget."""

    __slots__ = ()

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t = theme.tokens()
        box = QRectF(widget.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        edge = QColor(t.shadow)
        strongest = edge.alpha()
        painter.setPen(Qt.PenStyle.NoPen)
        for grow in range(MARGIN - 2, 0, -2):
            edge.setAlpha(strongest * (MARGIN - grow) // (MARGIN * 6))
            painter.setBrush(edge)
            radius = theme.CARD_RADIUS + grow
            painter.drawRoundedRect(box.adjusted(-grow, -grow + 3, grow, min(grow + 2, MARGIN)), radius, radius)
        painting.rounded(painter, box, theme.CARD_RADIUS, t.panel, t.border)


class DotFace(Face[QWidget]):
    """A small round dot."""

    __slots__ = ("radius", "tone")

    def __init__(self, tone: str, radius: float) -> None:
        self.tone = tone
        self.radius = radius

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(theme.tokens(), self.tone)))
        painter.drawEllipse(QPointF(widget.width() / 2, widget.height() / 2), self.radius, self.radius)


class IconFace(Face[QWidget]):
    """An icon of 24 pixels on a soft round ground."""

    __slots__ = ("icon", "tone")

    def __init__(self, icon: str, tone: str) -> None:
        self.icon = icon
        self.tone = tone

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t = theme.tokens()
        painting.rounded(painter, widget.rect(), widget.width() / 2, t.input)
        box = QRectF(widget.width() / 2 - 12, widget.height() / 2 - 12, 24, 24)
        icons.draw(painter, self.icon, box, getattr(t, self.tone), stroke=1.75)
