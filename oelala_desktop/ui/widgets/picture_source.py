"""The picture field: where a picture comes in, and the picture itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.source import Source


class PictureSource(Source):
    """Once there is a picture it is shown under every tab. `zone` is the drop zone itself."""

    removed = Signal()

    def __init__(self, name: str = "Picture", *, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.zone = DropZone(name)
        self.column.addWidget(self.zone)
        self.hear(self.zone)
        self.zone.removed.connect(self.removed)

    def set_picture(self, image: QImage | None, name: str = "") -> None:
        self.zone.set_picture(image, name)

    def set_note(self, text: str) -> None:
        self.zone.set_note(text)

    def set_error(self, sentence: str) -> None:
        self.zone.set_error(sentence)

    def paste(self) -> bool:
        return self.zone.paste()
