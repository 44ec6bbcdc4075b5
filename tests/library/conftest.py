"""A home, a media folder and a library on both."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.events import LibraryChanged, NoticePosted, ScanProgressed
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.services.library.library import JobSource, Library
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.presence import Presence
from tests.metadata import corpus

EVERYTHING = MediaQuery(hide_start_images=False)
PATIENCE = 15.0


def put(path: Path, data: bytes, age: float = 1000.0) -> Path:
    """Writes a file that has lain there for `age` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def picture(number: int = 0, **texts: Any) -> bytes:
    """A PNG unlike that of any other number, but of the same length."""
    chunks = b"".join(corpus.png_text(key, corpus.dumps(value)) for key, value in texts.items())
    return corpus.png(chunks + corpus.png_text("number", f"{number:08}".encode()))


class Shelf:
    """A library and what it told."""

    def __init__(self, home: Path) -> None:
        self.paths = Paths(home, home / "output")
        self.output = self.paths.output
        self.output.mkdir(parents=True, exist_ok=True)
        self.preferences = Preferences(self.paths.preferences)
        self.presence = Presence(self.paths.presence)
        self.bus = Bus()
        self.changes: list[LibraryChanged] = []
        self.scans: list[ScanProgressed] = []
        self.notices: list[NoticePosted] = []
        self.jobs: dict[str, Job] = {}
        self._told: set[int] = set()
        self._heard = asyncio.Event()
        self.bus.subscribe(LibraryChanged, self._hear)
        self.bus.subscribe(ScanProgressed, self.scans.append)
        self.bus.subscribe(NoticePosted, self.notices.append)
        for kind in (LibraryChanged, ScanProgressed, NoticePosted):
            self.bus.subscribe(kind, lambda _: self._heard.set())
        self.library = self.make()

    def _hear(self, change: LibraryChanged) -> None:
        self.changes.append(change)
        self._told |= {*change.added, *change.changed}

    def make(self, delay: float = 10.0, clock: Clock = CLOCK) -> Library:
        async def get(job_id: str) -> Job | None:
            return self.jobs.get(job_id)

        async def recent(count: int) -> list[Job]:
            return list(self.jobs.values())[:count]

        self.library = Library(
            self.paths,
            self.preferences,
            self.bus,
            self.presence,
            JobSource(get, recent),
            delete_delay=delay,
            clock=clock,
        )
        return self.library

    async def until(self, holds: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
        """Asks again whenever something was told."""
        async with asyncio.timeout(patience):
            while True:
                self._heard.clear()
                if await holds():
                    return
                await self._heard.wait()

    async def start(self, *, watched: bool = False) -> Library:
        """Returns when all files have been looked at twice, and, if asked for, the folders are watched."""
        self.scans.clear()
        await self.library.start()
        await self.all_looked_at(2)
        if watched:
            await self.watching.wait()
        return self.library

    async def start_absent(self) -> Library:
        """The same where there is no folder to watch."""
        await self.library.start()
        await self.over(1)
        return self.library

    @property
    def watching(self) -> asyncio.Event:
        """Set while the folders are being watched; who clears it waits for the next watch."""
        return self.library._scanner.watcher.watching

    async def over(self, count: int = 1) -> None:
        """Waits for that many finished scans."""

        async def holds() -> bool:
            return sum(scan.done for scan in self.scans) >= count

        await self.until(holds)

    async def all_looked_at(self, count: int) -> None:
        """Waits for that many finished scans, the last of which looked at every file."""

        async def holds() -> bool:
            return sum(scan.done for scan in self.scans) >= count and not self.library._scanner._wanted

        await self.until(holds)

    async def rescan(self) -> None:
        self.scans.clear()
        self.library.rescan()
        await self.all_looked_at(1)

    async def again(self, delay: float = 10.0) -> Library:
        """Closes the library and opens it anew."""
        await self.library.close()
        self.changes.clear()
        self.make(delay)
        return await self.start()

    async def names(self, query: MediaQuery = EVERYTHING) -> list[str]:
        return [item.name for item in (await self.library.page(query)).items]

    async def item(self, name: str) -> MediaItem:
        found = [item for item in (await self.library.page(MediaQuery(hide_start_images=False, limit=1000))).items]
        return next(item for item in found if item.name == name)

    async def shows(self, *names: str) -> None:
        """Waits until these are all the files there are, and each was told of: what it is to others is settled then."""

        async def holds() -> bool:
            items = (await self.library.page(EVERYTHING)).items
            return sorted(item.name for item in items) == sorted(names) and {item.id for item in items} <= self._told

        await self.until(holds)


@pytest.fixture
async def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shelf]:
    for name in [name for name in sys.modules if name.split(".")[0] == "send2trash"]:
        monkeypatch.delitem(sys.modules, name)  # it looks for the trash when it is imported
    (tmp_path / "user").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user" / "share"))
    made = Shelf(tmp_path / "home")
    yield made
    await made.library.close()
