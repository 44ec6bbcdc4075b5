"""A scanner over a folder and a real index, on a clock of its own and told by hand what a watch would tell."""

from __future__ import annotations

import os
from pathlib import Path

from oelala_desktop.domain.events import LibraryChanged, NoticePosted, ScanProgressed
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library.announcing import Announcer
from oelala_desktop.services.library.indexing import Indexer
from oelala_desktop.services.library.scanning import Scanner
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.favorites import FavoriteStore
from oelala_desktop.storage.media import MediaStore
from tests.clock import SetClock
from tests.metadata import corpus

MOMENT = 1_700_000_000
ROOTS, WAITING, STILL = 2.0, 0.3, 0.31  # seconds between looks at the folders, at files that may grow, and enough of it


def picture(number: int = 0) -> bytes:
    return corpus.png(corpus.png_text("number", f"{number:08}".encode()))


class Desk:
    def __init__(self, home: Path) -> None:
        self.root = (home / "media").resolve()
        self.root.mkdir()
        self.folders = [str(self.root)]
        self.follows = False
        self.clock = SetClock(wall=MOMENT)
        self.bus = Bus()
        self.progress: list[ScanProgressed] = []
        self.notices: list[NoticePosted] = []
        self.changes: list[LibraryChanged] = []
        self.bus.subscribe(ScanProgressed, self.progress.append)
        self.bus.subscribe(NoticePosted, self.notices.append)
        self.bus.subscribe(LibraryChanged, self.changes.append)
        self.scope = TaskScope("test")
        self.store = MediaStore(home / "media.sqlite3")
        self.marks = FavoriteStore(home / "favorites.sqlite3")
        self.indexer = Indexer(self.store, self.marks, Announcer(self.bus, self.scope))
        self.scanner = Scanner(
            self.store, self.indexer, self.bus, lambda: self.folders, lambda: self.follows, self.clock
        )

    def put(self, name: str, content: bytes | None = None, age: float = 1000) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture() if content is None else content)
        self.date(path, age)
        return path

    def date(self, path: Path, age: float) -> None:
        moment = self.clock.date - age
        os.utime(path, (moment, moment))

    async def start(self) -> None:
        self.scanner.bind()
        self.task = self.scope.start(self.scanner.run(), "scan")
        await self.settle(1)

    async def settle(self, count: int = 1) -> None:
        """Until so many naps more were begun: the scanner has done all there was to do."""
        await self.clock.until_naps(len(self.clock.naps) + count)

    async def wait(self, seconds: float) -> None:
        """Time passes, and the scanner has looked again."""
        before = len(self.clock.naps)
        self.clock.move(seconds)
        await self.clock.advance(0)
        await self.clock.until_naps(before + 1)

    async def hear(self, *names: str, began: bool = False) -> None:
        before = len(self.clock.naps)
        self.scanner.watcher.hear({str(self.root / name) for name in names}, began=began)
        await self.clock.until_naps(before + 1)

    async def rescan(self) -> None:
        before = len(self.clock.naps)
        self.scanner.rescan()
        await self.clock.until_naps(before + 1)

    async def names(self) -> list[str]:
        items = (await self.store.page(MediaQuery(hide_start_images=False))).items
        return sorted(item.name for item in items)

    @property
    def nap(self) -> float:
        return self.clock.naps[-1]

    def scans(self) -> list[tuple[int, int]]:
        """What the finished scans told since this was last asked."""
        told = [(scan.looked_at, scan.found) for scan in self.progress if scan.done]
        self.progress.clear()
        return told
