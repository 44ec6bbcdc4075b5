"""Settings: cards of fields, rendered by the same table as the tools' forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.field import Field
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.fields import LineEditor, NumberEditor, SwitchEditor, editor_for
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.folder_list import FolderList
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import Column, ScrollColumn

_WIDTH, _LABEL, _NUMBER, _GAP = 760, 200, 140, 12


class SettingsSection(NamedTuple):
    """`browse` are keys of folder fields, which get a button that asks for a folder; `folders` are keys of fields that
    hold a list of folders; `facts` are (key, label) of lines that only tell something; `secret` are keys of fields
    that show dots; `buttons` are (key, text, icon) of what else the section can do."""

    title: str
    fields: tuple[Field, ...]
    browse: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[tuple[str, str, str], ...] = ()
    secret: tuple[str, ...] = ()


class FoldersEditor(Editor):
    """A field whose value is a list of folders."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.list = FolderList()
        self.list.changed.connect(self.edited.emit)
        self._hold(self.list)

    def set_value(self, value: Any) -> None:
        self.list.set_folders([str(folder) for folder in value or ()])


class SettingsPage(QWidget):
    """Sections of settings, in two columns where there is room; values go in and out by their keys."""

    changed = Signal(str, object)  # key, value; only values that the field accepts
    browse_requested = Signal(str)  # key of a folder field
    pressed = Signal(str)  # key of a button

    def __init__(self, sections: Sequence[SettingsSection], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, Editor] = {}
        self._problems: dict[str, Label] = {}
        self._notes: dict[str, Label] = {}
        self._inside = Column()
        across = QHBoxLayout(self._inside)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(_GAP)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(_GAP)
            across.addLayout(column, 1)
        self._cards = [self._make_card(section) for section in sections]
        self._are_two: bool | None = None
        self._arrange()
        scroll = ScrollColumn()
        scroll.column.setContentsMargins(16, 16, 16, 16)
        scroll.column.addWidget(self._inside)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """One column below the other, or beside it."""
        two = self.width() >= 2 * _WIDTH
        if two == self._are_two:
            return
        self._are_two = two
        for column in self._columns:
            while column.count():
                column.takeAt(0)
        half = (len(self._cards) + 1) // 2 if two else len(self._cards)
        for column, cards in zip(self._columns, (self._cards[:half], self._cards[half:]), strict=True):
            for card in cards:
                column.addWidget(card)
            column.addStretch(1 if cards else 0)
        self._inside.setMaximumWidth(2 * _WIDTH + _GAP if two else _WIDTH)
        across = self._inside.layout()
        assert isinstance(across, QHBoxLayout)
        across.setStretch(1, 1 if two else 0)
        across.setSpacing(_GAP if two else 0)

    def _make_card(self, section: SettingsSection) -> Card:
        card = Card(section.title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, _LABEL)
        grid.setColumnStretch(1, 1)
        for row, field in enumerate(section.fields):
            editor = self._make_editor(field, field.key in section.folders)
            self._add_field(grid, row, editor, field.key in section.browse)
            if field.key in section.secret and isinstance(editor, LineEditor):
                editor.conceal()
        for row, (key, text) in enumerate(section.facts, len(section.fields)):
            self._notes[key] = Label("", tone="text2", wrap=True)
            grid.addWidget(Label(text), row, 0)
            grid.addWidget(self._notes[key], row, 1)
        card.body.addLayout(grid)
        if section.buttons:
            line = QHBoxLayout()
            line.setSpacing(8)
            for key, text, icon in section.buttons:
                button = Button(text, icon=icon)
                button.clicked.connect(partial(self.pressed.emit, key))
                line.addWidget(button)
            line.addStretch(1)
            card.body.addLayout(line)
        return card

    def _make_editor(self, field: Field, folders: bool) -> Editor:
        if not folders:
            return editor_for(field)
        editor = FoldersEditor(field)
        editor.list.add_requested.connect(partial(self.browse_requested.emit, field.key))
        return editor

    def _add_field(self, grid: QGridLayout, row: int, editor: Editor, browse: bool) -> None:
        field = editor.field
        self._editors[field.key] = editor
        note = self._notes[field.key] = Label("", tone="muted", size=theme.CAPTION, wrap=True)
        note.hide()
        problem = Label("", tone="error", size=theme.CAPTION, wrap=True)
        problem.hide()
        self._problems[field.key] = problem
        done = editor.settled if isinstance(editor, LineEditor) else editor.edited
        done.connect(partial(self._edited, field))
        editor.problem_changed.connect(partial(self.show_problem, field.key))
        label = Label(field.label, wrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(_LABEL)
        cell = QVBoxLayout()
        cell.setSpacing(4)
        if isinstance(editor, NumberEditor):  # as wide as a number needs, at the left like the rest
            editor.setFixedWidth(_NUMBER)
            cell.addWidget(editor, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            cell.addWidget(editor)
        if field.help and not isinstance(editor, SwitchEditor):
            cell.addWidget(Label(field.help, tone="muted", size=theme.CAPTION, wrap=True))
        cell.addWidget(problem)
        cell.addWidget(note)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        label.setMinimumHeight(theme.HEIGHT if not isinstance(editor, SwitchEditor) else editor.sizeHint().height())
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(cell, row, 1)
        if browse:
            button = Button("Browse", icon="folder-open")
            button.setAccessibleName(f"Browse for {field.label.lower()}")
            button.clicked.connect(partial(self.browse_requested.emit, field.key))
            grid.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)

    def set_values(self, values: Mapping[str, Any]) -> None:
        for key, editor in self._editors.items():
            editor.set_value(values.get(key, editor.field.default))

    def set_value(self, key: str, value: Any) -> None:
        self._editors[key].set_value(value)

    def show_problem(self, key: str, sentence: str) -> None:
        self._problems[key].setText(sentence)
        self._problems[key].setVisible(bool(sentence))

    def show_note(self, key: str, sentence: str, tone: str = "muted") -> None:
        """What is to tell of a field or a fact: a state, an address."""
        self._notes[key].set_tone(tone)
        self._notes[key].setText(sentence)
        self._notes[key].setVisible(bool(sentence))

    def _edited(self, field: Field, value: object) -> None:
        if not self._problems[field.key].text():
            self.changed.emit(field.key, value)
