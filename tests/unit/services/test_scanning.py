"""The one task that looks at the media folders, on a clock of its own and told by hand what a watch would tell."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import ScanProgressed
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library import scanning
from oelala_desktop.services.library.folders import Stopped
from tests.clock import turns
from tests.metadata import files

from .scan_desk import MOMENT, ROOTS, STILL, WAITING, Desk, picture


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await asyncio.gather(made.store.open(), made.marks.open())
    yield made
    made.scanner.close()
    await made.scope.close()
    made.indexer.close()
    await made.store.close()
    await made.marks.close()


async def test_a_start_looks_three_times_and_then_now_and_then(desk: Desk) -> None:
    desk.put("a.png"), desk.put("sub/b.mp4", files.video("mp4"))
    assert not desk.scanner.looked.is_set()
    await desk.start()
    assert desk.scanner.looked.is_set() and desk.scanner.roots == (str(desk.root),)
    assert await desk.names() == ["a.png", "b.mp4"]
    assert desk.scans() == [(2, 2), (0, 0), (0, 0)]
    await desk.wait(ROOTS)
    await desk.wait(ROOTS)
    assert (desk.scans(), set(desk.clock.naps)) == ([], {ROOTS})


@pytest.mark.parametrize(("age", "is_read"), [(2.0, True), (-2.0, True), (1.9, False), (-1.9, False), (0, False)])
async def test_a_file_of_two_seconds_ago_may_still_grow(desk: Desk, age: float, is_read: bool) -> None:
    desk.put("a.png", age=age)
    await desk.start()
    assert await desk.names() == (["a.png"] if is_read else [])
    assert desk.nap == (ROOTS if is_read else WAITING)


async def test_what_may_grow_is_read_when_it_has_been_still(desk: Desk) -> None:
    desk.put("a.png", age=0)
    await desk.start()
    await desk.wait(STILL)
    assert (await desk.names(), desk.nap) == (["a.png"], ROOTS)
    assert [folder.print for folder in await desk.store.folders()] == [None], "it is not known completely"
    await desk.rescan()
    assert [folder.print is None for folder in await desk.store.folders()] == [False]


async def test_half_a_file_is_waited_for_as_long_as_it_grows(desk: Desk) -> None:
    content = files.video("mp4")
    await desk.start()
    path = desk.put("a.mp4", content[:1000], age=0)
    await desk.hear("a.mp4")
    for _ in range(5):
        await desk.wait(STILL)
        assert (await desk.names(), desk.nap) == ([], WAITING)
    path.write_bytes(content)
    desk.date(path, 0)
    await desk.wait(STILL)
    assert await desk.names() == [], "it has changed just now"
    await desk.wait(STILL)
    assert (await desk.names(), desk.nap) == (["a.mp4"], ROOTS)


async def test_half_a_file_is_taken_as_it_is_in_the_end(desk: Desk) -> None:
    desk.put("a.mp4", files.video("mp4")[:-200], age=0)
    await desk.start()
    began = desk.clock.now
    while desk.nap == WAITING:
        await desk.wait(STILL)
    assert 20.0 <= desk.clock.now - began < 20.4


async def test_a_file_that_waits_and_changes_is_waited_for_anew(desk: Desk) -> None:
    await desk.start()
    path = desk.put("a.png", picture(1), age=0)
    await desk.hear("a.png")
    desk.clock.move(0.2)
    path.write_bytes(picture(2))
    desk.date(path, -0.01)
    await desk.hear("a.png")
    desk.clock.move(0.2)
    await desk.hear("a.png")
    assert await desk.names() == []
    await desk.wait(STILL)
    assert await desk.names() == ["a.png"]


async def test_what_a_watch_tells_is_looked_at_at_once(desk: Desk) -> None:
    first = desk.put("a.png", picture(1))
    await desk.start()
    desk.put("b.png", picture(2)), desk.put("notes.txt", b"x"), desk.put(".c.png", picture(3))
    await desk.hear("b.png", "notes.txt", ".c.png", "nothing.png")
    assert await desk.names() == ["a.png", "b.png"]
    first.unlink()
    await desk.hear("a.png")
    assert await desk.names() == ["b.png"]
    assert desk.scans()[3:] == [], "that was no scan"


async def test_a_renamed_file_stays_the_same(desk: Desk) -> None:
    path = desk.put("a.png", picture(1))
    await desk.start()
    (before,) = await desk.store.ids(MediaQuery())
    path.rename(desk.root / "b.png")
    await desk.hear("a.png", "b.png")
    assert (await desk.names(), await desk.store.ids(MediaQuery())) == (["b.png"], [before])


async def test_a_renamed_file_of_just_now_need_not_wait(desk: Desk) -> None:
    path = desk.put("a.png", picture(1), age=2)
    await desk.start()
    (before,) = await desk.store.ids(MediaQuery())
    path.rename(desk.root / "b.png")
    desk.clock.date -= 1  # and still it is the file that was read
    await desk.hear("a.png", "b.png")
    assert (await desk.names(), await desk.store.ids(MediaQuery())) == (["b.png"], [before])


async def test_new_folders_are_walked_into_and_gone_ones_go(desk: Desk) -> None:
    desk.put("keep.png", picture(9))
    await desk.start()
    desk.put("sub/a.png", picture(1)), desk.put("sub/deep/b.png", picture(2)), desk.put(".hidden/c.png", picture(3))
    await desk.hear("sub", ".hidden")
    assert await desk.names() == ["a.png", "b.png", "keep.png"]
    assert {str(desk.root / "sub"), str(desk.root / "sub/deep")} <= desk.scanner.watcher._folders
    shutil.rmtree(desk.root / "sub")
    await desk.hear("sub")
    assert await desk.names() == ["keep.png"]
    assert [folder.path for folder in await desk.store.folders()] == [str(desk.root)]


async def test_what_lies_elsewhere_is_none_of_ours(desk: Desk, tmp_path: Path) -> None:
    await desk.start()
    other = tmp_path.resolve() / "other"
    other.mkdir()
    (other / "a.png").write_bytes(picture())
    os.utime(other / "a.png", (1, 1))
    await desk.hear(str(other / "a.png"), str(other))
    assert await desk.names() == []


async def test_a_watch_that_began_looks_at_changed_folders(desk: Desk) -> None:
    await desk.start()
    desk.put("a.png")
    desk.scans()
    await desk.hear(began=True)
    assert (await desk.names(), desk.scans()) == (["a.png"], [(1, 1)])
    await desk.wait(ROOTS)
    assert desk.scans() == []


async def test_a_quick_look_does_not_notice_what_was_written_over(desk: Desk) -> None:
    path = desk.put("a.png", picture(1))
    desk.date(desk.root, 500)
    await desk.start()
    before = await desk.store.ids(MediaQuery())
    path.write_bytes(picture(2))
    desk.date(path, 900)
    desk.scans()
    await desk.hear(began=True)
    assert desk.scans() == [(0, 0)]
    await desk.rescan()
    assert desk.scans() == [(1, 1)], "but a whole one does"
    assert await desk.store.ids(MediaQuery()) == before


async def test_a_root_that_comes_back_is_looked_at_within_two_seconds(desk: Desk) -> None:
    desk.put("a.png")
    await desk.start()
    shutil.rmtree(desk.root)
    await desk.wait(ROOTS)
    assert await desk.names() == []
    desk.put("b.png")
    await desk.wait(ROOTS)
    assert await desk.names() == ["b.png"]


async def test_folders_set_anew_count_at_the_next_look(desk: Desk, tmp_path: Path) -> None:
    desk.put("a.png", picture(1))
    await desk.start()
    other = (tmp_path / "other").resolve()
    other.mkdir()
    (other / "b.png").write_bytes(picture(2))
    os.utime(other / "b.png", (MOMENT - 9, MOMENT - 9))
    desk.folders.append(str(other))
    await desk.wait(ROOTS)
    assert await desk.names() == ["a.png", "b.png"] and desk.scanner.roots == (str(desk.root), str(other))
    desk.folders.pop()
    await desk.wait(ROOTS)
    assert await desk.names() == ["a.png"]


async def test_links_are_named_until_they_are_gone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    link = desk.root / "to"
    await desk.start()
    link.symlink_to(tmp_path / "other")
    await desk.hear("to")
    assert desk.scanner.passed_over() == ()
    await desk.wait(ROOTS)  # where it leads only a whole walk tells
    assert desk.scanner.passed_over() == (str(link),)
    link.unlink()
    await desk.hear(began=True)
    assert desk.scanner.passed_over() == (), "a quick look notices too"
    link.symlink_to(tmp_path / "other")
    await desk.rescan()
    link.unlink()
    await desk.hear("to")
    await desk.wait(ROOTS)
    assert desk.scanner.passed_over() == ()


async def test_links_in_folders_that_did_not_change_stay_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (desk.root / "sub").mkdir()
    (desk.root / "sub" / "to").symlink_to(tmp_path / "other")
    desk.date(desk.root / "sub", 100)
    await desk.start()
    desk.put("a.png")
    await desk.hear(began=True)
    assert desk.scanner.passed_over() == (str(desk.root / "sub" / "to"),)


async def test_links_are_followed_where_that_is_wished(desk: Desk, tmp_path: Path) -> None:
    other = (tmp_path / "other").resolve()
    other.mkdir()
    (other / "b.png").write_bytes(picture(2))
    os.utime(other / "b.png", (MOMENT - 9, MOMENT - 9))
    (desk.root / "to").symlink_to(other)
    (desk.root / "back").symlink_to(desk.root)
    desk.follows = True
    await desk.start()
    assert await desk.names() == ["b.png"]
    assert (desk.scanner.roots, desk.scanner.passed_over()) == ((str(desk.root), str(other)), ())
    (desk.root / "to").unlink()
    await desk.wait(ROOTS)
    assert (await desk.names(), desk.scanner.roots) == ([], (str(desk.root),))


async def test_a_scan_that_is_called_off_begins_again_when_it_is_wished(desk: Desk) -> None:
    await desk.start()
    desk.put("a.png")
    desk.scans()
    desk.scanner.cancel()
    await desk.hear(began=True)
    await desk.wait(ROOTS)
    assert (await desk.names(), desk.scans()) == ([], [])
    desk.put("b.png", picture(2))
    await desk.hear("b.png")
    assert await desk.names() == ["b.png"], "what is told is taken in all the same"
    await desk.rescan()
    assert await desk.names() == ["a.png", "b.png"]


async def test_a_disk_that_refuses_is_tried_again_two_seconds_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.start()
    desk.put("a.png")
    with monkeypatch.context() as patch:

        async def refuse(*_: Any) -> None:
            raise CannotSave("The disk is full.")

        patch.setattr(desk.store, "save", refuse)
        with caplog.at_level(logging.WARNING):
            await desk.rescan()
    assert await desk.names() == [] and "The disk is full." in caplog.text and desk.notices == []
    assert desk.nap == ROOTS
    await desk.wait(ROOTS)
    await desk.settle(0)
    await desk.wait(ROOTS)
    assert await desk.names() == ["a.png"]


async def test_a_fault_of_our_own_is_told_and_ends_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.start()
    with monkeypatch.context() as patch:

        async def fails() -> None:
            raise ZeroDivisionError

        patch.setattr(desk.scanner, "_turn", fails)
        await desk.wait(ROOTS)
        assert [notice.text.split(" met")[0] for notice in desk.notices] == ["Looking through the media folders"]
    desk.put("a.png")
    await desk.wait(ROOTS)
    await desk.rescan()
    assert await desk.names() == ["a.png"]


async def test_a_result_is_taken_in_at_once_if_it_lies_here(desk: Desk, tmp_path: Path) -> None:
    await desk.start()
    path = desk.put("a.png", age=0)
    await desk.hear("a.png")
    assert desk.nap == WAITING
    await desk.scanner.take(str(path), "job-1", ())
    (item,) = (await desk.store.page(MediaQuery())).items
    assert (item.name, item.job_id) == ("a.png", "job-1")
    await desk.wait(STILL)
    assert desk.nap == ROOTS, "nobody waits for it any more"
    other = tmp_path / "b.png"
    other.write_bytes(picture(2))
    await desk.scanner.take(str(other), None, ())
    await desk.scanner.take(str(desk.root / "gone.png"), None, ())
    assert await desk.names() == ["a.png"]


async def test_progress_is_told_ten_times_a_second(desk: Desk) -> None:
    for number in range(6):
        desk.put(f"{number}/a.png", picture(number))
    await desk.start()
    begun = [scan for scan in desk.progress if not scan.done]
    assert begun == [ScanProgressed(0, begun[0].found, done=False)], "no time passed, so it was told once"
    assert desk.scans()[0] == (6, 6)


async def test_progress_is_told_again_a_tenth_of_a_second_later(desk: Desk) -> None:
    await desk.start()
    desk.clock.move(1)
    desk.progress.clear()
    for found, moved in ((1, 0.0), (2, 0.09), (3, 0.02), (4, 0.09), (5, 0.02)):
        desk.clock.move(moved)
        desk.scanner._report(0, found)
        desk.clock.move(moved)
        desk.scanner._report_from_thread(10 * found)
    await turns()
    assert sorted(scan.found for scan in desk.progress) == [1, 4, 5, 20]
    desk.scanner._report(5, 5, done=True)
    assert desk.progress[-1] == ScanProgressed(5, 5, done=True), "the end is told whenever it comes"


async def test_a_media_folder_may_lie_below_a_hidden_one(desk: Desk) -> None:
    desk.root = desk.root / ".kept" / "media"
    desk.root.mkdir(parents=True)
    desk.folders[:] = [str(desk.root)]
    await desk.start()
    desk.put("sub/a.png"), desk.put(".sub/b.png", picture(2)), desk.put("sub/.deep/c.png", picture(3))
    await desk.hear("sub", ".sub", "sub/.deep")
    assert await desk.names() == ["a.png"]


async def test_a_walk_that_is_called_off_is_told_as_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("a.png")
    await desk.start()
    desk.scans()

    def called_off(*_: Any, **__: Any) -> None:
        raise Stopped

    monkeypatch.setattr(scanning, "walk", called_off)
    await desk.rescan()
    assert desk.scans() == [(0, 0)] and await desk.names() == ["a.png"]
