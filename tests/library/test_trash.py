"""Deleting, undoing, and the system's own trash."""

import asyncio
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.job import Owner
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.storage.presence import Presence, this_boot
from tests.clock import SetClock, turns
from tests.library.conftest import Shelf, picture, put


def trashed(tmp_path: Path) -> list[str]:
    folder = tmp_path / "user" / "share" / "Trash" / "files"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def three(shelf: Shelf, delay: float, *, watched: bool = False, clock: Clock = CLOCK) -> None:
    for name in ("a", "b", "c"):
        put(shelf.output / f"{name}.png", picture(ord(name)))
    shelf.make(delay, clock)
    await shelf.start(watched=watched)


async def deleted(clock: SetClock, seconds: float) -> None:
    """So many pass, and what is to be deleted by then is."""
    await turns()  # what was begun just now goes to sleep
    deleting = [task for task in asyncio.all_tasks() if task.get_name() == "library: delete"]
    await clock.advance(seconds)
    await asyncio.gather(*deleting)


async def test_hidden_at_once_and_trashed_later(shelf: Shelf, tmp_path: Path) -> None:
    clock = SetClock()
    await three(shelf, 7, clock=clock)
    item = await shelf.item("b.png")
    deletion = await shelf.library.delete([item.id])
    assert deletion.ids == (item.id,) and deletion.kept == ()
    assert sorted(await shelf.names()) == ["a.png", "c.png"]
    assert (await shelf.library.stats()).images == 2
    assert Path(item.path).exists() and trashed(tmp_path) == []
    await clock.advance(6.9)
    assert Path(item.path).exists()
    await deleted(clock, 0.1)
    assert trashed(tmp_path) == ["b.png"]
    assert not Path(item.path).exists()
    with pytest.raises(NotFound, match="too late"):
        await shelf.library.undo_delete(deletion.token)
    assert sorted(await shelf.names()) == ["a.png", "c.png"]


async def test_undone(shelf: Shelf, tmp_path: Path) -> None:
    await three(shelf, 60)
    before = await shelf.names()
    ids = [(await shelf.item(name)).id for name in ("a.png", "c.png")]
    deletion = await shelf.library.delete(ids)
    assert await shelf.names() == ["b.png"]
    assert set(await shelf.library.undo_delete(deletion.token)) == set(ids)
    assert await shelf.names() == before
    await shelf.again()
    assert trashed(tmp_path) == [] and await shelf.names() == before


async def test_closing_does_not_wait(shelf: Shelf, tmp_path: Path) -> None:
    await three(shelf, 60)
    await shelf.library.delete([(await shelf.item("a.png")).id])
    await shelf.again()
    assert trashed(tmp_path) == ["a.png"]
    assert sorted(await shelf.names()) == ["b.png", "c.png"]


async def test_favorites_are_asked_for_by_name(shelf: Shelf) -> None:
    await three(shelf, 60)
    ids = [(await shelf.item(name)).id for name in ("a.png", "b.png")]
    await shelf.library.set_favorite(ids[:1], True)
    deletion = await shelf.library.delete(ids)
    assert [item.name for item in deletion.kept] == ["a.png"] and deletion.ids == (ids[1],)
    assert sorted(await shelf.names()) == ["a.png", "c.png"]
    again = await shelf.library.delete([item.id for item in deletion.kept], favorites=True)
    assert again.ids == (ids[0],)
    assert await shelf.names() == ["c.png"]
    for token in (again.token, deletion.token):
        await shelf.library.undo_delete(token)
    assert len(await shelf.names()) == 3


async def test_a_file_that_was_replaced_meanwhile_is_not_deleted(shelf: Shelf, tmp_path: Path) -> None:
    await three(shelf, 60, watched=True)
    item = await shelf.item("a.png")
    await shelf.library.delete([item.id])
    Path(item.path).unlink()
    put(Path(item.path), picture(999), age=20)
    await shelf.again()
    assert trashed(tmp_path) == []
    assert Path(item.path).read_bytes() == picture(999)
    await shelf.shows("a.png", "b.png", "c.png")


async def test_a_trash_that_does_not_take_it(shelf: Shelf, tmp_path: Path) -> None:
    put(tmp_path / "user" / "share" / "Trash", b"a file where the folder should be")
    clock = SetClock()
    await three(shelf, 10, clock=clock)
    item = await shelf.item("a.png")
    await shelf.library.delete([item.id])
    await deleted(clock, 10)
    assert "a.png" in shelf.notices[0].text and shelf.notices[0].level == "error"
    assert "a.png" in await shelf.names()
    assert Path(item.path).exists()


async def test_a_process_that_was_killed_has_deleted_nothing(shelf: Shelf) -> None:
    await three(shelf, 60)
    for name, owner in (("a.png", Owner("p0", this_boot())), ("b.png", shelf.presence.me)):
        await shelf.library._store.hide([(await shelf.item(name)).id], owner)
    await shelf.again()
    assert len(await shelf.names()) == 3


async def test_what_another_process_hides_stays_hidden_as_long_as_that_runs(shelf: Shelf) -> None:
    await three(shelf, 60)
    other = Presence(shelf.paths.presence)
    other.enter()
    await shelf.library._store.hide([(await shelf.item("a.png")).id], other.me)
    await shelf.again()
    assert sorted(await shelf.names()) == ["b.png", "c.png"]
    other.leave()
    await shelf.again()
    assert len(await shelf.names()) == 3


async def test_a_scan_does_not_bring_back_what_is_hidden(shelf: Shelf) -> None:
    await three(shelf, 60)
    await shelf.library.delete([(await shelf.item("a.png")).id])
    await shelf.rescan()
    assert sorted(await shelf.names()) == ["b.png", "c.png"]
