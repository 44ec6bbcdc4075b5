"""What keeps the jobs of one engine going: sending, hearing, watching."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.engine import (
    Absent,
    Counted,
    Previewed,
    Running,
    Started,
)
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.events import JobPreviewed
from oelala_desktop.domain.job import Progress
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .disk import FULL, Disk
from .driving import OTHER, Desk, S
from .fake_engine import FakeEngine
from .telling import NotedScope


@pytest.fixture(params=[False, True], ids=["ids of its own", "our ids"])
def port(request: pytest.FixtureRequest) -> FakeEngine:
    return FakeEngine(takes_our_ids=request.param)


@pytest.fixture
async def desk(port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock) -> AsyncIterator[Desk]:
    async with TaskScope("test") as scope:
        yield Desk(port, store, scope, tmp_path / "out", clock)


# Sent


async def test_a_paused_queue_sends_nothing(desk: Desk, port: FakeEngine) -> None:
    desk.driver.paused = True
    await desk.add()
    await desk.clock.advance(30)
    assert port.submitted == [] and desk.states == [("j1", S.QUEUED)]


async def test_other_processes_of_this_home_take_places_too(tmp_path: Path, port: FakeEngine, clock: SetClock) -> None:
    store = Disk(tmp_path / "shared.sqlite3", is_alive=lambda owner: owner == OTHER)
    await store.open()
    clock.drawn = 1.0
    async with TaskScope("test") as scope:
        desk = Desk(port, store, scope, tmp_path / "out", clock)
        theirs = [desk.job(name, owner=OTHER, state=S.SENT) for name in ("x", "y")]
        await store.save(*theirs)
        await desk.engine.wait_online()
        await desk.add()
        await store.called("on_server_of_others")
        while 1.25 not in clock.naps:
            await clock.until_naps(len(clock.naps) + 1)
        assert port.submitted == []
        await store.save(replace(theirs[0], state=S.DONE))
        await desk.has(1)
    await store.close()


async def test_a_full_disk_leaves_it_here_and_is_told(desk: Desk, port: FakeEngine, store: Disk) -> None:
    store.refuses["claim"] = [FULL]
    await desk.add()
    await desk.has(1)
    assert desk.told.notices == [("error", "The disk is full.", "j1")]
    assert 1.0 in desk.clock.naps


async def test_its_tasks_are_called_by_what_they_do(
    port: FakeEngine, store: Disk, tmp_path: Path, scope: NotedScope, clock: SetClock
) -> None:
    desk = Desk(port, store, scope, tmp_path / "out", clock)
    await desk.driver.cancel_waiting()
    assert scope.names[:3] == ["send to Theirs", "watch Theirs", "engine Theirs"]
    assert "end what waits" in scope.names


# Heard


async def test_a_picture_of_what_is_made_is_told_of_its_job(desk: Desk, port: FakeEngine) -> None:
    await desk.add("a")
    await desk.add("b")
    first, second = await desk.has(2)
    await desk.until("a", S.SENT)
    port.say(Previewed(None, b"0", "image/png"))
    port.run(first)
    await desk.until("a", S.RUNNING)
    port.say(Previewed(None, b"1", "image/png"), Previewed(second, b"2", "image/jpeg"))
    port.say(Previewed("nobody", b"3", "image/png"))
    await desk.told.until(JobPreviewed, count=2)
    port.run(second)
    await desk.until("b", S.RUNNING)
    port.say(Previewed(None, b"4", "image/png"), Previewed(first, b"5", "image/png"))
    await desk.told.until(JobPreviewed, count=3)
    assert desk.told.of(JobPreviewed) == [
        JobPreviewed("a", b"1", "image/png"),
        JobPreviewed("b", b"2", "image/jpeg"),
        JobPreviewed("a", b"5", "image/png"),
    ]


async def test_an_engine_that_comes_back_is_asked_about_all_that_it_has(desk: Desk, port: FakeEngine) -> None:
    await desk.add("a")
    await desk.add("b")
    handles = await desk.has(2)
    await desk.until("b", S.SENT)
    await turns(50)
    port.asked.clear()
    desk.driver.reached()
    await desk.clock.until(port.called("ask", port.calls.count("ask") + 1))
    await turns()
    assert set(port.asked) >= set(handles)


# Watched


async def test_it_looks_every_half_second(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    await desk.clock.until_asleep()
    assert "cancels" not in store.calls
    await desk.clock.skip()
    await turns()
    assert "cancels" not in store.calls, "there is nothing to end"
    await desk.add()
    await desk.clock.until(store.called("cancels", 3))
    assert set(desk.clock.naps) == {0.5}


async def test_a_wish_to_end_what_waits_here_is_obeyed_too(desk: Desk, store: Disk) -> None:
    desk.driver.paused = True
    await desk.add()
    await store.ask_cancel("j1", "nobody")
    assert (await desk.end_of()).state is S.CANCELLED


async def test_a_disk_that_refuses_is_asked_again(desk: Desk, store: Disk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    desk.driver.paused = True
    await desk.add()
    await store.ask_cancel("j1")
    store.refuses["cancels"] = [FULL]
    assert (await desk.end_of()).state is S.CANCELLED
    assert "cancelling: The disk is full." in caplog.messages


async def test_a_wish_is_passed_on_once(desk: Desk, port: FakeEngine, store: Disk) -> None:
    await desk.add()
    await desk.has(1)
    await desk.until("j1", S.SENT)
    port.stands = lambda handle: Running()
    await store.ask_cancel("j1")
    await desk.clock.until(store.called("cancels", store.calls.count("cancels") + 5))
    assert port.calls.count("cancel") > 1 and store.calls.count("ask_cancel") == 2
    port.stands = lambda handle: Absent()
    assert (await desk.end_of()).state is S.CANCELLED


async def test_what_waits_after_a_job_of_another_process_goes_when_that_is_done(
    desk: Desk, port: FakeEngine, store: Disk
) -> None:
    before = desk.job("before", owner=OTHER, state=S.RUNNING)
    await store.save(before)
    await desk.add("a", after="before")
    await desk.clock.until(store.called("get", 3))
    assert port.submitted == []
    await store.save(replace(before, state=S.FAILED, retried_as="again"))
    await store.save(desk.job("again", owner=OTHER, state=S.DONE))
    await desk.has(1)
    assert (await desk.row("a")).after == "again"
    gets = store.calls.count("get")
    await desk.clock.advance(2)
    await turns(20)
    assert store.calls.count("get") == gets, "what is out waits after nothing"


async def test_what_is_told_of_no_job_of_ours_is_passed_over(desk: Desk, port: FakeEngine) -> None:
    await desk.add()
    (handle,) = await desk.has(1)
    await desk.until("j1", S.SENT)
    port.say(Started("nobody", Progress()), Previewed("nobody", b"", "image/png"), Counted(3))
    port.say(Started(handle, Progress(0.1)))
    await desk.until("j1", S.RUNNING)
    assert desk.told.notices == [] and desk.told.of(JobPreviewed) == []


async def test_nothing_is_sent_to_an_engine_that_is_away(desk: Desk, port: FakeEngine) -> None:
    await desk.engine.wait_online()
    port.fails["reach"] = EngineUnreachable("It is down.")
    with pytest.raises(EngineUnreachable):
        await desk.engine.connect()
    await desk.add()
    await desk.clock.advance(5)
    assert port.submitted == [] and "send" not in port.calls
    del port.fails["reach"]
    await desk.has(1)
