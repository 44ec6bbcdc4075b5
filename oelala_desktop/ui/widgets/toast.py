"""A short notice at the foot of the window, with one thing to do about it, that goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.label import Label

Level = Literal["info", "ok", "warning", "error"]
ICONS: dict[Level, str] = {
    "info": "info",
    "ok": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
}
SHOWN_MS = 6000


def level_tone(level: Level, t: theme.Tokens) -> str:
    return {"info": t.accent_text, "ok": t.ok, "warning": t.warning_text, "error": t.error_text}[level]


class Toast(QWidget):
    """Stays while the pointer is on it; errors stay until they are closed."""

    closed = Signal()

    def __init__(
        self,
        text: str,
        level: Level = "info",
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        shown_ms: int = SHOWN_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._level: Level = level
        self.setAccessibleName(text)
        words = Label(text[:300], wrap=len(text) > 56)
        words.setMaximumWidth(440)
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
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(shown_ms)
        self._timer.timeout.connect(self._finish)
        if level != "error":
            self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: object) -> None:
        if self._level != "error":
            self._timer.start()

    def _finish(self) -> None:
        self._timer.stop()
        self.closed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painting.rounded(painter, self.rect(), theme.CARD_RADIUS, t.panel, t.border_strong)
        place = QRectF(16, self.height() / 2 - 9, 18, 18)
        icons.draw(painter, ICONS[self._level], place, level_tone(self._level, t))


class ToastStack(QWidget):
    """Holds the notices of a window at its foot, the newest lowest, at most three."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
        window.installEventFilter(self)
        self.hide()

    def post(
        self,
        text: str,
        level: Level = "info",
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        shown_ms: int = SHOWN_MS,
    ) -> Toast:
        toast = Toast(text, level, action=action, act=act, shown_ms=shown_ms)
        toast.closed.connect(lambda: self._drop(toast))
        self._column.addWidget(toast, 0, Qt.AlignmentFlag.AlignHCenter)
        while self._column.count() > 3:
            item = self._column.itemAt(0)
            oldest = item.widget() if item else None
            if isinstance(oldest, Toast):
                self._drop(oldest)
        toast.show()
        self.show()
        self.raise_()
        self._place()
        return toast

    def _drop(self, toast: Toast) -> None:
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self.setVisible(self._column.count() > 0)
        self._place()

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._window.width() - self.width()) // 2, self._window.height() - self.height() - 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
