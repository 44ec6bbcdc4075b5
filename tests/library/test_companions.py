"""The PNG that a saver writes beside a video: read when it comes late, and taken along."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.media import MediaQuery
from tests.library.conftest import Shelf, picture, put
from tests.library.test_trash import trashed
from tests.metadata import corpus, files, graphs

COMPANION = corpus.png_with({"prompt": graphs.two_pass(), "CreationTime": b"now"})
BARE = files.video("mp4")


async def prompt_of(shelf: Shelf, name: str) -> str | None:
    return (await shelf.library.info((await shelf.item(name)).id)).prompt


def pair(shelf: Shelf, stem: str = "clip", mark: str = "") -> None:
    put(shelf.output / f"{stem}.png", COMPANION)
    put(shelf.output / f"{stem}{mark}.mp4", BARE)


@pytest.mark.parametrize("name", ["clip.mp4", "clip-audio.mp4"])
async def test_a_companion_that_comes_late_is_read(shelf: Shelf, name: str) -> None:
    put(shelf.output / name, BARE)
    await shelf.start()
    item = await shelf.item(name)
    assert await prompt_of(shelf, name) is None
    put(shelf.output / "clip.png", COMPANION)
    await shelf.rescan()
    assert await prompt_of(shelf, name) == graphs.POSITIVE
    assert (await shelf.item(name)).id == item.id
    # it is the video's, not a picture of its own
    assert await shelf.names(MediaQuery()) == [name]


async def test_a_late_companion_that_the_watch_sees(shelf: Shelf) -> None:
    put(shelf.output / "clip.mp4", BARE)
    await shelf.start(watched=True)
    put(shelf.output / "clip.png", COMPANION)

    async def told() -> bool:
        return await prompt_of(shelf, "clip.mp4") == graphs.POSITIVE

    await shelf.until(told)


async def test_a_pair_that_is_renamed_elsewhere_stays_one(shelf: Shelf) -> None:
    pair(shelf)
    await shelf.start()
    item = await shelf.item("clip.mp4")
    for suffix in ("mp4", "png"):
        (shelf.output / f"clip.{suffix}").rename(shelf.output / f"boat.{suffix}")
    await shelf.rescan()
    assert (await shelf.item("boat.mp4")).id == item.id
    assert await prompt_of(shelf, "boat.mp4") == graphs.POSITIVE
    assert await shelf.names(MediaQuery()) == ["boat.mp4"]


async def test_renaming_takes_it_along(shelf: Shelf) -> None:
    pair(shelf)
    library = await shelf.start()
    assert (await library.rename((await shelf.item("clip.mp4")).id, "boat")).name == "boat.mp4"
    assert sorted(path.name for path in shelf.output.iterdir()) == ["boat.mp4", "boat.png"]
    assert await prompt_of(shelf, "boat.mp4") == graphs.POSITIVE
    assert await shelf.names(MediaQuery()) == ["boat.mp4"]
    await shelf.again()
    assert await prompt_of(shelf, "boat.mp4") == graphs.POSITIVE


async def test_renaming_copies_what_another_video_needs(shelf: Shelf) -> None:
    pair(shelf)
    put(shelf.output / "clip-audio.mp4", BARE)
    library = await shelf.start()
    await library.rename((await shelf.item("clip-audio.mp4")).id, "boat")
    names = sorted(path.name for path in shelf.output.iterdir())
    assert names == ["boat.mp4", "boat.png", "clip.mp4", "clip.png"]
    await shelf.rescan()
    for name in ("boat.mp4", "clip.mp4"):
        assert await prompt_of(shelf, name) == graphs.POSITIVE


async def test_renaming_takes_no_other_picture_for_it(shelf: Shelf) -> None:
    pair(shelf)
    put(shelf.output / "boat.png", picture(1))
    library = await shelf.start()
    with pytest.raises(InvalidField, match=r"already a file called boat\.png"):
        await library.rename((await shelf.item("clip.mp4")).id, "boat")
    assert sorted(path.name for path in shelf.output.iterdir()) == ["boat.png", "clip.mp4", "clip.png"]


async def test_a_picture_of_the_same_name_that_is_no_companion_stays(shelf: Shelf) -> None:
    put(shelf.output / "clip.png", picture(1, prompt=graphs.one_pass()))
    put(shelf.output / "clip.mp4", files.video("mp4", {"prompt": corpus.dumps(graphs.two_pass()).decode()}))
    library = await shelf.start()
    await library.rename((await shelf.item("clip.mp4")).id, "boat")
    assert sorted(path.name for path in shelf.output.iterdir()) == ["boat.mp4", "clip.png"]
    deletion = await library.delete([(await shelf.item("boat.mp4")).id])
    assert len(deletion.ids) == 1 and await shelf.names() == ["clip.png"]


async def test_deleting_takes_it_along_and_undo_brings_both_back(shelf: Shelf, tmp_path: Path) -> None:
    pair(shelf)
    put(shelf.output / "other.png", picture(1))
    library = await shelf.start()
    item = await shelf.item("clip.mp4")
    deletion = await library.delete([item.id])
    assert deletion.ids == (item.id,)
    assert await shelf.names() == ["other.png"]
    await library.undo_delete(deletion.token)
    assert sorted(await shelf.names()) == ["clip.mp4", "clip.png", "other.png"]
    await library.delete([item.id])
    await shelf.again()  # closing deletes at once
    assert trashed(tmp_path) == ["clip.mp4", "clip.png"]
    assert [path.name for path in shelf.output.iterdir()] == ["other.png"]


async def test_deleting_leaves_what_another_video_needs_or_the_user_marked(shelf: Shelf) -> None:
    pair(shelf, "shared")
    put(shelf.output / "shared-audio.mp4", BARE)
    pair(shelf, "marked")
    library = await shelf.start()
    await library.set_favorite([(await shelf.item("marked.png")).id], True)
    # equal files share a mark: the other companion is another content
    put(shelf.output / "shared.png", corpus.png_with({"prompt": graphs.two_pass(7), "CreationTime": b"now"}))
    await shelf.rescan()
    await library.delete([(await shelf.item(name)).id for name in ("shared.mp4", "marked.mp4")])
    assert sorted(await shelf.names()) == ["marked.png", "shared-audio.mp4", "shared.png"]
    await library.delete([(await shelf.item("shared-audio.mp4")).id])
    assert sorted(await shelf.names()) == ["marked.png", "shared.png"]


async def test_exporting_takes_it_along(shelf: Shelf, tmp_path: Path) -> None:
    pair(shelf)
    library = await shelf.start()
    ids = [(await shelf.item("clip.mp4")).id]
    await library.export(ids, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["clip.mp4", "clip.png"]
    await library.export(ids, tmp_path / "bare", with_metadata=False)
    assert [path.name for path in (tmp_path / "bare").iterdir()] == ["clip.mp4"]


async def test_many_companions_that_come_late(shelf: Shelf) -> None:
    for number in range(120):
        put(shelf.output / f"clip_{number}.mp4", BARE)
    await shelf.start()
    for number in range(120):
        put(shelf.output / f"clip_{number}.png", COMPANION)
    await shelf.rescan()
    assert [await prompt_of(shelf, f"clip_{number}.mp4") for number in (0, 119)] == [graphs.POSITIVE] * 2
    assert len(await shelf.names(MediaQuery())) == 120
