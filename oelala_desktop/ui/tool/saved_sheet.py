"""Prompts or settings by name: saved, taken again, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.services.settings.named import LONGEST_NAME
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.command_list import CommandModel, CommandRows, Find
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.quiet_list import QuietList
from oelala_desktop.ui.widgets.sheet import Sheet

_WIDTH, _LIST_HEIGHT = 520, 320


class SavedSheet(Sheet):
    """`saved`, `taken` and `deleted` carry a name."""

    saved = Signal(str)
    taken = Signal(str)
    deleted = Signal(str)

    def __init__(self, window: QWidget, title: str, nothing: str) -> None:
        super().__init__(window, _WIDTH, title)
        self.name = LineEdit()
        self.name.setAccessibleName("Name to save under")
        self.name.setPlaceholderText("Name for what is on the page now")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setFixedHeight(theme.HEIGHT)
        self.save = Button("Save", "primary", height=theme.HEIGHT)
        self.save.setEnabled(False)
        self.model = CommandModel(self)
        self.list = QuietList(title)
        self.list.setModel(self.model)
        self.list.setItemDelegate(CommandRows(self.list))
        self._names: tuple[str, ...] = ()
        self._nothing = Label(nothing, tone="text2", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(_LIST_HEIGHT)
        for shown in (self.list, self._nothing):
            self._stack.addWidget(shown)
        self._build(title)
        self.name.textChanged.connect(self._named)
        self.name.returnPressed.connect(self._save)
        self.save.clicked.connect(self._save)
        self.list.clicked.connect(self._take)
        self.list.entered_row.connect(self._take)
        self.list.deleted_row.connect(self._delete)

    def _build(self, title: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.name, 1)
        line.addWidget(self.save)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addWidget(Label(title, size=theme.SECTION, weight=600))
        column.addLayout(line)
        column.addWidget(self._stack)
        column.addWidget(Label("Enter takes one, Delete deletes it.", tone="muted", size=theme.CAPTION))

    def show_names(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self.model.set_finds([Find(name, partial(self.taken.emit, name), "bookmark") for name in names])
        self._stack.setCurrentWidget(self.list if names else self._nothing)
        self._named(self.name.text())

    def open_sheet(self) -> None:
        super().open_sheet()
        self.name.setFocus(Qt.FocusReason.PopupFocusReason)

    def _named(self, text: str) -> None:
        name = " ".join(text.split())
        self.save.setEnabled(bool(name))
        self.save.set_text("Replace" if name in self._names else "Save")

    def _save(self) -> None:
        if self.save.isEnabled():
            self.saved.emit(self.name.text())

    def _take(self, index: QModelIndex) -> None:
        find = self.model.at(index.row())
        if find is not None:
            self.close_sheet()
            find.act()

    def _delete(self, index: QModelIndex) -> None:
        find = self.model.at(index.row())
        if find is not None:
            self.deleted.emit(find.title)
