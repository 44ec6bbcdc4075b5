"""The prompt that a language model proposes, under the prompt that is there: it waits until it is taken or left."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import FrameFace
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.text_box import PlainBox

_HEIGHT = 132


class Proposal(QFrame):
    """`taken` carries the text as it stands, which may have been changed; `left` when it is not wanted, or not waited
    for any more."""

    taken = Signal(str)
    left = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = FrameFace("input", "border", theme.RADIUS)
        self.setAccessibleName("Proposed prompt")
        self._words = Label("", tone="text2", size=theme.CAPTION, wrap=True)
        self._box = PlainBox("Proposed prompt", "")
        self._box.setFont(theme.font(theme.BODY))
        self._box.setFixedHeight(_HEIGHT)
        self._use = Button("Use this prompt", "primary", icon="check", height=theme.DENSE_HEIGHT)
        self._leave = Button("Cancel", "outlined", height=theme.DENSE_HEIGHT)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._use)
        line.addWidget(self._leave)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        for widget in (self._words, self._box):
            column.addWidget(widget)
        column.addLayout(line)
        self._use.clicked.connect(lambda: self.taken.emit(self._box.toPlainText()))
        self._leave.clicked.connect(self.left)
        self.hide()

    def wait(self) -> None:
        self._show("The language model is writing. It waits in the queue for what runs.", "")

    def propose(self, text: str) -> None:
        self._show("Proposed. Undo in the prompt brings the old one back.", text)

    def refuse(self, sentence: str) -> None:
        self._show(sentence, "", left="Close", tone="error")

    def _show(self, words: str, text: str, left: str = "", tone: str = "text2") -> None:
        self._words.setText(words)
        self._words.set_tone(tone)
        self._box.setPlainText(text)
        for widget in (self._box, self._use):
            widget.setVisible(bool(text))
        self._leave.set_text(left or ("Leave it" if text else "Cancel"))
        self.show()
