"""The whole window, alive, in a test: real widgets, real services, a real Sketch, a home of its own.

def test_x(qapp, tmp_path):
    async def scenario(window: MainWindow) -> None: ...
    live(qapp, tmp_path, scenario)
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import Context
from pathlib import Path

import orjson
import qasync
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from oelala_desktop.bootstrap import Services
from oelala_desktop.storage.paths import Paths
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style.appearance import Theme
from oelala_desktop.ui.tool.view import ToolView

#: seconds that anything may take on a busy machine
PATIENCE = 60.0
_BEAT_MS = 50
Scenario = Callable[[MainWindow], Awaitable[None]]


def live(qapp: QApplication, home: Path, scenario: Scenario, *, engine: str = "sketch", seconds: float = 100) -> None:
    """Runs `scenario` on the window's own kind of loop; the window and its services are gone when it returns."""

    async def whole() -> None:
        async with asyncio.timeout(seconds), living_window(qapp, home, engine) as window:
            await scenario(window)

    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qapp)) as runner:
        runner.run(whole())


class _Step(asyncio.Handle):
    """What the loop has to do next. A scenario is a task, and some of what it presses turns the loop inside it (QTest's
    mouseMove, processEvents): asyncio refuses a second task there, whose wake-up would be lost. It waits for the next
    turn instead."""

    def _run(self) -> None:
        loop = asyncio.get_running_loop()
        if asyncio.current_task(loop) is None:
            super()._run()
        else:
            loop._add_callback(self)  # type: ignore[attr-defined]


class WindowLoop(qasync.QEventLoop):  # type: ignore[misc]
    """The window's kind of loop, where the scenario of a test may turn it."""

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        step = _Step(callback, args, self, context=context)
        self._add_callback(step, delay)
        return step


@contextlib.asynccontextmanager
async def living_window(qapp: QApplication, home: Path, engine: str) -> AsyncIterator[MainWindow]:
    theme = qapp.findChild(Theme) or Theme(qapp, "dark")
    async with Services(Paths(home, home / "output")) as services:
        services.current.start(engine)
        shell = Shell()
        shell.show()
        window = MainWindow(Studio(services, shell, theme))
        await services.begin()
        try:
            yield window
        finally:
            window.remember()
            shell.set_close_guard(lambda: True)
            shell.close()
    shell.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # players and all, before the program ends


async def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns when `condition` holds. It is looked at whenever the window has done all that there was to do, and now
    and then for what happens elsewhere: on a thread, on the disk, in another process."""
    met = asyncio.get_running_loop().create_future()
    looking = False

    def look() -> None:
        nonlocal looking
        if looking or met.done():
            return
        looking = True  # what it calls may turn the loop
        try:
            if condition():
                met.set_result(None)
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for it
            met.set_exception(error)
        finally:
            looking = False

    dispatcher = QAbstractEventDispatcher.instance()
    beat = QTimer(interval=_BEAT_MS)
    beat.timeout.connect(look)
    beat.start()
    dispatcher.aboutToBlock.connect(look)
    try:
        look()
        async with asyncio.timeout(seconds):
            await met
    except TimeoutError:
        raise AssertionError(f"waited {seconds:g} s for {what}") from None
    finally:
        dispatcher.aboutToBlock.disconnect(look)
        beat.stop()


async def turned() -> None:
    """Returns when the window has done all that there was to do."""
    looks = itertools.count()
    await until(lambda: next(looks) > 2, "a turn of the loop")


def page_of(window: MainWindow, tool: str = "image-to-video") -> ToolView:
    window.shell.show_page(tool)
    page = window.tool_view
    assert page is not None
    return page


def has_picture(page: ToolView, path: Path, key: str = "image") -> bool:
    """Whether the page shows the picture of that file as an input."""
    return [given.name for given in page.form.given.facts().get(key, ())] == [path.name]


async def ready(window: MainWindow) -> None:
    """The engine in force has said what it can run."""
    await until(lambda: window.studio.services.current.engine.catalog is not None, "the engine's lists")


def stop_sketch(home: Path) -> None:
    """Ends the Sketch that a test of its own home started."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(orjson.loads((home / "sketch.json").read_bytes())["pid"], signal.SIGTERM)
