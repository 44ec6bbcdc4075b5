"""Thumbnails for a grid: what is on screen first, no more at once than there is use for, and none that nobody waits for
any longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.services.thumbnails.sizes import LONGEST
from oelala_desktop.ui.gallery.library_provider import id_of, key_of
from oelala_desktop.ui.playing.images import decode_images
from oelala_desktop.ui.studio import Studio

_BATCH = 32  # looked up in the cache at once
_AT_ONCE = 6  # made at once


class ThumbnailFeed(QObject):
    """`give` gets each picture as it is ready, an empty one for a file that has none, and the size that it was asked
    for with. `want` replaces what was wanted before."""

    def __init__(self, studio: Studio, give: Callable[[str, QImage, int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._give = give
        self._wanted: dict[str, None] = {}
        self._size = 256
        self._uncached: set[str] = set()
        self._making: dict[str, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None

    def want(self, keys: Sequence[str], size: int = 256) -> None:
        """In the order of need, with that many pixels on the shorter side. Work on anything else is given up."""
        other, self._size = size != self._size, size
        self._wanted = dict.fromkeys(keys)
        self._uncached &= set() if other else self._wanted.keys()
        for key, task in list(self._making.items()):
            if other or key not in self._wanted:
                del self._making[key]
                task.cancel()
        if self._wanted and (self._looking is None or self._looking.done()):
            self._looking = self._studio.actions.start(self._look(), owner=self)
        self._make()

    def stop(self) -> None:
        self.want(())

    async def _look(self) -> None:
        """Gives what the cache has; the rest is made."""
        library = self._studio.services.library
        while batch := [key for key in self._wanted if key not in self._uncached and key not in self._making][:_BATCH]:
            size = self._size
            try:
                found = await library.cached_thumbnails([id_of(key) for key in batch], size, covering=True)
                await self._show(found, size)
            finally:
                if size == self._size:
                    self._uncached.update(key for key in batch if key in self._wanted)
            self._make()

    async def _show(self, encoded: Mapping[int, bytes], size: int) -> None:
        images = await decode_images(list(encoded.values()), size * LONGEST)
        for item_id, image in zip(encoded, images, strict=True):
            key = key_of(item_id)
            if size == self._size:
                self._wanted.pop(key, None)
            self._give(key, image or QImage(), size)

    def _make(self) -> None:
        for place, key in enumerate(self._wanted):
            if len(self._making) >= _AT_ONCE:
                return
            if key in self._uncached and key not in self._making:
                task = self._studio.actions.start(self._make_one(key, place), owner=self)
                if task is None:
                    return
                self._making[key] = task
                task.add_done_callback(partial(self._made, key))

    def _made(self, key: str, task: asyncio.Task[None]) -> None:
        if self._making.get(key) is task:
            del self._making[key]
        if not task.cancelled():
            self._make()

    async def _make_one(self, key: str, place: int) -> None:
        size = self._size
        try:
            data = await self._studio.services.library.thumbnail(id_of(key), size, place, covering=True)
        except OelalaError:
            data = None
        if data is not None:
            await self._show({id_of(key): data}, size)
        else:
            self._wanted.pop(key, None)
            self._give(key, QImage(), size)
