"""What covers the window is closed while it still asks for what it shows: no work goes on for what is no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.services.settings.known import VIEWER_PROMPT
from oelala_desktop.ui.gallery.compare import Comparer
from oelala_desktop.ui.gallery.overlay import Overlay
from oelala_desktop.ui.gallery.viewer import Viewer
from tests.gui.living import until
from tests.gui.media_rig import Gallery, gallery

Key = Qt.Key


class Held:
    """A question to the library that is not answered until it is let go."""

    def __init__(self, ask: Callable[[int], Awaitable[Any]]) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self._ask = ask

    async def __call__(self, item_id: int) -> Any:
        self.asked.set()
        await self.go.wait()
        return await self._ask(item_id)


@pytest.mark.parametrize("kind", [Viewer, Comparer])
def test_escape_before_the_facts_have_come(
    qapp: QApplication, tmp_path: Path, kind: type[Overlay], caplog: pytest.LogCaptureFixture
) -> None:
    async def act(g: Gallery) -> None:
        held = Held(g.library.info)
        g.library.info = held  # type: ignore[method-assign]
        if kind is Viewer:
            g.window.studio.services.settings.set(VIEWER_PROMPT, True)
            g.double_click("c.png")
        else:
            items = g.feed.provider.media(g.key("a.png")), g.feed.provider.media(g.key("b.png"))
            g.page.acts.compare([item.id for item in items if item])
        await held.asked.wait()
        running = {task for task in asyncio.all_tasks() if kind.__name__ in task.get_name()}
        assert running
        QTest.keyClick(g.shell.findChildren(kind)[0], Key.Key_Escape)
        await until(lambda: not g.shell.findChildren(kind), "it to be gone")
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        held.go.set()
        await asyncio.wait(running)

    gallery(qapp, tmp_path, act)
    assert [record.message for record in caplog.records if "failed" in record.message] == []


def test_escape_before_the_heart_is_set(qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def act(g: Gallery) -> None:
        g.double_click("c.png")
        await until(lambda: g.shell.findChildren(Viewer), "the viewer")
        viewer = g.shell.findChildren(Viewer)[0]
        await until(lambda: viewer.accessibleName() == "c.png", "its file")
        held = Held(g.library.items)  # type: ignore[arg-type]
        g.library.items = held  # type: ignore[method-assign,assignment]
        g.press(Key.Key_F)
        await held.asked.wait()
        g.press(Key.Key_Escape)
        await until(lambda: not g.shell.findChildren(Viewer), "it to be gone")
        held.go.set()
        key = g.key("c.png")
        await until(lambda: (item := g.feed.provider.media(key)) and item.favorite, "the mark")

    gallery(qapp, tmp_path, act)
    assert [record.message for record in caplog.records if "failed" in record.message] == []
