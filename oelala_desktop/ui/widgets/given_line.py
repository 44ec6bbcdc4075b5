"""The name of a given file, and what else is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.label import ElidedLabel


class GivenLine(QWidget):
    """ "ridge_walk.mp4 · 1280 × 720 · 24 fps"; a long name gives way. More may be added to `row`."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel(size=theme.CAPTION, weight=600)
        self._facts = ElidedLabel(tone="muted", size=theme.CAPTION)
        self._facts.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(0)
        self.row.addWidget(self._name)
        self.row.addWidget(self._facts)
        self.row.addStretch(1)

    def tell(self, name: str, facts: Sequence[str]) -> None:
        self._name.setText(name)
        self._facts.setText("".join(f" · {fact}" for fact in facts))

    @property
    def text(self) -> str:
        return self._name.text() + self._facts.text()
