"""What My Media is told: results of jobs as they come and those of before, and what was damaged."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from pathlib import Path

import pytest

from oelala_desktop.domain.events import MediaAdded, NoticePosted
from oelala_desktop.domain.job import JobInput, JobState, Output, Owner
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library import scanning
from oelala_desktop.services.library.folders import Stopped
from oelala_desktop.services.library.library import Library
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.presence import Presence, this_boot
from tests.metadata import corpus, files
from tests.unit.domain.samples import some_job

from .shelf import ALL, Shelf


def made(path: Path, kind: str) -> Output:
    return Output(str(path), kind, 64, 48, 1, None)


def of_upload(digest: str) -> tuple[JobInput, ...]:
    return (JobInput("image", "/kept/boat.png", f"oelala_{digest}.png", "boat.png"),)


async def test_a_result_is_taken_in_when_it_is_told_with_what_its_job_knows(shelf: Shelf) -> None:
    await shelf.start()
    shelf.put("boat.png", corpus.png(seed=3), age=100)
    await shelf.rescan()
    assert await shelf.names(MediaQuery()) == ["boat.png"]
    digest = hashlib.sha256((shelf.paths.output / "boat.png").read_bytes()).hexdigest()[:24]
    shelf.jobs.append(some_job(inputs=of_upload(digest)))
    for name, job_id in (("a.mp4", "j1"), ("b.mp4", "unknown"), ("c.mp4", None)):
        path = shelf.put(name, files.video("mp4"), age=0)
        shelf.bus.publish(MediaAdded(str(path), job_id))
        await shelf.done("take in a result")
    assert [(await shelf.item(f"{name}.mp4")).job_id for name in "abc"] == ["j1", "unknown", None]
    assert (await shelf.item("boat.png")).is_start_image, "the first frame of the job's video"


async def test_nothing_is_taken_in_once_it_is_closed(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    library = await shelf.start()
    await library.close()
    shelf.bus.publish(MediaAdded(str(shelf.put("a.png")), None))
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "library: take in a result"]
    assert caplog.text == "", "nobody was there to fail"


async def test_closing_ends_the_scan_that_runs(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def walk(roots: object, known: object, stop: threading.Event, *_: object, **__: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        ended.append(stop.wait(20))
        raise Stopped

    monkeypatch.setattr(scanning, "walk", walk)
    await shelf.library.start()
    await begun.wait()
    await shelf.library.close()
    assert ended == [True]


async def test_results_that_came_while_it_was_closed_are_their_jobs(shelf: Shelf) -> None:
    paths = {name: shelf.put(name, corpus.png(seed=number)) for number, name in enumerate(("a.png", "b.png", "c.png"))}
    sound = shelf.put("d.png", corpus.png(seed=8))
    own = shelf.put("e.png", corpus.png_with({"oelala_params": {"job_id": "own"}}))
    shelf.jobs += [
        some_job(id="j1", state=JobState.DONE, outputs=(made(paths["a.png"], "image"),)),
        some_job(id="j2", state=JobState.FAILED, outputs=(made(paths["b.png"], "image"),)),
        some_job(id="j3", state=JobState.DONE, outputs=(made(sound, "audio"),)),
        some_job(
            id="j4",
            state=JobState.DONE,
            outputs=(made(paths["c.png"], "image"), made(own, "image")),
        ),
        some_job(id="j5", state=JobState.DONE, outputs=(made(shelf.paths.output / "gone.png", "image"),)),
    ]
    await shelf.start()
    await shelf.done("recent jobs")
    found = {name: (await shelf.item(name)).job_id for name in ("a.png", "b.png", "c.png", "d.png", "e.png")}
    assert found == {"a.png": "j1", "b.png": None, "c.png": "j4", "d.png": None, "e.png": "own"}
    assert shelf.asked == [200]


async def test_it_can_do_without_jobs(shelf: Shelf) -> None:
    library = Library(shelf.paths, shelf.preferences, shelf.bus, Presence(shelf.paths.presence), clock=shelf.clock)
    library._scanner.watcher.run = shelf._watch  # type: ignore[method-assign]
    shelf.library = library
    await shelf.start()
    await shelf.done("recent jobs")
    assert shelf.watched.is_set()
    path = shelf.put("a.png", age=0)
    shelf.bus.publish(MediaAdded(str(path), "j1"))
    await shelf.done("take in a result")
    assert (await shelf.item("a.png")).job_id == "j1"


async def test_what_a_process_was_about_to_delete_that_is_no_more_is_shown_again(shelf: Shelf) -> None:
    shelf.put("a.png")
    library = await shelf.start()
    ids = await library.ids(ALL)
    await library.close()
    store = MediaStore(shelf.paths.media_database)
    await store.open()
    await store.hide(ids, Owner("gone", this_boot()))
    await store.close()
    shelf.make()
    await shelf.library.start()
    assert await shelf.names() == ["a.png"]


async def test_marks_that_were_damaged_are_told_of(shelf: Shelf) -> None:
    await shelf.library.start()
    await shelf.library.close()
    (shelf.paths.data / "favorites.sqlite3").write_bytes(b"damaged" * 1000)
    await shelf.make().start()
    notices = [told for told in shelf.told if isinstance(told, NoticePosted)]
    assert [notice.level for notice in notices] == ["warning"]


async def test_an_index_that_is_begun_anew_is_filled_again(shelf: Shelf) -> None:
    shelf.put("a.png")
    library = await shelf.start()
    shelf.clock.naps.clear()
    await library._store.remove(await library.ids(ALL))
    await library._store.remove_folders([folder.id for folder in await library._store.folders()])
    library._store.file.on_lost()
    await shelf.idle()
    assert await shelf.names() == ["a.png"]
