"""Noticing that nothing changed: 100,000 files in 100 directories, all in the index already."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oelala_desktop.services.library.folders import changed_folders, list_folder, walk
from oelala_desktop.storage.media import KnownFolder, MediaStore

FOLDERS, IN_EACH, ROUNDS = 100, 1000, 7
GOAL_ALL, GOAL_FOLDERS = 1.6, 0.01
OLD = 1_700_000_000


def plain(root: Path) -> float:
    """The yardstick: ask for everything and do nothing with it."""
    start = time.perf_counter()
    with os.scandir(root) as folders:
        for folder in folders:
            with os.scandir(folder.path) as files:
                for file in files:
                    file.stat(follow_symlinks=False)
    return time.perf_counter() - start


async def known(store: MediaStore) -> dict[str, KnownFolder]:
    return {folder.path: folder for folder in await store.folders()}


async def all_files(store: MediaStore, root: Path) -> float:
    """Seconds to look at every file, and what is known of it, as the library does after its start."""
    start = time.perf_counter()
    before = await known(store)
    found = await asyncio.to_thread(walk, [str(root)], before, threading.Event())
    took = time.perf_counter() - start
    assert not found.listings and len(found.seen) == FOLDERS + 1
    return took


async def folders_only(store: MediaStore, root: Path) -> float:
    """Seconds for what the library does first on a start: only the folders' own times."""
    start = time.perf_counter()
    before = await known(store)
    changed = await asyncio.to_thread(changed_folders, before.values())
    took = time.perf_counter() - start
    assert not changed and len(before) == FOLDERS + 1
    return took


async def measure(folder: Path) -> tuple[list[float], list[float], list[float]]:
    root = (folder / "media").resolve()
    for number in range(FOLDERS):
        place = root / f"day_{number:03}"
        place.mkdir(parents=True)
        for index in range(IN_EACH):
            (place / f"ComfyUI_{index:05}_.png").touch()
        os.utime(place, (OLD, OLD))
    os.utime(root, (OLD, OLD))
    store = MediaStore(folder / "media.sqlite3")
    await store.open()
    listings = [list_folder(str(place))[0] for place in (root, *sorted(root.iterdir()))]
    await store.keep_folders([(listing.path, listing.mtime_ns, listing.print) for listing in listings])
    rows: tuple[list[float], list[float], list[float]] = ([], [], [])
    for _ in range(ROUNDS):
        rows[0].append(plain(root))
        rows[1].append(await all_files(store, root))
        rows[2].append(await folders_only(store, root))
    await store.close()
    return rows


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """A row for looking at all files, one for looking at the folders alone. `full` is the same: it is all there is."""
    with tempfile.TemporaryDirectory() as folder:
        base, every, folders = (statistics.median(row) for row in asyncio.run(measure(Path(folder))))
    for name, value, goal in (("all files", every, GOAL_ALL), ("folders only", folders, GOAL_FOLDERS)):
        yield {
            "name": "index-warm", "value": round(value, 5), "unit": f"s, {name}",
            "yardstick": "scandir and stat of the same tree", "ratio": round(value / base, 4), "goal": goal,
            "met": value / base <= goal,
        }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
