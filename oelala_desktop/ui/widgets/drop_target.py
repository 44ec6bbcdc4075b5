"""A place where something comes in: dropped, pasted or browsed for. It hands on paths, pixels or addresses, no more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.control import Control


class DropTarget(Control, QWidget):
    """Takes things of one `kind`, called `name`. Who derives from it says how a refusal is shown, and looks."""

    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)

    def __init__(self, name: str, kind: dropped.Kind = dropped.PICTURE, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._name = name
        self._hover = ""  # "", "take" or "refuse"
        self._refusal = ""
        self.full = ""  # a sentence on why nothing more can be taken now
        self.setAccessibleName(name)
        self.setAcceptDrops(True)

    def set_kind(self, kind: dropped.Kind) -> None:
        """Takes things of that kind from now on."""
        self.kind = kind

    def set_error(self, sentence: str) -> None:
        """Why the last thing was not taken."""
        raise NotImplementedError

    def hovered(self) -> None:
        """A drag came, or went: `_hover` tells."""
        self.update()

    def browse(self) -> None:
        from PySide6.QtWidgets import QFileDialog  # a form is shown before anyone browses

        dialog = QFileDialog(self.window(), f"Choose {self._name.lower()}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(self.kind.filters)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.files_dropped.emit([Path(file) for file in files]))
        dialog.open()

    def paste(self) -> bool:
        """Take what the clipboard holds; False if there is nothing of this kind in it."""
        return self._take(self._offered())

    def _offered(self, *, pixels: bool = True) -> dropped.Dropped | None:
        return dropped.read(QGuiApplication.clipboard().mimeData(), pixels=pixels, kind=self.kind)

    def _take(self, offer: dropped.Dropped | None) -> bool:
        if offer is None:
            return False
        if refusal := offer.refusal or self.full:
            self.set_error(refusal)
        elif offer.files:
            self.files_dropped.emit(list(offer.files))
        elif offer.image is not None and not offer.image.isNull():
            self.image_pasted.emit(offer.image)
        elif offer.url:
            self.url_dropped.emit(offer.url)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        offer = None if dropped.only_json(mime) else dropped.read(mime, pixels=False, kind=self.kind)
        if offer is None:
            event.ignore()
            return
        self._refusal = offer.refusal or self.full
        self._hover = "refuse" if self._refusal else "take"
        self._accept(event)
        self.hovered()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._accept(event)

    def dragLeaveEvent(self, _event: object) -> None:
        self._hover = ""
        self.hovered()

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover = ""
        self._accept(event)
        self.hovered()
        self._take(dropped.read(event.mimeData(), kind=self.kind))

    @staticmethod
    def _accept(event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)  # file managers offer Move first, which would delete the file
        event.accept()

    def event(self, event: QEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and _pastes(event) and self._offered(pixels=False) is not None:
            event.accept()  # before the window has it, which would give it to another field
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _pastes(event):
            self.paste()
        else:
            super().keyPressEvent(event)


def _pastes(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and keys.presses(event, "paste")
