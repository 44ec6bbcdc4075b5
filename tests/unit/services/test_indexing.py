"""What differs between folders and index, brought into it on a real database."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library import indexing
from oelala_desktop.services.library.announcing import Announcer
from oelala_desktop.services.library.folders import list_folder, look
from oelala_desktop.services.library.indexing import Indexer, IndexGap
from oelala_desktop.services.library.reading import Batch, Found
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.favorites import FavoriteStore
from oelala_desktop.storage.media import KnownFile, MediaStore
from oelala_desktop.storage.media_writing import Claim, Entry, Stamp
from tests.clock import SetClock, turns
from tests.metadata import corpus, files

NEVER = threading.Event()


class Desk:
    def __init__(self, home: Path) -> None:
        self.folder = home / "media"
        self.folder.mkdir()
        self.bus, self.scope, self.clock = Bus(), TaskScope("test"), SetClock()
        self.changes: list[LibraryChanged] = []
        self.bus.subscribe(LibraryChanged, self.changes.append)
        self.store = MediaStore(home / "media.sqlite3")
        self.marks = FavoriteStore(home / "favorites.sqlite3")
        self.indexer = Indexer(self.store, self.marks, Announcer(self.bus, self.scope, self.clock))

    def put(self, name: str, content: bytes | None = None, age: int = 0) -> Found:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(corpus.png(corpus.png_text("name", name.encode())) if content is None else content)
        os.utime(path, (10_000 - age, 10_000 - age))
        stamp = look(str(path))
        assert isinstance(stamp, Stamp)
        return Found(str(path.parent), path.name, stamp)

    def gap(self, *new: Found, **more: Any) -> IndexGap:
        return IndexGap(self.store.file.generation, [*new], **more)

    async def ids(self) -> dict[str, int]:
        return {item.name: item.id for item in (await self.store.page(MediaQuery(hide_start_images=False))).items}

    async def told(self) -> list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
        await turns()
        await self.clock.advance(0.1)
        out = [(change.added, change.changed, change.removed) for change in self.changes]
        self.changes.clear()
        return out


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.store.open()
    await made.marks.open()
    yield made
    await made.scope.close()
    made.indexer.close()
    await made.store.close()
    await made.marks.close()


def known(number: int | None, stamp: Stamp) -> KnownFile:
    return KnownFile(number, None if number is None else 0, stamp)


def test_what_differs(tmp_path: Path) -> None:
    same, before, now = Stamp(1, 1, 1), Stamp(2, 2, 2), Stamp(3, 3, 3)
    gap = IndexGap(1)
    there = {"same": same, "changed": now, "fresh": now, "refused": before, "again": now}
    of_index = {
        "same": known(1, same), "changed": known(2, before), "gone": known(3, before), "refused": known(None, before),
        "again": known(None, before), "refused and gone": known(None, before),
    }  # fmt: skip
    Desk(tmp_path).indexer.compare(gap, "/f", there, of_index)
    assert gap.new == [Found("/f", name, now) for name in ("changed", "fresh", "again")]
    assert (gap.gone, gap.refused_gone) == ({3: before}, {"/f": ["refused and gone"]})


async def test_a_folder_that_was_compared_is_known_completely(desk: Desk) -> None:
    file = desk.put("a.png")
    listing = list_folder(str(desk.folder))[0]
    gap = desk.gap()
    await desk.indexer.compare_listings([listing], gap)
    assert gap.new == [file] and gap.complete == [(listing.path, listing.mtime_ns, listing.print)]
    await desk.indexer.apply(gap, NEVER)
    again = desk.gap()
    await desk.indexer.compare_listings([listing], again)
    assert again.new == [] and [folder.print for folder in await desk.store.folders()] == [listing.print]


async def test_batch_after_batch_is_read_and_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_BATCH", 2)
    found = [desk.put(f"{age}.png", age=age) for age in (3, 1, 5, 2, 4)]
    progress, between = [], []

    async def turn() -> None:
        between.append(len(await desk.ids()))

    await desk.indexer.apply(desk.gap(*found), NEVER, progress.append, turn)
    assert (progress, between) == ([2, 4, 5], [2, 4, 5])
    assert {number for change in await desk.told() for number in change[0]} == set((await desk.ids()).values())


async def test_newer_files_are_read_before_older_ones(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_BATCH", 1)
    await desk.indexer.apply(desk.gap(*(desk.put(f"{age}.png", age=age) for age in (3, 1, 5, 2, 4))), NEVER)
    ids = await desk.ids()
    assert sorted(ids, key=ids.__getitem__) == [f"{age}.png" for age in range(1, 6)]


async def test_what_is_called_off_is_left_for_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_BATCH", 1)
    stop = threading.Event()
    files = [desk.put(f"{n}.png", age=n) for n in range(12)]
    (gone,) = [desk.put("gone.png")]
    await desk.indexer.apply(desk.gap(gone), NEVER)
    number = (await desk.ids())["gone.png"]
    gap = desk.gap(*files, gone={number: gone.stamp}, complete=[(str(desk.folder), 1, b"p")])
    await desk.indexer.apply(gap, stop, lambda done: stop.set())
    assert "gone.png" in await desk.ids() and 1 < len(await desk.ids()) < 13
    assert [folder.print for folder in await desk.store.folders()] == [None]


async def test_a_file_that_was_renamed_keeps_its_number(desk: Desk) -> None:
    before = desk.put("a.png")
    await desk.indexer.apply(desk.gap(before), NEVER)
    (number,) = (await desk.ids()).values()
    await desk.told()
    (desk.folder / "a.png").rename(desk.folder / "b.png")
    gap = desk.gap(before._replace(name="b.png"), gone={number: before.stamp})
    await desk.indexer.apply(gap, NEVER)
    assert (await desk.ids(), await desk.told()) == ({"b.png": number}, [((), (number,), ())])


async def test_a_list_older_than_a_new_name_changes_nothing(desk: Desk) -> None:
    before = desk.put("a.png")
    await desk.indexer.apply(desk.gap(before), NEVER)
    (number,) = (await desk.ids()).values()
    listing = list_folder(str(desk.folder))[0]
    (desk.folder / "a.png").rename(desk.folder / "b.png")
    await desk.indexer.announce(await desk.store.move(number, str(desk.folder), "b.png"))
    await desk.told()
    gap = desk.gap()
    await desk.indexer.compare_listings([listing], gap)
    assert gap.new and gap.gone
    await desk.indexer.apply(gap, NEVER)
    assert (await desk.ids(), await desk.told()) == ({"b.png": number}, [])
    assert list(await desk.store.files_in(str(desk.folder))) == ["b.png"]


async def test_without_an_inode_nothing_was_renamed(desk: Desk) -> None:
    before = desk.put("a.png")
    before = before._replace(stamp=before.stamp._replace(inode=0))
    await desk.indexer.apply(desk.gap(before), NEVER)
    (number,) = (await desk.ids()).values()
    (desk.folder / "a.png").rename(desk.folder / "b.png")
    await desk.indexer.apply(desk.gap(before._replace(name="b.png"), gone={number: before.stamp}), NEVER)
    ids = await desk.ids()
    assert list(ids) == ["b.png"] and ids["b.png"] != number


async def test_what_is_gone_is_taken_out_and_told(desk: Desk) -> None:
    await desk.indexer.apply(desk.gap(*(desk.put(f"{n}/a{n}.png") for n in range(3))), NEVER)
    ids = await desk.ids()
    await desk.told()
    folders = {Path(folder.path).name: folder.id for folder in await desk.store.folders()}
    gap = desk.gap(gone={ids["a0.png"]: Stamp(0, 0, 0)}, gone_folders=[folders["1"]])
    await desk.indexer.apply(gap, NEVER)
    assert list(await desk.ids()) == ["a2.png"]
    assert {number for change in await desk.told() for number in change[2]} == {ids["a0.png"], ids["a1.png"]}


async def test_what_was_refused_is_known_until_it_is_gone(desk: Desk) -> None:
    file = desk.put("a.png", b"no picture")
    await desk.indexer.apply(desk.gap(file), NEVER)
    assert (await desk.store.files_in(str(desk.folder)))["a.png"] == known(None, file.stamp)
    await desk.indexer.apply(desk.gap(refused_gone={str(desk.folder): ["a.png"]}), NEVER)
    assert await desk.store.files_in(str(desk.folder)) == {}


@pytest.mark.parametrize(("count", "there", "loads"), [(11, 0, True), (10, 0, False), (11, 44, False), (11, 43, True)])
async def test_so_many_are_loaded_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, there: int, loads: bool
) -> None:
    monkeypatch.setattr(indexing, "_LOAD", 10)
    done: list[str] = []

    async def size() -> int:
        return there

    async def begin() -> None:
        done.append("begin")

    async def end() -> None:
        done.append(f"end {len(await desk.ids())}")

    for name, work in (("size", size), ("begin_load", begin), ("end_load", end)):
        monkeypatch.setattr(desk.store, name, work)
    await desk.indexer.apply(desk.gap(*(desk.put(f"{n}.png") for n in range(count))), NEVER)
    assert done == (["begin", f"end {count}"] if loads else [])


def test_how_much_is_done_at_once() -> None:
    assert (indexing._BATCH, indexing._LOAD, indexing._SHARE, indexing._FEW) == (192, 1000, 4, 100)


async def test_what_the_index_refuses_is_left_out_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    save = desk.store.save
    tried: list[list[str]] = []

    async def picky(entries: Sequence[Entry]) -> Any:
        tried.append([entry.file for entry in entries])
        if any(entry.file == "1.png" for entry in entries):
            raise OverflowError("of this one")
        return await save(entries)

    monkeypatch.setattr(desk.store, "save", picky)
    with caplog.at_level(logging.ERROR):
        await desk.indexer.apply(desk.gap(*(desk.put(f"{n}.png", age=n) for n in range(3))), NEVER)
    assert sorted(await desk.ids()) == ["0.png", "2.png"]
    assert tried == [["0.png", "1.png", "2.png"], ["0.png"], ["1.png"], ["2.png"]]
    assert "the index does not take a batch of files" in caplog.text and "does not take 1.png" in caplog.text


async def test_a_disk_that_refuses_is_no_fault_of_a_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(entries: Sequence[Entry]) -> Any:
        raise CannotSave("The disk is full.")

    monkeypatch.setattr(desk.store, "save", refuse)
    with pytest.raises(CannotSave):
        await desk.indexer.apply(desk.gap(desk.put("a.png")), NEVER)


async def test_a_few_are_read_at_once(desk: Desk) -> None:
    bad = desk.put("b.png", b"x")
    await desk.indexer.read_now([desk.put("a.png"), bad])
    assert list(await desk.ids()) == ["a.png"]
    assert (await desk.store.files_in(str(desk.folder)))["b.png"] == known(None, bad.stamp)
    await desk.indexer.save(Batch())
    assert len(await desk.told()) == 1


@pytest.mark.parametrize("few", [1, 0])
async def test_a_video_is_read_anew_when_its_companion_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """By name, or, for many pictures, out of all that the folder has."""
    from tests.metadata import files

    monkeypatch.setattr(indexing, "_FEW", few)
    film, other = desk.put("a.mp4", files.video("mp4")), desk.put("b.mp4", files.video("mp4"))
    await desk.indexer.apply(desk.gap(film, other), NEVER)
    read: list[str] = []
    before = indexing.read_batch

    def noted(given: Any, *rest: Any) -> Batch:
        read.extend(file.name for file in given)
        return before(given, *rest)

    monkeypatch.setattr(indexing, "read_batch", noted)
    await desk.indexer.apply(desk.gap(desk.put("a.png")), NEVER)
    assert sorted(read) == ["a.mp4", "a.png"]
    read.clear()
    await desk.indexer.read_videos_of([(str(desk.folder), "b.png")])
    assert read == ["b.mp4"]
    read.clear()
    await desk.indexer.apply(desk.gap(desk.put("a.png", corpus.png(seed=5)), film), NEVER)
    assert sorted(read) == ["a.mp4", "a.png"], "each once"


async def test_work_on_the_scanning_thread(desk: Desk) -> None:
    name = await desk.indexer.call(lambda: threading.current_thread().name)
    assert name.startswith("media-scan")


async def test_what_a_job_said_of_a_video_outlives_a_reading_of_the_file_alone(desk: Desk) -> None:
    """A scan may have begun to read a result before its job has told of it, and end after."""
    start = desk.put("harbour.png")
    digest = hashlib.sha256((desk.folder / "harbour.png").read_bytes()).hexdigest()[:24]
    video = desk.put("v.mp4", files.video("mp4"))
    await desk.indexer.read_now([start, video])

    async def shown() -> list[str]:
        return [item.name for item in (await desk.store.page(MediaQuery(hide_start_images=True))).items]

    assert sorted(await shown()) == ["harbour.png", "v.mp4"]
    claim = Claim("digest", "harbour.png", digest)
    told = video._replace(job_id="job-9", claims=(claim,))
    for batch in ([told], [video], [told], [video, start]):
        await desk.indexer.read_now(batch)
        assert await shown() == ["v.mp4"]
        (item,) = (await desk.store.page(MediaQuery(hide_start_images=True))).items
        assert item.job_id == "job-9"
