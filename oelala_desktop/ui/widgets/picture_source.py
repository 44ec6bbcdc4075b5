"""The picture field: where a picture comes in, and the picture itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.given_line import GivenLine
from oelala_desktop.ui.widgets.source import Source


class PictureSource(Source):
    """Once there is a picture it is shown under every tab. `zone` is the drop zone itself."""

    removed = Signal()

    def __init__(self, name: str = "Picture", *, titled: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, titled=titled, parent=parent)
        self.zone = DropZone(name)
        self._line = GivenLine()
        self._line.hide()
        self.column.addWidget(self.zone)
        self.column.addWidget(self._line)
        self.hear(self.zone)
        self.zone.removed.connect(self.removed)

    def set_picture(self, image: QImage | None, name: str = "", facts: Sequence[str] = ()) -> None:
        """Its preview, the name of its file, and facts such as "1536 × 1024". Clears the error."""
        self.zone.set_picture(image, name)
        self._line.tell(name, facts)
        self._line.setVisible(image is not None)

    @property
    def facts(self) -> str:
        """As they are shown."""
        return self._line.text if self.zone.has_picture else ""

    def set_note(self, text: str) -> None:
        self.zone.set_note(text)

    def set_error(self, sentence: str) -> None:
        self.zone.set_error(sentence)

    def paste(self) -> bool:
        return self.zone.paste()

    def browse(self) -> None:
        self.zone.browse()
