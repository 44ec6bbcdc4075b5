"""A panel at the right of the page: queue, engine, activity, log. It pushes a page that has the room, and dims one that
has not, so that none is cut through."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.style.motion import Glide
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import Label

WIDTH = 440
WIDE = 820  # for lines that are read as they are
LEAST = 1000  # pixels of width that are left to a page that is pushed


class Veil(QFrame):
    """Over a page that is dimmed; a press on it is meant for what lies beside it."""

    pressed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.face = GroundFace("veil")
        self.hide()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()


class SidePanel(QFrame):
    """Takes `width` pixels at the right of `host` below its top bar, `top` pixels down. `pushed` tells how many of them
    the page has to leave to it; a page that would have less than `least` is dimmed instead. One whose content has a
    `close` button of its own has no head."""

    closed = Signal()
    pushed = Signal(int)
    spoken_role = "Pane"

    def __init__(
        self,
        host: QWidget,
        title: str,
        content: QWidget,
        *,
        width: int = WIDTH,
        top: int = 56,
        least: int = LEAST,
        close: QAbstractButton | None = None,
    ) -> None:
        super().__init__(host)
        self.face = GroundFace("panel", "left")
        self._host = host
        self._width = width
        self._top = top
        self._least = least
        self._open = False
        self._before: QWidget | None = None
        self._veil = Veil(host)
        self._veil.pressed.connect(self.close_panel)
        self._glide = Glide(self, 0.0, self._take, self._arrived)
        self.setAccessibleName(title)
        self.content = content
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        if close is None:
            close = IconButton("x", f"Close {title.lower()}")
            close.set_hint(keys.hint("close", f"Close {title.lower()}"))
            head = QHBoxLayout()
            head.setContentsMargins(16, 12, 12, 4)
            head.addWidget(Label(title, size=theme.SECTION, weight=600), 1)
            head.addWidget(close)
            column.addLayout(head)
        close.clicked.connect(self.close_panel)
        self._close = close
        column.addWidget(content, 1)
        host.installEventFilter(self)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self._open

    def open_panel(self, *, enters: bool = True) -> None:
        """The keyboard goes into it; without `enters`, only where the page is dimmed."""
        if self._open:
            return
        self._open = True
        enters = enters or self.dims
        self._before = QApplication.focusWidget() if enters else None
        self._take(self._glide.value)
        self._settle()
        self.show()
        self.raise_()
        self._glide.to(1.0)
        if enters:
            self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._veil.hide()
        self._glide.to(0.0)
        self.closed.emit()

    @property
    def dims(self) -> bool:
        """Whether there is no room for it beside the page, which it dims while it is open."""
        return self._host.width() - self._width < self._least

    def _settle(self) -> None:
        """Beside the page, or over a dimmed one."""
        if self._open:
            self._veil.setGeometry(0, self._top, self._host.width(), self._host.height() - self._top)
            self._veil.setVisible(self.dims)
            if self.dims:
                self._veil.raise_()
                self.raise_()
        self.pushed.emit(self._width if self._open and not self.dims else 0)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab stays within while the page is dimmed."""
        if not (self._open and self.dims):
            return super().focusNextPrevChild(following)
        focus.go_round(self, following)
        return True

    def _take(self, share: float) -> None:
        width = min(self._width, self._host.width())
        left = self._host.width() - round(width * share)
        self.setGeometry(QRect(left, self._top, width, self._host.height() - self._top))

    def _arrived(self) -> None:
        if not self._open:
            self._settle()
            self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._open:
            self._take(self._glide.value)
            self._settle()
        return False
