"""The living queue under a tool's stage: its counts, whether the stage follows it, and the filmstrip."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.queue.cell_size import NORMAL, CellSize
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.card import PAD, Surface
from oelala_desktop.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:  # what shows jobs comes when there are jobs to show, which start-up gains by
    from oelala_desktop.ui.jobs.words import Counts
    from oelala_desktop.ui.queue.strip import FilmStrip
    from oelala_desktop.ui.widgets.button import IconButton
    from oelala_desktop.ui.widgets.toggle import Toggle

_HEAD, _LOW_HEAD, _FOOT = 46, 36, 10


class QueueCard(Surface):
    """`menu_acts` sends: clear, cancel_waiting, panel. It has its height from the start, the rest when its
    filmstrip is first asked for."""

    follow_toggled = Signal(bool)
    pause_requested = Signal(bool)
    menu_acts = Signal(str)
    follow: Toggle
    pause: IconButton
    menu: IconButton

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Counts | None = None
        self._size = NORMAL
        self._row = row = QHBoxLayout()
        row.setSpacing(8)
        title = Label("Queue", size=theme.CONTROL, weight=600)
        title.setFixedHeight(theme.DENSE_HEIGHT)
        row.addWidget(title)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, _FOOT)
        column.setSpacing(0)
        column.addLayout(row)
        self._kept = QSpacerItem(0, 0, vData=QSizePolicy.Policy.Fixed)  # the filmstrip's place
        column.addItem(self._kept)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_cell_size(NORMAL)

    @cached_property
    def strip(self) -> FilmStrip:
        """Made, with all that stands over it, when it is first asked for."""
        from oelala_desktop.ui.queue.strip import FilmStrip

        strip = FilmStrip()
        strip.set_cell_size(self._size)
        self._fill_head()
        self._column.removeItem(self._kept)
        self._column.addWidget(strip)
        return strip

    def _fill_head(self) -> None:
        from oelala_desktop.ui.widgets.button import IconButton
        from oelala_desktop.ui.widgets.toggle import Toggle

        self._summary = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.follow = Toggle("Auto-follow")
        self.follow.setChecked(True)
        self.follow.setToolTip("The stage shows whatever runs")
        self.follow.clicked.connect(self.follow_toggled)
        self.pause = IconButton("pause", ROWS["pause"].text)
        self.pause.clicked.connect(self._toggle_pause)
        self.menu = IconButton("ellipsis", "More about the queue")
        self.menu.clicked.connect(self._open_menu)
        self._row.addWidget(self._summary, 1)
        self._row.addSpacing(8)
        self._row.addWidget(Label("Auto-follow", tone="text2"))
        for widget in (self.follow, self.pause, self.menu):
            self._row.addWidget(widget)

    def set_cell_size(self, size: CellSize) -> None:
        self._size = size
        if "strip" in self.__dict__:
            self.strip.set_cell_size(size)
        else:
            self._kept.changeSize(0, size.row_height)
        head = _HEAD if size.captioned else _LOW_HEAD
        around = (head - theme.DENSE_HEIGHT) // 2
        self._row.setContentsMargins(PAD - 1, around, 8, around)
        self.setFixedHeight(head + size.row_height + _FOOT)

    def set_counts(self, counts: Counts) -> None:
        from oelala_desktop.ui.jobs.words import summary

        _ = self.strip
        self._counts = counts
        self._summary.setText(summary(counts))
        name = ROWS["pause"].on if counts.paused else ROWS["pause"].text
        self.pause.set_icon("play" if counts.paused else "pause")
        self.pause.setAccessibleName(name)
        self.pause.set_hint(name)

    def set_following(self, on: bool) -> None:
        self.strip.follows = on
        self.follow.setChecked(on)

    def _toggle_pause(self) -> None:
        self.pause_requested.emit(self._counts is None or not self._counts.paused)

    def _open_menu(self) -> None:
        menu = theme.make_menu(self)
        counts = self._counts
        entries = (
            ("clear", "Clear finished", counts.over if counts else 0),
            ("cancel_waiting", "Cancel all waiting", counts.waiting if counts else 0),
            ("panel", f"Open the queue\t{keys.words('queue')}", 1),
        )
        for key, words, there in entries:
            action = menu.addAction(words)
            action.setEnabled(bool(there))
            action.triggered.connect(lambda _checked=False, key=key: self.menu_acts.emit(key))
        self.menu.open_menu(menu)
