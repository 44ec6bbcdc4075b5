"""Thumbnails of 256 pixels from files of 720p, made and written down, against the quickest full decode of that kind.

The yardstick is the best single-threaded decoder of those in reach (Pillow, OpenCV, PyAV and, where the window's
libraries load, QImageReader), timed alone: it neither scales, nor compresses, nor stores. Ours is the whole way that a
gallery takes, with as many makers at work as it has.
"""

from __future__ import annotations

import asyncio
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from PIL import Image

from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.thumbnails.store import Thumbnails
from oelala_desktop.storage.media_writing import Stamp
from oelala_desktop.storage.thumbnails import ThumbnailStore

WIDTH, HEIGHT, ROUNDS = 1280, 720, 5
GOALS = {"png": 0.8, "webp": 0.8, "mp4": 0.8, "jpeg": 1.5}
FILES = {"png": 6, "webp": 10, "mp4": 6, "jpeg": 20}


def photograph(seed: int) -> Image.Image:
    """A picture with the mix of large and small detail that photographs have."""
    chance = np.random.default_rng(seed)
    total = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for size in (4, 16, 64, 128):
        noise = chance.integers(0, 256, (HEIGHT // size + 2, WIDTH // size + 2, 3), np.uint8)
        total += np.asarray(cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32) * size**0.5
    total -= total.min()
    return Image.fromarray(np.asarray(total / total.max() * 255, np.uint8))


def encoded(kind: str, seed: int) -> bytes:
    still = photograph(seed)
    out = io.BytesIO()
    match kind:
        case "png":
            still.save(out, "PNG", compress_level=4)
        case "jpeg":
            still.save(out, "JPEG", quality=90)
        case "webp":
            still.save(out, "WEBP", quality=85)
        case _:
            with av.open(out, "w", format="mp4") as container:
                stream = container.add_stream("libx264", rate=16, options={"crf": "19", "preset": "veryfast"})
                stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
                for index in range(9):
                    frame = np.ascontiguousarray(np.roll(np.asarray(still), index * 4, 1))
                    container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
                container.mux(stream.encode())
    return out.getvalue()


def decoders(kind: str) -> dict[str, Callable[[Path], object]]:
    """Ways to decode one file, or the first frame of a video, fully."""

    def pillow(path: Path) -> None:
        with Image.open(path) as opened:
            opened.load()

    def pyav(path: Path) -> None:
        with av.open(str(path)) as opened:
            opened.streams.video[0].thread_type = "NONE"
            next(opened.decode(video=0)).to_ndarray(format="rgb24")

    def opencv_video(path: Path) -> None:
        opened = cv2.VideoCapture(str(path))
        opened.read()
        opened.release()

    if kind == "mp4":
        return {"PyAV": pyav, "OpenCV": opencv_video}
    found: dict[str, Callable[[Path], object]] = {"Pillow": pillow, "OpenCV": lambda path: cv2.imread(str(path))}
    try:
        from PySide6.QtGui import QImageReader
    except ImportError:  # a machine without the window's system libraries
        return found
    return found | {"QImageReader": lambda path: QImageReader(str(path)).read()}


async def ours(folder: Path, paths: list[Path], turn: int) -> float:
    """Files a second, from the question to the last one being in the database."""
    store, scope = ThumbnailStore(folder / f"thumbnails_{turn}.sqlite3"), TaskScope("bench")
    await store.open()
    maker = Thumbnails(store, scope)
    start = time.perf_counter()
    made = await asyncio.gather(
        *(maker.get(str(path), Stamp(number, turn, 1), 256, number) for number, path in enumerate(paths))
    )
    await maker.flush()
    took = time.perf_counter() - start
    assert all(made)
    await maker.close()
    await scope.close()
    await store.close()
    return len(paths) / took


def one_by_one(decode: Callable[[Path], object], paths: list[Path]) -> float:
    start = time.perf_counter()
    for path in paths:
        decode(path)
    return len(paths) / (time.perf_counter() - start)


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """A row a kind."""
    cv2.setNumThreads(1)
    for kind, goal in GOALS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            paths = [folder / f"{number:03}.{kind}" for number in range(FILES[kind] * (4 if full else 1))]
            different = [encoded(kind, seed) for seed in range(3)]
            for number, path in enumerate(paths):
                path.write_bytes(different[number % 3])
            made: list[float] = []
            plain: dict[str, list[float]] = {name: [] for name in decoders(kind)}
            for turn in range(ROUNDS + 1):
                made.append(asyncio.run(ours(folder, paths, turn)))
                for name, decode in decoders(kind).items():
                    plain[name].append(one_by_one(decode, paths))
        # The first round loads libraries and is not counted.
        value = statistics.median(made[1:])
        best, base = max(((n, statistics.median(r[1:])) for n, r in plain.items()), key=lambda pair: pair[1])
        yield {
            "name": "thumbnails", "value": round(value, 1), "unit": f"{kind}/s",
            "yardstick": f"full decode by {best} alone", "ratio": round(value / base, 2), "goal": goal,
            "met": value / base >= goal,
        }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
