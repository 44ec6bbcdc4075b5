"""What the window holds in memory: on the start page against an empty window that has QtMultimedia loaded, and how much
it grows in a minute (15 with `--full`) of mixed use over 3,000 files: scrolling, searching, looking, comparing,
hovering, going from page to page, and making videos with the built-in engine."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

FILES, LARGE = 3_000, 12
#: seconds of use
SHORT, LONG = 60.0, 900.0
START_GOAL, GROWTH_MB = 1.6, 150.0
#: seconds that a page stands before it is weighed, before and after; as the empty window does
SETTLED = 7.0

_EMPTY = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
from PySide6.QtWidgets import QApplication, QMainWindow
from tests.benchmarks.bench_gallery import resident
app = QApplication(sys.argv)
window = QMainWindow(); window.resize(1440, 900); window.show()
player, sink = QMediaPlayer(), QVideoSink()
player.setVideoSink(sink)
def weigh():
    print("weighed", resident(), flush=True)
    app.quit()
QTimer.singleShot({int(SETTLED * 1000)}, weigh)
app.exec()
"""


def make_files(folder: Path) -> None:
    """Small ones of every kind, and a few videos of 720p that are worth playing."""
    import numpy as np

    from oelala_desktop.sketch.encode import H264, evenly, write_film
    from tests.benchmarks.corpus import make_corpus

    make_corpus(folder, FILES - LARGE)
    noise = np.random.default_rng(1).integers(0, 256, (720, 1280, 3), np.uint8)
    rate = Fraction(16)
    for number in range(LARGE):
        frames = (np.roll(noise, 8 * (at + number), 1) // 4 + 2 * at for at in range(32))
        write_film(folder / f"large{number:02}.mp4", evenly(frames, rate), rate, {"oelala_params": "{}"}, H264)


def use(home: str, seconds: float) -> None:
    """In a process of its own: prints what it weighs on the start page, and at the end of each round of use."""
    sys.modules["rich"] = None  # type: ignore[assignment]  # only tests install it, and httpx loads it where it is
    from PySide6.QtWidgets import QApplication

    from oelala_desktop.ui.process.heap import Heap
    from tests.benchmarks.bench_gallery import resident
    from tests.gui.living import live, ready, stop_sketch

    async def scenario(window: Any) -> None:
        await ready(window)
        await asyncio.sleep(SETTLED)
        print("start", resident(), flush=True)
        end = time.monotonic() + seconds
        chance = random.Random(1)
        rounds = 0
        while time.monotonic() < end:
            for act in (_browse, _look, _compare, _hover, _pages, _generate):
                await act(window, chance)
            rounds += 1
        window.shell.show_page("image-to-video")
        await asyncio.sleep(SETTLED)
        print("rounds", rounds)
        print("used", resident(), flush=True)

    app = QApplication([])
    Heap(app)  # as the program has it
    try:
        live(app, Path(home), scenario, seconds=seconds + 300)
    finally:
        stop_sketch(Path(home))


Act = Callable[[Any, random.Random], Awaitable[None]]


async def _page(window: Any) -> Any:
    from tests.gui.living import until
    from tests.gui.media_rig import Gallery

    window.shell.show_page("media-all")
    found = Gallery(window, window.shell.page("media-all"))
    await until(lambda: found.feed.provider.count() > FILES // 2, "the files", 120)
    return found


async def _browse(window: Any, chance: random.Random) -> None:
    """Through the grid, and a search."""
    g = await _page(window)
    bar = g.grid.verticalScrollBar()
    for _ in range(30):
        bar.setValue(chance.randrange(bar.maximum() + 1))
        await asyncio.sleep(0.05)
    search = g.page.toolbar.search
    for words in ("a", "lake", ""):
        search.setText(words)
        await asyncio.sleep(0.4)


def _videos(g: Any) -> list[str]:
    names = g.names()
    return [g.grid.provider.key(at) for at, name in enumerate(names) if name.startswith("large")]


async def _look(window: Any, chance: random.Random) -> None:
    """A few videos of 720p played in the viewer, and what is beside them."""
    from oelala_desktop.ui.gallery.viewer import Viewer
    from tests.gui.living import until

    g = await _page(window)
    await _loaded(g)
    g.page.open(chance.choice(_videos(g)))
    (viewer,) = g.shell.findChildren(Viewer)
    for _ in range(6):
        await asyncio.sleep(0.7)
        viewer.go(1)
    viewer.close()
    await until(lambda: not g.shell.findChildren(Viewer), "the viewer to go")


async def _loaded(g: Any) -> None:
    """The rows with the large videos, which are the newest."""
    from tests.gui.living import until

    g.grid.verticalScrollBar().setValue(0)
    await until(lambda: len(_videos(g)) > 2, "the large videos", 60)


async def _compare(window: Any, chance: random.Random) -> None:
    from oelala_desktop.ui.gallery.compare import Comparer
    from oelala_desktop.ui.gallery.library_provider import id_of
    from tests.gui.living import until

    g = await _page(window)
    await _loaded(g)
    g.page.acts.compare([id_of(key) for key in chance.sample(_videos(g), 2)])
    await until(lambda: g.shell.findChildren(Comparer), "the comparison")
    await asyncio.sleep(1.5)
    g.shell.findChildren(Comparer)[0].close()
    await until(lambda: not g.shell.findChildren(Comparer), "the comparison to go")


async def _hover(window: Any, chance: random.Random) -> None:
    g = await _page(window)
    await _loaded(g)
    for key in chance.sample(_videos(g), 2):
        g.grid.hovered.emit(key)
        await asyncio.sleep(1.0)
    g.grid.hovered.emit("")


async def _pages(window: Any, chance: random.Random) -> None:
    for page in ("text-to-video", "text-to-image", "settings", "queue", "image-to-video"):
        window.shell.show_page(page)
        await asyncio.sleep(0.2)


async def _generate(window: Any, chance: random.Random) -> None:
    """A short video of the built-in engine."""
    from oelala_desktop.services.queue.jobs import Wish

    services = window.studio.services
    values = {
        "prompt": "pan left over a lake",
        "clip_count": 1,
        "num_frames": 17,
        "resolution": "480p",
        "preset": "sketch",
    }
    wish = Wish("text-to-video", values | {"seed": chance.randrange(10**9)}, services.paths.output)
    jobs = await services.jobs.submit(wish, services.current.engine)
    await services.jobs.wait_for([job.id for job in jobs])


def _weighed(code: str, *arguments: str) -> dict[str, int]:
    """Bytes by the mark that the process printed."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the window ended with {done.returncode}: {done.stderr[-2000:]}")
    return {mark: int(value) for mark, value in (line.split() for line in done.stdout.splitlines())}


def _row(name: str, value: float, unit: str, yardstick: str, ratio: float, goal: float) -> dict[str, Any]:
    return {
        "name": f"memory {name}",
        "value": round(value, 1),
        "unit": unit,
        "yardstick": yardstick,
        "ratio": round(ratio, 2),
        "goal": goal,
        "met": ratio <= goal,
    }


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """Two rows; a minute, or a quarter of an hour with `full`."""
    seconds = LONG if full else SHORT
    empty = _weighed(_EMPTY)["weighed"] / 1e6
    with tempfile.TemporaryDirectory(prefix="oelala-bench-", ignore_cleanup_errors=True) as home:
        make_files(Path(home) / "output")
        code = "import sys; from tests.benchmarks import bench_memory as b; b.use(sys.argv[1], float(sys.argv[2]))"
        found = _weighed(code, home, str(seconds))
    start, used = found["start"] / 1e6, found["used"] / 1e6
    words = f"an empty window with QtMultimedia: {empty:.0f} MB"
    yield _row("at the start", start, "MB", words, start / empty, START_GOAL)
    words = f"{GROWTH_MB:.0f} MB more than the {start:.0f} at the start, after {found['rounds']} rounds"
    yield _row("grown in use", used - start, "MB", words, (used - start) / GROWTH_MB, 1.0)


if __name__ == "__main__":
    for line in run("--full" in sys.argv):
        print(line)
