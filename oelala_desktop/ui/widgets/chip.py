"""The round buttons of the top bar: a state in few words that opens its panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from oelala_desktop.ui.style.chip import BellFace, ChipFace
from oelala_desktop.ui.widgets.control import Control


class Chip(Control, QPushButton):
    """An icon or a state dot, and words. `progress` (0 to 1) fills a thin arc of accent along the bottom edge."""

    def __init__(self, name: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = ChipFace(icon)
        self._name = name
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}" if text else self._name)

    def set_dot(self, tone: str) -> None:
        """The state dot: "ok", "warning", "error", "muted", or "" for none."""
        self.face.dot = tone
        self.setIcon(QIcon())  # Qt measures the button anew

    def set_progress(self, fraction: float | None) -> None:
        self.face.progress = fraction
        self.update()


class BellChip(Control, QPushButton):
    """The activity bell with the number of notices nobody has looked at yet."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = BellFace()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        self.face.count = count
        name = f"Activity, {count} new" if count else "Activity"
        self.setAccessibleName(name)
        self.set_hint(name)
        self.update()
