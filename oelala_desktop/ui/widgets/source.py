"""The ways in that every input has: a file, an address, or something from My Media, behind three tabs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

_TABS = (Segment("file", "File", "upload"), Segment("url", "URL", "link"), Segment("media", "My media", "layout-grid"))


class AddressRow(QWidget):
    """A line for an address and the button that fetches from it."""

    fetch_requested = Signal(str)

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = LineEdit()
        self.edit.setPlaceholderText("https://…")
        self.edit.setAccessibleName(name)
        self.edit.setFixedHeight(theme.HEIGHT)
        fetch = Button("Fetch", "outlined", icon="download")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(fetch)
        self.edit.returnPressed.connect(self._fetch)
        fetch.clicked.connect(self._fetch)
        self.setFocusProxy(self.edit)

    def _fetch(self) -> None:
        self.fetch_requested.emit(self.edit.text().strip())


class Source(QWidget):
    """The tabs, and in `column` below them what a class derived from this puts there. If it is `titled`, the tabs stand
    beside the name of the input, as the head of its card; otherwise over the whole width. `media` is for what My Media
    has."""

    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)
    media_requested = Signal()
    instead_wished = Signal()

    def __init__(self, name: str, *, titled: bool = False, media: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._address: AddressRow | None = None
        self._instead: Button | None = None
        tabs = _TABS if media else _TABS[:2]
        self.tabs = Segmented(tabs, f"{name} from", columns=0 if titled else len(tabs), dense=titled)
        self.tabs.set_value("file")
        self.tabs.value_changed.connect(self._switch)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self._titled = titled
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(8)
        self._title = ElidedLabel(name, weight=600)
        self._caption = Label(tone="muted", size=theme.CAPTION)
        if titled:
            words = QHBoxLayout()
            words.setSpacing(8)
            words.addWidget(self._title)
            words.addWidget(self._caption)
            words.addStretch(1)
            self._head.addLayout(words, 1)
        self._head.addWidget(self.tabs)
        self.column.addLayout(self._head)
        self.set_caption("")

    def set_error(self, sentence: str) -> None:
        """Why the last thing was not taken. What was there stays."""
        raise NotImplementedError

    def set_kind(self, kind: dropped.Kind) -> None:
        """Takes things of that kind from now on."""
        raise NotImplementedError

    def offer_instead(self, preset: str) -> None:
        """The name of another preset, which takes what was refused; "" when there is none."""
        if self._instead is None and preset:
            self._instead = Button("", "outlined", icon="workflow", height=theme.DENSE_HEIGHT)
            self._instead.clicked.connect(self.instead_wished)
            self.column.addWidget(self._instead)
            focus.place_after(focus.stops(self)[-2], self._instead)
        if self._instead is not None:
            self._instead.set_text(f"Use {preset} instead")
            self._instead.setVisible(bool(preset))

    def paste(self) -> bool:
        """Take what the clipboard holds; False if there is nothing for it."""
        raise NotImplementedError

    def browse(self) -> None:
        raise NotImplementedError

    def set_caption(self, text: str) -> None:
        """Beside the name, of a titled one."""
        self._caption.setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        if self._titled:  # else it could not become so narrow that the tabs go below
            hint.setWidth(min(hint.width(), self.tabs.sizeHint().width()))
        return hint

    def _fit(self) -> None:
        """The tabs beside the name where both have room, else below it."""
        if not self._titled:
            return
        beside = sum(part.sizeHint().width() + 8 for part in (self._title, self._caption, self.tabs)) <= self.width()
        sides = QBoxLayout.Direction
        self._head.setDirection(sides.LeftToRight if beside else sides.TopToBottom)
        across = QSizePolicy.Policy.Fixed if beside else QSizePolicy.Policy.Expanding
        self.tabs.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def hear(self, target: DropTarget) -> None:
        """Hand on what comes into `target`."""
        target.files_dropped.connect(self.files_dropped)
        target.image_pasted.connect(self.image_pasted)
        target.url_dropped.connect(self.url_dropped)

    def _switch(self, tab: str) -> None:
        if tab == "url" and self._address is None:
            self._address = AddressRow(f"{self._name} address")
            self._address.fetch_requested.connect(self._fetch)
            self.column.insertWidget(1, self._address)
            focus.place_after(self.tabs.button("url"), self._address)
        if self._address is not None:
            self._address.setVisible(tab == "url")
            if tab == "url":
                self._address.setFocus()
        if tab == "media":
            self.tabs.set_value("file")  # My Media opens elsewhere; the tab is a way there, not a state
            self.media_requested.emit()

    def _fetch(self, address: str) -> None:
        whole = address if "://" in address else f"http://{address}"
        if address and whole.startswith(("http://", "https://")):
            self.set_error("")
            self.url_dropped.emit(whole)
        else:
            self.set_error("An address starts with http:// or https://.")
