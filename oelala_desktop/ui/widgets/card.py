"""Cards: the rounded panels that group the controls of a page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import FrameFace
from oelala_desktop.ui.widgets.label import ElidedLabel, Label

PAD = 12


class Surface(QFrame):
    """A rounded panel with a one-pixel border and nothing in it."""

    spoken_role = "Grouping"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = FrameFace()


class Card(Surface):
    """Title at the left, caption at the right, content in `body` below."""

    def __init__(self, title: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.title = Label(title, weight=600)
        self.caption = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.caption.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.head = QHBoxLayout()
        self.head.setSpacing(12)
        self.head.addWidget(self.title)
        self.head.addWidget(self.caption, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD, 12, PAD, 12)
        column.setSpacing(8)
        if title:
            column.addLayout(self.head)
        column.addLayout(self.body, 1)

    def set_caption(self, text: str, tone: str = "muted") -> None:
        self.caption.set_tone(tone)
        self.caption.setText(text)
