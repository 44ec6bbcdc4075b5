"""Settings count at once, and are written a moment later, together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oelala_desktop.domain.events import NoticePosted, SettingChanged
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import API_PORT, APPEARANCE, NOTICES, PAGE, VOLUME
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.preferences import Preferences
from tests.clock import SetClock, turns


class Desk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = SetClock()
        self.scope = TaskScope("test")
        self.bus = Bus()
        self.told: list[SettingChanged] = []
        self.notices: list[NoticePosted] = []
        self.bus.subscribe(SettingChanged, self.told.append)
        self.bus.subscribe(NoticePosted, self.notices.append)
        self.settings = Settings(Preferences(path), self.bus, self.scope, self.clock)

    def kept(self) -> object:
        return json.loads(self.path.read_text()) if self.path.is_file() else None

    async def pass_by(self, seconds: float) -> None:
        """Time passes, and what was begun by then is over."""
        await self.clock.until_asleep()
        await self.clock.advance(seconds)
        saving = self.settings._saving
        if saving is not None and not self.clock.asleep:
            await asyncio.wait({saving})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "preferences.json")
    yield made
    await made.scope.close()


async def test_a_change_counts_at_once_and_is_told_with_who_hears_it(desk: Desk) -> None:
    assert desk.settings.get(APPEARANCE) == "system"
    desk.settings.set(APPEARANCE, "dark")
    desk.settings.set(VOLUME, 30)
    assert (desk.settings.get(APPEARANCE), desk.settings.get(VOLUME)) == ("dark", 30)
    assert desk.told == [SettingChanged("appearance", "look"), SettingChanged("player.volume", "")]


async def test_what_is_set_already_changes_nothing(desk: Desk) -> None:
    desk.settings.set(APPEARANCE, "system")
    await turns()
    assert desk.told == [] and desk.clock.asleep == 0
    desk.settings.set(NOTICES, False)
    desk.settings.set(NOTICES, False)
    assert len(desk.told) == 1


async def test_further_changes_join_the_same_write(desk: Desk) -> None:
    desk.settings.set(PAGE, "a")
    await desk.pass_by(0.3)
    desk.settings.set(API_PORT, 8000)
    await desk.pass_by(0.09)
    assert desk.kept() is None
    await desk.pass_by(0.01)
    assert desk.clock.naps == [0.4]
    assert desk.kept() == {"page": "a", "api_port": 8000}


async def test_a_later_change_is_written_later(desk: Desk) -> None:
    for page in ("a", "b"):
        desk.settings.set(PAGE, page)
        await desk.pass_by(0.4)
        assert desk.kept() == {"page": page}
    assert desk.clock.naps == [0.4, 0.4]
    again = Preferences(desk.path)
    again.load()
    assert Settings(again, desk.bus, desk.scope).get(PAGE) == "b"


async def test_flush_writes_at_once_and_only_what_is_new(desk: Desk) -> None:
    await desk.settings.flush()
    assert desk.kept() is None and not desk.path.exists()
    desk.settings.set(PAGE, "a")
    await desk.settings.flush()
    assert desk.kept() == {"page": "a"}
    desk.path.unlink()
    await desk.settings.flush()
    assert desk.kept() is None, "it was written before"


async def test_while_closing_a_change_waits_for_the_flush(desk: Desk) -> None:
    await desk.scope.close()
    desk.settings.set(PAGE, "a")
    assert desk.settings.get(PAGE) == "a" and desk.told == [SettingChanged("page", "")]
    await desk.settings.flush()
    assert desk.kept() == {"page": "a"}


async def test_a_disk_that_refuses_is_told_once_a_change(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    desk = Desk(tmp_path / "home" / "preferences.json")
    desk.settings.set(PAGE, "a")
    await desk.pass_by(0.4)
    assert [(notice.level, "preferences" in notice.text) for notice in desk.notices] == [("error", True)]
    assert desk.settings.get(PAGE) == "a" and desk.clock.asleep == 0, "the next change tries again"
    (tmp_path / "home").unlink()
    (tmp_path / "home").mkdir()
    desk.settings.set(NOTICES, False)
    await desk.pass_by(0.4)
    assert desk.kept() == {"page": "a", "notices": False} and len(desk.notices) == 1
    await desk.scope.close()


async def test_where_nothing_changed_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    await desk.settings.flush()
    assert sorted(tmp_path.rglob("*")) == before
