"""A small word in a frame: soon, NEW, Sketch."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.badge import BadgeFace, badge_width
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
