"""One field of a form: its label, a mark when it departs from the default, the editor, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import DotFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import ElidedLabel, Label

_HEAD = 18  # as high as the reset button


class Mark(QFrame):
    """A small accent dot: this value is not the default. Its place is kept while it is hidden."""

    spoken_role = "Graphic"

    def __init__(self) -> None:
        super().__init__()
        self.face = DotFace("accent", 3)
        self.setFixedSize(8, _HEAD)
        self.setAccessibleName("Changed from the default")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()


class FieldRow(QWidget):
    """A label line whose places are all kept, so that nothing moves: name, mark, caption, reset; then the editor."""

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
        self._mark: Mark | None = None
        self._reset: IconButton | None = None  # made for the first departure, in the place that is kept for it
        self._place: QWidget | None = None
        self._problem: Label | None = None
        self._note: Label | None = None
        self.caption = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.caption.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(6)
        self._label.setFixedHeight(_HEAD)
        head.addWidget(self._label)
        if labelled or inline:
            self._mark, self._place = Mark(), QWidget()
            self._place.setFixedSize(_HEAD, _HEAD)
            head.addWidget(self._mark)
        head.addWidget(self.caption, 1)
        if self._place is not None:
            head.addWidget(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if inline:
            head.setStretchFactor(self.caption, 0)
            self.caption.hide()
            head.insertStretch(2, 1)
            head.insertWidget(3, editor, 3)
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

    def set_departed(self, departed: bool) -> None:
        """Whether the value differs from the preset's default. Nothing moves."""
        if self._mark is None or self._place is None:
            return
        self._mark.setVisible(departed)
        if self._reset is None and departed:
            self._reset = IconButton("undo-2", f"Back to the default {self.editor.field.label.lower()}", height=_HEAD)
            self._reset.setParent(self._place)
            self._reset.clicked.connect(lambda: self.reset_requested.emit(self.key))
            inside = focus.stops(self.editor)
            if inside:
                focus.place_after(inside[-1], self._reset)
        if self._reset is not None:
            self._reset.setVisible(departed)

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

    def set_note(self, text: str) -> None:
        """What comes of the value, in one line below it; "" for nothing."""
        if self._note is None:
            if not text:
                return
            self._note = ElidedLabel("", tone="text2", size=theme.CAPTION)
            self._column.insertWidget(self._column.indexOf(self.editor) + 1, self._note)
        self._note.setText(text)
        self._note.setVisible(bool(text))

    @property
    def note(self) -> str:
        return self._note.text() if self._note is not None else ""

    @property
    def problem(self) -> str:
        return self._problem.text() if self._problem is not None else ""
