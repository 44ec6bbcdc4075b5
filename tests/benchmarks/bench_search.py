"""The first 100 of 100,000 prompts, newest first, also while a word is being typed."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from oelala_desktop.domain.generation import GenerationInfo, UsedModel
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.storage.media import MediaStore, read_page
from oelala_desktop.storage.media_query import ITEM_COLUMNS, ITEM_TABLES, to_item
from oelala_desktop.storage.media_writing import Entry, Stamp
from tests.benchmarks.corpus import sentence

COUNT, PAGE, ROUNDS, GOAL = 100_000, 100, 41, 4.0
#: what is in the box while somebody types "harbour lantern", a word that few have, and one that none has
TYPED = (
    "h", "ha", "har", "harb", "harbo", "harbou", "harbour", "harbour l", "harbour la", "harbour lan", "harbour lante",
    "harbour lantern", "1234", "zzz", "ComfyUI_0",
)  # fmt: skip


def entry(index: int) -> Entry:
    rng = random.Random(index)
    info = GenerationInfo(source="prompt", prompt=sentence(rng), models=(UsedModel("sd_xl_base_1.0.safetensors"),))
    stamp = Stamp(200_000 + index, (1_700_000_000 + index * 61) * 10**9, index + 1)
    name = f"ComfyUI_{index:06}_.png"
    return Entry("/media", name, stamp, "image", "png", 832, 480, 1, None, None, info)


async def fill(store: MediaStore, count: int) -> None:
    await store.open()
    await store.begin_load()
    for at in range(0, count, 5000):
        await store.save([entry(index) for index in range(at, min(at + 5000, count))])
    await store.end_load()


def by_rowid(connection: sqlite3.Connection) -> None:
    """The yardstick: the same 100 rows as items, by their row ids."""
    query = f"SELECT {ITEM_COLUMNS} FROM {ITEM_TABLES} WHERE i.moment >= ? ORDER BY i.moment DESC LIMIT {PAGE}"
    rows = connection.execute(query, (0,)).fetchall()
    assert len([to_item(row) for row in rows]) == PAGE


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """One row: the slowest of all states of the search box."""
    with tempfile.TemporaryDirectory() as folder:
        store = MediaStore(Path(folder, "media.sqlite3"))
        asyncio.run(fill(store, COUNT))
        connection = sqlite3.connect(Path(folder, "media.sqlite3"))
        base: list[float] = []
        ours: dict[str, list[float]] = {text: [] for text in TYPED}
        for _ in range(ROUNDS * (3 if full else 1)):
            base.append(timed(lambda: by_rowid(connection)))
            for text, times in ours.items():
                query = MediaQuery(text=text, limit=PAGE)
                times.append(timed(lambda query=query: read_page(connection, query)))  # type: ignore[misc]
        connection.close()
        asyncio.run(store.close())
    text, value = max(((text, statistics.median(times)) for text, times in ours.items()), key=lambda pair: pair[1])
    ratio = value / statistics.median(base)
    yield {
        "name": "search", "value": round(value * 1000, 3), "unit": f"ms, slowest of {len(TYPED)} ({text!r})",
        "yardstick": "100 rows by rowid", "ratio": round(ratio, 2), "goal": GOAL, "met": ratio <= GOAL,
    }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
