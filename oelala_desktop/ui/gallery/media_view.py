"""The page of My Media: the bar, the grid below it, and what there is to say when the grid is empty."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.toolbar import MediaToolbar
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.prompt_popup import MediaFacts, PromptPopup


class MediaView(QWidget):
    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toolbar = MediaToolbar()
        self.grid = MediaGrid()
        self.empty = EmptyState("image", "Nothing here yet", "Pictures and videos you make appear here by themselves.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        self._popup: PromptPopup | None = None
        self.toolbar.zoomed.connect(self.grid.zoom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._stack, 1)

    @property
    def popup(self) -> PromptPopup:
        """Made when first needed; connect to its signals."""
        if self._popup is None:
            self._popup = PromptPopup()
        return self._popup

    def show_empty(self, empty: bool, *, filtered: bool = False) -> None:
        """`filtered`: there are items, but the filter shows none of them."""
        if filtered:
            self.empty.set_words("search", "Nothing fits", "Try fewer words or another filter.", "Clear the filter")
        else:
            self.empty.set_words("image", "Nothing here yet", "Pictures and videos you make appear here by themselves.")
        self._stack.setCurrentWidget(self.empty if empty else self.grid)

    def show_prompt(self, key: str, facts: MediaFacts, image: QImage | None = None) -> None:
        """The popup beside the cell of `key`."""
        cell = self.grid.rect_of(key)
        area = QRect(self.grid.viewport().mapTo(self.window(), QPoint(cell.x(), cell.y())), cell.size())
        self.popup.set_facts(facts, image)
        self.popup.open_by(self.window(), area)
