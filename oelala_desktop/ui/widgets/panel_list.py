"""The scrolling list that the side panels are made of."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.ui.widgets.scroll import ScrollColumn


class PanelList(ScrollColumn):
    """`column` takes the rows, top to bottom."""

    def __init__(self, *, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        outer = self.column
        outer.setContentsMargins(16, 4, 16, 16)
        self.column = QVBoxLayout()
        self.column.setSpacing(spacing)
        outer.addLayout(self.column)
        outer.addStretch(1)
