"""What the lives of jobs ask for, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import Ended, Failure, Order, Progressed, Running, ServerFile, Standing, Waiting
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.events import JobChanged, JobFinished, JobProgressed, MediaAdded
from oelala_desktop.domain.job import JobError, Output, Progress
from oelala_desktop.domain.life import RULES, Flight, Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import CancelWished, Chosen, EngineBack, Held, LetGo, Prepared
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.carrying import Carrier
from oelala_desktop.services.queue.inability import Inability
from tests.clock import SetClock, turns

from .carrying_out import REF, Desk, S, preset_of
from .disk import Disk
from .driving import nothing_to_fill
from .fake_engine import FakeEngine
from .telling import NotedScope, Told


@pytest.fixture
def desk(port: FakeEngine, store: Disk, bus: Bus, scope: TaskScope, clock: SetClock, tmp_path: Path) -> Desk:
    engine = Engine(REF, port, bus, scope, clock)
    inability = Inability(store, preset_of, clock)
    carrier = Carrier(engine, store, bus, scope, lambda job: {}, inability, nothing_to_fill, RULES, clock)
    return Desk(carrier, engine, port, tmp_path / "out")


# Admitted, and told


async def test_what_is_admitted_may_be_sent(desk: Desk) -> None:
    desk.carrier.admit(Flight(desk.job()))
    assert desk.carrier.more.is_set() and desk.port.followed == []
    desk.out("j2")
    assert [order.id for order in desk.port.followed] == ["j2"]
    assert [order.handle for order in desk.port.followed] == ["h-j2"]


async def test_a_job_that_is_not_here_is_passed_over(desk: Desk) -> None:
    assert desk.carrier.happened("nobody", Chosen()) == []


async def test_what_was_sent_wakes_whoever_waits_for_it(desk: Desk, clock: SetClock, scope: TaskScope) -> None:
    desk.carrier.admit(Flight(desk.job()))
    desk.port.fails["submit"] = KeyError("bug")
    (task,) = desk.carrier.happened("j1", Chosen())
    assert not desk.carrier.sent.is_set() and task.get_name() == "test: prepare j1"
    await clock.until(desk.carrier.sent.wait())
    assert desk.flight().stage is Stage.OUT


async def test_one_that_becomes_ready_may_be_sent(desk: Desk) -> None:
    desk.carrier.admit(Flight(desk.job()))
    desk.carrier.more.clear()
    desk.carrier.happened("j1", Held("editor"))
    assert not desk.carrier.more.is_set()
    desk.carrier.happened("j1", LetGo("editor"))
    assert desk.carrier.more.is_set()


async def test_progress_and_changes_are_told(desk: Desk, told: Told) -> None:
    desk.out(state=S.SENT)
    desk.carrier.happened("j1", Progressed("h-j1", Progress(0.5, "Pass")))
    (progressed,) = told.of(JobProgressed)
    assert (progressed.job_id, progressed.progress.fraction, progressed.progress.node) == ("j1", 0.5, "Pass")
    assert [event.job.state for event in told.of(JobChanged)] == [S.RUNNING]


async def test_a_fault_of_our_own_is_noted_and_borne(desk: Desk, told: Told, store: Disk, clock: SetClock) -> None:
    store.refuses["times"] = [KeyError("bug")]
    desk.carrier.admit(Flight(desk.job()))
    desk.carrier.happened("j1", Chosen())
    await desk.carrier.sent.wait()
    assert desk.flight().stage is Stage.HERE and desk.flight().tries == 1
    assert told.notices[0][1].startswith("Following the jobs on Theirs met a fault in Oelala itself (KeyError)")


async def test_an_action_that_nobody_knows_is_an_error_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.carrier._say("j1", "what")  # type: ignore[arg-type]
    assert caplog.messages == ["nobody carries out str"]


# The end


async def test_an_end_is_told_in_its_order_and_to_what_waits_after_it(desk: Desk, told: Told, store: Disk) -> None:
    desk.port.standings["h-j1"] = Ended((ServerFile("a.png", "", "output"), ServerFile("a.txt", "", "output")), None, 3)
    desk.port.contents["a.txt"] = b"words"
    desk.out()
    desk.carrier.admit(Flight(desk.job("j2", after="j1")))
    desk.carrier.admit(Flight(desk.job("j3", after="other")))
    desk.carrier.more.clear()
    await desk.carrier.ask()
    finished = await told.until(JobFinished)
    job = finished.job
    kinds = [output.kind for output in job.outputs]
    assert (job.state, kinds) == (S.DONE, ["image", "file"])
    last = [event for event in told.all if not isinstance(event, JobProgressed)][-3:]
    assert last == [JobChanged(job), MediaAdded(job.outputs[0].path, "j1"), JobFinished(job)]
    assert desk.flight("j2").freed and not desk.flight("j3").freed
    assert desk.carrier.more.is_set() and desk.carrier.board.find("j1") is None
    await desk.port.is_released.wait()
    assert desk.port.left_alone == ["h-j1"] and desk.port.released == ["h-j1"]
    assert await store.get("j1") == job
    assert [seconds for _, seconds in await store.times("theirs http://theirs", job.preset)] == [3.0]


async def test_an_end_without_a_result_leaves_what_goes_on_from_it_waiting(desk: Desk, told: Told) -> None:
    desk.port.standings["h-j1"] = Ended((), Failure(JobError("It broke.", "other")))
    desk.out()
    desk.carrier.admit(Flight(desk.job("j2", after="j1")))
    await desk.carrier.ask()
    finished = await told.until(JobFinished)
    assert (finished.job.id, finished.job.state) == ("j1", S.FAILED)
    assert (desk.flight("j2").job.state, desk.flight("j2").is_ready) == (S.QUEUED, False)


# Asking


async def test_those_that_are_due_are_asked_one_by_one(desk: Desk) -> None:
    desk.port.standings |= {"h-a": Waiting(3), "h-b": Running()}
    desk.out("a", state=S.SENT)
    desk.out("b", state=S.SENT)
    desk.out("c", due=5000.0)
    await desk.carrier.ask()
    assert desk.port.asked == ["h-a", "h-b"]
    assert desk.flight("a").progress.ahead == 3
    assert desk.flight("b").job.state is S.RUNNING
    await desk.carrier.ask()
    assert desk.port.calls.count("ask") == 1, "none is due"


async def test_two_do_not_ask_at_once(desk: Desk, scope: TaskScope) -> None:
    desk.port.standings["h-a"] = Running()
    desk.port.holds["ask"] = asyncio.Event()
    desk.out("a")
    asking = [scope.start(desk.carrier.ask(), "ask") for _ in range(2)]
    await desk.port.called("ask")
    await turns()
    desk.port.holds["ask"].set()
    await asyncio.wait(asking)
    assert desk.port.calls.count("ask") == 1


async def test_an_engine_that_does_not_answer_is_asked_again_later(
    desk: Desk, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    desk.port.is_down = True
    desk.out("a")
    await desk.carrier.ask()
    assert desk.flight("a").due == clock.now + 1.0
    assert "asking Theirs: It is down." in caplog.messages


async def test_those_that_were_answered_before_the_line_broke_are_not_asked_again(desk: Desk, clock: SetClock) -> None:
    async def ask(orders: Sequence[Order]) -> AsyncGenerator[tuple[Order, Standing]]:
        yield orders[0], Running()
        raise EngineUnreachable("The line broke.")

    desk.port.ask = ask  # type: ignore[method-assign]
    desk.out("a")
    desk.out("b")
    await desk.carrier.ask()
    assert (desk.flight("a").due, desk.flight("b").due) == (None, clock.now + 1.0)


async def test_a_fault_while_asking_is_noted(desk: Desk, clock: SetClock, told: Told) -> None:
    desk.port.fails["ask"] = KeyError("bug")
    desk.out("a")
    await desk.carrier.ask()
    assert desk.flight("a").due == clock.now + 1.0 and len(told.notices) == 1


async def test_an_answer_that_we_stumble_over_is_one_that_cannot_be_understood(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.port.standings |= {"h-a": Running(), "h-b": Running()}
    desk.out("a", state=S.SENT)
    desk.out("b", state=S.SENT)
    take = desk.carrier.board.take

    def stumble(job_id: str, fact: Any) -> Any:
        if job_id == "a" and isinstance(fact, Running):
            raise KeyError("bug")
        return take(job_id, fact)

    monkeypatch.setattr(desk.carrier.board, "take", stumble)
    await desk.carrier.ask()
    assert desk.flight("a").baffled == 1 and desk.flight("b").job.state is S.RUNNING
    assert len(told.notices) == 1


async def test_an_outcome_that_we_stumble_over_counts_as_one_that_did_not_come(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.carrier.admit(Flight(desk.job()))
    take = desk.carrier.board.take

    def stumble(job_id: str, fact: Any) -> Any:
        if isinstance(fact, Prepared):
            raise KeyError("bug")
        return take(job_id, fact)

    monkeypatch.setattr(desk.carrier.board, "take", stumble)
    tasks = desk.carrier.happened("j1", Chosen())
    desk.port.fails["events"] = EngineUnreachable("none", kind="no_socket")
    await desk.engine.connect()
    async with asyncio.timeout(20):
        await asyncio.wait(tasks)
    assert desk.flight().tries == 1 and desk.flight().stage is Stage.HERE


async def test_an_engine_that_is_back_is_asked_at_once(desk: Desk) -> None:
    desk.port.standings["h-a"] = Running()
    desk.out("a", due=9999.0)
    tasks = desk.carrier.happened("a", EngineBack())
    assert [task.get_name() for task in tasks] == ["test: ask Theirs"]
    await asyncio.wait(tasks)
    assert desk.port.asked == ["h-a"]


# Fetching


async def test_who_is_to_be_cancelled_while_nothing_comes_is_fetched_no_longer(
    desk: Desk, told: Told, clock: SetClock
) -> None:
    desk.port.standings["h-j1"] = Ended((ServerFile("a.png", "", "output"),))
    desk.port.fails["fetch"] = EngineUnreachable("The line broke.")
    await desk.engine.connect()
    desk.out()
    await desk.carrier.ask()
    await desk.port.called("fetch")
    await clock.until_asleep()
    assert desk.flight().stalled and desk.flight().stage is Stage.FETCHING
    fetching = desk.carrier._fetches["j1"]
    desk.carrier.happened("j1", CancelWished())
    assert (await told.until(JobFinished)).job.state is S.CANCELLED
    await asyncio.wait([fetching], timeout=20)
    assert fetching.cancelled(), "it does not wait for the line any more"
    calls = desk.port.calls.count("fetch")
    await clock.advance(60)
    assert desk.port.calls.count("fetch") == calls


async def test_what_comes_through_all_the_same_is_kept(desk: Desk, told: Told) -> None:
    desk.port.standings["h-j1"] = Ended((ServerFile("a.png", "", "output"),))
    desk.port.holds["fetch"] = asyncio.Event()
    desk.out()
    await desk.carrier.ask()
    await desk.port.called("fetch")
    desk.carrier.happened("j1", CancelWished())
    desk.port.holds["fetch"].set()
    assert (await told.until(JobFinished)).job.state is S.DONE


# What its tasks are called


async def test_its_tasks_are_called_by_what_they_do_and_their_job(
    desk: Desk, told: Told, scope: NotedScope, clock: SetClock
) -> None:
    desk.carrier.admit(Flight(desk.job()))
    desk.carrier.happened("j1", Chosen())
    (handle,) = await clock.until(desk.port.has(1))
    await clock.until(told.until(JobChanged, lambda event: event.job.state is S.SENT))
    await turns(20)
    desk.port.end(handle, silently=True)
    await clock.until(desk.carrier.sent.wait())
    desk.carrier.happened("j1", EngineBack())
    await clock.until(told.until(JobFinished))
    await clock.until(desk.port.is_released.wait())
    names = list(dict.fromkeys(scope.names))
    assert names == ["prepare j1", "claim j1", "submit j1", "write j1", "ask Theirs", "fetch j1", "remember j1"]
    desk.out("j2")
    desk.carrier.happened("j2", CancelWished())
    failure = Failure(JobError("It failed.", "node"), "1", "why")
    for action in (do.Look(desk.job("j3")), do.TryWithout(desk.job("j4"), failure)):
        desk.carrier._carry_out(action.job.id, action)
    assert scope.names[-3:] == ["cancel j2", "look for j3", "remake j4"]
    await scope.empty()


# Said at once


async def test_what_is_said_at_once(desk: Desk, told: Told) -> None:
    job = desk.job(outputs=(Output("/a.flac", "audio", None, None, None, None),))
    desk.carrier._say("j1", do.Complain("The disk is full."))
    desk.carrier._say("j1", do.Leave("h1"))
    desk.carrier._say("j1", do.StopFetching())
    desk.carrier._say("j1", do.Announce(job))
    assert told.notices == [("error", "The disk is full.", "j1")]
    assert desk.port.left_alone == ["h1"]
    assert told.of(MediaAdded) == [], "a sound is not seen"
    desk.engine.about = await desk.port.reach()
    desk.carrier._say("j1", do.RenewLine())
    await desk.port.called("renew_line")


# Nothing is kept of what is over


async def test_nothing_is_kept_of_a_job_that_is_over(desk: Desk, told: Told) -> None:
    desk.port.standings["h-j1"] = Ended((ServerFile("a.png", "", "output"),))
    desk.out()
    await desk.carrier.ask()
    await told.until(JobFinished)
    assert not desk.carrier.lanes._lanes and not desk.carrier._fetches


async def test_who_is_to_be_cancelled_gives_up_as_soon_as_nothing_comes(
    desk: Desk, told: Told, clock: SetClock
) -> None:
    desk.port.standings["h-j1"] = Ended((ServerFile("a.png", "", "output"),))
    desk.port.holds["fetch"] = asyncio.Event()
    await desk.engine.connect()
    desk.out()
    await desk.carrier.ask()
    await desk.port.called("fetch")
    desk.carrier.happened("j1", CancelWished())
    assert desk.flight().stage is Stage.FETCHING
    desk.port.fails["fetch"] = EngineUnreachable("The line broke.")
    desk.port.holds["fetch"].set()
    assert (await clock.until(told.until(JobFinished))).job.state is S.CANCELLED
    assert desk.port.calls.count("fetch") == 1
