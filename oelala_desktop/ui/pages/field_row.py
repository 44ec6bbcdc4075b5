"""One field of a form: its label, a mark when it departs from the default, the editor, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import focus, theme
from oelala_desktop.ui.editor import Editor
from oelala_desktop.ui.style.frame import DotFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import ElidedLabel, Label


class Mark(QFrame):
    """A small accent dot: this value is not the default."""

    spoken_role = "Graphic"

    def __init__(self) -> None:
        super().__init__()
        self.face = DotFace("accent", 3)
        self.setFixedSize(8, 8)
        self.setAccessibleName("Changed from the default")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.setSizePolicy(policy)


class FieldRow(QWidget):
    reset_requested = Signal(str)  # key

    def __init__(
        self, editor: Editor, *, labelled: bool = True, inline: bool = False, parent: QWidget | None = None
    ) -> None:
        """`inline` puts the editor to the right of its label, for short ones."""
        super().__init__(parent)
        self.editor = editor
        self.key = editor.field.key
        field = editor.field
        self._label = Label(field.label, weight=500)
        self._label.setBuddy(editor)
        self._departs = False
        self._departed: QWidget | None = None  # mark and reset button, made for the first departure
        self._problem: Label | None = None
        self.caption = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.caption.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(4)
        self._label.setFixedHeight(20)  # as high as the reset button, so that rows do not jump
        head.addWidget(self._label)
        head.addWidget(self.caption, 1)
        self._head = head
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._labelled = labelled
        if inline:
            head.setStretch(head.count() - 1, 0)
            self.caption.hide()
            head.addStretch(1)
            head.addWidget(editor, 3)
            column.addLayout(head)
        elif labelled:
            column.addLayout(head)
        else:
            for part in (self._label, self.caption):
                part.setParent(self)
                part.hide()
        if not inline:
            column.addWidget(editor)
        self._column = column
        editor.problem_changed.connect(self.set_problem)

    def use_head(self, head: QHBoxLayout) -> None:
        """The card's own title is this field's label: mark and reset go there, after its first widget."""
        self._head, self._labelled = head, True
        self.set_departed(self._departs)

    def set_departed(self, departed: bool) -> None:
        """Whether the value differs from the preset's default."""
        self._departs = departed
        if not self._labelled or (self._departed is None and not departed):
            return
        if self._departed is None:
            self._departed = self._make_departed()
            self._head.insertWidget(1, self._departed)
            inside = focus.stops(self.editor)
            if inside:
                focus.place_after(inside[-1], self._departed)
        self._departed.setVisible(departed)

    def _make_departed(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        reset = IconButton("undo-2", f"Back to the default {self.editor.field.label.lower()}", height=20)
        reset.clicked.connect(lambda: self.reset_requested.emit(self.key))
        row.addWidget(Mark())
        row.addWidget(reset)
        return holder

    def set_caption(self, text: str) -> None:
        self.caption.setText(text)
        self.editor.set_words(text)

    def set_problem(self, sentence: str) -> None:
        if self._problem is None:
            if not sentence:
                return
            self._problem = Label("", tone="error", size=theme.CAPTION, wrap=True)
            self._column.addWidget(self._problem)
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    @property
    def problem(self) -> str:
        return self._problem.text() if self._problem is not None else ""
