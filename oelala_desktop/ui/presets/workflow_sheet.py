"""The sheet on which a workflow of the user's own becomes a preset: its name, its tool, and the inputs that the page
shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.adopt import ALWAYS, Adoption, Exposure
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

_WIDTH, _LIST_HEIGHT, _NAMES = 560, 336, 72
_SHOWN = 200  # characters of a value


class WorkflowSheet(Sheet):
    """`added` carries the preset's name, the tool's id and the keys to keep."""

    added = Signal(str, str, frozenset)

    def __init__(self, window: QWidget, adoption: Adoption, name: str) -> None:
        super().__init__(window, _WIDTH, "Make a preset of this workflow")
        self._toggles: dict[Toggle, tuple[str, ...]] = {}
        self._name = LineEdit(name)
        self._name.setMaxLength(80)
        self._name.setFixedHeight(theme.HEIGHT)
        self._name.setAccessibleName("Name of the preset")
        self._tool = ComboBox("Tool")
        self._tool.set_choices([Choice(tool.id, tool.name) for tool in adoption.tools])
        self._tool.set_value(adoption.tools[0].id)
        self._error = Label("", tone="error", wrap=True)
        self._error.hide()
        self._add = Button("Add preset", "primary")
        self._add.clicked.connect(self._confirm)
        self._name.returnPressed.connect(self._confirm)
        self._name.textChanged.connect(lambda text: self._add.setEnabled(bool(text.strip())))
        self.setFocusProxy(self._name)
        self._build(adoption)

    def show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._place()

    def _build(self, adoption: Adoption) -> None:
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.addWidget(Label("Make a preset of this workflow", size=theme.SECTION, weight=600), 1)
        head.addWidget(close)
        what = "What is switched on can be set on the tool's page; everything else stays as the workflow has it."
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
        column.addLayout(_named("Name", self._name))
        if len(adoption.tools) > 1:
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
            if exposure.kept and exposure.key != "height":
                area.column.addWidget(self._row(exposure, shown))
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
            column.addWidget(self._row(exposure, others))
        return page

    def _row(self, exposure: Exposure, shown: list[Exposure]) -> QWidget:
        keys: tuple[str, ...] = (exposure.key,)
        number = isinstance(exposure.value, float)
        label, value = exposure.label, f"{exposure.value:g}" if number else str(exposure.value)[:_SHOWN]
        if exposure.key == "width":
            height = next((e.value for e in shown if e.key == "height"), "")
            label, keys, value = "Size", ("width", "height"), f"{value} × {height}"
        toggle = Toggle(f"Show {label}", label)
        toggle.setChecked(exposure.kept)
        self._toggles[toggle] = keys
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(toggle)
        now = ElidedLabel(value, tone="muted", size=theme.CAPTION)
        now.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.addWidget(now, 1)
        return page

    def _confirm(self) -> None:
        name = self._name.text().strip()
        if name:
            kept = frozenset(key for toggle, keys in self._toggles.items() if toggle.isChecked() for key in keys)
            self.added.emit(name, self._tool.value(), kept)


def _named(title: str, editor: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(12)
    label = Label(title)
    label.setFixedWidth(_NAMES)
    line.addWidget(label)
    line.addWidget(editor, 1)
    return line
