"""My Media in a test: a folder of small files with known prompts, and the page that shows it in the living window."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.ui.gallery.media_page import MediaPage
from oelala_desktop.ui.main_window import MainWindow
from tests.benchmarks.corpus import tagged_video
from tests.gui.living import live, until
from tests.gui.reach import has_button, press
from tests.metadata import corpus

#: nobody listens there: no engine is started for tests that need none
NO_ENGINE = "http://127.0.0.1:9"
NOON = 1_767_000_000.0
PARAMS: dict[str, Any] = {
    "tool": "image-to-video",
    "preset": "sketch",
    "negative_prompt": "blurry",
    "steps": 8,
    "switch_step": 4,
    "cfg": 1.0,
    "shift": 0.0,
    "sampler": "euler",
    "scheduler": "simple",
    "seed": "12345678901234567890",
    "unet_high_noise": "wan2.2_i2v_high_noise_14B_Q6_K.gguf",
    "unet_low_noise": "wan2.2_i2v_low_noise_14B_Q6_K.gguf",
    "lora_configs": [{"high": "orbit.safetensors", "strength": 1.5, "enabled": True}],
    "resolution": "480p",
    "aspect_ratio": "16:9",
    "duration": 5.0,
    "fps": 16,
    "num_frames": 81,
    "width": 848,
    "height": 480,
    "engine": "ComfyUI on studio-pc",
}


def picture(folder: Path, name: str, prompt: str = "", at: float = 0, **params: Any) -> Path:
    """A PNG, `at` seconds after NOON."""
    texts = {"oelala_params": PARAMS | {"prompt": prompt, "tool": "text-to-image"} | params} if prompt else {}
    chunks = b"".join(corpus.png_text(key, corpus.dumps(value)) for key, value in texts.items())
    return put(folder / name, corpus.png(chunks, width=96, height=72), at)


def video(folder: Path, name: str, prompt: str = "", at: float = 0, **params: Any) -> Path:
    text = corpus.dumps(PARAMS | {"prompt": prompt} | params)
    return put(folder / name, tagged_video(1, 192, "front", "oelala_params", text), at)


def put(path: Path, data: bytes, at: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.utime(part, (NOON + at, NOON + at))
    part.replace(path)
    return path


def dozen(folder: Path) -> None:
    """Twelve files, the later in the alphabet the newer: a to h pictures, i to l videos."""
    for at, letter in enumerate("abcdefgh"):
        picture(folder, f"{letter}.png", f"heron number {letter} on a lake", at * 60, seed=str(at))
    for at, letter in enumerate("ijkl", 8):
        video(folder, f"{letter}.mp4", f"boat number {letter} at dusk", at * 60, seed=str(at))


class Gallery:
    """The page under test; `press` and `click` go the way that a person's keys and clicks go."""

    def __init__(self, window: MainWindow, page: MediaPage) -> None:
        self.window = window
        self.shell = window.shell
        self.page = page
        self.grid = page.grid
        self.feed = page.feed
        self.folder = window.studio.services.paths.output
        self.library = window.studio.services.library

    def names(self) -> list[str]:
        """Of all that is shown, in its order; "?" for what is not loaded."""
        items = (self.feed.provider.media(str(item_id)) for item_id in self.feed.provider.ids)
        return [item.name if item else "?" for item in items]

    def selected(self) -> list[str]:
        items = [self.feed.provider.media(key) for key in self.grid.selection.keys]
        return sorted(item.name if item else "?" for item in items)

    def key(self, name: str) -> str:
        return self.grid.provider.key(self.names().index(name)) or ""

    async def shows(self, *names: str) -> None:
        await until(lambda: self.names() == list(names), f"{names}, not {self.names()}")

    async def shows_count(self, count: int) -> None:
        await until(lambda: self.feed.provider.count() == count and "?" not in self.names()[:40], f"{count} files")

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(_focused(), key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(_focused(), text)

    def press_from_outside(self, key: Qt.Key) -> None:
        """As the window system does: its window has the key before any widget, and so have event filters."""
        window = self.shell.windowHandle()
        assert window is not None
        QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def place(self, name: str) -> QPoint:
        index = self.names().index(name)
        self.grid.ensure_visible(index)
        return self.grid.cell_rect(index).center().toPoint()

    def click(self, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.grid.viewport(), Qt.MouseButton.LeftButton, modifier, self.place(name))

    def double_click(self, name: str) -> None:
        place = self.place(name)
        QTest.mouseClick(self.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(self.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)

    async def search(self, text: str) -> None:
        self.page.toolbar.search.setFocus()
        self.page.toolbar.search.selectAll()
        self.type(text)

    async def front(self) -> None:
        """The window in front again after a question; a window manager sees to that, there is none here."""
        self.shell.activateWindow()
        await until(lambda: QApplication.activeWindow() is self.shell, "the window in front")
        self.grid.setFocus()

    async def press_button(self, text: str) -> None:
        """Of a notice, a question or a panel, by its words."""
        await until(lambda: has_button(self.shell, text), f"the button {text}")
        press(self.shell, text)


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


Act = Callable[[Gallery], Awaitable[None]]


def gallery(
    qapp: QApplication,
    home: Path,
    act: Act,
    *,
    make: Callable[[Path], object] = dozen,
    page_id: str = "media-all",
    ready: int | None = 12,
    engine: str = NO_ENGINE,
) -> None:
    """Runs `act` on a page of My Media over the files that `make` put into the output folder."""
    make(home / "output")

    async def scenario(window: MainWindow) -> None:
        await show(window, page_id, ready, act)

    live(qapp, home, scenario, engine=engine)


async def show(window: MainWindow, page_id: str, ready: int | None, act: Act) -> None:
    shell = window.shell
    shell.activateWindow()
    await until(lambda: QApplication.activeWindow() is shell, "the window in front")
    shell.show_page(page_id)
    page = shell.page(page_id)
    assert isinstance(page, MediaPage)
    found = Gallery(window, page)
    if ready is not None:
        await found.shows_count(ready)
        await until(lambda: page.grid.hasFocus() or not ready, "the grid in focus")
    await act(found)


def names_in(home: Path) -> list[str]:
    """Of the files in its output folder. What was deleted is gone from there once the window is closed."""
    return sorted(path.name for path in (home / "output").iterdir())


def letters(names: str) -> Sequence[str]:
    """ "abi" as a.png, b.png, i.mp4."""
    return [f"{x}.png" if x < "i" else f"{x}.mp4" for x in names]
