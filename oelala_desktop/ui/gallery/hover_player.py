"""Plays the video under the pointer inside its cell: without sound, one at a time, after the pointer has rested."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QImage

from oelala_desktop.ui.bridge import FRAME_MS
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.library_provider import LibraryProvider
from oelala_desktop.ui.process.quiet import new_player
from oelala_desktop.ui.widgets.newest_frame import NewestFrame, Sight

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

REST_MS = 300
_LONGEST = 640  # pixels of a frame that is kept


class HoverPlayer(QObject):
    def __init__(self, grid: MediaGrid, provider: LibraryProvider) -> None:
        super().__init__(grid)
        self._grid = grid
        self._provider = provider
        self._key = ""
        self._player: QMediaPlayer | None = None
        self._sight = Sight(grid)
        self._sight.changed.connect(lambda seen: None if seen else self.stop())
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
        if path is None or not self._sight.seen:
            return
        player = self._ready()
        player.setSource(QUrl.fromLocalFile(str(Path(path))))
        player.setLoops(-1)
        player.play()

    def _ready(self) -> QMediaPlayer:
        if self._player is None:
            self._player = new_player(self)
            NewestFrame(self._player, every_ms=FRAME_MS).came.connect(self._take)
        return self._player

    def _take(self, image: QImage) -> None:
        if not self._key:
            return
        if max(image.width(), image.height()) > _LONGEST:
            image = image.scaled(_LONGEST, _LONGEST, Qt.AspectRatioMode.KeepAspectRatio)
        self._grid.set_hover_frame(image)
