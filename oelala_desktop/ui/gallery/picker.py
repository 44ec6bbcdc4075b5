"""A picture or a video from My Media for a tool: a grid over the page it was asked from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.grid_feed import GridFeed
from oelala_desktop.ui.gallery.toolbar import SearchBox
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.sheet import Sheet

_WIDTH, _HEIGHT = 960, 640


class MediaPicker(Sheet):
    """`picked` gets the path of what is chosen; Esc or a click beside the sheet picks none. Gone once closed."""

    def __init__(self, studio: Studio, picked: Callable[[Path], None], kind: dropped.Kind) -> None:
        window = studio.shell
        super().__init__(window, min(_WIDTH, window.width() - 64), f"Choose a {kind.word} from My Media")
        self._picked = picked
        self._kind = kind
        self.grid = MediaGrid()
        self.grid.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.feed = GridFeed(self.grid, studio)
        self.search = SearchBox("Search")
        self.search.setMaximumWidth(280)
        self.search.searched.connect(lambda _text: self._find())
        self.search.left_down.connect(self._to_results)
        self._use = Button(f"Use {kind.word}", "primary", height=theme.DENSE_HEIGHT)
        self._use.clicked.connect(lambda: self._take(self.grid.selection.current or ""))
        self._empty = EmptyState(
            "film" if kind is dropped.VIDEO else "image",
            f"No {kind.words} here",
            f"{kind.words.capitalize()} in your media folders can be chosen here.",
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        self.card.setFixedHeight(min(_HEIGHT, window.height() - 64))
        self._build()
        self.grid.opened.connect(self._take)
        self.grid.selection_changed.connect(self._tell)
        self.feed.loaded.connect(self._loaded)
        self.closed.connect(self.deleteLater)
        self._tell()
        self._find()

    def _build(self) -> None:
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 8)
        head.setSpacing(12)
        head.addWidget(Label(f"Choose a {self._kind.word}", size=theme.SECTION, weight=600))
        head.addStretch(1)
        head.addWidget(self.search, 1)
        head.addWidget(close)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(Label(f"Enter or a double click takes the {self._kind.word}", tone="muted", size=theme.CAPTION))
        foot.addStretch(1)
        foot.addWidget(self._use)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def open_sheet(self) -> None:
        super().open_sheet()
        self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def _find(self) -> None:
        kind = {dropped.VIDEO: "video", dropped.EITHER: None}.get(self._kind, "image")
        query = MediaQuery(kind=kind, text=self.search.text().strip(), hide_start_images=False)
        self.feed.show(query)

    def _to_results(self) -> None:
        first = self.grid.provider.key(0) if self.grid.provider.count() else None
        if first is not None:
            self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.grid.select_only(first)

    def _loaded(self) -> None:
        if self.search.text().strip():
            self._empty.set_words("search", "Nothing fits", "Try fewer words.")
        self._stack.setCurrentWidget(self.grid if self.feed.provider.count() else self._empty)

    def _tell(self) -> None:
        self._use.set_reason("" if len(self.grid.selection) else f"Choose a {self._kind.word} first")

    def _take(self, key: str) -> None:
        path = self.feed.provider.path(key) if key else None
        if path is not None:
            self.close_sheet()
            self._picked(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.grid.selection.current or "")
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)


def open_picker(studio: Studio, picked: Callable[[Path], None], kind: dropped.Kind = dropped.PICTURE) -> QWidget:
    picker = MediaPicker(studio, picked, kind)
    picker.open_sheet()
    return picker
