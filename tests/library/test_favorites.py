"""The mark is on the content: it goes where the content goes, and nowhere else."""

import shutil

import pytest

from oelala_desktop.domain.errors import NotFound, Unreadable
from oelala_desktop.domain.media import MediaQuery
from tests.library.conftest import Shelf, picture, put

FAVORITES = MediaQuery(favorite=True)


async def mark(shelf: Shelf, name: str, on: bool = True) -> None:
    await shelf.library.set_favorite([(await shelf.item(name)).id], on)


async def test_marking_is_told_and_filtered_by(shelf: Shelf) -> None:
    for number in range(3):
        put(shelf.output / f"{number}.png", picture(number))
    await shelf.start()
    await mark(shelf, "1.png")
    assert await shelf.names(FAVORITES) == ["1.png"]
    assert (await shelf.names(MediaQuery(sort="favorites")))[0] == "1.png"

    async def told() -> bool:
        marked = (await shelf.item("1.png")).id
        return any(marked in change.changed for change in shelf.changes)

    await shelf.until(told)
    await mark(shelf, "1.png", False)
    assert await shelf.names(FAVORITES) == []


async def test_it_survives_rename_move_and_restart(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    put(shelf.output / "b.png", picture(2))
    library = await shelf.start()
    await mark(shelf, "a.png")
    await library.rename((await shelf.item("a.png")).id, "renamed")
    assert await shelf.names(FAVORITES) == ["renamed.png"]
    await library.close()
    (shelf.output / "far").mkdir()
    shutil.copy(shelf.output / "renamed.png", shelf.output / "far" / "another.png")
    (shelf.output / "renamed.png").unlink()
    shelf.make()
    await shelf.start()
    await shelf.shows("another.png", "b.png")
    assert await shelf.names(FAVORITES) == ["another.png"]


async def test_another_file_of_the_same_name_does_not_inherit_it(shelf: Shelf) -> None:
    path = put(shelf.output / "a.png", picture(1))
    await shelf.start(watched=True)
    await mark(shelf, "a.png")
    other = picture(2)
    assert len(other) == len(picture(1))
    put(path, other, age=50)  # written over in place: same name, size and inode

    async def lost() -> bool:
        return await shelf.names(FAVORITES) == []

    await shelf.until(lost)
    assert await shelf.names() == ["a.png"]
    put(shelf.output / "back.png", picture(1), age=40)

    async def back() -> bool:
        return await shelf.names(FAVORITES) == ["back.png"]

    await shelf.until(back)


async def test_equal_files_are_marked_together(shelf: Shelf) -> None:
    for name in ("one.png", "two.png"):
        put(shelf.output / name, picture(1))
    put(shelf.output / "three.png", picture(3))
    await shelf.start()
    await mark(shelf, "one.png")
    assert sorted(await shelf.names(FAVORITES)) == ["one.png", "two.png"]
    await mark(shelf, "two.png", False)
    assert await shelf.names(FAVORITES) == []


async def test_what_cannot_be_marked(shelf: Shelf) -> None:
    path = put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    item = await shelf.item("a.png")
    with pytest.raises(NotFound):
        await library.set_favorite([4711], True)
    path.unlink()
    with pytest.raises(Unreadable, match=r"a\.png"):
        await library.set_favorite([item.id], True)
