"""Radio buttons that stand in one frame, and the frame."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QStyle, QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed

_ICON = 16


class SegmentFace(Face[QAbstractButton]):
    """A label, an icon, or both; the chosen one is raised."""

    __slots__ = ("dense", "icon")

    def __init__(self, icon: str, dense: bool) -> None:
        self.icon = icon
        self.dense = dense

    def size(self, widget: QAbstractButton) -> QSize:
        width = painting.text_width(theme.font(theme.BODY, 600), widget.text()) + 12
        if self.icon:
            width += _ICON + (8 if widget.text() else 4)
        return QSize(width, 26 if self.dense else 30)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        checked, text, height = widget.isChecked(), widget.text(), widget.height()
        if checked:
            painting.rounded(painter, widget.rect(), 6, t.selected, t.border if t.name == "light" else None)
        tone = t.text if checked or widget.underMouse() else t.text2
        if not widget.isEnabled():
            tone = t.border_strong
        font = theme.font(theme.BODY, 600 if checked else 400)
        text_width = painting.text_width(font, text)
        gap = 8 if self.icon and text else 0
        x = (widget.width() - text_width - (_ICON if self.icon else 0) - gap) / 2
        if self.icon:
            icons.draw(painter, self.icon, QRectF(round(x), round(height / 2 - 8), _ICON, _ICON), tone)
            x += _ICON + gap
        painter.setFont(font)
        painter.setPen(QColor(tone))
        painter.drawText(QRectF(x, 0, text_width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), 6, t.accent)


class TrackFace(Face[QWidget]):
    """What the segments lie in."""

    __slots__ = ()

    def size(self, widget: QWidget) -> QSize:
        return QSize(0, 0)  # as its layout needs

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        painting.rounded(painter, widget.rect(), theme.RADIUS, theme.tokens().input)

    def part(self, widget: QWidget, part: QStyle.SubControl) -> QRect | None:
        return widget.rect()  # no room for a title
