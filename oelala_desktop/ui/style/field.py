"""Fields that are typed into: a rounded frame, red around what is wrong, with the accent's while the keys go there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionComplex, QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face

#: room between the frame's outer edge and the text, in pixels
PAD = 11
_STEPPER, _EDGE = 26, 5


class FieldFace(Face[QWidget]):
    """The frame of one line or several; with an `icon` at its left end."""

    __slots__ = ("icon",)

    def __init__(self, icon: str = "") -> None:
        self.icon = icon

    def size(self, widget: QWidget) -> QSize | None:
        return None

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        t = theme.tokens()
        border, width = t.border, 1
        if widget.property("wrong"):
            border = t.error
        elif widget.hasFocus():
            border, width = t.accent, 2
        elif widget.underMouse() and widget.isEnabled():
            border = t.border_strong
        painting.rounded(painter, widget.rect(), theme.RADIUS, t.input, border, width)
        if self.icon:
            icons.draw(painter, self.icon, QRectF(PAD, widget.height() / 2 - 8, 16, 16), t.muted)


class NumberFace(FieldFace):
    """With a step down and a step up at its right end."""

    __slots__ = ()

    def draw_parts(self, painter: QPainter, widget: QWidget, option: QStyleOptionComplex) -> None:
        self.draw(painter, widget)
        t = theme.tokens()
        active = option.activeSubControls if option.state & QStyle.StateFlag.State_Sunken else None
        steps = ((QStyle.SubControl.SC_SpinBoxDown, "minus"), (QStyle.SubControl.SC_SpinBoxUp, "plus"))
        for part, icon in steps:
            box = QRectF(self._step(widget, part))
            if active is not None and active & part:
                painting.rounded(painter, box, 6, t.pressed)
            icons.draw(painter, icon, box.adjusted(5, 5, -5, -5), t.text2 if widget.isEnabled() else t.muted)

    def part(self, widget: QWidget, part: QStyle.SubControl) -> QRect | None:
        if part in (QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown):
            return self._step(widget, part)
        if part == QStyle.SubControl.SC_SpinBoxEditField:
            return QRect(PAD, 1, widget.width() - PAD - 2 * _STEPPER - _EDGE, widget.height() - 2)
        return widget.rect()

    def _step(self, widget: QWidget, part: QStyle.SubControl) -> QRect:
        place = 1 if part == QStyle.SubControl.SC_SpinBoxUp else 2
        left = widget.width() - place * _STEPPER - _EDGE
        return QRect(left, (widget.height() - _STEPPER) // 2, _STEPPER, _STEPPER)
