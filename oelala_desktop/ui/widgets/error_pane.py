"""What went wrong, in a sentence; where; what to do; and the raw text one click away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.empty_state import IconMark
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.text_box import PlainBox


class ErrorPane(QWidget):
    """`actions` are (id, verb, icon); pressing one sends its id. Copy takes sentence, node and details."""

    acted = Signal(str)

    def __init__(
        self,
        title: str = "This did not work",
        actions: Sequence[tuple[str, str, str]] = (),
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._detail = ""
        self._title = Label(title, size=theme.SECTION, weight=600)
        self._sentence = Label("", wrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._node = Label("", tone="text2", size=theme.CAPTION, wrap=True)
        self._more = FoldSection("Details", self._make_details)
        self._text: QPlainTextEdit | None = None
        copy = Button("Copy", "outlined", icon="copy", height=theme.DENSE_HEIGHT)
        copy.setAccessibleName("Copy the error")
        copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(8)
        for key, verb, icon in actions:
            button = Button(verb, "outlined", icon=icon, height=theme.DENSE_HEIGHT)
            button.clicked.connect(lambda _checked=False, key=key: self.acted.emit(key))
            row.addWidget(button)
        row.addWidget(copy)
        row.addStretch(1)
        self.setMaximumWidth(640)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(IconMark("triangle-alert", tone="error_text"))
        column.addSpacing(4)
        for label in (self._title, self._sentence, self._node):
            column.addWidget(label)
        column.addSpacing(4)
        column.addLayout(row)
        column.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(title)

    def set_error(self, sentence: str, *, node: str = "", detail: str = "", title: str = "") -> None:
        """`node` is the workflow node that failed, `detail` the server's own words."""
        if title:
            self._title.setText(title)
        self._sentence.setText(sentence)
        self._node.setText(f"In the node {node}" if node else "")
        self._node.setVisible(bool(node))
        self._detail = detail
        self._more.setVisible(bool(detail))
        if self._text is not None:
            self._text.setPlainText(detail)
        self.setAccessibleDescription(sentence)

    @property
    def text(self) -> str:
        """All of it, as it is copied."""
        parts = (self._title.text(), self._sentence.text(), self._node.text(), self._detail)
        return "\n".join(part for part in parts if part)

    def _make_details(self) -> QWidget:
        self._text = PlainBox("Details of the error", self._detail)
        self._text.setReadOnly(True)
        self._text.setFont(theme.monospace())
        self._text.setFixedHeight(160)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._text)
        return holder

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
