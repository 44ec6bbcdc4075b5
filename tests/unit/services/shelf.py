"""My Media on a home of its own: a set clock, real folders and databases, and nothing that is watched."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oelala_desktop.domain.events import LibraryChanged, NoticePosted
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.services.library.library import JobSource, Library
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.presence import Presence
from tests.clock import SetClock
from tests.metadata import corpus

from .scan_desk import MOMENT, ROOTS

ALL = MediaQuery(sort="name", descending=False, hide_start_images=False)


class Shelf:
    def __init__(self, home: Path) -> None:
        self.bin = home / "share" / "Trash" / "files"
        self.paths = Paths(home / "data", home / "output")
        self.paths.output.mkdir()
        self.paths.data.mkdir()
        self.bus, self.clock = Bus(), SetClock(wall=MOMENT)
        self.preferences = Preferences(self.paths.preferences)
        self.told: list[object] = []
        for kind in (LibraryChanged, NoticePosted):
            self.bus.subscribe(kind, self.told.append)
        self.watched = asyncio.Event()
        self.jobs: list[Job] = []
        self.asked: list[int] = []
        self.library = self.make()

    def make(self, **options: Any) -> Library:
        async def get(job_id: str) -> Job | None:
            return next((job for job in self.jobs if job.id == job_id), None)

        async def recent(count: int) -> Sequence[Job]:
            self.asked.append(count)
            return self.jobs

        presence, jobs = Presence(self.paths.presence), JobSource(get, recent)
        made = Library(self.paths, self.preferences, self.bus, presence, jobs, clock=self.clock, **options)
        made._scanner.watcher.run = self._watch  # type: ignore[method-assign] # nothing is watched
        self.library = made
        return made

    async def _watch(self) -> None:
        self.watched.set()
        await asyncio.Event().wait()

    def put(self, name: str, content: bytes | None = None, age: float = 1000) -> Path:
        path = self.paths.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(corpus.png(seed=len(name)) if content is None else content)
        os.utime(path, (MOMENT - age, MOMENT - age))
        return path

    async def start(self) -> Library:
        self.clock.naps.clear()
        await self.library.start()
        await self.idle()
        return self.library

    async def rescan(self) -> None:
        self.clock.naps.clear()
        self.library.rescan()
        await self.idle()

    async def idle(self) -> None:
        """The scanner has done all there was to do, and waits."""
        while ROOTS not in self.clock.naps:
            await self.clock.until_naps(len(self.clock.naps) + 1)

    async def item(self, name: str) -> MediaItem:
        return next(item for item in (await self.library.page(ALL)).items if item.name == name)

    async def names(self, query: MediaQuery = ALL) -> list[str]:
        return [item.name for item in (await self.library.page(query)).items]

    async def done(self, name: str) -> None:
        """The tasks of the library's scope that are called so are over."""
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == f"library: {name}"))

    def trashed(self) -> list[str]:
        return sorted(os.listdir(self.bin)) if self.bin.is_dir() else []
