"""A mark is set on a content: on all files that have it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.services.library.announcing import Announcer
from oelala_desktop.services.library.favorites import Favorites
from oelala_desktop.services.library.folders import look
from oelala_desktop.services.library.reading import Found, read_entry
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.favorites import FavoriteStore, content_hash
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_writing import Stamp
from tests.clock import SetClock, turns
from tests.metadata import corpus


class Desk:
    def __init__(self, home: Path) -> None:
        self.folder = home / "media"
        self.folder.mkdir()
        self.bus, self.scope, self.clock = Bus(), TaskScope("test"), SetClock()
        self.changes: list[LibraryChanged] = []
        self.bus.subscribe(LibraryChanged, self.changes.append)
        self.store = MediaStore(home / "media.sqlite3")
        self.marks = FavoriteStore(home / "favorites.sqlite3")
        self.favorites = Favorites(self.store, self.marks, Announcer(self.bus, self.scope, self.clock))

    async def put(self, name: str, seed: int) -> MediaItem:
        path = self.folder / name
        path.write_bytes(corpus.png(corpus.png_text("number", f"{seed:08}".encode())))
        stamp = look(str(path))
        assert isinstance(stamp, Stamp)
        await self.store.save([read_entry(Found(str(self.folder), name, stamp), self.marks.marks)])
        return await self.item(name)

    async def item(self, name: str) -> MediaItem:
        found = await self.store.by_path(str(self.folder / name))
        assert found is not None
        return found

    async def marked(self) -> list[str]:
        return sorted(item.name for item in (await self.store.page(MediaQuery())).items if item.favorite)

    async def told(self) -> tuple[int, ...]:
        await turns()
        await self.clock.advance(0.1)
        changed = tuple(sorted(number for change in self.changes for number in change.changed))
        self.changes.clear()
        return changed


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.store.open()
    await made.marks.open()
    yield made
    await made.scope.close()
    await made.store.close()
    await made.marks.close()


async def test_equal_files_are_marked_and_unmarked_together(desk: Desk) -> None:
    first, copy, other = await desk.put("a.png", 1), await desk.put("b.png", 1), await desk.put("c.png", 2)
    await desk.favorites.set_marks([first], True)
    assert await desk.marked() == ["a.png", "b.png"]
    assert await desk.told() == (first.id, copy.id)
    digest = content_hash(Path(first.path))
    assert desk.marks.marks.by_size == {first.size: frozenset({digest})}
    await desk.favorites.set_marks([await desk.item("b.png")], False)
    assert await desk.marked() == [] and await desk.told() == (first.id, copy.id)
    assert desk.marks.marks.by_size == {}
    assert other.size == first.size, "as large, and of another content"


async def test_several_at_once(desk: Desk) -> None:
    items = [await desk.put(f"{number}.png", number) for number in range(3)]
    await desk.favorites.set_marks(items[:2], True)
    assert await desk.marked() == ["0.png", "1.png"]
    await desk.favorites.set_marks([], True)
    assert await desk.marked() == ["0.png", "1.png"]


async def test_a_file_that_is_gone_cannot_be_marked(desk: Desk) -> None:
    first, gone = await desk.put("a.png", 1), await desk.put("b.png", 2)
    Path(gone.path).unlink()
    with pytest.raises(Unreadable) as caught:
        await desk.favorites.set_marks([first, gone], True)
    assert caught.value.message == "b.png cannot be read: No such file or directory."
    assert await desk.marked() == []


async def test_an_equal_file_that_is_gone_is_no_hindrance(desk: Desk) -> None:
    first, gone, copy = await desk.put("a.png", 1), await desk.put("b.png", 1), await desk.put("c.png", 1)
    Path(gone.path).unlink()
    await desk.favorites.set_marks([first], True)
    assert await desk.marked() == ["a.png", "c.png"] and await desk.told() == (first.id, copy.id)
