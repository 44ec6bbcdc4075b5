"""Rows of one card that each unfold in their place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.card import Surface
from oelala_desktop.ui.widgets.fold import Fold, FoldHeader

_PAD, _RESET, _CHEVRON = 12, 18, 24


class FoldRow(QWidget):
    """A row with a summary of what is inside, and a way back to the defaults; `make` builds the inside."""

    toggled = Signal(bool)
    reset_requested = Signal()

    def __init__(
        self, title: str, make: Callable[[], QWidget], *, icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._title = title
        self._reset: IconButton | None = None
        self.header = FoldHeader(title, icon=icon, pad=_PAD, room=_RESET + 4)
        self.fold = Fold(self._padded)
        self.fold.before = self.header
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.fold)
        self.header.toggled.connect(self.fold.set_open)
        self.fold.toggled.connect(self.toggled)

    def set_summary(self, text: str) -> None:
        self.header.set_summary(text)

    def set_departed(self, departed: bool) -> None:
        """Whether something inside is not at its default. Nothing moves."""
        self.header.set_departed(departed)
        if self._reset is None and departed:
            self._reset = IconButton("undo-2", f"{self._title}: back to the defaults", height=_RESET, parent=self)
            self._reset.clicked.connect(self.reset_requested)
            focus.place_after(self.header, self._reset)
            self._place()
        if self._reset is not None:
            self._reset.setVisible(departed)

    def set_open(self, opened: bool) -> None:
        self.header.setChecked(opened)

    @property
    def is_open(self) -> bool:
        return self.fold.is_open

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._reset is not None:
            x, y = self.width() - _PAD - _CHEVRON - _RESET, (theme.HEIGHT - _RESET) // 2
            self._reset.setGeometry(QRect(x, y, _RESET, _RESET))
            self._reset.raise_()

    def _padded(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(_PAD, 4, _PAD, 12)
        column.addWidget(self._make())
        return holder


class RowsCard(Surface):
    """One card of such rows, a line between each two."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 1, 0, 1)
        self._column.setSpacing(1)
        self.rows: list[FoldRow] = []

    def add(self, row: FoldRow) -> None:
        self.rows.append(row)
        self._column.addWidget(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in self.rows[1:]:
            painter.fillRect(1, row.y() - 1, self.width() - 2, 1, QColor(theme.tokens().border))
