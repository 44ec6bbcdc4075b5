"""The picture field: a file, an address, or something from My Media, behind three tabs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from oelala_desktop.ui import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

_TABS = (Segment("file", "File", "upload"), Segment("url", "URL", "link"), Segment("media", "My media", "layout-grid"))


class PictureSource(QWidget):
    """Once there is a picture it is shown under every tab. `zone` is the drop zone itself."""

    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)
    media_requested = Signal()
    removed = Signal()

    def __init__(self, name: str = "Picture", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = Segmented(_TABS, f"{name} from", columns=3)
        self.tabs.set_value("file")
        self.zone = DropZone(name)
        self._url = QLineEdit()
        self._url.setPlaceholderText("https://…")
        self._url.setAccessibleName(f"{name} address")
        self._url.setFixedHeight(theme.HEIGHT)
        self._url.setClearButtonEnabled(False)
        fetch = Button("Fetch", "outlined", icon="download")
        self._url_row = QWidget()
        row = QHBoxLayout(self._url_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._url, 1)
        row.addWidget(fetch)
        self._url_row.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tabs)
        column.addWidget(self._url_row)
        column.addWidget(self.zone)
        self.tabs.value_changed.connect(self._switch)
        self._url.returnPressed.connect(self._fetch)
        fetch.clicked.connect(self._fetch)
        self.zone.files_dropped.connect(self.files_dropped)
        self.zone.image_pasted.connect(self.image_pasted)
        self.zone.url_dropped.connect(self.url_dropped)
        self.zone.removed.connect(self.removed)

    def set_picture(self, image: QImage | None, name: str = "") -> None:
        self.zone.set_picture(image, name)

    def set_note(self, text: str) -> None:
        self.zone.set_note(text)

    def set_error(self, sentence: str) -> None:
        self.zone.set_error(sentence)

    def paste(self) -> bool:
        return self.zone.paste()

    def _switch(self, tab: str) -> None:
        self._url_row.setVisible(tab == "url")
        if tab == "url":
            self._url.setFocus()
        elif tab == "media":
            self.tabs.set_value("file")  # My Media opens elsewhere; the tab is a way there, not a state
            self.media_requested.emit()

    def _fetch(self) -> None:
        address = self._url.text().strip()
        if address.startswith(("http://", "https://")):
            self.set_error("")
            self.url_dropped.emit(address)
        else:
            self.set_error("An address starts with http:// or https://.")
