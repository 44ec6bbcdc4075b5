"""The card of the prompt: the text, what helps with it, and the negative one behind a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.form.host import FormHost
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.fold import Fold

if TYPE_CHECKING:  # imported when they are first opened
    from oelala_desktop.ui.form.proposal import Proposal
    from oelala_desktop.ui.widgets.popover import TipsPopover


class PromptCard(Card):
    """`help_wished`: "improve" the prompt, or "leave" what is proposed."""

    help_wished = Signal(str)

    def __init__(self, form: FormHost, keys: Sequence[str]) -> None:
        super().__init__("Prompt")
        self._form = form
        self._tips: TipsPopover | None = None
        self._proposal: Proposal | None = None
        self.negative: tuple[Button, Fold] | None = None
        row = form.row("prompt", labelled=False)
        self.body.addWidget(row)
        if isinstance(row.editor, TextEditor):
            box = row.editor.box
            box.counted.connect(lambda text, wrong: self.set_caption(text, "error" if wrong else "muted"))
            self.set_caption(box.counter)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        tips = Button("Tips", "plain", icon="lightbulb", height=28)
        tips.clicked.connect(lambda: self._open_tips(tips))
        improve = Button("Improve", "plain", icon="sparkles", name="Improve the prompt", height=28)
        improve.set_hint("A language model of the server proposes a better one")
        improve.clicked.connect(lambda: self.help_wished.emit("improve"))
        for button in (tips, improve):
            line.addWidget(button)
        self.body.addLayout(line)
        if "negative_prompt" in keys:
            self._add_negative(line)
        #: shown where the prompt has several
        self.each_line = Button("Each line", "plain", icon="list", name="A job for each line", height=28)
        self.each_line.set_hint("Make a job for each line of the prompt")
        self.each_line.clicked.connect(lambda: form.commands["each-line"].trigger())
        self.each_line.hide()
        line.addWidget(self.each_line)
        line.addStretch(1)

    def _add_negative(self, line: QHBoxLayout) -> None:
        button = Button("Negative", "plain", icon="circle-minus", name="Negative prompt", height=28)
        button.setCheckable(True)
        fold = Fold(self._make_negative)
        fold.before = button
        button.toggled.connect(fold.set_open)
        line.addWidget(button)
        self.body.addWidget(fold)
        self.negative = (button, fold)

    def _make_negative(self) -> QWidget:
        """Alone inside the fold, whose button is its label."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._form.row("negative_prompt", labelled=False))
        return holder

    def _open_tips(self, anchor: QWidget) -> None:
        if self._tips is None:
            from oelala_desktop.ui.form.tips import PROMPT_TIPS
            from oelala_desktop.ui.widgets.popover import TipsPopover

            tips = (*self._form.tips, *PROMPT_TIPS.get(self._form.output, ()))
            self._tips = TipsPopover("Writing a prompt", tips)
        self._tips.open_at(anchor)

    # what a language model proposes

    @property
    def proposal(self) -> Proposal:
        """Made when it is first asked for."""
        if self._proposal is None:
            from oelala_desktop.ui.form.proposal import Proposal

            self._proposal = Proposal()
            self.body.addWidget(self._proposal)
            self._proposal.taken.connect(self._take)
            self._proposal.left.connect(self._leave)
        return self._proposal

    def _take(self, text: str) -> None:
        editor = self._form.editor("prompt")
        if isinstance(editor, TextEditor):
            editor.box.replace(text)
            editor.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self._leave()

    def _leave(self) -> None:
        self.proposal.hide()
        self.help_wished.emit("leave")
