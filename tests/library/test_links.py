"""Links in media folders: noted, and followed once each if that is wished."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.services.library.folders import lies_apart
from oelala_desktop.services.library.library import Library
from oelala_desktop.storage.media_query import MediaQuery
from tests.library.conftest import Shelf, picture, put


@pytest.fixture
def linked(shelf: Shelf, tmp_path: Path) -> Shelf:
    """`output/linked` and `output/again` lead to another folder, which leads back; `output/loop` and `output/up` lead
    to where they lie."""
    other = tmp_path / "other disk"
    put(shelf.output / "here.png", picture(1))
    put(other / "on_other.png", picture(2))
    put(other / "deep" / "below.png", picture(3))
    for name, target in {"linked": other, "again": other, "loop": shelf.output, "up": shelf.output.parent}.items():
        (shelf.output / name).symlink_to(target)
    (shelf.output / "nowhere").symlink_to(tmp_path / "gone")
    (other / "back").symlink_to(shelf.output)
    return shelf


async def names(library: Library) -> list[str]:
    page = await library.page(MediaQuery())
    return sorted(Path(item.path).name for item in page.items)


async def test_links_are_passed_over_and_named(linked: Shelf) -> None:
    library = await linked.start()
    assert await names(library) == ["here.png"]
    assert sorted(Path(link).name for link in library.passed_over()) == ["again", "linked", "up"]
    await library.close()


async def test_links_are_followed_once_each(linked: Shelf) -> None:
    linked.preferences.update({"follow_links": True})
    library = await linked.start()
    assert await names(library) == ["below.png", "here.png", "on_other.png"]
    assert [Path(link).name for link in library.passed_over()] == ["up"]
    item = await linked.item("on_other.png")
    assert await library.thumbnail(item.id) is not None
    await library.close()


async def test_what_is_linked_is_kept_over_a_restart_and_goes_with_its_link(linked: Shelf) -> None:
    linked.preferences.update({"follow_links": True})
    await (await linked.start()).close()
    linked.changes.clear()
    linked.make()
    library = await linked.start()
    assert not any(change.removed for change in linked.changes)
    assert await names(library) == ["below.png", "here.png", "on_other.png"]
    for name in ("linked", "again"):
        (linked.output / name).unlink()

    async def alone() -> bool:
        return await names(library) == ["here.png"]

    await linked.until(alone)
    await library.close()


async def test_the_switch_counts_at_the_next_look(linked: Shelf) -> None:
    library = await linked.start()
    linked.preferences.update({"follow_links": True})
    library.rescan()

    async def all_there() -> bool:
        return len(await names(library)) == 3

    await linked.until(all_there)
    linked.preferences.update({"follow_links": False})
    library.rescan()

    async def alone() -> bool:
        return await names(library) == ["here.png"]

    await linked.until(alone)
    await library.close()


@pytest.mark.parametrize("inside", [False, True])
async def test_links_are_noticed_as_they_come_and_go(shelf: Shelf, tmp_path: Path, inside: bool) -> None:
    """Also inside a folder that is moved here."""
    put(tmp_path / "other" / "there.png", picture(1))
    put(shelf.output / "here.png", picture(2))
    library = await shelf.start(watched=True)
    folder = tmp_path / "new" if inside else shelf.output
    folder.mkdir(exist_ok=True)
    (folder / "linked").symlink_to(tmp_path / "other")
    if inside:
        folder = folder.rename(shelf.output / "new")

    async def is_named() -> bool:
        return library.passed_over() == (str(folder / "linked"),)

    async def is_forgotten() -> bool:
        return library.passed_over() == ()

    await shelf.until(is_named)
    (folder / "linked").unlink()
    await shelf.until(is_forgotten)
    await library.close()


def test_what_leads_back_does_not_lie_apart() -> None:
    assert lies_apart("/b", ["/a"]) and lies_apart("/ab", ["/a"])
    assert not lies_apart("/a/x", ["/a"]) and not lies_apart("/", ["/a"]) and not lies_apart("/a", ["/a"])
