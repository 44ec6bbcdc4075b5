"""What a place says while there is nothing in it: an icon, a title, a sentence, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.button import Kind
from oelala_desktop.ui.style.frame import DashedFace, IconFace
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import Label


class IconMark(QFrame):
    """An icon on a soft round ground, 56 px; `tone` is the name of a token."""

    spoken_role = "Graphic"

    def __init__(self, icon: str, *, tone: str = "text2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = IconFace(icon, tone)
        self.setFixedSize(56, 56)

    def set_icon(self, icon: str) -> None:
        self.face.icon = icon
        self.update()


class EmptyState(QFrame):
    """With `dashed` it stands in a dashed frame, as the empty output does."""

    acted = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        *,
        action: str = "",
        action_icon: str = "",
        kind: Kind = "outlined",
        dashed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.face = DashedFace(dashed)
        self.mark = IconMark(icon)
        self.title = Label(title, size=theme.SECTION, weight=600)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = Label(text, tone="text2", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setMinimumWidth(200)
        self.text.setMaximumWidth(440)
        line = QHBoxLayout()  # a line of its own: alignment in a column would ignore that the text wraps
        line.addStretch(1)
        line.addWidget(self.text, 1000)  # as wide as it may be
        line.addStretch(1)
        self.button = Button(action, kind, icon=action_icon)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(line)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.text.setVisible(bool(text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_words(self, icon: str, title: str, text: str = "", action: str = "") -> None:
        self.mark.set_icon(icon)
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.button.set_text(action)
        self.button.setVisible(bool(action))
