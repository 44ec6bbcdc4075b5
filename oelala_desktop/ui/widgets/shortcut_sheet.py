"""The list of keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import PLACES, ROWS, Row
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.frame import FrameFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import ScrollColumn
from oelala_desktop.ui.widgets.sheet import Sheet

_COLUMNS = 3
_AROUND = 112  # pixels of the window's height that the list leaves free


class KeyCap(Label):
    """A key as it is printed on a keyboard."""

    def __init__(self, text: str) -> None:
        super().__init__(text, size=theme.CAPTION, weight=500)
        self.face = FrameFace("input", "border", 5)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedSize(max(24, painting.text_width(self.font(), text) + 14), 24)


class ShortcutSheet(Sheet):
    """Every command that has a key, by where it holds."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 960, "Keyboard shortcuts")
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.setContentsMargins(24, 16, 16, 0)
        head.addWidget(Label("Keyboard shortcuts", size=theme.SECTION, weight=600), 1)
        head.addWidget(close)
        self._list = ScrollColumn()
        self._list.column.setContentsMargins(24, 4, 24, 16)
        self._list.column.addLayout(self._columns())
        column = QVBoxLayout(self.card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._list)

    def _columns(self) -> QHBoxLayout:
        """The groups in their order, from column to column, each as near to a third of all as they allow."""
        groups = [(PLACES[place].title, rows) for place in PLACES if (rows := _with_keys(place))]
        total = sum(len(rows) + 1 for _, rows in groups)
        columns, so_far = QHBoxLayout(), 0
        columns.setSpacing(32)
        thirds = [QVBoxLayout() for _ in range(_COLUMNS)]
        for title, rows in groups:
            middle = so_far + (len(rows) + 1) / 2
            third = thirds[min(_COLUMNS - 1, int(middle * _COLUMNS / total))]
            so_far += len(rows) + 1
            third.addLayout(_group(title, rows))
            third.addSpacing(8)
        for third in thirds:
            third.addStretch(1)
            columns.addLayout(third, 1)
        return columns

    def _place(self) -> None:
        """As high as the list, if the window has room for it."""
        content = self._list.widget()
        wanted = content.sizeHint().height() if content is not None else 0
        self._list.setFixedHeight(min(wanted, self.window().height() - _AROUND))
        super()._place()


def _with_keys(place: str) -> list[Row]:
    return [row for row in ROWS.values() if row.keys and row.places[0] == place]


def _group(title: str, rows: Sequence[Row]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(Label(title, tone="muted", size=theme.CAPTION, weight=600), 0, 0)
    for at, row in enumerate(rows, 1):
        grid.addWidget(Label(row.help or row.text), at, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch(1)
        for key in keys.parts(row.id):
            caps.addWidget(KeyCap(key))
        grid.addLayout(caps, at, 1)
    return grid
