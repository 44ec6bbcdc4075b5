"""What lies over the dimmed window until Esc or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.card import Surface


class Sheet(QFrame):
    """Covers its window while open; a click beside the sheet closes it. `close_sheet` gives the focus back."""

    closed = Signal()
    spoken_role = "Dialog"

    def __init__(self, window: QWidget, width: int, name: str) -> None:
        super().__init__(window)
        self.face = GroundFace("veil")
        self._before: QWidget | None = None
        self.card = Surface(self)
        self.card.setFixedWidth(width)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)
        self.hide()

    def open_sheet(self) -> None:
        self._before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        if self.isVisible():
            self.hide()
            if self._before is not None and self._before.isVisible():
                self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self.closed.emit()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        self.setGeometry(window.rect())
        self.card.adjustSize()
        top = max(16, min(120, (self.height() - self.card.height()) // 2))
        self.card.move(QPoint((self.width() - self.card.width()) // 2, top))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_sheet()
