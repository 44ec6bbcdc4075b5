"""Where a folder of pictures comes in, and what is in it: its pictures with their captions, of which the current one is
edited below the list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.training import MOST_CAPTION
from oelala_desktop.services.inputs.dataset_file import TrainingPicture
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.train.captions import ROW, CaptionList
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.text_box import TextBox

_MOST_ROWS = 4  # in view at once


class FolderZone(DropZone):
    """It is browsed for as a folder; files are dropped."""

    def browse(self) -> None:
        dialog = QFileDialog(self.window(), "Choose a folder of pictures")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.files_dropped.emit([Path(file) for file in files]))
        dialog.open()


class DatasetSource(QWidget):
    """`edited` is sent when a caption was changed, `save_wished` when all are to go beside their pictures."""

    edited = Signal()
    save_wished = Signal()
    removed = Signal()

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone = FolderZone(name, dropped.DATASET, invitation="Drop a folder of pictures here")
        self.title = Label(name, weight=600)
        self.facts = ElidedLabel("", tone="muted", size=theme.CAPTION)
        change = IconButton("folder-open", "Choose another folder", height=28)
        change.clicked.connect(self.zone.browse)
        remove = IconButton("x", "Remove the pictures", height=28)
        remove.clicked.connect(self.removed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.facts, 1)
        head.addWidget(change)
        head.addWidget(remove)
        self.list = CaptionList()
        self.box = TextBox("Caption", placeholder="What is in this picture", limit=MOST_CAPTION, lines=2, most=4)
        self.box.text_edited.connect(self._typed)
        self.save = Button("Save captions", icon="save", height=theme.DENSE_HEIGHT)
        self.save.clicked.connect(self.save_wished)
        self._unsaved = Label("", tone="muted", size=theme.CAPTION, wrap=True)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._unsaved, 1)
        foot.addWidget(self.save)
        self._error = Label("", tone="error", size=theme.CAPTION, wrap=True)
        self._filled = QWidget()
        inner = QVBoxLayout(self._filled)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(head)
        inner.addWidget(self.list)
        inner.addWidget(self.box)
        inner.addLayout(foot)
        inner.addWidget(self._error)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.zone)
        column.addWidget(self._filled)
        self.list.chosen.connect(self._show_current)
        self.setFocusProxy(self.zone)
        self.set_pictures("", ())

    def set_pictures(self, name: str, pictures: Sequence[TrainingPicture]) -> None:
        """Nothing given invites."""
        captions, row = self.list.captions, max(0, self.list.currentIndex().row())
        captions.set_pictures(pictures)
        self.zone.setVisible(not pictures)
        self._filled.setVisible(bool(pictures))
        self.title.setText(name)
        self.list.setFixedHeight(ROW * min(_MOST_ROWS, max(1, len(pictures))))
        self.set_error("")
        if pictures:
            self.list.setCurrentIndex(captions.index(min(row, len(pictures) - 1)))
            self.list.look()
        self._tell()

    def set_edits(self, edits: dict[str, str]) -> None:
        """What was typed in an earlier run, and not saved."""
        row = max(0, self.list.currentIndex().row())
        self.list.captions.set_edits(edits)
        if self.list.captions.pictures:
            self.list.setCurrentIndex(self.list.captions.index(row))
        self._tell()

    def set_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.zone.set_error(sentence)

    def set_busy(self, text: str) -> None:
        self.zone.set_note(text)
        if self._filled.isVisible() or text:
            self.facts.setText(text)
        if not text:
            self._tell()

    def show_small(self, path: Path, image: QImage) -> None:
        self.list.captions.show_small(path, image)

    def _show_current(self, row: int) -> None:
        picture = self.list.captions.pictures[row]
        self.box.setAccessibleName(f"Caption of {picture.path.name}")
        self.box.set_text(self.list.captions.caption(row))
        self.box.setEnabled(not picture.fault)

    def _typed(self, text: str) -> None:
        row = self.list.currentIndex().row()
        if row >= 0:
            self.list.captions.edit(row, text)
            self._tell()
            self.edited.emit()

    def _tell(self) -> None:
        captions = self.list.captions
        count, without, unsaved = captions.rowCount(), captions.uncaptioned(), len(captions.edits)
        parts = [f"{count} picture{'s' if count != 1 else ''}"]
        parts += [f"{without} without caption{'s' if without != 1 else ''}"] if without else []
        damaged = sum(bool(one.fault) for one in captions.pictures)
        parts += [f"{damaged} cannot be used"] if damaged else []
        self.facts.setText(" · ".join(parts))
        words = (
            f"{unsaved} not saved; Train saves them too." if unsaved else "Captions lie beside the pictures, as .txt"
        )
        self._unsaved.setText(words)
        self.save.set_reason("" if unsaved else "Nothing was changed.")
