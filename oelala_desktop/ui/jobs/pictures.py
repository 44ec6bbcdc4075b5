"""The pictures of jobs: the start picture, the live preview, the result; and which results are favourites."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.job import Job, Output
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.services.library.library import Library
from oelala_desktop.ui.actions import ActionRunner
from oelala_desktop.ui.bridge import Latest
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.playing.images import decode_image, load_image
from oelala_desktop.ui.playing.pixmaps import ANY_SIZE

#: a result in My Media, once that knows it
ItemOf = Callable[[Path], Awaitable[MediaItem | None]]

_PREVIEW_MS = 500
_PREVIEW = 256  # pixels of a live preview in a cell


class JobPictures(QObject):
    """Loads what the book wants to show."""

    def __init__(self, book: JobBook, library: Library, actions: ActionRunner, item_of: ItemOf) -> None:
        super().__init__(book)
        self._book = book
        self._library = library
        self._actions = actions
        self._item_of = item_of
        self._asked: dict[str, int] = {}  # pixels, by the id of a job whose picture is on its way or cannot be had
        self._media: dict[int, str] = {}  # ids of jobs by those of their results in My Media
        self._previews = Latest(self, self._show_previews, _PREVIEW_MS)
        book.picture_wanted.connect(self._want)

    def previewed(self, job_id: str, data: bytes) -> None:
        self._previews.put(job_id, data)

    def _want(self, job_id: str, size: int) -> None:
        job = self._book.find(job_id)
        key = f"{job_id} {job.main_output is not None}" if job is not None else ""
        if job is not None and self._asked.get(key, 0) < size:
            self._asked[key] = size
            self._actions.start(self._load(job, key, size))

    async def _load(self, job: Job, key: str, size: int) -> None:
        """The result if there is one, else the start picture."""
        image, made = None, job.main_output
        if made is not None and made.is_visual:
            item, data = await self._know(job, made), None
            if item is not None:
                with suppress(NotFound):  # it went just now
                    data = await self._library.thumbnail(item.id, size, covering=True)
            image = await decode_image(data) if data else None
        elif shown := [given for given in job.inputs if given.kind == "picture"]:
            image, _ = await load_image(Path(shown[0].path), 2 * size)
        if image is not None:
            self._asked.pop(key, None)  # once it has left the cache it may be asked for again
            self._book.take_picture(job.id, image, size)

    async def _know(self, job: Job, made: Output) -> MediaItem | None:
        item = await self._item_of(Path(made.path))
        if item is not None:
            self._media[item.id] = job.id
            self._book.set_favourite(job.id, item.favorite)
        return item

    async def look_at(self, job: Job) -> None:
        """Whether the result is a favourite, for who shows it."""
        made = job.main_output
        if made is not None and made.is_visual:
            await self._know(job, made)

    def library_changed(self, event: LibraryChanged) -> None:
        known = [media for media in event.changed if media in self._media]
        if known:
            self._actions.start(self._look_again(known))

    async def _look_again(self, known: list[int]) -> None:
        for item in await self._library.items(known):
            self._book.set_favourite(self._media[item.id], item.favorite)

    def _show_previews(self, pending: dict[str, object]) -> None:
        for job_id, data in pending.items():
            if isinstance(data, bytes):
                self._actions.start(self._show_preview(job_id, data))

    async def _show_preview(self, job_id: str, data: bytes) -> None:
        image = await decode_image(data, _PREVIEW)
        job = self._book.find(job_id)
        if image is not None and job is not None and not job.state.is_final:
            self._book.take_picture(job_id, image, ANY_SIZE)
