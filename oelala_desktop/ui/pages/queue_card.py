"""The living queue under a tool's stage: its counts, whether the stage follows it, and the filmstrip."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import theme
from oelala_desktop.ui.queue.strip import FilmStrip
from oelala_desktop.ui.queue.strip_cell import CellSize
from oelala_desktop.ui.queue.words import Counts, summary
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.card import PAD, Surface
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.toggle import Toggle

_HEAD, _LOW_HEAD = 46, 36


class QueueCard(Surface):
    """`menu_acts` sends: clear, cancel_waiting, panel."""

    follow_toggled = Signal(bool)
    pause_requested = Signal(bool)
    menu_acts = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = Counts()
        self._summary = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.follow = Toggle("Auto-follow")
        self.follow.setChecked(True)
        self.follow.setToolTip("The stage shows whatever runs")
        self.follow.clicked.connect(self.follow_toggled)
        self.pause = IconButton("pause", "Pause the queue")
        self.pause.clicked.connect(lambda: self.pause_requested.emit(not self._counts.paused))
        self.menu = IconButton("ellipsis", "More about the queue")
        self.menu.clicked.connect(self._open_menu)
        self.strip = FilmStrip()
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(PAD - 1, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(Label("Queue", size=theme.CONTROL, weight=600))
        row.addWidget(self._summary, 1)
        row.addSpacing(8)
        row.addWidget(Label("Auto-follow", tone="text2"))
        for widget in (self.follow, self.pause, self.menu):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 10)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.strip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_cell_size(self.strip.cell_size)
        self.set_counts(Counts())

    def set_cell_size(self, size: CellSize) -> None:
        self.strip.set_cell_size(size)
        self._head.setFixedHeight(_HEAD if size.captioned else _LOW_HEAD)

    def set_counts(self, counts: Counts) -> None:
        self._counts = counts
        self._summary.setText(summary(counts))
        name = "Resume the queue" if counts.paused else "Pause the queue"
        self.pause.set_icon("play" if counts.paused else "pause")
        self.pause.setAccessibleName(name)
        self.pause.set_hint(name)

    def set_following(self, on: bool) -> None:
        self.strip.follows = on
        self.follow.setChecked(on)

    def _open_menu(self) -> None:
        menu = theme.make_menu(self)
        counts = self._counts
        entries = (
            ("clear", "Clear finished", counts.done + counts.failed),
            ("cancel_waiting", "Cancel all waiting", counts.waiting),
            ("panel", "Open the queue\tCtrl+J", 1),
        )
        for key, words, there in entries:
            action = menu.addAction(words)
            action.setEnabled(bool(there))
            action.triggered.connect(lambda _checked=False, key=key: self.menu_acts.emit(key))
        self.menu.open_menu(menu)
