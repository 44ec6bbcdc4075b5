"""Deleting with time to think, on a clock of the test's: what goes when, and until when it comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import LibraryChanged, NoticePosted
from oelala_desktop.domain.job import Owner
from oelala_desktop.domain.media import Deletion, MediaItem, MediaQuery
from oelala_desktop.services.library.announcing import Announcer
from oelala_desktop.services.library.folders import look
from oelala_desktop.services.library.reading import Found, read_entry
from oelala_desktop.services.library.trash import DELAY, Trash
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.favorites import Marks
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_writing import Stamp
from oelala_desktop.storage.presence import Presence, this_boot
from tests.clock import SetClock, turns
from tests.metadata import corpus


class Desk:
    def __init__(self, home: Path) -> None:
        self.media = home / "media"
        self.bin = home / "share" / "Trash"
        self.media.mkdir()
        self.clock, self.bus, self.scope = SetClock(wall=5000.0), Bus(), TaskScope("test")
        self.changes: list[LibraryChanged] = []
        self.notices: list[NoticePosted] = []
        self.bus.subscribe(LibraryChanged, self.changes.append)
        self.bus.subscribe(NoticePosted, self.notices.append)
        self.store = MediaStore(home / "media.sqlite3")
        self.presence = Presence(home / "run")
        announcer = Announcer(self.bus, self.scope, SetClock())
        self.trash = Trash(self.store, self.bus, self.scope, announcer, self.presence, 10.0, self.clock)

    async def items(self, *names: str) -> list[MediaItem]:
        """New files of these names, in the index."""
        for number, name in enumerate(names):
            (self.media / name).write_bytes(corpus.png(seed=number))
            stamp = look(str(self.media / name))
            assert isinstance(stamp, Stamp)
            await self.store.save([read_entry(Found(str(self.media), name, stamp), Marks())])
        return [(await self.store.by_path(str(self.media / name))) for name in names]  # type: ignore[misc]

    async def names(self) -> list[str]:
        return sorted(item.name for item in (await self.store.page(MediaQuery())).items)

    def trashed(self) -> list[str]:
        return sorted(os.listdir(self.bin / "files")) if self.bin.is_dir() else []

    async def later(self, seconds: float) -> None:
        """So much later, with all done that was to be done by then."""
        await turns()
        deleting = [task for task in asyncio.all_tasks() if task.get_name() == "test: delete"]
        await self.clock.advance(seconds)
        while len(pending := [task for task in deleting if not task.done()]) > self.clock.asleep:
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)

    def told(self) -> list[str]:
        return [notice.text for notice in self.notices]


@pytest.fixture
async def desk(own_trash: None, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.store.open()
    yield made
    await made.scope.close()
    await made.store.close()


async def test_out_of_sight_at_once_and_in_the_trash_ten_seconds_later(desk: Desk) -> None:
    a, _ = await desk.items("a.png", "b.png")
    deletion = await desk.trash.hide([a], ())
    assert (deletion.ids, deletion.due, deletion.kept) == ((a.id,), 5010.0, ())
    assert (await desk.names(), desk.trashed()) == (["b.png"], [])
    await turns()
    assert desk.changes == [LibraryChanged((), (), (a.id,))] and DELAY == 10.0
    await desk.later(9.9)
    assert desk.trashed() == [] and Path(a.path).exists()
    await desk.later(0.1)
    assert desk.trashed() == ["a.png"] and not Path(a.path).exists()
    assert await desk.store.many([a.id]) == [] and desk.notices == []


async def test_undone_within_ten_seconds(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    a, b = await desk.items("a.png", "b.png")
    deletion = await desk.trash.hide([a, b], ())
    await desk.later(9.9)
    assert await desk.trash.undo(deletion.token) == (a.id, b.id)
    assert await desk.names() == ["a.png", "b.png"]
    await desk.later(0.1)
    assert desk.trashed() == [] and await desk.names() == ["a.png", "b.png"]
    assert caplog.text == "", "there was nothing to do"
    with pytest.raises(NotFound, match=r"^It is too late to undo this; the files are in the trash of your system\.$"):
        await desk.trash.undo(deletion.token)


async def test_too_late(desk: Desk) -> None:
    (a,) = await desk.items("a.png")
    deletion = await desk.trash.hide([a], ())
    await desk.later(10)
    with pytest.raises(NotFound, match="too late"):
        await desk.trash.undo(deletion.token)


async def test_two_deletions_are_undone_one_by_one(desk: Desk) -> None:
    a, b = await desk.items("a.png", "b.png")
    first = await desk.trash.hide([a], ())
    await desk.later(5)
    second = await desk.trash.hide([b], ())
    assert first.token != second.token and len(first.token) == 12
    await desk.later(5)
    assert desk.trashed() == ["a.png"]
    assert await desk.trash.undo(second.token) == (b.id,)
    assert await desk.names() == ["b.png"]


async def test_what_goes_along_is_hidden_and_comes_back_uncounted(desk: Desk) -> None:
    a, b, c = await desk.items("a.png", "b.png", "c.png")
    deletion = await desk.trash.hide([a], (c,), [b])
    assert (deletion.ids, deletion.kept, await desk.names()) == ((a.id,), (c,), ["c.png"])
    assert await desk.trash.undo(deletion.token) == (a.id, b.id)
    await desk.trash.hide([a], (), [b])
    await desk.later(10)
    assert desk.trashed() == ["a.png", "b.png"]


async def test_nothing_to_delete(desk: Desk) -> None:
    deletion = await desk.trash.hide([], ())
    assert deletion == Deletion(deletion.token, (), 5010.0, ())
    await turns()
    assert desk.clock.asleep == 0 and desk.changes == []


async def test_flush_deletes_all_that_waits_now(desk: Desk) -> None:
    a, b = await desk.items("a.png", "b.png")
    for item in (a, b):
        await desk.trash.hide([item], ())
    await desk.trash.flush()
    assert desk.trashed() == ["a.png", "b.png"]
    await desk.later(10)
    assert desk.notices == []


async def test_a_file_that_was_replaced_is_not_deleted(desk: Desk) -> None:
    (a,) = await desk.items("a.png")
    await desk.trash.hide([a], ())
    Path(a.path).unlink()
    Path(a.path).write_bytes(b"another file of that name")
    await desk.later(10)
    assert desk.trashed() == [] and await desk.names() == ["a.png"]
    assert desk.notices == [
        NoticePosted("error", "a.png was changed by another program meanwhile, so it was not deleted.")
    ]


async def test_a_file_that_is_gone_already_is_no_trouble(desk: Desk) -> None:
    a, b = await desk.items("a.png", "b.png")
    await desk.trash.hide([a, b], ())
    Path(a.path).unlink()
    await desk.later(10)
    assert (desk.trashed(), desk.notices, await desk.store.many([a.id, b.id])) == (["b.png"], [], [])


@pytest.mark.parametrize(("count", "more"), [(1, ""), (3, " 2 more could not be moved either.")])
async def test_a_trash_that_refuses(desk: Desk, count: int, more: str) -> None:
    items = await desk.items(*(f"{number}.png" for number in range(count)))
    desk.bin.parent.mkdir()
    desk.bin.write_text("a file where the folder should be")
    await desk.trash.hide(items, ())
    await desk.later(10)
    assert desk.told() == [f"0.png could not be moved to the trash: Not a directory.{more}"]
    assert len(await desk.names()) == count and all(Path(item.path).exists() for item in items)


async def test_what_dead_processes_hid_is_shown_and_what_living_ones_hide_is_not(desk: Desk) -> None:
    a, b, c = await desk.items("a.png", "b.png", "c.png")
    other = Presence(desk.presence._folder)
    other.enter()
    await desk.store.hide([a.id], Owner("p0", this_boot()))
    await desk.store.hide([b.id], other.me)
    await desk.store.hide([c.id], desk.presence.me)
    await desk.trash.show_abandoned()
    assert await desk.names() == ["a.png", "c.png"]
    other.leave()
    await desk.trash.show_abandoned()
    assert await desk.names() == ["a.png", "b.png", "c.png"]
