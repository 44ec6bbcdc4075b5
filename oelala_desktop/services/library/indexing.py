"""Keeps the index in step with the folders: what is new is read, what moved is moved, what is gone is taken out."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.metadata.beside import video_names
from oelala_desktop.storage.favorites import FavoriteStore
from oelala_desktop.storage.media import KnownFile, MediaStore
from oelala_desktop.storage.media_starts import StartStore
from oelala_desktop.storage.media_writing import Changes, Entry, Stamp

from .announcing import Announcer
from .folders import Listing, look
from .reading import Batch, Found, read_batch
from .starts import settle_starts

log = logging.getLogger(__name__)
T = TypeVar("T")

#: files read and saved at once
_BATCH = 192
#: batches that are read or wait to be saved
_AHEAD = 4
#: with so many new files, and at least that share of those there are, the search index is made anew at the end
#: instead of being kept up
_LOAD, _SHARE = 1000, 4
#: for more pictures than that a folder is asked for all it has, instead of for the names beside them
_FEW = 100


@dataclass(slots=True)
class IndexGap:
    """What the folders have and the index has not, and the other way round. `generation` is the index's."""

    generation: int
    new: list[Found] = field(default_factory=list)
    gone: dict[int, Stamp] = field(default_factory=dict)
    refused_gone: dict[str, list[str]] = field(default_factory=dict)
    gone_folders: list[int] = field(default_factory=list)
    #: path, mtime and print of folders that will be in the index completely
    complete: list[tuple[str, int, bytes | None]] = field(default_factory=list)


class Indexer:
    """Files are read beside the loop, some batches ahead of what is being saved."""

    def __init__(self, store: MediaStore, favorites: FavoriteStore, announcer: Announcer) -> None:
        self._store = store
        self._starts = StartStore(store.file)
        self._favorites = favorites
        self._announcer = announcer
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="media-scan")

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    async def call(self, work: Callable[[], T]) -> T:
        """Runs blocking work on the scanning thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def compare(self, into: IndexGap, folder: str, there: dict[str, Stamp], known: dict[str, KnownFile]) -> None:
        """Adds what differs between a folder's media files and those known of it."""
        for name, stamp in there.items():
            file = known.get(name)
            if file is None or file.stamp != stamp:
                into.new.append(Found(folder, name, stamp))
        for name, file in known.items():
            if name in there:
                continue
            if file.id is None:
                into.refused_gone.setdefault(folder, []).append(name)
            else:
                into.gone[file.id] = file.stamp

    async def compare_listings(self, listings: Iterable[Listing], into: IndexGap) -> None:
        for listing in listings:
            known = await self._store.files_in(listing.path)
            self.compare(into, listing.path, listing.media(), known)
            into.complete.append((listing.path, listing.mtime_ns, listing.print))

    async def apply(
        self,
        difference: IndexGap,
        stop: threading.Event,
        progress: Callable[[int], None] = lambda done: None,
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Brings the index up to date; newest files first. `progress` is told how many were looked at, `between` is
        awaited after each batch. Returns early when `stop` is set; nothing is lost then, only left for later."""
        await self._keep_what_is_there(difference)
        pictures = [(file.folder, file.name) for file in difference.new]
        rest = await self._move(difference)
        beside = await self._videos_of(pictures)
        coming = {file.path for file in rest} if beside else set()
        rest += [video for video in beside if video.path not in coming]
        rest.sort(key=lambda file: file.stamp.mtime_ns, reverse=True)
        load = len(rest) > _LOAD and len(rest) > await self._store.size() // _SHARE
        if load:
            await self._store.begin_load()
        await self._read_all(rest, stop, progress, between)
        if load:
            await self._store.end_load()  # what ends before this point is made up for at the next start
        if stop.is_set():
            return
        await self._take_out(difference)
        await self._store.keep_folders(difference.complete, difference.generation)

    async def _keep_what_is_there(self, difference: IndexGap) -> None:
        """A file that was given another name after the folders were listed is missing in the list alone."""
        items = await self._store.many(list(difference.gone))
        gone = difference.gone
        for item_id in await self.call(lambda: [item.id for item in items if look(item.path) == gone[item.id]]):
            del gone[item_id]

    async def _move(self, difference: IndexGap) -> list[Found]:
        """A file that is gone here and new there, the same in size, time and inode, has only been renamed."""
        places = {stamp: item_id for item_id, stamp in difference.gone.items() if stamp.inode}
        rest = []
        for file in difference.new:
            item_id = places.pop(file.stamp, None)
            if item_id is None:
                rest.append(file)
                continue
            del difference.gone[item_id]
            await self.announce(await self._store.move(item_id, file.folder, file.name))
        return rest

    async def _read_all(
        self,
        files: Sequence[Found],
        stop: threading.Event,
        progress: Callable[[int], None],
        between: Callable[[], Awaitable[None]] | None,
    ) -> None:
        """Batches are read while those before them are saved, which hardly needs the interpreter; reading is the longer
        of both, so that a few are always ahead."""
        batches = iter([files[at : at + _BATCH] for at in range(0, len(files), _BATCH)])
        ahead = deque(self._read(batch, stop) for batch in islice(batches, _AHEAD))
        done = 0
        while ahead:
            batch = await ahead.popleft()
            ahead.extend(self._read(following, stop) for following in islice(batches, 1))
            await self.save(batch)
            done = min(done + _BATCH, len(files))
            progress(done)
            if between is not None:
                await between()

    def _read(self, files: Sequence[Found], stop: threading.Event) -> asyncio.Future[Batch]:
        return asyncio.get_running_loop().run_in_executor(self._thread, self._read_here, files, stop)

    def _read_here(self, files: Sequence[Found], stop: threading.Event) -> Batch:
        return read_batch(files, self._favorites.marks, stop)

    async def _videos_of(self, pictures: Iterable[tuple[str, str]]) -> list[Found]:
        """Videos that are known already and may have one of the pictures, given by folder and name, as their companion:
        what made them can be told only now."""
        names: dict[str, list[str]] = {}
        for folder, picture in pictures:
            names.setdefault(folder, []).append(picture)
        found = []
        for folder, beside in names.items():
            few = [video for name in beside for video in video_names(name)] if len(beside) <= _FEW else None
            known = await self._store.files_in(folder, few) if few != [] else {}
            if known and few is None:
                wanted = {video for name in beside for video in video_names(name)}
                known = {name: file for name, file in known.items() if name in wanted}
            found += [Found(folder, name, file.stamp) for name, file in known.items() if file.id is not None]
        return found

    async def read_videos_of(self, pictures: Iterable[tuple[str, str]]) -> None:
        """Reads the videos anew that may have these pictures as companions."""
        await self.read_now(await self._videos_of(pictures))

    async def read_now(self, files: Sequence[Found]) -> None:
        """A few files that must not wait for a long scan."""
        batch = await asyncio.to_thread(self._read_here, files, threading.Event())
        await self.save(batch)

    async def save(self, batch: Batch) -> None:
        if batch.entries:
            await self._save(batch.entries)
        await self._store.refuse([(file.folder, file.name, file.stamp) for file in batch.refused])

    async def _save(self, entries: Sequence[Entry]) -> None:
        """All at once; should the index not take them, one by one, so that only those stay out that it refuses."""
        try:
            changes = await self._store.save(entries)
        except CannotSave:
            raise
        except Exception:
            log.exception("the index does not take %s", entries[0].file if len(entries) == 1 else "a batch of files")
            for entry in entries if len(entries) > 1 else ():
                await self._save([entry])
        else:
            await self.announce(changes)

    async def _take_out(self, difference: IndexGap) -> None:
        if difference.gone:
            await self.announce(await self._store.remove(list(difference.gone)))
        if difference.gone_folders:
            await self.announce(await self._store.remove_folders(difference.gone_folders))
        for folder, names in difference.refused_gone.items():
            await self._store.unrefuse(folder, names)

    async def announce(self, changes: Changes) -> None:
        """Settles which pictures are start pictures now, then tells what changed."""
        turned = await settle_starts(self._starts, changes.touched, changes.sizes) if changes.touched else []
        self._announcer.tell(added=changes.added, changed=[*changes.changed, *turned], removed=changes.removed)
