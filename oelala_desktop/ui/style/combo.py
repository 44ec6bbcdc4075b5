"""Combo boxes: the chosen label in a field, a chevron behind it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QComboBox

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.chip import draw_pill
from oelala_desktop.ui.style.face import Face, is_ringed


class ComboFace(Face[QComboBox]):
    """With an `icon` it is a filter for a toolbar: outlined, and no wider than its label needs; a `round` one stands
    among other filters. `missing` marks a value that cannot be had."""

    __slots__ = ("height", "icon", "missing", "round")

    def __init__(self, icon: str = "", height: int = theme.HEIGHT) -> None:
        self.icon = icon
        self.height = height
        self.missing = False
        self.round = False

    def size(self, widget: QComboBox) -> QSize:
        if self.icon:
            label = painting.text_width(theme.font(theme.BODY, 500), _label(widget))
            return QSize(min(200, label + 74), self.height)
        return QSize(140, self.height)

    def draw(self, painter: QPainter, widget: QComboBox) -> None:
        t = theme.tokens()
        enabled, width = widget.isEnabled(), widget.width()
        hovered = widget.underMouse() and enabled
        border = t.warning if self.missing else t.border_strong if hovered else t.border
        fill = (t.input if hovered else t.panel) if self.icon else t.input
        radius = widget.height() / 2 if self.round else theme.RADIUS
        if self.round:
            draw_pill(painter, QRectF(widget.rect()), bool(widget.currentData()), hovered)
        else:
            painting.rounded(painter, widget.rect(), radius, fill, border)
        middle = round(widget.height() / 2)
        left = 11.0
        if self.missing:
            icons.draw(painter, "triangle-alert", QRectF(left, middle - 7, 14, 14), t.warning_text)
            left += 22
        elif self.icon:
            icons.draw(painter, self.icon, QRectF(left, middle - 8, 16, 16), t.text2)
            left += 24
        font = theme.font(theme.BODY, 500 if self.icon else 400)
        box = QRectF(left, 0, width - left - 32, widget.height())
        painter.setFont(font)
        painter.setPen(QColor(t.text if (widget.currentData() or self.icon) and enabled else t.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, _label(widget), box.width()))
        icons.draw(painter, "chevron-down", QRectF(width - 26, middle - 7, 14, 14), t.text2)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), radius, t.accent)


def _label(widget: QComboBox) -> str:
    return widget.currentText() or widget.placeholderText()
