"""The one task that looks at the media folders: at the start, when told that something changed, and now and then."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import ScanProgressed
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import Supervisor
from oelala_desktop.storage.media import KnownFolder, MediaStore
from oelala_desktop.storage.media_query import join
from oelala_desktop.storage.media_writing import Claim, Stamp

from .folders import Stopped, Walk, changed_folders, is_below, is_candidate, lies_apart, look, real_roots, walk
from .indexing import Indexer, IndexGap
from .reading import Found, Waiting, settled
from .watching import Watcher

log = logging.getLogger(__name__)

#: a file that was written so recently (seconds) may still be being written
_RECENT = 2.0
_LOOK_AT_WAITING = 0.3
_LOOK_AT_ROOTS = 2.0
#: seconds between two reports of progress
_REPORT = 0.1


class Scanner:
    """`folders` gives the media folders as they are set at the time, `follows` whether links in them are followed."""

    def __init__(
        self,
        store: MediaStore,
        indexer: Indexer,
        bus: Bus,
        folders: Callable[[], Iterable[str]],
        follows: Callable[[], bool] = lambda: False,
        clock: Clock = CLOCK,
    ) -> None:
        self._store = store
        self._indexer = indexer
        self._bus = bus
        self._folders = folders
        self._follows = follows
        self._clock = clock
        self._links: dict[str, str] = {}
        self._woken = asyncio.Event()
        self._faults = Supervisor(bus, "Looking through the media folders", _LOOK_AT_ROOTS, clock)
        self.watcher = Watcher(self._woken, Supervisor(bus, "Watching the media folders", clock=clock), clock)
        #: set after the first scan
        self.looked = asyncio.Event()
        self._stop = threading.Event()
        self._waiting: dict[str, Waiting] = {}
        self._roots: tuple[str, ...] = ()
        self._standing: tuple[int, ...] = ()
        self._wanted = False
        self._called_off = False
        self._reported = 0.0

    @property
    def roots(self) -> tuple[str, ...]:
        """The media folders, links resolved."""
        return self._roots

    def passed_over(self) -> tuple[str, ...]:
        """Links in the media folders to folders that are not shown."""
        links = self._links.items()
        return tuple(link for link, target in links if not any(is_below(target, root) for root in self._roots))

    def rescan(self) -> None:
        """Looks at every file again, soon; also takes in what is now named as media folder."""
        self._wanted = True
        self._called_off = False
        self._woken.set()

    def cancel(self) -> None:
        """Ends the scan that runs. What it has read stays; `rescan` goes on from there, or the next start."""
        self._called_off = True
        self._stop.set()

    async def run(self) -> None:
        """Until cancelled."""
        await self._guarded(self._begin())
        self.looked.set()
        await self._guarded(self._store.file.check())
        self._wanted = True
        while True:
            await self._guarded(self._turn())
            await self._clock.wait(self._woken, _LOOK_AT_WAITING if self._waiting else _LOOK_AT_ROOTS)

    async def _begin(self) -> None:
        self._roots = await self._indexer.call(lambda: real_roots(self._folders()))
        await self._store.end_load()  # of a scan that was killed
        await self._scan(deep=self._follows())  # where links lead only a whole walk tells

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Neither a disk that refuses for a while nor a fault of our own ends the scanning."""
        try:
            await self._faults.attempt(work, but=CannotSave)
        except CannotSave as error:
            log.warning("the media index: %s", error)
            self._wanted = True
            await self._clock.sleep(_LOOK_AT_ROOTS)

    async def _turn(self) -> None:
        self._woken.clear()
        if self._called_off:
            await self._keep_up()
            return
        standing = await self._indexer.call(self._look_at_roots)
        if standing != self._standing:
            self._standing = standing
            self.watcher.watch(self._roots, again=True)
            await self._scan(deep=False)
        if self._wanted:
            self._wanted = False
            await self._scan(deep=True)
        elif self.watcher.take_began():
            await self._scan(deep=False)
        await self._keep_up()

    def _look_at_roots(self) -> tuple[int, ...]:
        """Which of the media folders are there; a folder made anew is another one."""
        self._roots = self._find_roots()
        inodes = []
        for root in self._roots:
            with suppress(OSError):
                inodes.append(Path(root).stat().st_ino)
        return (hash(self._roots), *inodes)

    def _find_roots(self) -> tuple[str, ...]:
        """With the folders that links lead to, if they are followed and still there."""
        own = real_roots(self._folders())
        if not self._follows():
            return own
        linked = {target for link, target in self._links.items() if os.path.realpath(link) == target}
        return real_roots([*own, *(target for target in linked if lies_apart(target, own))])

    # A scan

    async def _scan(self, *, deep: bool) -> None:
        """`deep` looks at every file; otherwise only into folders whose own time has changed."""
        self._stop.clear()
        difference = IndexGap(self._store.file.generation)  # as it is now, before anything is asked of it
        known = {folder.path: folder for folder in await self._store.folders()}
        try:
            found, seen = await self._indexer.call(lambda: self._walk(known, deep=deep))
        except Stopped:
            self._report(0, 0, done=True)
            return
        self.watcher.watch({*seen, *self._roots})
        for path, folder in known.items():
            if path not in seen and not any(is_below(path, closed) for closed in found.closed):
                await self._note_gone(folder, difference)
        await self._indexer.compare_listings(found.listings, difference)
        self._put_off(difference)
        total = len(difference.new)
        await self._indexer.apply(
            difference, self._stop, lambda looked_at: self._report(looked_at, total), self._keep_up
        )
        self._report(total, total, done=True)  # the walk may have told of a beginning

    def _walk(self, known: dict[str, KnownFolder], *, deep: bool) -> tuple[Walk, set[str]]:
        """What differs, and all folders that exist. On the scanning thread."""
        loop_report = self._report_from_thread
        follow = real_roots(self._folders()) if self._follows() else None
        if deep:
            found = walk(self._roots, known, self._stop, loop_report, follow=follow, clock=self._clock)
            self._links = found.links
            self._roots = self._find_roots()
            return found, found.seen
        inside = [f for f in known.values() if any(is_below(f.path, root) for root in self._roots)]
        changed = changed_folders(inside)
        unchanged = frozenset(f.path for f in inside) - frozenset(changed)
        fresh = [root for root in self._roots if root not in known]
        found = walk([*changed, *fresh], known, self._stop, loop_report, unchanged, follow, self._clock)
        known_links = {link: target for link, target in self._links.items() if os.path.split(link)[0] in unchanged}
        self._links = known_links | found.links
        return found, found.seen | unchanged

    async def _note_gone(self, folder: KnownFolder, into: IndexGap) -> None:
        into.gone_folders.append(folder.id)
        for file in (await self._store.files_in(folder.path)).values():
            if file.id is not None:
                into.gone[file.id] = file.stamp

    def _put_off(self, difference: IndexGap) -> None:
        """What may still be being written is read later; its folder is not known completely until then."""
        now, monotonic = self._clock.wall(), self._clock.monotonic()
        ready = []
        unready = set()
        gone = set(difference.gone.values())
        for file in difference.new:
            if abs(now - file.stamp.mtime_ns / 1e9) >= _RECENT or file.stamp in gone:
                ready.append(file)
                continue
            unready.add(file.folder)
            waiting = self._waiting.get(file.path)
            if waiting is None or waiting.file.stamp != file.stamp:
                self._waiting[file.path] = Waiting(file, monotonic)
        difference.new = ready
        difference.complete = [folder for folder in difference.complete if folder[0] not in unready]

    # Small changes

    async def _keep_up(self) -> None:
        """What the watch has seen, and what was waited for."""
        paths = self.watcher.take()
        if paths:
            await self._look_at(paths)
        if self._waiting:
            waiting = tuple(self._waiting.values())
            done, going_on = await asyncio.to_thread(settled, waiting, self._clock.monotonic())
            self._waiting = {one.file.path: one for one in going_on}
            if done:
                await self._indexer.apply(IndexGap(self._store.file.generation, new=done), threading.Event())

    async def _look_at(self, paths: set[str]) -> None:
        looked_at = await asyncio.to_thread(lambda: {path: look(path) for path in paths})
        difference = IndexGap(self._store.file.generation)
        known = {folder.path: folder for folder in await self._store.folders()}
        there: dict[str, dict[str, Stamp]] = {}
        missing: dict[str, list[str]] = {}
        renewed = []
        for path, state in looked_at.items():
            folder, name = os.path.split(path)
            if state == "link" or path in self._links:
                self._wanted = True  # where links lead only a whole walk tells
            if state == "folder":
                renewed.append(path)
            elif isinstance(state, Stamp) and is_candidate(name):
                there.setdefault(folder, {})[name] = state
            elif state == "gone":
                missing.setdefault(folder, []).append(name)
                for below in (f for f in known.values() if is_below(f.path, path)):
                    await self._note_gone(below, difference)
        for folder in there.keys() | missing.keys():
            if folder in known or any(is_below(folder, root) for root in self._roots):
                found = there.get(folder, {})
                few = await self._store.files_in(folder, [*found, *missing.get(folder, ())])
                self._indexer.compare(difference, folder, found, few)
        if renewed:
            await self._walk_into(renewed, known, difference)
        self._put_off(difference)
        await self._indexer.apply(difference, threading.Event())

    async def _walk_into(self, folders: list[str], known: dict[str, KnownFolder], into: IndexGap) -> None:
        """Folders that were made, moved here or otherwise changed, with all below them."""
        shown = [folder for folder in folders if not _is_hidden(folder, self._roots)]
        found = await asyncio.to_thread(walk, shown, known, threading.Event(), clock=self._clock)
        self._wanted = self._wanted or bool(found.links)
        await self._indexer.compare_listings(found.listings, into)
        self.watcher.watch({*known, *found.seen, *self._roots}, again=True)

    async def take(self, path: str, job_id: str | None, claims: tuple[Claim, ...]) -> None:
        """A result that is complete: into the index at once, if it lies in a media folder."""
        folder, name = os.path.split(path)
        folder = await asyncio.to_thread(os.path.realpath, folder)
        stamp = await asyncio.to_thread(look, join(folder, name))
        if not isinstance(stamp, Stamp) or not any(is_below(folder, root) for root in self._roots):
            return
        file = Found(folder, name, stamp, job_id, claims)
        self._waiting.pop(file.path, None)
        await self._indexer.read_now([file])
        await self._indexer.read_videos_of([(folder, name)])

    # Progress

    def _report_from_thread(self, found: int) -> None:
        now = self._clock.monotonic()
        if now - self._reported >= _REPORT:
            self._reported = now
            self._loop.call_soon_threadsafe(self._bus.publish, ScanProgressed(0, found, done=False))

    def _report(self, looked_at: int, found: int, *, done: bool = False) -> None:
        now = self._clock.monotonic()
        if done or now - self._reported >= _REPORT:
            self._reported = now
            self._bus.publish(ScanProgressed(looked_at, found, done))

    def bind(self) -> None:
        """To be called on the loop before `run`."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        self._stop.set()
        self.watcher.close()


def _is_hidden(path: str, roots: Iterable[str]) -> bool:
    root = next((root for root in roots if is_below(path, root)), None)
    if root is None:
        return True
    return any(part.startswith(".") for part in Path(path[len(root) :]).parts)
