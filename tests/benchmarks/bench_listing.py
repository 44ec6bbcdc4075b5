"""One page of 200 files with metadata, and all pages, of 2,000 videos and 2,000 pictures, against the web version's one
answer.

That version has no index. Its listing walks the output folder for every request, opens every file to find out what made
it, sorts the rows and sends them all. Re-implemented here as its document describes it: `stat` for each file; a PNG
through Pillow's `text`, which decodes the picture to reach what lies behind the pixels; a video through FFmpeg's
demuxer (PyAV, in this process; a program started for each file, as is usual on a server, takes ten times as long), its
tags, and the picture of the same stem if it has none; `json.loads` of whatever was found; one JSON text of all rows.

Ours is what the API sends for it: pages from the index with the metadata of each file in them, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import orjson
from PIL import Image

from oelala_desktop.domain.events import ScanProgressed
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.services.library.library import Library
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.storage.paths import Paths
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.presence import Presence
from tests.benchmarks.corpus import make_listing

EACH, PAGE, ROUNDS = 2_000, 200, 5
GOAL_PAGE, GOAL_ALL = 400.0, 40.0
#: files of the yardstick that are read in a default run; its time is taken in proportion
SAMPLE = 200


def _texts(path: Path) -> dict[str, str]:
    if path.suffix == ".mp4":
        with av.open(str(path)) as opened:
            found = dict(opened.metadata)
        companion = path.with_suffix(".png")
        return found if found or not companion.exists() else _texts(companion)
    with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as opened:
        return {key: str(value) for key, value in getattr(opened, "text", opened.info).items()}


def web_version(paths: list[Path]) -> bytes:
    """The one answer, metadata and all."""
    rows = []
    for path in paths:
        status = path.stat()
        found = {}
        for key, text in _texts(path).items():
            try:
                found[key] = json.loads(text)
            except ValueError:
                continue
        rows.append({"filename": path.name, "size": status.st_size, "mtime": status.st_mtime, "metadata": found})
    rows.sort(key=lambda row: -float(str(row["mtime"])))
    return json.dumps({"media": rows}).encode()


def _row(item: MediaItem, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "filename": item.name, "type": item.kind, "size": item.size, "mtime": item.modified,
        "url": f"/media/{item.id}", "is_start_image": item.is_start_image, "favorite": item.favorite,
        "metadata": metadata,
    }  # fmt: skip


async def page(library: Library, query: MediaQuery) -> tuple[bytes, str | None]:
    found = await library.page(query)
    infos = await library.infos([item.id for item in found.items])
    stats = await library.stats()
    rows = [_row(item, infos[item.id].as_dict()) for item in found.items]
    return orjson.dumps({"media": rows, "stats": [stats.videos, stats.images]}), found.next_cursor


async def all_pages(library: Library) -> int:
    query, count = MediaQuery(limit=PAGE, hide_start_images=False), 0
    while True:
        content, cursor = await page(library, query)
        count += content.count(b'"filename"')
        if cursor is None:
            return count
        query = replace(query, cursor=cursor)


async def measure(home: Path, media: Path, paths: list[Path], full: bool) -> tuple[float, float, float]:
    """Median seconds of the web version's answer, of one page, of all pages."""
    bus, over = Bus(), asyncio.Event()
    bus.subscribe(ScanProgressed, lambda event: over.set() if event.done else None)
    library = Library(Paths(home, media), Preferences(home / "preferences.json"), bus, Presence(home / "run"))
    await library.start()
    await over.wait()
    some = paths if full else paths[:: len(paths) // SAMPLE]
    web, one, every = [], [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        web_version(some)
        web.append((time.perf_counter() - start) * len(paths) / len(some))
        start = time.perf_counter()
        await page(library, MediaQuery(limit=PAGE))
        one.append(time.perf_counter() - start)
        start = time.perf_counter()
        assert await all_pages(library) == len(paths)
        every.append(time.perf_counter() - start)
    await library.close()
    return statistics.median(web), statistics.median(one), statistics.median(every)


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """Two rows. By default the yardstick reads every twentieth file; `full` reads them all."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        home = root / "home"
        home.mkdir()
        paths = make_listing(root / "media", EACH)
        web, one, every = asyncio.run(measure(home, root / "media", paths, full))
    for what, value, goal in ((f"one page of {PAGE}", one, GOAL_PAGE), ("all pages", every, GOAL_ALL)):
        yield {
            "name": "listing", "value": round(value * 1000, 2), "unit": f"ms, {what}",
            "yardstick": f"the web version's one answer ({web:.1f} s)", "ratio": round(web / value, 1), "goal": goal,
            "met": web / value >= goal,
        }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
