"""A line of text that leaves dropped files to whatever lies below it: nobody wants to type a path by dropping."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from oelala_desktop.ui.style.field import PAD
from oelala_desktop.ui.widgets.dropped import is_text

_FRAME = 1  # pixels that Qt takes for it


class LineEdit(QLineEdit):
    def __init__(self, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextMargins(PAD - _FRAME, 0, PAD - _FRAME, 0)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_text(event.mimeData()):
            super().dragEnterEvent(event)
        else:
            event.ignore()
