"""New files into the index, with metadata and search: from an open but empty library until the last file can be
found."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oelala_desktop.domain.events import ScanProgressed
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library.library import Library
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.presence import Presence
from tests.benchmarks.bench_png_metadata import baseline
from tests.benchmarks.corpus import make_pictures

ROUNDS, GOAL = 5, 0.6


async def index(home: Path, media: Path) -> float:
    """Seconds until the first scan is over; the index is empty at the start."""
    home.mkdir()
    bus = Bus()
    over = asyncio.Event()
    bus.subscribe(ScanProgressed, lambda event: over.set() if event.done else None)
    library = Library(Paths(home, media), Preferences(home / "preferences.json"), bus, Presence(home / "run"))
    await library.start()
    start = time.perf_counter()  # nothing has been looked at yet: the scan is a task that has not run
    await over.wait()
    took = time.perf_counter() - start
    assert await library.count(MediaQuery(text="fishing harbour")) == await library.count(MediaQuery()) > 0
    await library.close()
    shutil.rmtree(home)
    return took


def read_alone(paths: list[Path]) -> float:
    start = time.perf_counter()
    for path in paths:
        baseline(path)
    return time.perf_counter() - start


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """Files a second, against walking the headers of the same files and parsing their `prompt`."""
    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder, "media").resolve()
        paths = make_pictures(media, 20_000 if full else 3_000)
        ours, alone = [], []
        for _ in range(ROUNDS):
            ours.append(len(paths) / asyncio.run(index(Path(folder, "home"), media)))
            alone.append(len(paths) / read_alone(paths))
        value, base = statistics.median(ours), statistics.median(alone)
        yield {
            "name": "index-cold", "value": round(value), "unit": "files/s",
            "yardstick": "header walk and JSON parse of the same files", "ratio": round(value / base, 2),
            "goal": GOAL, "met": value / base >= GOAL,
        }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
