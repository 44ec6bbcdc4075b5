"""Round buttons: the top bar's, a state in few words that opens its panel, and filters that are on or off."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from oelala_desktop.ui.style.chip import EDGE, BellFace, ChipFace, FilterFace, OfferFace
from oelala_desktop.ui.widgets.control import Control


class ChipOffer(Control, QPushButton):
    """What can be done about the state that a chip shows."""

    def __init__(self, chip: QWidget) -> None:
        super().__init__(chip)
        self.face = OfferFace()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_offer(self, text: str, icon: str, hint: str) -> None:
        self.face.icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.set_hint(hint)


class Chip(Control, QPushButton):
    """An icon or a state dot, and words. `progress` (0 to 1) fills a thin arc of accent along the bottom edge."""

    offered = Signal()

    def __init__(self, name: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = ChipFace(icon)
        self._name = name
        self._offer: ChipOffer | None = None
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

    def set_icon(self, icon: str) -> None:
        self.face.icon = icon
        self.setIcon(QIcon())

    def set_tone(self, tone: str) -> None:
        """ "warning", "error", or "" for none."""
        self.face.tone = tone
        self.update()

    def set_offer(self, text: str, icon: str = "", hint: str = "") -> None:
        """A button at its right end, which sends `offered`: a pill with an icon, else words like a link; "" is none."""
        if self._offer is None and not text:
            return
        if self._offer is None:
            self._offer = ChipOffer(self)
            self._offer.clicked.connect(self.offered)
        self._offer.set_offer(text, icon, hint)
        self.face.offer = self._offer.sizeHint().width() if text else 0
        self._offer.setVisible(bool(text))
        self.setIcon(QIcon())
        self._place()

    def _place(self) -> None:
        if self._offer is not None:
            self._offer.resize(self._offer.sizeHint())
            self._offer.move(self.width() - self._offer.width() - EDGE, (self.height() - self._offer.height()) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

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


class FilterChip(Control, QPushButton):
    """A filter that is on or off."""

    def __init__(self, text: str, *, icon: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.face = FilterFace(icon)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_hint(hint)
        self.toggled.connect(lambda _on: self.setIcon(QIcon()))  # Qt measures the button anew

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
