"""A small word in a frame: soon, NEW, Sketch; one with an icon."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.badge import BadgeFace, TagFace, badge_width
from oelala_desktop.ui.widgets.label import Label

_HEIGHT = 20
_TEXTS = {"accent": "accent", "warning": "on_warning"}


class Badge(Label):
    """`tone` is "quiet" (outlined), "accent" (tinted) or "warning" (filled)."""

    def __init__(self, text: str, tone: str = "quiet", *, parent: QWidget | None = None) -> None:
        super().__init__(text, tone=_TEXTS.get(tone, "muted"), size=theme.CAPTION, parent=parent)
        self.face = BadgeFace(tone)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self.setText(text)

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self.text()), _HEIGHT)


class Tag(QFrame):
    """An icon and a word, such as one thing that goes into a preset."""

    spoken_role = "Grouping"

    def __init__(self, icon: str, text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = TagFace(icon)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(27, 4, 9, 4)
        line.addWidget(Label(text, tone="text2", size=theme.CAPTION))
