"""Plays the video under the pointer inside its cell: without sound, one at a time, after the pointer has rested."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl

from oelala_desktop.ui.bridge import FRAME_MS
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.library_provider import LibraryProvider

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

REST_MS = 300
_LONGEST = 640  # pixels of a frame that is kept


class HoverPlayer(QObject):
    def __init__(self, grid: MediaGrid, provider: LibraryProvider) -> None:
        super().__init__(grid)
        self._grid = grid
        self._provider = provider
        self._key = ""
        self._player: QMediaPlayer | None = None
        self._sink: QVideoSink | None = None
        self._drawn = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._play)
        grid.hovered.connect(self._hovered)

    @property
    def playing(self) -> str:
        """The key of the item that plays, "" if none does."""
        return self._key if self._player is not None and self._player.isPlaying() else ""

    def stop(self) -> None:
        self._rest.stop()
        self._key = ""
        if self._player is not None and not self._player.source().isEmpty():
            self._player.stop()
            self._player.setSource(QUrl())

    def _hovered(self, key: str) -> None:
        self.stop()
        item = self._provider.media(key)
        if item is not None and item.kind == "video":
            self._key = key
            self._rest.start()

    def _play(self) -> None:
        path = self._provider.path(self._key)
        if path is None or not self._grid.isVisible():
            return
        player = self._ready()
        player.setSource(QUrl.fromLocalFile(str(Path(path))))
        player.setLoops(-1)
        player.play()

    def _ready(self) -> QMediaPlayer:
        if self._player is None:
            from PySide6.QtMultimedia import QMediaPlayer, QVideoSink  # takes a tenth of a second

            self._player, self._sink = QMediaPlayer(self), QVideoSink(self)  # without audio output it makes no sound
            self._player.setVideoSink(self._sink)
            self._sink.videoFrameChanged.connect(self._take)
        return self._player

    def _take(self, frame: QVideoFrame) -> None:
        now = time.monotonic()
        if not self._key or not frame.isValid() or now - self._drawn < FRAME_MS / 1000:
            return
        image = frame.toImage()
        if image.isNull():
            return
        self._drawn = now
        if max(image.width(), image.height()) > _LONGEST:
            image = image.scaled(_LONGEST, _LONGEST, Qt.AspectRatioMode.KeepAspectRatio)
        self._grid.set_hover_frame(image)
