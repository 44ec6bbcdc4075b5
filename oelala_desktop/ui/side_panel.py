"""A panel that slides over the page from the right: queue, engine, activity, log."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui import theme
from oelala_desktop.ui.motion import Glide
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import Label

WIDTH = 440
WIDE = 820  # for lines that are read as they are


class SidePanel(QFrame):
    """Covers `width` pixels of the right of `host` below its top bar, `top` pixels down."""

    closed = Signal()
    spoken_role = "Pane"

    def __init__(self, host: QWidget, title: str, content: QWidget, *, width: int = WIDTH, top: int = 56) -> None:
        super().__init__(host)
        self.face = GroundFace("panel", "left")
        self._host = host
        self._width = width
        self._top = top
        self._open = False
        self._before: QWidget | None = None
        self._glide = Glide(self, 0.0, self._take, self._arrived)
        self.setAccessibleName(title)
        self.content = content
        close = IconButton("x", f"Close {title.lower()}")
        close.clicked.connect(self.close_panel)
        self._close = close
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 4)
        head.addWidget(Label(title, size=theme.SECTION, weight=600), 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(content, 1)
        host.installEventFilter(self)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self._open

    def open_panel(self) -> None:
        if self._open:
            return
        self._open = True
        self._before = QApplication.focusWidget()
        self._take(self._glide.value)
        self.show()
        self.raise_()
        self._glide.to(1.0)
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._glide.to(0.0)
        self.closed.emit()

    def _take(self, share: float) -> None:
        width = min(self._width, self._host.width())
        left = self._host.width() - round(width * share)
        self.setGeometry(QRect(left, self._top, width, self._host.height() - self._top))

    def _arrived(self) -> None:
        if not self._open:
            self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._open:
            self._take(self._glide.value)
        return False
