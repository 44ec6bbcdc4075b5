"""The tray icon: progress drawn on it, what runs in its tooltip, a menu, and notices while nobody looks at the window.

A tray may come later than the window and go before it. A notice without one would be lost in silence, so whoever sends
one is told."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.style import icons, theme

_SIZE = 64
_NOTICE_MS = 8000


def progress_icon(fraction: float | None, paused: bool = False) -> QIcon:
    """The app's icon with a ring for how far the running job is (0 to 1), or as it is."""
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(0, 0, _SIZE, _SIZE)
    icons.draw_app_icon(painter, box if fraction is None else box.adjusted(11, 11, -11, -11))
    if fraction is not None:
        t = theme.tokens()
        ring = box.adjusted(5, 5, -5, -5)
        painter.setPen(QPen(QColor(t.muted), 6))
        painter.drawEllipse(ring)
        pen = QPen(QColor(t.warning if paused else t.accent), 8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(ring, 90 * 16, -round(360 * 16 * max(0.02, min(1.0, fraction))))
    painter.end()
    return QIcon(pixmap)


class Tray(QObject):
    """`commands` are the window's: its menu has some of them."""

    queue_requested = Signal()
    notice_clicked = Signal(str)  # job id

    def __init__(self, parent: QObject, commands: Commands) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None
        self._shown: tuple[int | None, bool] = (None, False)
        self._notice_key = ""
        self._commands = commands
        self._menu = QMenu()
        self._menu.addAction(commands["toggle-window"])
        self._runs = self._menu.addAction("Nothing is running")
        self._runs.triggered.connect(self.queue_requested)
        self._menu.addSeparator()
        self._menu.addActions([commands["pause"], commands["clipboard"]])
        self._menu.addSeparator()
        self._menu.addAction(commands["quit"])
        self._look = progress_icon(None)
        self._words = ""

    @property
    def is_there(self) -> bool:
        """Whether the icon can be seen, so that the window can be brought back by it."""
        self.show()
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """As soon as there is a tray: Qt settles when an icon is made which kind of tray it is for."""
        if self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            icon = self._icon = QSystemTrayIcon(self._look, self)
            icon.setToolTip(self._words or "Oelala")
            icon.setContextMenu(self._menu)
            icon.activated.connect(self._activated)
            icon.messageClicked.connect(lambda: self.notice_clicked.emit(self._notice_key))
            icon.show()

    def hide(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._commands["toggle-window"].trigger()

    def set_state(self, words: str, fraction: float | None, paused: bool) -> None:
        """`words` is what runs now, "" for nothing. The icon is drawn anew only when it looks different."""
        self._runs.setText(words or "Nothing is running")
        self._runs.setEnabled(bool(words))
        words = f"Oelala – {words}" if words else "Oelala"
        if words != self._words:
            self._words = words
            if self._icon is not None:
                self._icon.setToolTip(words)
        look = (None if fraction is None else int(fraction * 50), paused)
        if look != self._shown:
            self._shown = look
            self._look = progress_icon(fraction, paused)
            if self._icon is not None:
                self._icon.setIcon(self._look)

    def notify(self, title: str, text: str, key: str, *, failed: bool = False, picture: QImage | None = None) -> bool:
        """A notice that a click on answers with `notice_clicked(key)`; `picture` stands in it instead of a sign.
        False if nobody would see it."""
        if self._icon is None or not self._icon.isVisible():
            return False
        self._notice_key = key
        kind = QSystemTrayIcon.MessageIcon.Warning if failed else QSystemTrayIcon.MessageIcon.Information
        if picture is not None:
            self._icon.showMessage(title, text, QIcon(QPixmap.fromImage(picture)), _NOTICE_MS)
        else:
            self._icon.showMessage(title, text, kind, _NOTICE_MS)
        return True
