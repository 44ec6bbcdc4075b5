"""What covers the whole window until it is closed: one file, or two side by side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.commands.carrier import Commands, Keyed


class Overlay(Keyed):
    """As large as its window while it is there; the keys of `place` and Tab are its own. Gone once closed."""

    def __init__(self, window: QWidget, place: str) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.commands = Commands(self, place)
        self.commands.add("leave-viewer", self.close)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)

    def cover_window(self) -> None:
        """Shows it over everything else, with the focus."""
        self._fill()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._fill()
        return False

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab stays within; what lies under it cannot be seen."""
        focus.go_round(self, following)
        return True
