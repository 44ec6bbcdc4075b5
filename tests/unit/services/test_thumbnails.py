"""Thumbnails on demand: in which order they are made, which are not, and when they are written down."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.thumbnails import store as thumbnails
from oelala_desktop.services.thumbnails.store import Thumbnails
from oelala_desktop.storage.media_writing import Stamp
from oelala_desktop.storage.thumbnails import ThumbnailStore, key_of
from tests.clock import SetClock, turns
from tests.metadata import files

from .test_thumbnail_making import opened, striped


class Desk:
    def __init__(self, home: Path) -> None:
        self.home, self.clock, self.scope = home, SetClock(), TaskScope("test")
        self.store = ThumbnailStore(home / "thumbnails.sqlite3")
        self.thumbnails = Thumbnails(self.store, self.scope, self.clock)

    def put(self, name: str, content: bytes | None = None) -> tuple[str, Stamp]:
        path = self.home / name
        path.write_bytes(files.saved("PNG", striped()) if content is None else content)
        status = path.stat()
        return str(path), Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.store.open()
    yield made
    await made.scope.close()
    await made.thumbnails.close()
    await made.store.close()


class Held:
    """In the place of the making: what was asked for in which order, and none is made until it is let go."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.goes_on = threading.Event()
        self.at_work = threading.Semaphore(0)

    def __call__(self, path: Path, number: int) -> bytes:
        self.begun.append((path.name, number))
        self.at_work.release()
        assert self.goes_on.wait(20)
        return path.name.encode()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    made = Held()
    monkeypatch.setattr(thumbnails, "_make_in_thread", made)
    return made


async def test_made_once_and_known_at_once(desk: Desk) -> None:
    path, stamp = desk.put("a.png")
    first = await desk.thumbnails.get(path, stamp, 200, 0)
    assert opened(first).size == (256, 144)
    Path(path).unlink()
    assert await desk.thumbnails.get(path, stamp, 256, 0) == first
    assert await desk.thumbnails.cached({3: stamp, 4: Stamp(1, 2, 3)}, 129) == {3: first}


async def test_a_covering_one_is_another(desk: Desk) -> None:
    path, stamp = desk.put("a.png")
    plain, covering = [await desk.thumbnails.get(path, stamp, 128, 0, covering) for covering in (False, True)]
    assert (opened(plain).size, opened(covering).size) == ((128, 72), (228, 128))
    assert await desk.thumbnails.cached({1: stamp}, 128) == {1: plain}
    assert await desk.thumbnails.cached({1: stamp}, 100, covering=True) == {1: covering}


async def test_what_cannot_be_decoded_is_tried_once_at_any_size(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    path, stamp = desk.put("a.png", b"no picture")
    with caplog.at_level(logging.INFO):
        assert await desk.thumbnails.get(path, stamp, 128, 0) is None
    assert "no thumbnail" in caplog.text
    Path(path).write_bytes(files.saved("PNG", striped()))
    assert await desk.thumbnails.get(path, stamp, 512, 0) is None
    await desk.thumbnails.flush()
    assert await desk.store.get([key_of(stamp, 0)]) == {key_of(stamp, 0): b""}
    assert await desk.thumbnails.get(path, stamp, 512, 0) is None, "and after a restart"
    assert await desk.thumbnails.cached({1: stamp}, 128) == {}


async def test_a_disk_that_fails_is_asked_again(desk: Desk) -> None:
    path, stamp = desk.put("a.png")
    Path(path).rename(desk.home / "b.png")
    assert await desk.thumbnails.get(path, stamp, 128, 0) is None
    (desk.home / "b.png").rename(path)
    assert await desk.thumbnails.get(path, stamp, 128, 0) is not None


async def test_a_batch_is_written_a_moment_after_its_first(desk: Desk) -> None:
    path, stamp = desk.put("a.png")
    await desk.thumbnails.get(path, stamp, 128, 0)
    await desk.clock.until_asleep()
    assert desk.clock.naps == [0.05] and await desk.store.get([key_of(stamp, 128)]) == {}
    desk.clock.move(0.05)
    await desk.clock.advance(0)
    assert desk.thumbnails._saving is not None
    await desk.thumbnails._saving
    assert list(await desk.store.get([key_of(stamp, 128)])) == [key_of(stamp, 128)]
    assert desk.clock.naps == [0.05], "nothing more to write"


async def test_many_are_written_without_waiting(desk: Desk, held: Held) -> None:
    held.goes_on.set()
    stamps = [Stamp(number, 1, 1) for number in range(24)]
    await asyncio.gather(*(desk.thumbnails.get(f"/{s.size}", s, 128, 0) for s in stamps[:23]))
    await desk.clock.until_asleep()
    assert desk.clock.naps == [0.05]
    await desk.thumbnails.get("/23", stamps[23], 128, 0)
    desk.clock.move(0.05)
    await desk.clock.advance(0)
    assert desk.thumbnails._saving is not None
    await desk.thumbnails._saving
    assert len(await desk.store.get([key_of(s, 128) for s in stamps])) == 24
    again = [Stamp(number, 2, 2) for number in range(24)]
    desk.thumbnails._made.update({key_of(s, 128): b"x" for s in again[:23]})
    await desk.thumbnails.get("/x", again[23], 128, 0)
    assert desk.thumbnails._saving is not None
    await desk.thumbnails._saving
    assert desk.clock.naps == [0.05], "24 do not wait for more"


async def test_closing_writes_what_was_made_and_drops_what_was_not_begun(tmp_path: Path, held: Held) -> None:
    desk = Desk(tmp_path)
    await desk.store.open()
    makers = desk.thumbnails._makers
    asked = [desk.scope.start(ask(desk, number), "ask") for number in range(makers + 1)]
    for _ in range(makers):
        assert await asyncio.to_thread(held.at_work.acquire, timeout=20)
    await desk.thumbnails.close()
    await asyncio.wait(asked)
    assert all(task.cancelled() for task in asked) and len(held.begun) == makers
    held.goes_on.set()
    await desk.scope.close()
    await desk.store.close()


def ask(desk: Desk, number: int, priority: int = 0) -> Any:
    return desk.thumbnails.get(f"/{number}", Stamp(number, 1, 1), 128, priority)


async def asked_for(desk: Desk, number: int, priority: int = 0) -> asyncio.Task[bytes | None]:
    """The question, once it is an order."""
    task = desk.scope.start(ask(desk, number, priority), "ask")
    while key_of(Stamp(number, 1, 1), 128) not in desk.thumbnails._orders:
        await desk.store.get([0])  # behind the question of the task
    return task


async def busy(desk: Desk, held: Held) -> list[asyncio.Task[bytes | None]]:
    """All makers at work."""
    tasks = [await asked_for(desk, 100 + number) for number in range(desk.thumbnails._makers)]
    for _ in tasks:
        assert await asyncio.to_thread(held.at_work.acquire, timeout=20)
    return tasks


async def test_the_lowest_priority_first_and_then_the_last_that_was_asked_for(desk: Desk, held: Held) -> None:
    tasks = await busy(desk, held)
    for number, priority in ((1, 5), (2, 1), (3, 1), (4, 0)):
        tasks.append(await asked_for(desk, number, priority))
    desk.thumbnails._makers = 1  # from now on they come one by one
    held.goes_on.set()
    await asyncio.gather(*tasks)
    assert [name for name, _ in held.begun][-4:] == ["4", "3", "2", "1"]


async def test_what_nobody_wants_any_more_is_not_made(desk: Desk, held: Held) -> None:
    tasks = await busy(desk, held)
    gone, kept, other = await asked_for(desk, 1), await asked_for(desk, 2), await asked_for(desk, 2)
    gone.cancel(), kept.cancel()
    await asyncio.wait([gone, kept])
    held.goes_on.set()
    assert await other == b"2"
    await asyncio.gather(*tasks)
    assert "1" not in [name for name, _ in held.begun] and len(held.begun) == len(tasks) + 1
    assert desk.thumbnails._orders == {} and desk.thumbnails._running == 0


async def test_who_asks_while_it_is_made_gets_the_same(desk: Desk, held: Held) -> None:
    tasks = await busy(desk, held)
    late = [desk.scope.start(ask(desk, 100), "ask") for _ in range(3)]
    order = desk.thumbnails._orders[key_of(Stamp(100, 1, 1), 128)]
    while len(order.waiting) < 4:
        await desk.store.get([0])
    tasks[0].cancel()
    held.goes_on.set()
    assert await asyncio.gather(*late) == [b"100"] * 3
    await asyncio.gather(*tasks[1:])
    assert [name for name, _ in held.begun].count("100") == 1


@pytest.mark.parametrize(("cores", "makers"), [(None, 2), (1, 2), (3, 3), (4, 4), (64, 4)])
async def test_so_many_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int | None, makers: int) -> None:
    monkeypatch.setattr(thumbnails.os, "cpu_count", lambda: cores)
    assert Desk(tmp_path).thumbnails._makers == makers


async def test_a_store_that_refuses_loses_nothing_that_cannot_be_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, stamp = desk.put("a.png")

    async def refuse(made: dict[int, bytes]) -> None:
        raise CannotSave("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "put", refuse)
        await desk.thumbnails.get(path, stamp, 128, 0)
        await desk.thumbnails.flush()
    assert await desk.thumbnails.cached({1: stamp}, 128) == {}
    assert await desk.thumbnails.get(path, stamp, 128, 0) is not None
    await turns()


async def test_closing_writes_down_what_was_made(desk: Desk) -> None:
    path, stamp = desk.put("a.png")
    await desk.thumbnails.get(path, stamp, 128, 0)
    await desk.thumbnails.close()
    assert list(await desk.store.get([key_of(stamp, 128)])) == [key_of(stamp, 128)]
