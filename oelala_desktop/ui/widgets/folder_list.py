"""Folders, one a row with a button that takes it out, and a button that adds one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.label import ElidedLabel


class FolderList(QWidget):
    changed = Signal(object)  # the folders that are left
    add_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders: tuple[str, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        add = Button("Add…", icon="folder-open")
        add.setAccessibleName("Add a folder to My Media")
        add.clicked.connect(self.add_requested)
        self.add = add
        foot = QHBoxLayout()
        foot.addWidget(add)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._rows)
        column.addLayout(foot)
        self.setFocusProxy(add)

    @property
    def folders(self) -> tuple[str, ...]:
        return self._folders

    def set_folders(self, folders: Sequence[str]) -> None:
        if tuple(folders) == self._folders:
            return
        self._folders = tuple(folders)
        while (item := self._rows.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        for folder in self._folders:
            self._rows.addWidget(self._row(folder))

    def _row(self, folder: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        remove = IconButton("x", f"Take {folder} out of My Media", height=theme.DENSE_HEIGHT)
        remove.clicked.connect(partial(self._remove, folder))
        line.addWidget(ElidedLabel(folder), 1)
        line.addWidget(remove)
        return row

    def _remove(self, folder: str) -> None:
        self.set_folders([other for other in self._folders if other != folder])
        self.changed.emit(list(self._folders))
