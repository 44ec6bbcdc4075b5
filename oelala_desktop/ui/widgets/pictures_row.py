"""The field of several pictures: where they come in, and the pictures in their order."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.pictures_shelf import PicturesShelf
from oelala_desktop.ui.widgets.sentence import Sentence
from oelala_desktop.ui.widgets.source import Source


class PicturesRow(Source):
    """Numbered from 1. It tells what is wished; who owns it answers with `set_pictures`."""

    removed = Signal(int)
    moved = Signal(int, int)  # from its index to the one it has afterwards

    def __init__(self, name: str = "Pictures", *, parent: QWidget | None = None) -> None:
        self._count, self._least, self._most = 0, 0, 0
        super().__init__(name, titled=True, parent=parent)
        self.zone = DropZone(name, low=True, invitation="Drop pictures here or paste them")
        self.shelf = PicturesShelf(name)
        self._sentence = Sentence()
        for widget in (self.zone, self.shelf, self._sentence):
            self.column.addWidget(widget)
        self.hear(self.zone)
        self.hear(self.shelf)
        self.shelf.refused.connect(self.set_error)
        self.shelf.removed.connect(self.removed)
        self.shelf.moved.connect(self.moved)
        self.set_pictures([])

    @property
    def error(self) -> str:
        return self._sentence.text() or self.zone.error

    def set_pictures(self, pictures: list[tuple[QImage, str]]) -> None:
        """Previews and names, in order. Clears the error."""
        self._count = len(pictures)
        self.shelf.set_pictures(pictures)
        self.shelf.setVisible(bool(pictures))
        self.zone.setVisible(not pictures)
        self.set_error("")
        self._tell()

    def set_most(self, most: int, least: int = 0) -> None:
        """How many there may be, 0 for any number, and how many there must be."""
        self._most, self._least = most, least
        self.zone.invite(f"Drop up to {most} pictures here" if most > 1 else "Drop pictures here or paste them")
        self._tell()

    def set_error(self, sentence: str) -> None:
        self.zone.set_error("" if self._count else sentence)
        self._sentence.say(sentence if self._count else "")

    def paste(self) -> bool:
        return self.shelf.paste()

    def browse(self) -> None:
        self.shelf.browse()

    def _tell(self) -> None:
        full = 0 < self._most <= self._count
        why = f"{self._most} pictures are the most here. Remove one first." if full else ""
        self.shelf.full = why
        self.shelf.add.setVisible(not full)
        for tab in ("url", "media"):
            self.tabs.set_reason(tab, why)
        self.set_caption("")

    def set_caption(self, text: str) -> None:
        """How many there are, where there is nothing else to say."""
        counted = f"{self._count} of {self._most}" if self._most and self._count else str(self._count or "")
        needed = f"at least {self._least}" if self._count < self._least != self._most else ""
        super().set_caption(text or " · ".join(filter(None, (counted, needed))))
