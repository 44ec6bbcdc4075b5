"""What keeps a grid filled from the library: the list that a query shows, the items in view, their thumbnails, and all
that changes meanwhile."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.items import Section
from oelala_desktop.ui.gallery.library_provider import LibraryProvider, headings, id_of, key_of
from oelala_desktop.ui.gallery.thumbnail_feed import ThumbnailFeed
from oelala_desktop.ui.studio import Studio

_PAUSE_MS = 250  # between two looks at a list that keeps changing
_AROUND = 80  # items loaded before and after what is on screen


class GridFeed(QObject):
    """`show` another query at any time; answers to an older one are dropped."""

    loaded = Signal()  # the list is as the library has it now
    failed = Signal(str)

    def __init__(self, grid: MediaGrid, studio: Studio) -> None:
        super().__init__(grid)
        self.provider = LibraryProvider()
        self.query = MediaQuery()
        self.is_loaded = False
        self._grid = grid
        self._studio = studio
        self._asking: asyncio.Task[None] | None = None
        self._again = False
        self._fresh = True  # the next answer is another list and not the same one later
        self._asleep = False
        self._view = (0, 0)
        self._loading: set[int] = set()
        self.thumbnails = ThumbnailFeed(studio, self._give, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        grid.set_provider(self.provider)
        grid.range_shown.connect(self._look_at)
        grid.pixmaps_wanted.connect(self.thumbnails.want)
        listen(studio.services.bus, self, LibraryChanged, self._changed)

    # the list

    def show(self, query: MediaQuery) -> None:
        """From its top."""
        self.query = query
        self._fresh = True
        self._ask()

    def refresh(self) -> None:
        """Looks again, soon; what is looked at stays where it is."""
        if not self._timer.isActive():
            self._timer.start()

    def sleep(self, asleep: bool) -> None:
        """Off screen nothing is asked for; on waking the list is looked at again if it changed."""
        self._asleep = asleep
        if asleep:
            self.thumbnails.stop()
        elif self._again:
            self._again = False
            self._ask()

    def _ask(self) -> None:
        self._timer.stop()
        if self._asleep or (self._asking is not None and not self._asking.done()):
            self._again = True
            return
        self._asking = self._studio.actions.start(self._load(self.query), failed=self._fail, owner=self)
        if self._asking is not None:
            self._asking.add_done_callback(self._asked)

    def _asked(self, task: asyncio.Task[None]) -> None:
        if self._again and not self._asleep and not task.cancelled():
            self._again = False
            if self._fresh:
                self._ask()
            else:
                self._timer.start()

    async def _load(self, query: MediaQuery) -> None:
        library = self._studio.services.library
        await self._studio.open_library()
        ids = await library.ids(query)
        sections: tuple[Section, ...] = ()
        if query.sort == "date" and ids:
            sections = headings(await library.days(query), len(ids), dt.date.today())
        if query == self.query:
            self._take(ids, sections)

    def _take(self, ids: list[int], sections: tuple[Section, ...]) -> None:
        self.provider.set_order(ids, sections)
        if self._fresh:
            self._fresh = False
            self._grid.set_provider(self.provider)
        else:
            self._grid.items_changed()
        self.is_loaded = True
        self._load_view()
        self.loaded.emit()

    def _fail(self, error: OelalaError) -> bool:
        self.failed.emit(error.message)
        return True

    def _changed(self, event: LibraryChanged) -> None:
        self.provider.doubt(event.changed)
        self.provider.forget(event.removed)
        self._grid.selection.drop(key_of(item_id) for item_id in event.removed)
        if event.added or event.removed or self.query.sort != "date" or self._filters:
            self.refresh()
        self._load_view()

    @property
    def _filters(self) -> bool:
        """Whether an item that changed may now be in or out of the list."""
        q = self.query
        return bool(q.text) or q.favorite is not None or q.hide_start_images or bool(q.model or q.lora or q.engine)

    def take_out(self, keys: Iterable[str]) -> None:
        """Hides items before the library has said so."""
        gone = list(keys)
        self.provider.remove([id_of(key) for key in gone])
        self._grid.items_changed(gone)
        self.loaded.emit()

    # the items in view

    def _look_at(self, first: int, end: int) -> None:
        self._view = (first, end)
        self._load_view()

    def _load_view(self) -> None:
        first, end = self._view
        missing = [i for i in self.provider.missing(first - _AROUND, end + _AROUND) if i not in self._loading]
        if missing and not self._asleep:
            self._loading.update(missing)
            self._studio.actions.start(self._load_items(missing), failed=self._fail, owner=self)

    async def _load_items(self, ids: list[int]) -> None:
        try:
            items = await self._studio.services.library.items(ids)
        finally:
            self._loading.difference_update(ids)
        for item in self.provider.put(items):
            self._grid.drop_image(key_of(item.id))
        self._grid.viewport().update()

    def _give(self, key: str, image: QImage, size: int) -> None:
        self._grid.set_image(key, image, size)
