"""Folders as they are, and as they change."""

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oelala_desktop.domain.events import LibraryChanged, MediaAdded
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library.folders import stamp_of, walk
from tests.clock import SetClock
from tests.library.conftest import EVERYTHING, Shelf, picture, put
from tests.metadata import corpus, files, graphs


async def test_a_first_scan_finds_all_in_any_depth(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1, prompt=graphs.one_pass()), age=300)
    put(shelf.output / "deep" / "deeper" / "b.MP4", files.video("mp4"), age=200)
    put(shelf.output / "c.webp", files.webp(), age=100)
    library = await shelf.start()
    assert await shelf.names() == ["c.webp", "b.MP4", "a.png"]
    item = await shelf.item("a.png")
    assert (item.kind, item.format, item.width, item.height) == ("image", "png", 64, 48)
    assert item.has_prompt
    info = await library.info(item.id)
    assert (info.prompt, info.seed, info.cfg) == ("a mountain lake, morning light", 7, 7.5)
    assert (await library.metadata(item.id)).graph == graphs.one_pass()
    video = await shelf.item("b.MP4")
    assert (video.kind, video.frames, video.fps) == ("video", 9, 16.0)
    assert Path(video.path) == shelf.output / "deep" / "deeper" / "b.MP4"
    stats = await library.stats()
    assert (stats.videos, stats.images) == (1, 2)
    assert shelf.scans[-1].looked_at == shelf.scans[-1].found
    assert sum(len(change.added) for change in shelf.changes) == 3


async def test_whether_a_video_has_sound_is_known_without_reading_it_again(shelf: Shelf) -> None:
    for name, tone in (("loud.mp4", 440), ("silent.mp4", 0), ("loud.webm", 440)):
        put(shelf.output / name, files.video(name[-4:].lstrip("."), tone=tone))
    await shelf.start()
    for _ in range(2):
        sounds = {name: (await shelf.item(name)).has_sound for name in await shelf.names()}
        assert sounds == {"loud.mp4": True, "silent.mp4": False, "loud.webm": True}
        await shelf.again()


async def test_what_is_no_media_is_passed_over(shelf: Shelf) -> None:
    put(shelf.output / "good.png", picture())
    put(shelf.output / ".hidden.png", picture())
    put(shelf.output / ".folder" / "inside.png", picture())
    put(shelf.output / "half.png.part", picture())
    put(shelf.output / "notes.txt", b"no picture")
    put(shelf.output / "page.png", b"<html>no picture either</html>")
    put(shelf.output / "empty.png", b"")
    (shelf.output / "folder.png").mkdir()
    os.mkfifo(shelf.output / "pipe.png")
    await shelf.start()
    assert await shelf.names() == ["good.png"]


async def test_an_unchanged_folder_is_not_read_again(shelf: Shelf) -> None:
    for number in range(5):
        put(shelf.output / f"{number}.png", picture(number))
    put(shelf.output / "broken.png", b"no picture")
    library = await shelf.start()
    before = await library.page(EVERYTHING)
    library = await shelf.again()
    assert await library.page(EVERYTHING) == before
    assert shelf.changes == []
    assert all(scan.looked_at == 0 for scan in shelf.scans)


async def test_what_happened_while_nobody_looked(shelf: Shelf) -> None:
    for name in ("stays", "goes", "moves", "is_replaced", "is_touched"):
        put(shelf.output / f"{name}.png", picture(hash(name) % 97))
    library = await shelf.start()
    ids = {item.name: item.id for item in (await library.page(EVERYTHING)).items}
    await library.close()
    (shelf.output / "goes.png").unlink()
    (shelf.output / "new").mkdir()
    (shelf.output / "moves.png").rename(shelf.output / "new" / "moved.png")
    (shelf.output / "is_replaced.png").unlink()
    put(shelf.output / "is_replaced.png", picture(1, prompt=graphs.one_pass()), age=50)
    os.utime(shelf.output / "is_touched.png", (time.time() - 5, time.time() - 5))
    shelf.make()
    await shelf.start()
    now = {item.name: item.id for item in (await shelf.library.page(EVERYTHING)).items}
    assert set(now) == {"stays.png", "moved.png", "is_replaced.png", "is_touched.png"}
    assert now["stays.png"] == ids["stays.png"]
    assert now["moved.png"] == ids["moves.png"]
    assert now["is_touched.png"] == ids["is_touched.png"]
    assert now["is_replaced.png"] not in ids.values()


async def test_written_over_in_place_is_noticed_at_the_next_start(shelf: Shelf) -> None:
    path = put(shelf.output / "a.png", picture(1, prompt=graphs.one_pass()))
    folder = os.stat(shelf.output)
    library = await shelf.start()
    await library.close()
    put(path, picture(2, prompt=graphs.two_pass()), age=500)
    os.utime(shelf.output, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    shelf.make()
    await shelf.start()
    assert (await shelf.library.info((await shelf.item("a.png")).id)).prompt == graphs.POSITIVE


async def test_new_files_appear_by_themselves(shelf: Shelf) -> None:
    await shelf.start(watched=True)
    put(shelf.output / "old.png", picture(1))
    await shelf.shows("old.png")
    put(shelf.output / "fresh.png", picture(2), age=0)
    await shelf.shows("old.png", "fresh.png")
    shelf.watching.clear()
    (shelf.output / "sub").mkdir()
    await shelf.watching.wait()
    put(shelf.output / "sub" / "inside.png", picture(3), age=0)
    await shelf.shows("old.png", "fresh.png", "inside.png")
    put(shelf.output / "tree" / "a" / "b" / "leaf.png", picture(4), age=0)
    await shelf.shows("old.png", "fresh.png", "inside.png", "leaf.png")
    (shelf.output / "fresh.png").unlink()
    await shelf.shows("old.png", "inside.png", "leaf.png")


async def test_two_thousand_files_at_once(shelf: Shelf) -> None:
    library = await shelf.start(watched=True)
    for number in range(2000):
        put(shelf.output / f"{number:04}.png", picture(number), age=0)

    async def all_there() -> bool:
        return sum(len(change.added) for change in shelf.changes) >= 2000

    await shelf.until(all_there, 40)
    told = [item_id for change in shelf.changes for item_id in change.added]
    assert len(told) == len(set(told)) == await library.count(EVERYTHING) == 2000
    assert len(shelf.changes) < 60


async def test_renamed_and_moved_keeps_its_identity(shelf: Shelf) -> None:
    put(shelf.output / "one.png", picture(1))
    put(shelf.output / "sub" / "two.png", picture(2))
    await shelf.start(watched=True)
    one, two = await shelf.item("one.png"), await shelf.item("two.png")
    (shelf.output / "one.png").rename(shelf.output / "first.png")
    await shelf.shows("first.png", "two.png")
    (shelf.output / "first.png").rename(shelf.output / "sub" / "first.png")

    async def moved() -> bool:
        found = [item.folder for item in (await shelf.library.page(EVERYTHING)).items if item.name == "first.png"]
        return len(found) == 1 and found[0].endswith("sub")

    await shelf.until(moved)
    assert (await shelf.item("first.png")).id == one.id
    (shelf.output / "sub").rename(shelf.output / "other")

    async def moved_along() -> bool:
        return all(item.folder.endswith("other") for item in (await shelf.library.page(EVERYTHING)).items)

    await shelf.until(moved_along)
    assert {(await shelf.item(name)).id for name in ("first.png", "two.png")} == {one.id, two.id}


async def test_a_half_written_file_is_waited_for(shelf: Shelf) -> None:
    clock = SetClock(wall=time.time())
    shelf.make(clock=clock)
    await shelf.start(watched=True)
    data = files.video("mp4", {"prompt": corpus.dumps(graphs.two_pass()).decode()})
    path = shelf.output / "slow.mp4"
    with path.open("wb") as file:
        for at in range(0, len(data), len(data) // 4):
            file.write(data[at : at + len(data) // 4])
            file.flush()
            while clock.naps.count(0.3) <= at // (len(data) // 4):  # it was looked at
                await clock.skip()
            if file.tell() < len(data):
                assert await shelf.names() == []
    await clock.until(shelf.shows("slow.mp4"))
    assert (await shelf.item("slow.mp4")).has_prompt
    assert [len(change.removed) for change in shelf.changes] == [0] * len(shelf.changes)


async def test_a_result_of_a_job_is_there_at_once(shelf: Shelf) -> None:
    """Not only when it has lain still for a while."""
    clock = SetClock(wall=time.time())
    shelf.make(clock=clock)
    await shelf.start(watched=True)
    path = put(shelf.output / "result.png", picture(1), age=0)
    shelf.bus.publish(MediaAdded(str(path), "job-7"))
    await shelf.shows("result.png")
    assert (await shelf.item("result.png")).job_id == "job-7"
    before = clock.now
    while clock.now < before + 30:
        await clock.skip()
    await shelf.rescan()
    assert (await shelf.item("result.png")).job_id == "job-7"
    assert [change.added for change in shelf.changes if change.added] == [((await shelf.item("result.png")).id,)]


async def test_links_are_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf.output / "real.png", picture(1))
    put(tmp_path / "elsewhere" / "far.png", picture(2))
    (shelf.output / "loop").symlink_to(shelf.output)
    (shelf.output / "out").symlink_to(tmp_path / "elsewhere")
    (shelf.output / "link.png").symlink_to(tmp_path / "elsewhere" / "far.png")
    (shelf.output / "dangling.png").symlink_to(tmp_path / "nothing")
    await shelf.start(watched=True)
    assert await shelf.names() == ["real.png"]
    put(tmp_path / "elsewhere" / "later.png", picture(3))
    (shelf.output / "again").symlink_to(shelf.output)
    put(shelf.output / "second.png", picture(4))
    await shelf.shows("real.png", "second.png")


async def test_names_that_are_no_text(shelf: Shelf) -> None:
    odd = os.fsdecode(b"caf\xe9 \xff.png")
    put(shelf.output / odd, picture(1))
    put(shelf.output / os.fsdecode(b"\xfe\xfe") / "inside.png", picture(2))
    library = await shelf.start(watched=True)
    assert len(await shelf.names()) == 2
    item = next(item for item in (await library.page(EVERYTHING)).items if item.name != "inside.png")
    assert item.path == str(shelf.output / odd)
    assert Path(item.path).read_bytes() == picture(1)
    item.name.encode()
    assert await library.by_path(shelf.output / odd) == item
    assert await library.thumbnail(item.id) is not None
    put(shelf.output / os.fsdecode(b"live\xe9.png"), picture(3), age=0)

    async def three() -> bool:
        return len(await shelf.names()) == 3

    await shelf.until(three)
    shelf.output.joinpath(odd).unlink()

    async def two() -> bool:
        return len(await shelf.names()) == 2

    await shelf.until(two)


async def test_a_folder_that_goes_and_comes_back(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    clock = SetClock(wall=time.time())
    shelf.make(clock=clock)
    await shelf.start(watched=True)
    assert await shelf.names() == ["a.png"]
    shutil.rmtree(shelf.output)
    await clock.until(shelf.shows())
    shelf.watching.clear()
    shelf.output.mkdir()
    await clock.until(shelf.watching.wait())
    put(shelf.output / "b.png", picture(2), age=0)
    await clock.until(shelf.shows("b.png"))


async def test_an_absent_folder_is_no_trouble(shelf: Shelf) -> None:
    shelf.output.rmdir()
    library = await shelf.start_absent()
    assert (await library.page(EVERYTHING)).items == ()
    put(shelf.output / "a.png", picture(1))
    await shelf.shows("a.png")


async def test_folders_of_the_user(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf.output / "mine.png", picture(1))
    put(tmp_path / "comfy" / "theirs.png", picture(2))
    put(tmp_path / "comfy" / "deep" / "more.png", picture(3))
    await shelf.start(watched=True)
    assert await shelf.names() == ["mine.png"]
    # One of them lies inside another, one twice, one nowhere: each file comes once.
    shelf.preferences.update({"media_folders": [str(tmp_path / "comfy"), str(tmp_path / "comfy" / "deep"), "/no/such"]})
    await shelf.rescan()
    await shelf.shows("mine.png", "theirs.png", "more.png")
    put(tmp_path / "comfy" / "new.png", picture(4), age=0)
    await shelf.shows("mine.png", "theirs.png", "more.png", "new.png")
    shelf.preferences.update({"media_folders": []})
    await shelf.rescan()
    await shelf.shows("mine.png")


async def test_a_scan_can_be_called_off_and_goes_on_later(shelf: Shelf) -> None:
    for number in range(1500):
        put(shelf.output / f"{number:04}.png", picture(number))
    clock = SetClock(wall=time.time())
    library = shelf.make(clock=clock)
    end = shelf.bus.subscribe(LibraryChanged, lambda change: library.cancel_scan())
    await library.start()
    await shelf.over()
    end()
    while clock.naps.count(2.0) < 3:  # looks at the folders that were no scan
        await clock.skip()
    part = await library.count(EVERYTHING)
    assert 0 < part < 1500
    first = set(await library.ids(EVERYTHING))
    await shelf.rescan()
    assert await library.count(EVERYTHING) == 1500
    assert first <= set(await library.ids(EVERYTHING))


async def test_two_libraries_of_one_home(shelf: Shelf) -> None:
    for number in range(40):
        put(shelf.output / f"{number}.png", picture(number))
    other = Shelf(shelf.paths.data)
    await asyncio.gather(shelf.start(), other.start())
    assert await other.library.count(EVERYTHING) == await shelf.library.count(EVERYTHING) == 40
    assert len(set(await shelf.library.ids(EVERYTHING))) == 40
    await other.library.close()


async def test_hidden_start_pictures_are_no_reason_to_show_less(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    await shelf.start()
    assert await shelf.names(MediaQuery()) == ["a.png"]


def test_a_folder_that_may_not_be_read() -> None:
    """What is known of it stays; the others are looked at all the same."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        root.chmod(0o755)
        put(root / "open" / "a.png", picture(1))
        put(root / "closed" / "b.png", picture(2))
        (root / "closed").chmod(0)
        with as_nobody():
            found = walk([str(root)], {}, threading.Event())
        (root / "closed").chmod(0o755)
    assert found.closed == {f"{root}/closed"}
    assert sorted(listing.path for listing in found.listings) == [str(root), f"{root}/open"]
    assert f"{root}/closed" in found.seen


@contextmanager
def as_nobody() -> Iterator[None]:
    """The superuser may read everything, so such a one steps down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_time_beyond_all_measure_stops_nothing(shelf: Shelf) -> None:
    put(shelf.output / "before.png", picture(1))
    for name, seconds in (("future.png", 3 * 10**11), ("past.png", -(10**11))):
        os.utime(put(shelf.output / name, picture(2)), (seconds, seconds))  # as near as the file system comes to it
    os.utime(put(shelf.output / "far" / "inside.png", picture(3)).parent, (3 * 10**11, 3 * 10**11))
    put(shelf.output / "plain.png", picture(4))
    await shelf.start(watched=True)
    everything = ["before.png", "future.png", "inside.png", "past.png", "plain.png"]
    assert sorted(await shelf.names()) == everything
    put(shelf.output / "after.png", picture(5))
    await shelf.shows("after.png", *everything)
    await shelf.again()
    assert sorted(await shelf.names()) == ["after.png", *everything]
    assert shelf.changes == []


def test_what_a_stamp_holds_fits_into_the_index() -> None:
    for mtime_ns, inode in ((2**63, 2**64 - 1), (3 * 10**20, 2**63 + 7), (-(3 * 10**20), 1)):
        status = os.stat_result((0o100644, inode, 1, 1, 0, 0, 5, 0, 0, 0), {"st_mtime_ns": mtime_ns})
        assert status.st_mtime_ns == mtime_ns
        stamp = stamp_of(status)
        assert stamp.size == 5 and all(-(2**63) <= number < 2**63 for number in stamp)
