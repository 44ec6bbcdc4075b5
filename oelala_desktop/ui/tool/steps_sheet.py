"""Several steps in one go: which tools go on from what the page makes, one from the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.chain import ways
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.tool import MAX_PROMPT, TOOLS, Tool
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.sheet import Sheet

_WIDTH, _TOOL_WIDTH = 640, 200
_MOST = 4  # steps behind the first
_SAID = (
    "Each step takes what the one before it makes, with the settings of its own page. "
    "One that fails stops the others, which go on when it is made again."
)


class Chosen(NamedTuple):
    """A step: `prompt` is empty where that of its page will do."""

    tool: str
    prompt: str


def tools_behind(made: str) -> list[Tool]:
    """Those that go on from "video" or "image"."""
    found = []
    for tool in TOOLS.values():
        try:
            if tool.has_page and ways(tool, {}, made):
                found.append(tool)
        except InvalidField:
            continue
    return found


def made_by(tool: Tool, made: str) -> str:
    """What a step of that tool makes of a "video" or an "image"."""
    goes_by_either = {"image", "video"} <= set(tool.needs)
    return made if goes_by_either else tool.output


class StepsSheet(Sheet):
    """`started` carries a tuple of Chosen. `made` is what the page makes."""

    started = Signal(object)

    def __init__(self, window: QWidget, first: str, made: str) -> None:
        super().__init__(window, _WIDTH, "Several steps in one go")
        self._made = made
        self.tools: list[ComboBox] = []
        self.prompts: list[LineEdit] = []
        self._go = Button("Generate", "primary", icon="sparkles")
        cancel = Button("Cancel", "outlined")
        column = QVBoxLayout(self.card)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        column.addWidget(Label("Several steps in one go", size=theme.SECTION, weight=600))
        column.addWidget(Label(_SAID, tone="text2", wrap=True))
        column.addWidget(Label(f"1 · {first}, as on this page", weight=500))
        for number in range(2, _MOST + 2):
            column.addLayout(self._make_row(number))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self._go)
        column.addLayout(foot)
        cancel.clicked.connect(self.close_sheet)
        self._go.clicked.connect(self._start)
        self._offer()

    def _make_row(self, number: int) -> QHBoxLayout:
        tool, prompt = ComboBox(f"Step {number}"), LineEdit()
        tool.setFixedWidth(_TOOL_WIDTH)
        prompt.setAccessibleName(f"Prompt of step {number}")
        prompt.setPlaceholderText("Prompt, if not that of its page")
        prompt.setMaxLength(MAX_PROMPT)
        prompt.setFixedHeight(theme.HEIGHT)
        tool.value_changed.connect(lambda _value: self._offer())
        prompt.returnPressed.connect(self._start)
        self.tools.append(tool)
        self.prompts.append(prompt)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Label(f"{number} ·", tone="muted"))
        line.addWidget(tool)
        line.addWidget(prompt, 1)
        return line

    def _offer(self) -> None:
        """A step can be what takes what the one before it makes; behind the last one none is."""
        made, is_open = self._made, True
        for combo, prompt in zip(self.tools, self.prompts, strict=True):
            chosen, fitting = combo.value(), tools_behind(made) if is_open else []
            combo.set_choices([Choice("", "Nothing more"), *(Choice(tool.id, tool.name) for tool in fitting)])
            combo.set_value(chosen if any(tool.id == chosen for tool in fitting) else "")
            combo.setEnabled(is_open)
            is_open = bool(combo.value())
            prompt.setEnabled(is_open and "prompt" in TOOLS[combo.value()].keys)
            made = made_by(TOOLS[combo.value()], made) if is_open else made
        count = len(self.chosen()) + 1
        self._go.setEnabled(count > 1)
        self._go.set_text(f"Generate {count} steps" if count > 1 else "Generate")

    def chosen(self) -> Sequence[Chosen]:
        rows = zip(self.tools, self.prompts, strict=True)
        return tuple(Chosen(tool.value(), prompt.text().strip()) for tool, prompt in rows if tool.value())

    def _start(self) -> None:
        if self._go.isEnabled():
            self.close_sheet()
            self.started.emit(self.chosen())
