"""A list without a frame on whatever lies below it, painted by its delegate; one stop of the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.control import Control

Index = QModelIndex | QPersistentModelIndex


class QuietList(Control, QListView):
    """`entered_row`: Enter on the current row; `deleted_row`: Delete."""

    entered_row = Signal(QModelIndex)
    deleted_row = Signal(QModelIndex)

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewport(QWidget())  # of our own: see ScrollColumn
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.dress_scroll_bars(self)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """A list lays all its rows out anew when one changes; what is told with its roles changes no row's size."""
        if roles:
            QAbstractItemView.dataChanged(self, first, last, roles)
        else:
            super().dataChanged(first, last, roles)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() is not None and self.model().rowCount():
            self.setCurrentIndex(self.first_stop())
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def first_stop(self) -> QModelIndex:
        """The row on which the keyboard begins."""
        return self.model().index(0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True  # whoever came by the mouse and goes on with keys sees where
        index, plain = self.currentIndex(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.entered_row.emit(index)
        elif plain and index.isValid() and event.key() == Qt.Key.Key_Delete:
            self.deleted_row.emit(index)
        else:
            super().keyPressEvent(event)
            self.viewport().update()
