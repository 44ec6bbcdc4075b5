"""My Media: what lies in the media folders, what made it, and what one can do with it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import MediaAdded, NoticePosted
from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.media import (
    Deletion,
    ExportResult,
    Facets,
    MediaItem,
    MediaListing,
    MediaQuery,
    MediaStats,
    PromptListing,
)
from oelala_desktop.services.files.provenance import claims_of_job
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import FOLLOW_LINKS, MEDIA_FOLDERS
from oelala_desktop.services.thumbnails.store import Thumbnails
from oelala_desktop.storage.favorites import FavoriteStore
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_prompts import read_prompts
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.presence import Presence
from oelala_desktop.storage.thumbnails import ThumbnailStore

from .announcing import Announcer
from .companions import companions_of
from .exporting import export_files
from .favorites import Favorites
from .indexing import Indexer
from .renaming import rename_with_companion
from .scanning import Scanner
from .trash import DELAY, Trash

if TYPE_CHECKING:
    from oelala_desktop.metadata import FileMetadata

#: finished jobs looked at on a start, for results that came while no library was open
_RECENT_JOBS = 200


class JobSource:
    """What the library asks of the jobs: one by id, and the newest."""

    def __init__(
        self,
        get: Callable[[str], Awaitable[Job | None]],
        recent: Callable[[int], Awaitable[Sequence[Job]]],
    ) -> None:
        self.get = get
        self.recent = recent


class Library:
    """`start` opens it and begins to look at the folders; until then it costs nothing. All methods are quick; what
    reads files runs on threads of its own. Changes are told as LibraryChanged, scans as ScanProgressed."""

    def __init__(
        self,
        paths: Paths,
        preferences: Preferences,
        bus: Bus,
        presence: Presence,
        jobs: JobSource | None = None,
        *,
        delete_delay: float = DELAY,
        clock: Clock = CLOCK,
    ) -> None:
        self._paths = paths
        self._preferences = preferences
        self._bus = bus
        self._jobs = jobs
        self._scope = TaskScope("library")
        self._store = MediaStore(paths.media_database)
        self._marks = FavoriteStore(paths.data / "favorites.sqlite3")
        self._pictures = ThumbnailStore(paths.data / "thumbnails.sqlite3")
        self._announcer = Announcer(bus, self._scope, clock)
        self._indexer = Indexer(self._store, self._marks, self._announcer)
        self._scanner = Scanner(self._store, self._indexer, bus, self.folders, self._follows_links, clock)
        self._favorites = Favorites(self._store, self._marks, self._announcer)
        self._thumbnails = Thumbnails(self._pictures, self._scope, clock)
        self._trash = Trash(self._store, bus, self._scope, self._announcer, presence, delete_delay, clock)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._is_open = self._is_closed = False
        self._turning = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        return self._is_open

    async def start(self) -> None:
        """Raises CannotSave when the home folder does not take a database. Returns before the first scan. May be called
        by everyone who needs it; once closed it stays so."""
        async with self._turning:
            if not self._is_open and not self._is_closed:
                await self._start()

    async def _start(self) -> None:
        await asyncio.gather(self._store.open(), self._marks.open(), self._pictures.open())
        self._is_open = True
        for text in self._marks.take_news():
            self._bus.publish(NoticePosted("warning", text))
        self._store.file.on_lost = self._lost
        await self._trash.show_abandoned()
        self._unsubscribe = self._bus.subscribe(MediaAdded, self._hear)
        self._scanner.bind()
        self._scope.start(self._scanner.watcher.run(), "watch")
        self._scope.start(self._scanner.run(), "scan")
        self._scope.start(self._take_recent(), "recent jobs")

    async def close(self) -> None:
        """Deletions that wait go to the trash now."""
        async with self._turning:
            if self._is_closed:
                return
            self._is_closed = True
            if self._is_open:
                self._is_open = False
                await self._stop()
            # these too if their opening was broken off
            for store in (self._pictures, self._marks, self._store):
                await store.close()

    async def _stop(self) -> None:
        self._unsubscribe()
        await self._trash.flush()
        self._scanner.close()
        await self._scope.close()
        self._indexer.close()
        await self._thumbnails.close()

    def folders(self) -> tuple[str, ...]:
        """The output folder and those that the user added."""
        return (str(self._paths.output), *filter(None, self._preferences.get(MEDIA_FOLDERS.key, MEDIA_FOLDERS.default)))

    def _follows_links(self) -> bool:
        return bool(self._preferences.get(FOLLOW_LINKS.key, FOLLOW_LINKS.default))

    def passed_over(self) -> tuple[str, ...]:
        """Links in the media folders to folders that are not shown, as the last scan found them."""
        return self._scanner.passed_over()

    def rescan(self) -> None:
        """Looks at every file again; to be called when the folders were set anew, or on request."""
        self._scanner.rescan()

    def cancel_scan(self) -> None:
        """What was read stays; `rescan` or the next start go on from there."""
        self._scanner.cancel()

    # Looking

    async def page(self, query: MediaQuery) -> MediaListing:
        """Raises InvalidField for an unknown sort or a cursor of another query."""
        return await self._store.page(query)

    async def ids(self, query: MediaQuery) -> list[int]:
        """Of all that the filter shows, in its order: Select All, and the rows of a grid."""
        return await self._store.ids(query)

    async def items(self, ids: Sequence[int]) -> list[MediaItem]:
        """Those of them that exist, in the order of `ids`."""
        return await self._store.many(ids)

    async def count(self, query: MediaQuery) -> int:
        return await self._store.count(query)

    async def days(self, query: MediaQuery) -> list[tuple[dt.date, int]]:
        """How many files each day has, in this time zone and in the order of a query sorted by date."""
        return await self._store.days(query)

    async def stats(self) -> MediaStats:
        return await self._store.stats()

    async def get(self, media_id: int) -> MediaItem:
        """Raises NotFound."""
        return (await self._some([media_id]))[0]

    async def by_path(self, path: str | Path) -> MediaItem | None:
        folder = await asyncio.to_thread(Path(path).parent.resolve)
        return await self._store.by_path(str(folder / Path(path).name))

    async def info(self, media_id: int) -> GenerationInfo:
        """What made a file, as it was read into the index. Raises NotFound."""
        found = await self._store.infos([media_id])
        if media_id not in found:
            raise NotFound("This file is no longer in My Media.")
        return found[media_id]

    async def infos(self, ids: Sequence[int]) -> dict[int, GenerationInfo]:
        """The same for a whole page; ids that are unknown are left out."""
        return await self._store.infos(ids)

    async def metadata(self, item_id: int) -> FileMetadata:
        """Everything in the file itself (`graph`, `workflow`, `oelala_params`), read now. Raises NotFound or
        Unreadable."""
        from oelala_desktop.metadata import read

        item = await self.get(item_id)
        return await asyncio.to_thread(read, Path(item.path))

    async def prompts(self, text: str = "", cursor: str | None = None, limit: int = 100) -> PromptListing:
        """Distinct prompts, newest first. Raises InvalidField for a foreign cursor."""
        return await self._store.file.read(lambda c: read_prompts(c, text, cursor, limit))

    async def facets(self) -> Facets:
        return await self._store.facets()

    # Thumbnails

    async def thumbnail(
        self, media_id: int, size: int = 256, priority: int = 0, *, covering: bool = False
    ) -> bytes | None:
        """A JPEG whose longer side has `size` pixels (rounded up to 128, 256, 512 or 1024), or `covering` whose shorter
        side has, so that it fills a cell sharply; None if the file cannot be decoded. The lowest `priority` is made
        first; cancelling this call takes it out of the queue. Raises NotFound."""
        item = await self.get(media_id)
        stamps = await self._store.stamps([media_id])
        return await self._thumbnails.get(item.path, stamps[media_id], size, priority, covering)

    async def cached_thumbnails(
        self, ids: Sequence[int], size: int = 256, *, covering: bool = False
    ) -> dict[int, bytes]:
        """Those that need not be made, in one question."""
        return await self._thumbnails.cached(await self._store.stamps(ids), size, covering)

    # Changing

    async def set_favorite(self, ids: Sequence[int], on: bool) -> None:
        """Marks contents: equal files are marked with them, and the mark goes wherever the file goes. Raises
        Unreadable."""
        await self._favorites.set_marks(await self._some(ids), on)

    async def rename(self, item_id: int, name: str) -> MediaItem:
        """Keeps the extension if `name` has none or another. A video's companion goes along. Raises InvalidField,
        NotFound or CannotSave."""
        item = await self.get(item_id)
        renamed = await asyncio.to_thread(rename_with_companion, Path(item.path), name)
        await self._move(item, renamed.path)
        if renamed.moved is not None and (beside := await self._store.by_path(str(renamed.moved))) is not None:
            await self._move(beside, renamed.companion or renamed.moved)
        if renamed.companion is not None:
            await self._indexer.read_videos_of([(str(renamed.companion.parent), renamed.companion.name)])
        return await self.get(item_id)

    async def _move(self, item: MediaItem, path: Path) -> None:
        await self._indexer.announce(await self._store.move(item.id, str(path.parent), path.name))

    async def delete(self, ids: Sequence[int], *, favorites: bool = False) -> Deletion:
        """Out of sight now, to the system's trash later, a video with its companion. Favourites stay and are named in
        `kept`, so that the user can be asked; `favorites` deletes them too."""
        items = await self._store.many(ids)
        kept = () if favorites else tuple(item for item in items if item.favorite)
        chosen = [item for item in items if item not in kept]
        return await self._trash.hide(chosen, kept, await self._companions(chosen))

    async def _companions(self, items: Sequence[MediaItem]) -> list[MediaItem]:
        """Pictures that belong to videos among `items` alone; not those that are favourites in their own right."""
        paths = await asyncio.to_thread(companions_of, [Path(item.path) for item in items])
        found = [await self._store.by_path(str(path)) for path in paths]
        return [item for item in found if item is not None and not item.favorite and item not in items]

    async def undo_delete(self, token: str) -> tuple[int, ...]:
        """Raises NotFound when the files are in the trash already."""
        return await self._trash.undo(token)

    async def export(self, ids: Sequence[int], folder: str | Path, with_metadata: bool = True) -> ExportResult:
        """Copies files; a name that is taken gets `_2`. Without metadata the pictures and streams are copied as they
        are and the texts left out. Raises CannotSave if the folder cannot be used at all."""
        items = await self._some(ids)
        return await asyncio.to_thread(export_files, items, Path(folder), with_metadata)

    async def _some(self, ids: Sequence[int]) -> list[MediaItem]:
        found = await self._store.many(ids)
        if not found:
            raise NotFound("This file is no longer in My Media.")
        return found

    # Being told

    def _hear(self, event: MediaAdded) -> None:
        self._scope.start(self._take(event.path, event.job_id), "take in a result")

    async def _take(self, path: str, job_id: str | None) -> None:
        job = await self._jobs.get(job_id) if self._jobs and job_id else None
        await self._scanner.take(path, job_id, claims_of_job(job) if job else ())

    async def _take_recent(self) -> None:
        """Results whose own metadata does not say which job made them."""
        await self._scanner.looked.wait()
        for job in await self._jobs.recent(_RECENT_JOBS) if self._jobs else ():
            if job.state is not JobState.DONE:
                continue
            for output in filter(lambda made: made.is_visual, job.outputs):
                item = await self.by_path(output.path)
                if item is not None and item.job_id is None:
                    await self._scanner.take(output.path, job.id, claims_of_job(job))

    def _lost(self) -> None:
        """The index was damaged and begun anew."""
        self._store.forget_lookups()
        self._scanner.rescan()
