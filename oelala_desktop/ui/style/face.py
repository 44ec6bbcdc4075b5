"""What a control shows, and how that is drawn."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionComplex, QWidget

W = TypeVar("W", bound=QWidget)


class Face(Generic[W]):
    """Held by a control as `face`. Whoever changes it has the control painted, and measured where its size changes."""

    __slots__ = ()

    def draw(self, painter: QPainter, widget: W) -> None:
        """All of the control, its focus ring included. `painter` is set for smooth edges and need not be restored."""
        raise NotImplementedError

    def draw_parts(self, painter: QPainter, widget: W, option: QStyleOptionComplex) -> None:
        """As `draw`, of a control that has several parts."""
        self.draw(painter, widget)

    def size(self, widget: W) -> QSize | None:
        """The size that the control would like to have; None leaves it to Qt."""
        return None

    def part(self, widget: W, part: QStyle.SubControl) -> QRect | None:
        """Where a part of a control lies that has several, for pointer and layout; None leaves it to Qt."""
        return None


def is_ringed(widget: QWidget) -> bool:
    """Whether the ring of the keyboard's focus belongs around `widget`."""
    told = getattr(widget, "shows_ring", None)
    if told is None:
        return widget.hasFocus() and widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    return bool(told)
