"""One engine, kept connected: when it is tried again, what it says of itself, and who hears what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine import (
    Abilities,
    Counted,
    EngineEvent,
    Listening,
    ListsChanged,
    Progressed,
    Unlisted,
    Words,
)
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineState
from oelala_desktop.domain.job import EngineRef, Progress
from oelala_desktop.services.engines.engine import WAITS, Engine, Waits
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .fake_engine import FakeEngine
from .telling import NotedScope, Told

REF = EngineRef("comfyui", "http://box:8188", "ComfyUI at box:8188")
DOWN = EngineUnreachable("It is down.", kind="refused")
NO_SOCKET = EngineUnreachable("It opens no socket.", kind="no_socket")
ONLINE = EngineState("theirs", "http://theirs", "Theirs at box:8188", "online", version="1", device="A100")
OFFLINE = EngineState("comfyui", "http://box:8188", "ComfyUI at box:8188", "offline")


class Ear:
    def __init__(self, *, is_waiting: bool = False) -> None:
        self.is_waiting = is_waiting
        self.heard: list[EngineEvent | str] = []
        self.came = asyncio.Event()

    def reached(self) -> None:
        self.hear("reached")

    def hear(self, event: EngineEvent | str) -> None:
        self.heard.append(event)
        self.came.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.heard) < count:
                self.came.clear()
                await self.came.wait()


@pytest.fixture
def engine(port: FakeEngine, bus: Bus, scope: TaskScope, clock: SetClock) -> Engine:
    return Engine(REF, port, bus, scope, clock)


def states(told: Told) -> list[EngineState]:
    """As they were told, each once."""
    seen = [event.engine for event in told.of(EngineChanged)]
    return seen[:1] + [after for before, after in pairwise(seen) if before != after]


# Connecting


async def test_it_says_who_answers(engine: Engine, told: Told, port: FakeEngine) -> None:
    assert engine.state == OFFLINE and not engine.is_online
    assert (engine.name, engine.made_by, engine.is_ai) == ("ComfyUI at box:8188",) * 2 + (True,)
    await engine.connect()
    assert engine.is_online
    assert states(told) == [replace(OFFLINE, state="connecting"), ONLINE]
    assert (engine.name, engine.made_by) == ("Theirs at box:8188", "Theirs 1")
    assert port.calls[:2] == ["reach", "lists"]
    assert engine.lists == Unlisted() and engine.catalog is None


async def test_an_engine_without_devices_has_no_device(engine: Engine, port: FakeEngine) -> None:
    reach = port.reach

    async def bare() -> object:
        return replace(await reach(), devices=())

    port.reach = bare  # type: ignore[method-assign, assignment]
    await engine.connect()
    assert engine.state.device == ""


async def test_lists_are_its_catalog(engine: Engine, port: FakeEngine, told: Told) -> None:
    port.listed = Catalog({})
    await engine.connect()
    assert engine.catalog is port.listed
    assert [event.engine.state for event in told.of(EngineChanged)] == ["connecting", "online", "online"]


async def test_only_a_kind_that_runs_models_does_and_only_where_it_turns_out_so(
    port: FakeEngine, bus: Bus, scope: TaskScope
) -> None:
    sketch = Engine(EngineRef("sketch"), port, bus, scope)
    assert not sketch.is_ai
    port.abilities = Abilities(is_ai=False)
    engine = Engine(REF, port, bus, scope)
    assert engine.is_ai
    await engine.connect()
    assert not engine.is_ai


async def test_a_name_of_the_users_own_stays(port: FakeEngine, bus: Bus, scope: TaskScope) -> None:
    port.words = Words("", "made")
    engine = Engine(REF, port, bus, scope)
    await engine.connect()
    assert engine.name == "ComfyUI at box:8188"
    port.words = Words("Theirs", "made")
    named = Engine(replace(REF, name="Attic"), port, bus, scope)
    await named.connect()
    assert named.name == named.state.name == "Attic"


async def test_one_that_does_not_answer_says_why(engine: Engine, told: Told, port: FakeEngine) -> None:
    port.fails["reach"] = EngineUnreachable("No such name.", kind="name")
    with pytest.raises(EngineUnreachable) as raised:
        await engine.connect()
    assert raised.value is port.fails["reach"]
    assert states(told)[-1] == replace(OFFLINE, reason="No such name.", reason_kind="name")
    assert port.calls == ["reach"]


async def test_what_else_goes_wrong_is_no_answer_either(engine: Engine, port: FakeEngine) -> None:
    port.fails["reach"] = OelalaError("The key is bad.", detail="raw")
    with pytest.raises(EngineUnreachable) as raised:
        await engine.connect()
    assert (raised.value.message, raised.value.detail, raised.value.kind) == ("The key is bad.", "raw", "refused")
    assert (engine.state.reason, engine.state.reason_kind) == ("The key is bad.", "")


async def test_reasons_go_when_it_answers_again(engine: Engine, port: FakeEngine) -> None:
    port.fails["reach"] = EngineUnreachable("No such name.", kind="name")
    with pytest.raises(EngineUnreachable):
        await engine.connect()
    del port.fails["reach"]
    await engine.connect()
    assert engine.state == ONLINE


async def test_it_is_waited_for(engine: Engine, scope: TaskScope, port: FakeEngine) -> None:
    waiting = scope.start(engine.wait_online(), "wait")
    await turns()
    assert not waiting.done()
    await engine.connect()
    await waiting
    port.fails["reach"] = DOWN
    with pytest.raises(EngineUnreachable):
        await engine.connect()
    waiting = scope.start(engine.wait_online(), "wait")
    await turns()
    assert not waiting.done()


# Tried again


async def test_waits_double_up_to_fifteen_seconds_and_are_spread_by_a_quarter(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    port.is_down = True
    clock.drawn = 0.0
    engine.start()
    engine.start()
    for count in range(8):
        await clock.until_naps(count + 1)
        await clock.skip()
    waits = [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert clock.naps[:8] == [0.75 * wait for wait in waits]
    assert states(told) == [
        replace(OFFLINE, state="connecting"),
        replace(OFFLINE, reason="It is down.", reason_kind="refused"),
    ]


async def test_they_stay_short_while_somebody_waits_for_its_word(
    engine: Engine, port: FakeEngine, clock: SetClock
) -> None:
    port.is_down = True
    engine.attach(Ear())
    engine.attach(Ear(is_waiting=True))
    engine.start()
    for count in range(5):
        await clock.until_naps(count + 1)
        await clock.skip()
    assert clock.naps[:5] == [0.5, 1.0, 1.5, 1.5, 1.5]


async def test_whoever_asks_for_it_need_not_wait(engine: Engine, told: Told, port: FakeEngine, clock: SetClock) -> None:
    engine.retry_now()
    assert told.all == []
    port.is_down = True
    engine.start()
    await clock.until_naps(1)
    port.is_down = False
    engine.retry_now()
    assert engine.state.state == "connecting"
    await told.until(EngineChanged, lambda event: event.engine.state == "online")
    assert clock.now == 1000.0
    engine.retry_now()
    assert engine.is_online


async def test_a_line_that_held_lets_the_waits_begin_anew(engine: Engine, port: FakeEngine, clock: SetClock) -> None:
    ear = Ear()
    engine.attach(ear)
    await engine.connect()
    for held in (0.0, 5.0, 5.1):
        while Listening() not in ear.heard:
            await ear.until(len(ear.heard) + 1)
        ear.heard.clear()
        await clock.advance(held)
        port.cut_line()
        await clock.until_asleep()
        await clock.skip()
    assert clock.naps == [0.5, 1.0, 0.5]


async def test_a_line_that_breaks_is_opened_without_asking_who_it_is_if_that_was_just_said(
    engine: Engine, port: FakeEngine, clock: SetClock
) -> None:
    await engine.connect()
    await port.called("events")
    assert port.calls.count("reach") == 1
    clock.drawn = 0.0
    port.cut_line()
    await clock.skip()  # 0.375 s
    await port.called("events", 2)
    assert port.calls.count("reach") == 1
    port.cut_line()
    await clock.skip()
    await port.called("events", 3)
    assert port.calls.count("reach") == 2


async def test_who_it_is_holds_for_half_a_second(engine: Engine, port: FakeEngine, clock: SetClock) -> None:
    await engine.connect()
    await port.called("events")
    port.cut_line()
    await clock.skip()
    await port.called("events", 2)
    assert (clock.now, port.calls.count("reach")) == (1000.5, 1)


async def test_a_fault_of_our_own_ends_no_engine(engine: Engine, told: Told, port: FakeEngine, clock: SetClock) -> None:
    port.fails["events"] = KeyError("bug")
    await engine.connect()
    await clock.until_naps(1)
    assert told.notices[0][1].startswith("Listening to ComfyUI at box:8188 met a fault")
    del port.fails["events"]
    ear = Ear()
    engine.attach(ear)
    await clock.until(ear.until(2))
    assert ear.heard[-2:] == ["reached", Listening()]


# What it tells


async def test_all_hear_what_it_tells_whatever_one_of_them_makes_of_it(
    engine: Engine, told: Told, port: FakeEngine
) -> None:
    class Deaf(Ear):
        def hear(self, event: EngineEvent | str) -> None:
            raise KeyError(event)

    ear, event = Ear(), Progressed("h1", Progress(0.5))
    engine.attach(Deaf())
    engine.attach(ear)
    await engine.connect()
    port.say(event, Counted(3))
    await ear.until(5)
    assert ear.heard == ["reached", "reached", Listening(), event, Counted(3)]
    assert engine.state.queue_remaining == 3
    assert states(told)[-1] == replace(ONLINE, queue_remaining=3)
    assert len(told.notices) == 1


async def test_it_is_reached_once_for_each_time_that_it_comes(engine: Engine, port: FakeEngine) -> None:
    ear = Ear()
    engine.attach(ear)
    port.fails["events"] = DOWN
    await engine.connect()
    await engine.connect()
    assert ear.heard == ["reached"]


async def test_lists_are_read_again_when_it_says_so(engine: Engine, told: Told, port: FakeEngine) -> None:
    await engine.connect()
    await port.called("events")
    port.newer = Catalog({})
    port.say(ListsChanged())
    await port.called("new_lists")
    await turns()
    assert engine.catalog is port.newer
    assert port.calls.count("new_lists") == 1


async def test_a_line_that_opens_late_has_missed_changes_of_the_lists(
    engine: Engine, port: FakeEngine, clock: SetClock
) -> None:
    engine.waits = Waits(first=3.0, longest=3.0)
    await engine.connect()
    await port.called("events")
    port.cut_line()
    await clock.skip()
    await port.called("events", 2)
    await turns()
    assert (clock.now, port.calls.count("new_lists")) == (1003.0, 0)
    clock.move(0.001)
    port.cut_line()
    await clock.skip()
    await port.called("new_lists")
    await turns()
    # they were the same, which holds for three seconds as well
    assert engine.lists == Unlisted()
    port.cut_line()
    await clock.skip()
    await port.called("events", 4)
    await turns()
    assert port.calls.count("new_lists") == 1


async def test_lists_that_do_not_come_stay_as_they_were(engine: Engine, port: FakeEngine) -> None:
    port.listed = Catalog({})
    await engine.connect()
    await port.called("events")
    port.fails["new_lists"] = EngineAnswer("Broken.")
    port.say(ListsChanged())
    await port.called("new_lists")
    await turns()
    assert engine.catalog is port.listed and engine.is_online


# Passed on, and closed


async def test_its_tasks_are_called_by_what_they_do(engine: Engine, port: FakeEngine, scope: NotedScope) -> None:
    await engine.connect()
    await port.called("events")
    port.say(ListsChanged())
    await port.called("new_lists")
    engine.renew_socket()
    name = "ComfyUI at box:8188"
    assert scope.names == [f"engine {name}", f"catalog of {name}", f"renew the socket of {name}"]


async def test_it_passes_on_what_is_asked(engine: Engine, port: FakeEngine) -> None:
    assert await engine.is_well()
    await engine.free_memory()
    assert port.calls == ["is_well", "free"]
    port.is_down = True
    assert not await engine.is_well()
    with pytest.raises(EngineUnreachable):
        await engine.free_memory()


async def test_its_end_is_the_end_of_its_loop(engine: Engine, port: FakeEngine) -> None:
    await engine.connect()
    await port.called("events")
    await engine.close()
    assert port.calls[-1] == "close"
    port.cut_line()
    await turns()
    assert port.calls.count("events") == 1
    fresh = FakeEngine()
    await Engine(REF, fresh, Bus(), TaskScope("test")).close()
    assert fresh.calls == ["close"]


async def test_one_that_was_closed_may_be_started_again(engine: Engine, port: FakeEngine) -> None:
    await engine.connect()
    await port.called("events")
    await engine.close()
    engine.start()
    await port.called("events", 2)


def test_the_waits() -> None:
    assert Waits(first=0.5, longest=15.0, needed=1.5, steady=5.0, lists_hold=3.0) == WAITS
