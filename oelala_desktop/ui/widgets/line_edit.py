"""A line of text that leaves dropped files to whatever lies below it: nobody wants to type a path by dropping."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QLineEdit

from oelala_desktop.ui.widgets.dropped import is_text


class LineEdit(QLineEdit):
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_text(event.mimeData()):
            super().dragEnterEvent(event)
        else:
            event.ignore()
