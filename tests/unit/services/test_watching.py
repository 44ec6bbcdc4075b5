"""A watch over folders: what it tells, when it begins anew, and what follows when it cannot be had."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.services.library.watching import Watcher
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from tests.clock import SetClock, turns


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.clock, self.woken, self.scope = SetClock(), asyncio.Event(), TaskScope("test")
        self.watcher = Watcher(self.woken, Supervisor(Bus(), "Watching"), self.clock)

    async def hears(self, path: Path) -> None:
        async with asyncio.timeout(20):
            while str(path) not in self.watcher.paths:
                self.woken.clear()
                await self.woken.wait()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    made.scope.start(made.watcher.run(), "watch")
    yield made
    await made.scope.close()
    await asyncio.to_thread(made.watcher.close)


async def test_what_changes_in_a_folder_is_told(desk: Desk) -> None:
    desk.watcher.watch([str(desk.folder)])
    await desk.watcher.watching.wait()
    assert desk.woken.is_set() and desk.watcher.take_began() and not desk.watcher.take_began()
    assert desk.watcher.take() == set()
    (desk.folder / "a.png").write_bytes(b"x")
    await desk.hears(desk.folder / "a.png")
    assert desk.watcher.take() == {str(desk.folder / "a.png")} and desk.watcher.take() == set()
    assert not desk.watcher.take_began()


async def test_what_lies_below_has_a_watch_of_its_own(desk: Desk) -> None:
    (desk.folder / "sub").mkdir()
    desk.watcher.watch([str(desk.folder)])
    await desk.watcher.watching.wait()
    (desk.folder / "sub" / "a.png").write_bytes(b"x")
    (desk.folder / "b.png").write_bytes(b"x")
    await desk.hears(desk.folder / "b.png")
    assert str(desk.folder / "sub" / "a.png") not in desk.watcher.paths
    desk.watcher.watch([str(desk.folder), str(desk.folder / "sub")])
    assert not desk.watcher.watching.is_set()
    await desk.watcher.watching.wait()
    (desk.folder / "sub" / "c.png").write_bytes(b"x")
    await desk.hears(desk.folder / "sub" / "c.png")


async def test_the_same_folders_are_watched_anew_only_when_that_is_said(desk: Desk) -> None:
    desk.watcher.watch([str(desk.folder)])
    await desk.watcher.watching.wait()
    desk.watcher.watch([str(desk.folder)])
    assert desk.watcher.watching.is_set()
    desk.watcher.watch([str(desk.folder)], again=True)
    assert not desk.watcher.watching.is_set()
    await desk.watcher.watching.wait()


async def test_missing_folders_and_names_that_are_no_text_are_passed_over(desk: Desk) -> None:
    odd = desk.folder / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    desk.watcher.watch([str(desk.folder / "gone"), str(odd), str(desk.folder)])
    await desk.watcher.watching.wait()
    (desk.folder / "a.png").write_bytes(b"x")
    await desk.hears(desk.folder / "a.png")


async def test_with_nothing_there_it_waits_for_other_folders(desk: Desk) -> None:
    desk.watcher.watch([str(desk.folder / "gone")])
    desk.watcher.watch([])
    desk.watcher.watch([str(desk.folder)])
    await desk.watcher.watching.wait()
    assert desk.clock.naps == []


@pytest.mark.parametrize("error", [OSError("no watches left"), RuntimeError("of the watch")])
async def test_a_watch_that_fails_is_tried_again_a_second_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tried: list[frozenset[str]] = []

    async def fails(folders: frozenset[str], stop: threading.Event) -> None:
        tried.append(folders)
        raise error

    with monkeypatch.context() as patch, caplog.at_level(logging.INFO):
        patch.setattr(desk.watcher, "_watch", fails)
        desk.watcher.watch([str(desk.folder)])
        await desk.clock.until_asleep()
        assert f"cannot be watched: {error}" in caplog.text
        await desk.clock.advance(0.9)
        assert len(tried) == 1
        await desk.clock.advance(0.2)
        await desk.clock.until_asleep()
        assert tried == [frozenset({str(desk.folder)})] * 2 and desk.clock.naps == [1.0, 1.0]
    await desk.clock.advance(1.0)
    await desk.watcher.watching.wait()


async def test_what_is_told_is_kept_until_it_is_taken(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.watcher.hear({"/a"})
    desk.watcher.hear({"/b"}, began=True)
    desk.watcher.hear(set())
    assert desk.woken.is_set()
    taken: list[Any] = [desk.watcher.take(), desk.watcher.take_began(), desk.watcher.take_began()]
    assert taken == [{"/a", "/b"}, True, False]
    desk.watcher.close()


async def test_with_nothing_to_watch_it_waits_until_it_is_stopped(tmp_path: Path) -> None:
    desk, stop = Desk(tmp_path), threading.Event()
    watching = desk.scope.start(desk.watcher._watch(frozenset({str(tmp_path / "gone")}), stop), "watch")
    await turns(20)
    assert not watching.done() and not desk.watcher.began
    stop.set()
    await watching
    assert not desk.watcher.began and not desk.watcher.watching.is_set()
    desk.watcher.close()
