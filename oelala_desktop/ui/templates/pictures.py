"""Pictures of templates: what is on screen first, a few at once, and none that nobody waits for any longer. Fetched and
decoded off the window's thread, cut to the shape of their place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QImage

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.ui.playing.images import load_image
from oelala_desktop.ui.studio import Studio

_AT_ONCE = 4


class PictureFeed(QObject):
    """`give` gets each picture as it is ready, an empty one where there is none, and the size that it was asked for
    with. `want` replaces what was wanted before."""

    def __init__(self, studio: Studio, give: Callable[[str, QImage, QSize], None], parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._give = give
        self._wanted: dict[str, None] = {}
        self._size = QSize()
        self._loading: dict[str, asyncio.Task[None]] = {}

    def want(self, names: Sequence[str], size: QSize) -> None:
        other, self._size = size != self._size, size
        self._wanted = dict.fromkeys(names)
        for name, task in list(self._loading.items()):
            if other or name not in self._wanted:
                del self._loading[name]
                task.cancel()
        self._load()

    def stop(self) -> None:
        self.want((), self._size)

    def _load(self) -> None:
        for name in list(self._wanted):
            if len(self._loading) >= _AT_ONCE:
                return
            if name not in self._loading:
                task = self._studio.actions.start(self._load_one(name, self._size), owner=self)
                if task is None:
                    return
                self._loading[name] = task
                task.add_done_callback(partial(self._loaded, name))

    def _loaded(self, name: str, task: asyncio.Task[None]) -> None:
        if self._loading.get(name) is task:
            del self._loading[name]
            self._wanted.pop(name, None)
        if not task.cancelled():
            self._load()

    async def _load_one(self, name: str, size: QSize) -> None:
        try:
            path = await self._studio.services.templates.picture(name)
            image, _ = await load_image(path, 2 * max(size.width(), size.height()))
            shown = await asyncio.to_thread(cut, image, size) if image is not None else QImage()
        except OelalaError:
            shown = QImage()
        self._give(name, shown, size)


def cut(image: QImage, size: QSize) -> QImage:
    """The middle of `image` that fills `size` without distortion."""
    made = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
    place = QRect((made.width() - size.width()) // 2, (made.height() - size.height()) // 2, size.width(), size.height())
    return made.copy(place)
