"""A panel that floats over the window beside the control that opened it, until a click outside or Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from oelala_desktop.ui.style.frame import MARGIN as MARGIN
from oelala_desktop.ui.style.frame import FloatingFace


def _in_another(widget: QWidget | None, panel: QWidget) -> bool:
    """Whether `widget` lies in a floating panel other than `panel`: a list that was opened from it."""
    while widget is not None:
        if isinstance(widget, Floating):
            return widget is not panel
        widget = widget.parentWidget()
    return False


_LEAST = 220  # pixels of one that is as wide as its anchor: a narrow one would cut what it lists


class Floating(QFrame):
    """Lives inside the window (so it needs no compositor) and keeps within it. Content goes into a layout
    whose margins are at least MARGIN."""

    closed = Signal()
    spoken_role = "Dialog"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = FloatingFace()
        self._anchor: QWidget | None = None
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self.isVisible()

    def open_at(self, anchor: QWidget, *, align_right: bool = False, match_width: bool = False) -> None:
        """Show under `anchor`, or above it where there is more room."""
        area = QRect(anchor.mapTo(anchor.window(), QPoint(0, 0)), anchor.size())
        self._anchor = anchor
        self._show(anchor.window(), area, align_right, match_width)

    def open_by(self, window: QWidget, area: QRect) -> None:
        """Show beside `area` (coordinates of `window`), to its right if there is room, else to its left."""
        self._anchor = None
        self._show(window, area, False, False, beside=True)

    def close_panel(self) -> None:
        if not self.isVisible():
            return
        self._listen(False)
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.closed.emit()

    def _show(self, window: QWidget, area: QRect, align_right: bool, match_width: bool, beside: bool = False) -> None:
        was_open = self.isVisible()
        if self.parentWidget() is not window:
            self.setParent(window)
        if not was_open:
            self._before = QApplication.focusWidget()
        self.ensurePolished()
        if match_width:
            self.setFixedWidth(max(area.width(), _LEAST) + 2 * MARGIN)
        self.adjustSize()
        self.move(self._place(window, area, align_right, beside))
        self.show()
        self.raise_()
        if not was_open:
            self._listen(True)

    def _listen(self, on: bool) -> None:
        app = QApplication.instance()
        if app is not None:
            (app.installEventFilter if on else app.removeEventFilter)(self)

    def _place(self, window: QWidget, area: QRect, align_right: bool, beside: bool) -> QPoint:
        width, height = self.width(), self.height()
        if beside:
            x = area.right() + 8 - MARGIN
            if x + width - MARGIN > window.width() - 8:
                x = area.left() - 8 - width + MARGIN
            y = area.top() - MARGIN
        else:
            x = area.right() + 1 - width + MARGIN if align_right else area.left() - MARGIN
            y = area.bottom() + 5 - MARGIN
            above = area.top() - 4 - height + MARGIN
            if y + height - MARGIN > window.height() - 8 and area.top() > window.height() - area.bottom():
                y = above
        x = max(8 - MARGIN, min(x, window.width() - 8 - width + MARGIN))
        y = max(8 - MARGIN, min(y, window.height() - 8 - height + MARGIN))
        return QPoint(x, y)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            return self._pressed(watched)
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.close_panel()  # whoever has the key first, which outside of tests is the window of the system
            return True
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()  # else a shortcut of the window would take the key first
                return True
        elif kind == QEvent.Type.Resize and watched is self.parent():
            self.close_panel()
        return False

    def _pressed(self, watched: QWidget) -> bool:
        if watched is self or self.isAncestorOf(watched) or _in_another(watched, self):
            return False
        on_anchor = self._anchor is not None and (watched is self._anchor or self._anchor.isAncestorOf(watched))
        self.close_panel()
        return on_anchor  # the press that closes the panel must not open it again

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
