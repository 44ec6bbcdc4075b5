"""The newest frame that a player has decoded, looked for as often as a screen shows one, and not at all while nobody
sees it. Nothing is told of each frame: such messages queue up, with their pixels, behind a window that is busy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

LOOK_MS = 16
#: seconds after the last movement of a player that stands, in which a frame may still come
_LATE = 2.0


class NewestFrame(QObject):
    came = Signal(QImage)

    def __init__(self, player: QMediaPlayer, *, every_ms: int = LOOK_MS) -> None:
        from PySide6.QtMultimedia import QVideoFrame, QVideoSink  # a tenth of a second that start-up must not pay

        super().__init__(player)
        self._player = player
        self._sink = QVideoSink(self)
        player.setVideoSink(self._sink)
        self._shown = QVideoFrame()
        self._until = 0.0
        self._seen = True
        self._timer = QTimer(self)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(self.look)
        for moved in (player.playingChanged, player.positionChanged, player.mediaStatusChanged):
            moved.connect(self.expect)

    def expect(self) -> None:
        """Something has moved: a frame may come."""
        self._until = time.monotonic() + _LATE
        if self._seen and not self._timer.isActive():
            self._timer.start()

    def set_seen(self, seen: bool) -> None:
        self._seen = seen
        if seen:
            self.expect()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Tells of the newest frame if it has not been told of."""
        frame = self._sink.videoFrame()
        if frame.isValid() and frame != self._shown:
            self._shown = frame
            image = frame.toImage()
            if not image.isNull():
                self.came.emit(image)
        elif not self._player.isPlaying() and time.monotonic() > self._until:
            self._timer.stop()


class Sight(QObject):
    """Whether somebody can see a widget: it is shown, and its window is not minimised."""

    changed = Signal(bool)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._window: QWidget | None = None
        self.seen = False  # a plain value, which other threads may read
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._widget and kind in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange):
            self._watch_window()
            self._judge(kind is not QEvent.Type.Hide and self._widget.isVisible())
        elif kind is QEvent.Type.WindowStateChange and watched is self._window:
            self._judge(self._widget.isVisible())
        return False

    def _watch_window(self) -> None:
        window = self._widget.window()
        if window is not self._window:
            if self._window is not None and self._window is not self._widget:
                self._window.removeEventFilter(self)
            self._window = window
            if window is not self._widget:
                window.installEventFilter(self)

    def _judge(self, visible: bool) -> None:
        seen = visible and self._window is not None and not self._window.isMinimized()
        if seen != self.seen:
            self.seen = seen
            self.changed.emit(seen)
