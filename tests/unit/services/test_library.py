"""My Media as it is asked: what each question of the library's is answered from, on a set clock and without a watch."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidField, NotFound
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library.trash import DELAY
from oelala_desktop.services.settings.known import FOLLOW_LINKS, MEDIA_FOLDERS
from tests.clock import turns
from tests.metadata import corpus, files, graphs

from .scan_desk import MOMENT
from .shelf import ALL, Shelf

BESIDE = corpus.png_with({"prompt": graphs.two_pass(), "CreationTime": b"now"})  # as a saver writes it beside a video


async def test_it_is_opened_once_and_stays_closed_once_it_is(shelf: Shelf) -> None:
    library = shelf.library
    assert not library.is_open
    await asyncio.gather(library.start(), library.start())
    assert library.is_open
    assert {path.stem for path in shelf.paths.data.glob("*.sqlite3")} == {"media", "favorites", "thumbnails"}
    await library.close()
    await library.start()
    assert not library.is_open
    await library.close()


async def test_one_that_was_never_opened_can_be_closed(shelf: Shelf) -> None:
    await shelf.library.close()
    await shelf.library.start()
    assert not shelf.library.is_open and not shelf.paths.media_database.exists()


async def test_what_is_shown_lies_in_the_output_folder_and_in_those_that_were_added(
    shelf: Shelf, tmp_path: Path
) -> None:
    assert shelf.library.folders() == (str(shelf.paths.output),)
    shelf.preferences.update({MEDIA_FOLDERS.key: ["", str(tmp_path / "more")]})
    assert shelf.library.folders() == (str(shelf.paths.output), str(tmp_path / "more"))


async def test_links_are_passed_over_until_it_is_wished_that_they_are_followed(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "a.png").write_bytes(corpus.png())
    os.utime(tmp_path / "far" / "a.png", (1, 1))
    (shelf.paths.output / "to").symlink_to(tmp_path / "far")
    library = await shelf.start()
    assert (library.passed_over(), await shelf.names()) == ((str(shelf.paths.output / "to"),), [])
    shelf.preferences.update({FOLLOW_LINKS.key: True})
    await shelf.rescan()
    assert (library.passed_over(), await shelf.names()) == ((), ["a.png"])


async def test_a_scan_that_is_called_off_looks_at_nothing_until_it_is_wished(shelf: Shelf) -> None:
    library = await shelf.start()
    shelf.put("a.png")
    library.cancel_scan()
    shelf.clock.naps.clear()
    library._scanner.watcher.hear(set(), began=True)
    await shelf.idle()
    assert await shelf.names() == []
    await shelf.rescan()
    assert await shelf.names() == ["a.png"]


async def test_every_question_is_answered_from_the_index(shelf: Shelf) -> None:
    day = 86_400
    shelf.put("a.png", corpus.png_with({"prompt": graphs.two_pass()}), age=day)
    shelf.put("b.png"), shelf.put("c.mp4", files.video("mp4"))
    library = await shelf.start()
    first, second, third = [await shelf.item(name) for name in ("a.png", "b.png", "c.mp4")]
    assert await library.ids(ALL) == [first.id, second.id, third.id]
    assert await library.items([third.id, 99, first.id]) == [third, first]
    assert await library.get(second.id) == second
    assert (await library.count(ALL), await library.count(MediaQuery(kind="video"))) == (3, 1)
    stats = await library.stats()
    assert (stats.videos, stats.images) == (1, 2)
    dates = [dt.date.fromtimestamp(MOMENT - 1000), dt.date.fromtimestamp(MOMENT - day)]
    assert await library.days(MediaQuery(hide_start_images=False)) == [(dates[0], 2), (dates[1], 1)]
    assert (await library.info(first.id)).prompt == graphs.POSITIVE
    assert {key: found.prompt for key, found in (await library.infos([first.id, second.id, 99])).items()} == {
        first.id: graphs.POSITIVE,
        second.id: None,
    }
    assert (await library.metadata(first.id)).graph == graphs.two_pass()
    assert {facet.name for facet in (await library.facets()).models} >= {graphs.HIGH, graphs.LOW}
    (row,) = (await library.prompts()).prompts
    assert (row.prompt, row.newest.id) == (graphs.POSITIVE, first.id)
    assert (await library.prompts("mountain")).prompts == ()


async def test_prompts_come_a_hundred_at_a_time(shelf: Shelf) -> None:
    library = await shelf.start()
    for number in range(101):
        graph = graphs.one_pass()
        texts = [node for node in graph.values() if node["class_type"] == "CLIPTextEncode"]
        for node in texts:
            node["inputs"]["text"] = f"boat {number}"
        path = shelf.put(f"{number}.png", corpus.png_with({"prompt": graph}))
        await library._scanner.take(str(path), None, ())
    first = await library.prompts()
    assert len(first.prompts) == 100 and first.next_cursor
    assert len((await library.prompts(cursor=first.next_cursor)).prompts) == 1
    assert len((await library.prompts(limit=7)).prompts) == 7


async def test_a_path_leads_to_the_file_whichever_way_it_goes(shelf: Shelf, tmp_path: Path) -> None:
    path = shelf.put("a.png")
    (tmp_path / "way").symlink_to(shelf.paths.output)
    library = await shelf.start()
    item = await shelf.item("a.png")
    assert await library.by_path(path) == await library.by_path(str(tmp_path / "way" / "a.png")) == item
    assert await library.by_path(tmp_path / "a.png") is None


async def test_what_is_gone_is_said_in_one_sentence(shelf: Shelf, tmp_path: Path) -> None:
    library = await shelf.start()
    for asked in (
        library.get(7), library.info(7), library.metadata(7), library.thumbnail(7), library.rename(7, "b"),
        library.set_favorite([7], True), library.export([7], tmp_path / "out"),
    ):  # fmt: skip
        with pytest.raises(NotFound, match=r"^This file is no longer in My Media\.$"):
            await asked
    assert (await library.delete([7])).ids == ()
    with pytest.raises(NotFound, match="too late"):
        await library.undo_delete("none")


@pytest.mark.parametrize(
    ("asked", "size"),
    [({}, (256, 128)), ({"size": 512}, (512, 256)), ({"size": 128, "covering": True}, (256, 128))],
)
async def test_a_thumbnail_is_made_once(shelf: Shelf, asked: dict[str, Any], size: tuple[int, int]) -> None:
    shelf.put("a.png", files.saved("PNG", files.picture((1024, 512))))
    library = await shelf.start()
    item = await shelf.item("a.png")
    assert await library.cached_thumbnails([item.id], **asked) == {}
    jpeg = await library.thumbnail(item.id, **asked)
    assert jpeg is not None and Image.open(io.BytesIO(jpeg)).size == size
    assert await library.cached_thumbnails([item.id, 99], **asked) == {item.id: jpeg}
    other = {**asked, "covering": not asked.get("covering")}
    assert await library.cached_thumbnails([item.id], **other) == {}
    await library.close()
    shelf.make()
    await shelf.library.start()
    assert await shelf.library.cached_thumbnails([item.id], **asked) == {item.id: jpeg}, "and after a restart"


async def test_a_mark_goes_to_files_of_the_same_content(shelf: Shelf) -> None:
    shelf.put("a.png", corpus.png(seed=1)), shelf.put("b.png", corpus.png(seed=1)), shelf.put("c.png")
    library = await shelf.start()
    await library.set_favorite([(await shelf.item("a.png")).id], True)
    assert await shelf.names(MediaQuery(favorite=True, sort="name", descending=False)) == ["a.png", "b.png"]
    await library.set_favorite([(await shelf.item("b.png")).id], False)
    assert await shelf.names(MediaQuery(favorite=True)) == []


async def test_a_file_that_is_renamed_stays_the_same(shelf: Shelf) -> None:
    shelf.put("a.png"), shelf.put("b.png", corpus.png(seed=9))
    library = await shelf.start()
    item = await shelf.item("a.png")
    renamed = await library.rename(item.id, "pier")
    assert (renamed.id, renamed.name, renamed.folder) == (item.id, "pier.png", item.folder)
    with pytest.raises(InvalidField, match="already"):
        await library.rename(item.id, "b")
    assert await shelf.names() == ["b.png", "pier.png"]


async def test_the_picture_beside_a_video_is_renamed_with_it(shelf: Shelf) -> None:
    shelf.put("a.mp4", files.video("mp4")), shelf.put("a.png", BESIDE)
    library = await shelf.start()
    video, picture = await shelf.item("a.mp4"), await shelf.item("a.png")
    assert (await library.rename(video.id, "b")).name == "b.mp4"
    assert [(await library.get(one.id)).name for one in (video, picture)] == ["b.mp4", "b.png"]
    assert (await library.info(video.id)).prompt == graphs.POSITIVE
    assert await shelf.names(MediaQuery()) == ["b.mp4"], "it is still the video's, and no picture of its own"


async def test_a_picture_that_two_videos_need_is_copied_and_known(shelf: Shelf) -> None:
    shelf.put("a.mp4", files.video("mp4")), shelf.put("a-audio.mp4", files.video("mp4")), shelf.put("a.png", BESIDE)
    library = await shelf.start()
    video, picture = await shelf.item("a.mp4"), await shelf.item("a.png")
    await library.rename(video.id, "b")
    assert (await library.get(picture.id)).name == "a.png"
    assert (shelf.paths.output / "b.png").read_bytes() == BESIDE
    assert (await library.info(video.id)).prompt == graphs.POSITIVE


async def test_what_is_deleted_goes_to_the_trash_when_its_time_is_over(shelf: Shelf) -> None:
    shelf.put("a.png"), shelf.put("b.png", corpus.png(seed=9))
    library = await shelf.start()
    item = await shelf.item("a.png")
    deletion = await library.delete([item.id])
    assert (deletion.ids, deletion.kept, deletion.due) == ((item.id,), (), shelf.clock.date + DELAY)
    assert await shelf.names() == ["b.png"] and shelf.trashed() == []
    assert await library.undo_delete(deletion.token) == (item.id,)
    assert await shelf.names() == ["a.png", "b.png"]
    await library.delete([item.id])
    await turns()
    await shelf.clock.advance(DELAY)
    await shelf.done("delete")
    assert shelf.trashed() == ["a.png"]


async def test_how_long_a_deletion_waits_is_said_when_the_library_is_made(shelf: Shelf) -> None:
    shelf.put("a.png")
    shelf.make(delete_delay=60.0)
    library = await shelf.start()
    assert (await library.delete(await library.ids(ALL))).due == shelf.clock.date + 60


async def test_favourites_are_deleted_when_they_are_meant(shelf: Shelf) -> None:
    shelf.put("a.png"), shelf.put("b.png", corpus.png(seed=9))
    library = await shelf.start()
    marked, other = await shelf.item("a.png"), await shelf.item("b.png")
    await library.set_favorite([marked.id], True)
    deletion = await library.delete([marked.id, other.id])
    assert (deletion.ids, [item.id for item in deletion.kept]) == ((other.id,), [marked.id])
    again = await library.delete([marked.id], favorites=True)
    assert (again.ids, again.kept) == ((marked.id,), ())
    assert await shelf.names() == []


async def test_a_video_takes_its_picture_along(shelf: Shelf) -> None:
    for name in ("a", "b"):
        shelf.put(f"{name}.mp4", files.video("mp4")), shelf.put(f"{name}.png", BESIDE + name.encode())
    library = await shelf.start()
    await library.set_favorite([(await shelf.item("b.png")).id], True)
    videos = [(await shelf.item(f"{name}.mp4")).id for name in ("a", "b")]
    assert (await library.delete(videos)).ids == tuple(videos), "what goes along is not counted"
    assert await shelf.names() == ["b.png"], "a favourite stays for itself"
    await library.close()
    assert shelf.trashed() == ["a.mp4", "a.png", "b.mp4"], "closing does not wait"


async def test_a_picture_that_is_named_beside_its_video_is_counted(shelf: Shelf) -> None:
    shelf.put("a.mp4", files.video("mp4")), shelf.put("a.png", BESIDE)
    library = await shelf.start()
    assert set((await library.delete(await library.ids(ALL))).ids) == set(await library.ids(ALL)) | {1, 2}


@pytest.mark.parametrize("with_metadata", [True, False, None])
async def test_files_are_exported_with_what_made_them_unless_that_is_not_wished(
    shelf: Shelf, tmp_path: Path, with_metadata: bool | None
) -> None:
    path = shelf.put("a.png", corpus.png_with({"prompt": graphs.two_pass()}))
    library = await shelf.start()
    wished = () if with_metadata is None else (with_metadata,)
    result = await library.export(await library.ids(ALL), str(tmp_path / "out"), *wished)
    assert result.copied == (str(tmp_path / "out" / "a.png"),) and not result.failed
    is_alike = (tmp_path / "out" / "a.png").read_bytes() == path.read_bytes()
    assert is_alike is (with_metadata is not False)
