"""A long queue: waiting jobs added one by one while the window's queue panel listens, against the same with an eighth
of them; and 200 pictures dropped at once, against what no way round can spare: the same pictures read and kept, and 200
rows inserted in one transaction. With `--full` each job added goes through `submit`, checks and all."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.renewal import renewed
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.storage.paths import Paths
from oelala_desktop.ui.queue.panel import QueuePanel
from oelala_desktop.ui.queue.view import QueueView
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style.appearance import Theme

FEW, MANY, DROPPED = 500, 4000, 200
ADDING_GOAL, DROP_GOAL = 10.0, 3.0
SIDE = 512  # pixels of a dropped picture


class Queue:
    """A paused queue of a home of its own, with the panel that shows it."""

    def __init__(self, services: Services, engine: Engine, view: QueueView, panel: QueuePanel) -> None:
        self.services = services
        self.engine = engine
        self.view = view
        self.panel = panel

    async def fill(self, count: int, *, whole: bool) -> float:
        """Seconds until so many wait, one added after the other, and the panel has told of all of them."""
        (first,) = await self.services.jobs.submit(self._wish(0), self.engine)
        began = time.perf_counter()
        for number in range(1, count):
            if whole:
                await self.services.jobs.submit(self._wish(number), self.engine)
            else:
                await self._add(renewed(first, str(uuid.uuid4()), number, time.time(), 0.0))
        await self._shown(count)
        return time.perf_counter() - began

    def _wish(self, seed: int) -> Wish:
        return Wish("text-to-image", {"prompt": "x", "preset": "sketch", "seed": seed}, Path("out"))

    async def _add(self, job: Job) -> None:
        """What becomes of a job that has been checked."""
        placed = await self.services.store.append(job)
        self.services.jobs.driver(self.engine).add(placed, announce=True)

    async def _shown(self, count: int) -> None:
        while f"{count:,} waiting" not in self.panel.summary:
            await asyncio.sleep(0.005)

    async def drop(self, pictures: Sequence[Path]) -> float:
        """Seconds until all rows are known, that is, on the disk and in the panel."""
        wishes = [
            Wish("image-to-video", {"image": str(path), "preset": "sketch", "seed": 1}, Path("out"))
            for path in pictures
        ]
        began = time.perf_counter()
        jobs, refused = await self.services.jobs.submit_each(wishes, self.engine)
        await self._shown(len(jobs))
        took = time.perf_counter() - began
        assert not refused
        waiting = [Path(job.inputs[0].original) for job in self.services.jobs.driver(self.engine).waiting]
        assert waiting == list(pictures), "not in the order given"
        return took

    def order(self) -> list[int]:
        return [job.seed for job in self.services.jobs.driver(self.engine).waiting]


@asynccontextmanager
async def a_queue(folder: Path, shell: Shell, theme: Theme) -> AsyncIterator[Queue]:
    async with Services(Paths(folder, folder / "output")) as services:
        engine = services.engines.named("sketch")
        await engine.connect()
        await services.jobs.pause(True)
        panel = QueuePanel()
        panel.resize(440, 900)
        panel.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        panel.show()
        yield Queue(services, engine, QueueView(panel, Studio(services, shell, theme)), panel)
        panel.close()
        panel.deleteLater()


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    app = QApplication.instance() or QApplication([])
    app.setQuitOnLastWindowClosed(False)
    shell, theme = Shell(), Theme(app, "dark")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        yield runner.run(_adding(shell, theme, 5 if full else 1, whole=full))
        yield runner.run(_dropping(shell, theme, 5 if full else 3))


async def _adding(shell: Shell, theme: Theme, rounds: int, *, whole: bool) -> dict[str, Any]:
    few, many = [], []
    for _ in range(rounds):
        # the larger one stands in the middle, so that a machine that grows busier or idler favours neither
        for count, times in ((FEW, few), (MANY, many), (FEW, few)):
            with tempfile.TemporaryDirectory() as folder:
                async with a_queue(Path(folder), shell, theme) as queue:
                    times.append(await queue.fill(count, whole=whole))
                    assert queue.order()[1:] == list(range(1, count)), "not in the order given"
    ratio = median(many) / median(few)
    return {
        "name": "queue-adding",
        "value": round(median(many), 3),
        "unit": f"s for {MANY}",
        "yardstick": f"the same with {FEW}",
        "ratio": ratio,
        "goal": ADDING_GOAL,
        "met": ratio <= ADDING_GOAL,
    }


async def _dropping(shell: Shell, theme: Theme, rounds: int) -> dict[str, Any]:
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as name:
        pictures = [_picture(Path(name) / f"{at}.jpg") for at in range(DROPPED)]
        for number in range(rounds):
            folder = Path(name) / str(number)
            async with a_queue(folder, shell, theme) as queue:
                ours.append(await queue.drop(pictures))
                jobs = queue.services.jobs.driver(queue.engine).waiting
            rows = [(job.id, repr(job).encode()) for job in jobs]
            bare.append(await asyncio.to_thread(_bare, folder, pictures, rows))
    ratio = median(ours) / median(bare)
    return {
        "name": "queue-drop",
        "value": round(median(ours) * 1000),
        "unit": f"ms for {DROPPED} files",
        "yardstick": f"the same files read and kept, {DROPPED} inserts in one transaction",
        "ratio": ratio,
        "goal": DROP_GOAL,
        "met": ratio <= DROP_GOAL,
    }


def _bare(folder: Path, pictures: Sequence[Path], rows: Sequence[tuple[str, bytes]]) -> float:
    store = InputStore(folder / "kept")
    began = time.perf_counter()
    for path in pictures:
        store.take(path, FieldKind.PICTURE, "image")
    with closing(sqlite3.connect(folder / "bare.sqlite3")) as connection, connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE jobs (id TEXT PRIMARY KEY, document BLOB)")
        connection.executemany("INSERT INTO jobs VALUES (?,?)", rows)
    return time.perf_counter() - began


def _picture(path: Path) -> Path:
    Image.effect_noise((SIDE, SIDE), 40).convert("RGB").save(path, quality=85)
    return path
