"""Pictures that move: decoded on a thread, one at a time, while somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QWidget

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.ui.playing.frames import Frames, play_frames
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.templates.pictures import cut
from oelala_desktop.ui.widgets.newest_frame import Sight

REST_MS = 200  # that the pointer rests before anything moves
_MOST_PIXELS = 4_000_000  # of a frame
_MIB = 64  # that a frame may take while it is decoded


def moving_frames(path: Path, size: QSize) -> Frames:
    """Those of an animation, cut to `size`, with their times in seconds; none of a picture that stands. Blocking."""
    QImageReader.setAllocationLimit(_MIB)
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    own = reader.size()
    if not reader.supportsAnimation() or reader.imageCount() < 2 or own.width() * own.height() > _MOST_PIXELS:
        return
    at = 0.0
    while not (image := reader.read()).isNull():
        yield cut(image, size), at
        at += max(20, reader.nextImageDelay()) / 1000


class Mover(QObject):
    """Shows one template's picture moving; `show` gets its frames. It ends with `stop`, and rests while nobody sees."""

    def __init__(self, studio: Studio, widget: QWidget, show: Callable[[QImage], None]) -> None:
        super().__init__(widget)
        self._studio = studio
        self._show = show
        self._name = ""
        self._size = QSize()
        self._task: asyncio.Task[None] | None = None
        self._sight = Sight(widget)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._start)

    @property
    def is_moving(self) -> bool:
        return self._task is not None and not self._task.done()

    def move(self, name: str, size: QSize, *, rest_ms: int = REST_MS) -> None:
        """After `rest_ms`, unless something else is wished before."""
        self.stop()
        self._name, self._size = name, size
        self._rest.start(rest_ms)

    def stop(self) -> None:
        self._rest.stop()
        self._name = ""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _start(self) -> None:
        self._task = self._studio.actions.start(self._play(self._name, self._size), owner=self)

    async def _play(self, name: str, size: QSize) -> None:
        def take(image: QImage, _at: float) -> None:
            if self._name == name:
                self._show(image)

        try:
            path = await self._studio.services.templates.picture(name)
        except OelalaError:
            return
        await play_frames(path, take, lambda: self._sight.seen, partial(moving_frames, size=size))
