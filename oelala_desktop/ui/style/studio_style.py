"""The one style of the application, over Fusion. Every widget is drawn through it, so what is asked of every widget
(`polish`, `styleHint`, `pixelMetric`, `subElementRect`) stays in C++: a call into Python costs microseconds."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionMenuItem,
    QWidget,
)

from oelala_desktop.ui.style import painting
from oelala_desktop.ui.style.button import ButtonFace
from oelala_desktop.ui.style.face import Face
from oelala_desktop.ui.style.field import FieldFace
from oelala_desktop.ui.style.scroll_bar import ScrollBarFace

_BUTTON, _FIELD, _SCROLL_BAR = ButtonFace(), FieldFace(), ScrollBarFace()
#: the faces of stock controls that have none of their own, by what Qt calls the drawing and the measuring of them
_DRAWN: dict[QStyle.ControlElement, Face[Any]] = {QStyle.ControlElement.CE_PushButton: _BUTTON}
_COMPLEX: dict[QStyle.ComplexControl, Face[Any]] = {QStyle.ComplexControl.CC_ScrollBar: _SCROLL_BAR}
_MEASURED: dict[QStyle.ContentsType, Face[Any]] = {
    QStyle.ContentsType.CT_PushButton: _BUTTON,
    QStyle.ContentsType.CT_ScrollBar: _SCROLL_BAR,
}
#: what Qt asks for when the face has drawn it already
_DONE = QStyle.ControlElement.CE_ComboBoxLabel


def _smoothly(painter: QPainter, draw: Callable[..., None], *what: object) -> None:
    painter.save()
    painting.begin(painter)
    draw(painter, *what)
    painter.restore()


def _menu() -> ModuleType:
    from oelala_desktop.ui.style import menu  # no menu is open at start

    return menu


class StudioStyle(QProxyStyle):
    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == QStyle.PrimitiveElement.PE_PanelLineEdit and isinstance(widget, QLineEdit):
            if widget.hasFrame():
                _smoothly(painter, getattr(widget, "face", _FIELD).draw, widget)
        elif element == QStyle.PrimitiveElement.PE_PanelMenu:
            _smoothly(painter, _menu().draw_panel, option.rect)
        elif element == QStyle.PrimitiveElement.PE_FrameMenu:
            pass  # of the panel
        elif element != QStyle.PrimitiveElement.PE_FrameFocusRect:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        face = getattr(widget, "face", None) or _DRAWN.get(element)
        if face is not None:
            if element != _DONE:
                _smoothly(painter, face.draw, widget)
        elif not isinstance(option, QStyleOptionMenuItem):
            super().drawControl(element, option, painter, widget)
        elif element == QStyle.ControlElement.CE_MenuItem:
            _smoothly(painter, _menu().draw_row, option)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        face = getattr(widget, "face", None) or _COMPLEX.get(control)
        if face is None or widget is None:
            super().drawComplexControl(control, option, painter, widget)
        else:
            _smoothly(painter, face.draw_parts, widget, option)

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        face = getattr(widget, "face", None) or _COMPLEX.get(control)
        place: QRect | None = None if face is None or widget is None else face.part(widget, part)
        if place is None:
            return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        return place

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        if isinstance(option, QStyleOptionMenuItem):
            row: QSize = _menu().row_size(option, size)
            return row
        face = getattr(widget, "face", None) or _MEASURED.get(kind)
        wanted: QSize | None = None if face is None or widget is None else face.size(widget)
        if wanted is None:
            return super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        return wanted
