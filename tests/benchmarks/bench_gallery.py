"""The grid of My Media at 100,000 items: first paint, a new item at the top, a scrolled frame, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.items import GridItem, Section
from oelala_desktop.ui.style.appearance import Theme

MANY, FEW = 100_000, 1_000
WIDTH, HEIGHT, COLUMNS = 1440, 900, 8
SHOWN = 40  # pixmaps of the yardstick: eight columns, five rows
MEMORY_GOAL, BYTES_AN_ITEM = 1.3, 200


class Windowed:
    """A list as the index gives it: items made when they are looked at, newest first, keys that never change."""

    def __init__(self, count: int) -> None:
        self._count = count

    def insert(self) -> None:
        self._count += 1

    def count(self) -> int:
        return self._count

    def sections(self) -> Sequence[Section]:
        """Thirty days, then months, as My Media heads them."""
        sections, left = [Section("Today", self._count % 97)], self._count - self._count % 97
        while left:
            size = min(left, 97 if len(sections) < 30 else 97 * 30)
            sections.append(Section(f"Section {len(sections)}", size))
            left -= size
        return sections

    def key(self, index: int) -> str | None:
        return str(self._count - index)

    def item(self, index: int) -> GridItem | None:
        at = self._count - index
        return GridItem(str(at), f"lake_{at}.mp4", badge="5.1 s", has_prompt=True, favorite=at % 9 == 0)

    def index_of(self, key: str) -> int:
        return self._count - int(key)

    def path(self, key: str) -> Path | None:
        return None


class Plain(QWidget):
    """The yardstick of a frame: the same pixmaps, drawn and nothing else."""

    def __init__(self, pixmaps: Sequence[QPixmap], places: Sequence[QRect]) -> None:
        super().__init__()
        self._drawn = list(zip(pixmaps, places, strict=True))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        for pixmap, place in self._drawn:
            painter.drawPixmap(place.topLeft(), pixmap)


def make_grid(count: int) -> MediaGrid:
    grid = MediaGrid(Windowed(count))
    grid.density = COLUMNS
    return grid


def image() -> QImage:
    made = QImage(256, 256, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.darkCyan)
    return made


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def interleaved(rounds: int, *acts: Callable[[], float]) -> list[float]:
    """The median of each act's own seconds, the acts taking turns; the first round warms up."""
    taken: list[list[float]] = [[] for _ in acts]
    for turn in range(rounds + 1):
        for times, act in zip(taken, acts, strict=True):
            seconds = act()
            if turn:
                times.append(seconds)
    return [statistics.median(times) for times in taken]


def first_paint(app: QApplication, make: Callable[[], QWidget]) -> float:
    """From nothing to painted."""
    widgets: list[QWidget] = []

    def act() -> None:
        widget = make()
        widgets.append(widget)
        widget.resize(WIDTH, HEIGHT)
        widget.show()
        app.processEvents()

    seconds = timed(act)
    widgets[0].close()
    widgets[0].deleteLater()
    app.processEvents()
    return seconds


def fill(app: QApplication, grid: MediaGrid) -> None:
    """Show it and give it every picture that it asks for."""
    picture = image()
    grid.pixmaps_wanted.connect(lambda keys: [grid.set_image(key, picture) for key in keys])
    grid.resize(WIDTH, HEIGHT)
    grid.show()
    for _ in range(3):
        app.processEvents()


def insert(app: QApplication, grid: MediaGrid) -> float:
    """A new item at the top while something further down is looked at."""
    provider = grid.provider
    assert isinstance(provider, Windowed)

    def act() -> None:
        provider.insert()
        grid.items_changed()
        app.processEvents()

    grid.verticalScrollBar().setValue(2000)
    app.processEvents()
    return timed(act)


def scroll(app: QApplication, grid: MediaGrid) -> float:
    bar = grid.verticalScrollBar()

    def act() -> None:
        bar.setValue(bar.value() + 40)
        app.processEvents()

    return timed(act)


def redraw(app: QApplication, plain: Plain) -> float:
    def act() -> None:
        plain.update()
        app.processEvents()

    return timed(act)


def plain_of(grid: MediaGrid) -> Plain:
    pixmaps, places = [], []
    for index in range(SHOWN):
        item = grid.provider.item(index)
        place = grid.cell_rect(index).toRect()
        assert item is not None
        pixmaps.append(grid.pixmaps.cell(item, place.width(), place.height(), 1.0))
        places.append(place)
    plain = Plain(pixmaps, places)
    plain.resize(WIDTH, HEIGHT)
    plain.show()
    return plain


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_of(count: int) -> int:
    """Resident bytes of a fresh process that scrolled through part of a grid of `count` items."""
    code = f"from tests.benchmarks import bench_gallery as b; b.hold({count})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


def hold(count: int) -> None:
    app = QApplication([])
    Theme(app, "dark")
    grid = make_grid(count)
    fill(app, grid)
    for _ in range(60):
        scroll(app, grid)
    print(resident())


def row(name: str, value: float, yardstick: float, goal: float, unit: str = "ms", words: str = "") -> dict[str, Any]:
    ratio = value / yardstick
    scale = 1000 if unit == "ms" else 1 / 2**20
    return {
        "name": f"gallery {name}",
        "value": round(value * scale, 2),
        "unit": unit,
        "yardstick": f"{words}: {yardstick * scale:.2f} {unit}",
        "ratio": round(ratio, 2),
        "goal": goal,
        "met": ratio <= goal,
    }


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """Four rows. Memory is a fresh process each, so it is looked at twice, or five times with `full`."""
    rounds = 25 if full else 9
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication([])
    Theme(app, "dark")
    paint, empty = interleaved(
        rounds * 5, lambda: first_paint(app, lambda: make_grid(MANY)), lambda: first_paint(app, QAbstractScrollArea)
    )
    yield row("first paint", paint, empty, 2.0, words="an empty scroll area painted")

    many, few = make_grid(MANY), make_grid(FEW)
    fill(app, many)
    fill(app, few)
    plain = plain_of(many)
    app.processEvents()
    slow, quick = interleaved(rounds * 3, lambda: insert(app, many), lambda: insert(app, few))
    yield row("insert", slow, quick, 2.0, words="the same among 1,000")
    frame, drawn = interleaved(rounds * 6, lambda: scroll(app, many), lambda: redraw(app, plain))
    yield row("frame", frame, drawn, 1.5, words="drawing the same 40 pixmaps")
    for widget in (many, few, plain):
        widget.close()
        widget.deleteLater()

    times = 5 if full else 2
    large = statistics.median(memory_of(MANY) for _ in range(times))
    small = statistics.median(memory_of(FEW) for _ in range(times))
    allowed = small * MEMORY_GOAL + BYTES_AN_ITEM * MANY
    words = "1.3 times that of 1,000 and 200 bytes an item"
    yield row("memory", large, allowed, 1.0, unit="MiB", words=words)


if __name__ == "__main__":
    for line in run("--full" in sys.argv):
        print(line)
