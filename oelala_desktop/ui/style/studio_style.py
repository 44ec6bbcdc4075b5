"""The one style of the application, over Fusion. Every widget is drawn through it, so what is asked of every widget
(`polish`, `styleHint`, `pixelMetric`, `subElementRect`) stays in C++: a call into Python costs microseconds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QWidget

from oelala_desktop.ui import painting
from oelala_desktop.ui.style.button import ButtonFace
from oelala_desktop.ui.style.face import Face

#: the face of a stock control that has none of its own, by what Qt calls the drawing and the measuring of it
_PLAIN: dict[QStyle.ControlElement | QStyle.ContentsType, Face[Any]] = {
    QStyle.ControlElement.CE_PushButton: ButtonFace(),
    QStyle.ContentsType.CT_PushButton: ButtonFace(),
}


def _paint(face: Face[Any], painter: QPainter, widget: QWidget) -> None:
    painter.save()
    painting.begin(painter)
    face.draw(painter, widget)
    painter.restore()


class StudioStyle(QProxyStyle):
    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        face = getattr(widget, "face", None) or _PLAIN.get(element)
        if face is None or widget is None:
            super().drawControl(element, option, painter, widget)
        else:
            _paint(face, painter, widget)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        face = getattr(widget, "face", None) or _PLAIN.get(kind)
        if face is None or widget is None:
            return super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        return face.size(widget)
