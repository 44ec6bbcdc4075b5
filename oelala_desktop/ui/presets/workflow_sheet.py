"""The sheet on which a workflow becomes a preset: its name, its tool, and the inputs that the page shows, in which
order and under which names. A preset of before is opened on it as well."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.adopting.exposure import ALWAYS, Exposure
from oelala_desktop.domain.editor.conversion import Missing
from oelala_desktop.services.presets.making import LONGEST_NAME
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.scroll import ScrollColumn
from oelala_desktop.ui.widgets.sheet import Sheet
from oelala_desktop.ui.widgets.toggle import Toggle

_WIDTH, _LIST_HEIGHT, _NAMES, _LABEL = 680, 360, 72, 240
_SHOWN = 200  # characters of a value
_TOLD = 4  # classes that are missing, by name


def _shown(value: object) -> str:
    """What stands there now, on one line."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)[:_SHOWN].replace("\n", " ")


class WorkflowSheet(Sheet):
    """`added` carries the preset's name, the tool's id and a tuple of Exposures: those to keep, as they are to be
    called, in their order. `tool` is the one chosen before, of a preset that is opened again."""

    added = Signal(str, str, object)

    def __init__(self, window: QWidget, adoption: Adoption, name: str, *, tool: str = "") -> None:
        what = "Change this preset" if tool else "Make a preset of this workflow"
        super().__init__(window, _WIDTH, what)
        self._rows: list[_Row] = []
        self._name = LineEdit(name)
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setFixedHeight(theme.HEIGHT)
        self._name.setAccessibleName("Name of the preset")
        self._tool = ComboBox("Tool")
        self._tool.set_choices([Choice(one.id, one.name) for one in adoption.tools])
        self._tool.set_value(tool or adoption.tools[0].id)
        self._error = Label("", tone="error", wrap=True)
        self._error.hide()
        self._add = Button("Save" if tool else "Add preset", "primary")
        self._add.clicked.connect(self._confirm)
        self._name.returnPressed.connect(self._confirm)
        self._name.textChanged.connect(lambda text: self._add.setEnabled(bool(text.strip())))
        self.setFocusProxy(self._name)
        self._build(adoption, what, can_move=not tool)

    def show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._place()

    def _build(self, adoption: Adoption, title: str, *, can_move: bool) -> None:
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.addWidget(Label(title, size=theme.SECTION, weight=600), 1)
        head.addWidget(close)
        what = (
            "What is switched on can be set on the tool's page, in this order and under these names; everything else"
            " stays as the workflow has it."
        )
        cancel = Button("Cancel")
        cancel.clicked.connect(self.close_sheet)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self._add)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(Label(what, tone="muted", wrap=True))
        if adoption.missing:
            column.addWidget(Label(lacking_words(adoption.missing), tone="warning", wrap=True))
        column.addLayout(_named("Name", self._name))
        if len(adoption.tools) > 1 and can_move:
            column.addLayout(_named("Tool", self._tool))
        column.addWidget(self._list(adoption))
        column.addWidget(self._error)
        column.addLayout(foot)

    def _list(self, adoption: Adoption) -> QWidget:
        area = ScrollColumn()
        area.setFixedHeight(_LIST_HEIGHT)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.column.setContentsMargins(2, 2, 12, 2)
        area.column.setSpacing(4)
        shown = [e for e in adoption.exposures if e.key not in ALWAYS]
        for exposure in shown:
            if exposure.kept:
                area.column.addWidget(self._row(exposure))
        others = [e for e in shown if not e.kept]
        if others:
            area.column.addWidget(FoldSection(f"More inputs · {len(others)}", lambda: self._others(others)))
        area.column.addStretch(1)
        return area

    def _others(self, others: list[Exposure]) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for exposure in others:
            column.addWidget(self._row(exposure))
        return page

    def _row(self, exposure: Exposure) -> QWidget:
        row = _Row(exposure)
        row.moved.connect(lambda by: self._move(row, by))
        self._rows.append(row)
        return row

    def _move(self, row: _Row, by: int) -> None:
        """One place up or down, among those of its list."""
        parent = row.parentWidget()
        column = parent.layout() if parent is not None else None
        if not isinstance(column, QVBoxLayout):
            return
        place = column.indexOf(row)
        item = column.itemAt(place + by) if 0 <= place + by < column.count() else None
        other = item.widget() if item is not None else None
        if not isinstance(other, _Row):
            return
        one, two = self._rows.index(row), self._rows.index(other)
        self._rows[one], self._rows[two] = other, row
        column.insertWidget(place + by, row)
        row.focus_again(by)

    def _confirm(self) -> None:
        name = self._name.text().strip()
        if name:
            kept = tuple(row.exposure() for row in self._rows if row.is_on)
            self.added.emit(name, self._tool.value(), kept)


class _Row(QWidget):
    """One input: whether it is shown, what it is called, what it is now, and its place."""

    moved = Signal(int)

    def __init__(self, exposure: Exposure) -> None:
        super().__init__()
        self._exposure = exposure
        self._toggle = Toggle(f"Show {exposure.label}")
        self._toggle.setChecked(exposure.kept)
        self._label = LineEdit(exposure.label)
        self._label.setMaxLength(60)
        self._label.setFixedWidth(_LABEL)
        self._label.setAccessibleName(f"Name of {exposure.label}")
        self._up, self._down = IconButton("chevron-up", "Move up"), IconButton("chevron-down", "Move down")
        self._up.clicked.connect(lambda: self.moved.emit(-1))
        self._down.clicked.connect(lambda: self.moved.emit(1))
        now = ElidedLabel(_shown(exposure.value), tone="muted", size=theme.CAPTION)
        now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._toggle)
        line.addWidget(self._label)
        line.addWidget(now, 1)
        line.addWidget(self._up)
        line.addWidget(self._down)

    @property
    def is_on(self) -> bool:
        return self._toggle.isChecked()

    def exposure(self) -> Exposure:
        return replace(self._exposure, label=self._label.text().strip() or self._exposure.label, kept=self.is_on)

    def focus_again(self, by: int) -> None:
        """Where the press that moved it came from."""
        (self._up if by < 0 else self._down).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Up.value: -1, Qt.Key.Key_Down.value: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in ways:
            self.moved.emit(ways[event.key()])
        else:
            super().keyPressEvent(event)


def lacking_words(missing: tuple[Missing, ...]) -> str:
    """What the connected server lacks for it, by name and pack."""
    names = [str(one) for one in missing[:_TOLD]]
    more = f" and {len(missing) - _TOLD} more" if len(missing) > _TOLD else ""
    return f"The connected server lacks {', '.join(names)}{more}; it runs when they are there."


def _named(title: str, editor: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(12)
    label = Label(title)
    label.setFixedWidth(_NAMES)
    line.addWidget(label)
    line.addWidget(editor, 1)
    return line
