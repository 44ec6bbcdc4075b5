"""The list of keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.style.frame import FrameFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.sheet import Sheet


class KeyCap(Label):
    """A key as it is printed on a keyboard."""

    def __init__(self, text: str) -> None:
        super().__init__(text, size=theme.CAPTION, weight=500)
        self.face = FrameFace("input", "border", 5)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedSize(max(24, painting.text_width(self.font(), text) + 14), 24)


class ShortcutSheet(Sheet):
    """`groups` are (title, ((keys such as "Ctrl+Enter", what they do), …))."""

    def __init__(self, window: QWidget, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        super().__init__(window, 720, "Keyboard shortcuts")
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.addWidget(Label("Keyboard shortcuts", size=theme.SECTION, weight=600), 1)
        head.addWidget(close)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        halves = (QVBoxLayout(), QVBoxLayout())
        total = sum(len(keys) + 1 for _, keys in groups)
        so_far = 0
        for title, keys in groups:  # in order, the first column until it holds its half
            half = halves[0] if so_far < total / 2 else halves[1]
            so_far += len(keys) + 1
            half.addLayout(self._group(title, keys))
            half.addSpacing(8)
        for half in halves:
            half.addStretch(1)
            columns.addLayout(half, 1)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(columns)

    def _group(self, title: str, keys: Sequence[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(Label(title, tone="muted", size=theme.CAPTION, weight=600), 0, 0)
        for at, (combination, what) in enumerate(keys, 1):
            grid.addWidget(Label(what), at, 0)
            caps = QHBoxLayout()
            caps.setSpacing(4)
            caps.addStretch(1)
            for key in combination.split("+") if len(combination) > 1 else [combination]:
                caps.addWidget(KeyCap(key or "+"))
            grid.addLayout(caps, at, 1)
        return grid
