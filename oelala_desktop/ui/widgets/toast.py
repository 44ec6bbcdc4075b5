"""A short notice at the window's lower right, with one thing to do about it, that goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import NoticeFace
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.label import Label

Level = Literal["info", "ok", "warning", "error"]
ICONS: dict[Level, str] = {
    "info": "info",
    "ok": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
}
_TONES: dict[Level, str] = {"info": "accent_text", "ok": "ok", "warning": "warning_text", "error": "error_text"}
SHOWN_MS, ERROR_MS = 6000, 12000
WIDTH = 360
_EDGE = 16


def level_tone(level: Level, t: theme.Tokens) -> str:
    return str(getattr(t, _TONES[level]))


class Toast(QFrame):
    """Stays while the pointer is on it; errors stay twice as long as the rest."""

    closed = Signal()
    spoken_role = "AlertMessage"

    def __init__(
        self,
        text: str,
        level: Level = "info",
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        shown_ms: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.face = NoticeFace(ICONS[level], _TONES[level])
        self.setAccessibleName(text)
        words = Label(text[:300], wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(words, 1)
        if action:
            button = Button(action, "outlined", height=28)
            button.clicked.connect(self._finish)
            if act is not None:
                button.clicked.connect(lambda: act())
            row.addWidget(button)
        close = IconButton("x", "Close notice", height=28)
        close.clicked.connect(self._finish)
        row.addWidget(close)
        self.setMinimumHeight(48)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(shown_ms or (ERROR_MS if level == "error" else SHOWN_MS))
        self._timer.timeout.connect(self._finish)
        self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: object) -> None:
        self._timer.start()

    def _finish(self) -> None:
        self._timer.stop()
        self.closed.emit()


class ToastStack(QWidget):
    """Holds the notices of a window, the newest lowest, at most three, all of one width.

    They lie at the lower right of `room`, the part of the window that they may cover."""

    def __init__(self, window: QWidget, room: Callable[[], QWidget] | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._room = room or (lambda: window)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        window.installEventFilter(self)
        self.hide()

    def post(
        self,
        text: str,
        level: Level = "info",
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        shown_ms: int | None = None,
    ) -> Toast:
        toast = Toast(text, level, action=action, act=act, shown_ms=shown_ms)
        toast.closed.connect(lambda: self._drop(toast))
        self._column.addWidget(toast)
        while self._column.count() > 3:
            item = self._column.itemAt(0)
            oldest = item.widget() if item else None
            if isinstance(oldest, Toast):
                self._drop(oldest)
        toast.show()
        self.show()
        self.raise_()
        self.place()
        return toast

    def _drop(self, toast: Toast) -> None:
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self.setVisible(self._column.count() > 0)
        self.place()

    def place(self) -> None:
        if self._column.isEmpty():
            return
        room = self._room()
        right = room.mapTo(self._window, room.rect().bottomRight())
        self.setFixedWidth(min(WIDTH, room.width() - 2 * _EDGE))
        self.setFixedHeight(self._column.totalHeightForWidth(self.width()))
        self.move(right.x() + 1 - _EDGE - self.width(), self._window.height() - self.height() - 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False
