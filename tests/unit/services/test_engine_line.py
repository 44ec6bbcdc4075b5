"""The line of an engine: waited for, told of where there is none, opened anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from oelala_desktop.domain.engine import (
    EngineEvent,
    Listening,
)
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.events import EngineState
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .fake_engine import FakeEngine
from .telling import Told

REF = EngineRef("comfyui", "http://box:8188", "ComfyUI at box:8188")
DOWN = EngineUnreachable("It is down.", kind="refused")
NO_SOCKET = EngineUnreachable("It opens no socket.", kind="no_socket")
ONLINE = EngineState("theirs", "http://theirs", "Theirs at box:8188", "online", version="1", device="A100")
OFFLINE = EngineState("comfyui", "http://box:8188", "ComfyUI at box:8188", "offline")


@pytest.fixture
def engine(port: FakeEngine, bus: Bus, scope: TaskScope, clock: SetClock) -> Engine:
    return Engine(REF, port, bus, scope, clock)


# The line


async def test_a_submission_waits_until_the_line_is_open(
    engine: Engine, port: FakeEngine, clock: SetClock, scope: TaskScope
) -> None:
    port.holds["events"] = asyncio.Event()
    waiting = scope.start(engine.wait_listening(1.5), "wait")
    await clock.until_asleep()
    assert clock.naps == [1.5]
    await engine.connect()
    await turns()
    assert not waiting.done()
    port.holds["events"].set()
    await waiting
    await engine.wait_listening(1.5)
    assert clock.now == 1000.0


async def test_but_not_for_longer_than_that_and_not_where_there_is_none(
    engine: Engine, port: FakeEngine, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await clock.until(engine.wait_listening(1.5))
    assert clock.now == 1001.5
    assert "ComfyUI at box:8188: no socket yet" in caplog.messages
    port.fails["events"] = NO_SOCKET
    await engine.connect()
    await clock.until_naps(2)
    caplog.clear()
    await engine.wait_listening(1.5)
    assert clock.now == 1001.5 and caplog.messages == []


async def test_a_line_that_broke_is_waited_for_again(
    engine: Engine, port: FakeEngine, clock: SetClock, scope: TaskScope
) -> None:
    await engine.connect()
    await engine.wait_listening(1.5)
    port.cut_line()
    await clock.until_asleep()
    waiting = scope.start(engine.wait_listening(10.0), "wait")
    await turns()
    assert not waiting.done()
    await clock.skip()
    await waiting


async def test_a_server_that_opens_no_socket_is_told_of_once(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    port.fails["events"] = NO_SOCKET
    await engine.connect()
    for _ in range(3):
        await clock.until_asleep()
        await clock.skip()
    assert told.notices == [("warning", "It opens no socket.", None)]
    assert engine.is_online
    assert await engine.socket_of(3.0) == engine.socket_trouble == "It opens no socket."
    del port.fails["events"]
    await clock.until(port.called("events", 5))
    await turns()
    assert (engine.socket_trouble, await engine.socket_of(3.0)) == ("", "")
    port.fails["events"] = NO_SOCKET
    port.cut_line()
    await clock.until(port.called("events", 6))
    await turns()
    assert len(told.notices) == 1 and engine.socket_trouble == "It opens no socket."


async def test_what_a_server_that_opens_no_socket_has_is_known(
    engine: Engine, port: FakeEngine, clock: SetClock
) -> None:
    port.fails["events"] = NO_SOCKET
    port.newer = port.listed
    engine.start()
    await clock.until(port.called("new_lists"))
    await turns()
    assert engine.is_online and engine.lists is port.listed


async def test_that_is_not_told_of_a_server_that_is_ill_altogether(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    port.fails["events"] = NO_SOCKET
    await engine.connect()
    port.is_down = True
    await clock.until_asleep()
    assert told.notices == []
    port.is_down = False
    await clock.skip()
    await clock.until_asleep()
    assert len(told.notices) == 1


async def test_a_line_that_was_open_and_broke_is_no_such_trouble(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    class Breaking(FakeEngine):
        async def events(self) -> AsyncGenerator[EngineEvent]:
            yield Listening()
            raise NO_SOCKET

    engine.port = Breaking()
    await engine.connect()
    await clock.until_asleep()
    assert told.notices == [] and engine.socket_trouble == ""


async def test_other_trouble_with_the_line_is_none_of_the_sockets(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    port.fails["events"] = EngineUnreachable("The line broke.", kind="closed")
    await engine.connect()
    assert await engine.socket_of(3.0) == ""
    assert told.notices == []


async def test_one_that_says_neither_yes_nor_no_is_late(engine: Engine, port: FakeEngine, clock: SetClock) -> None:
    port.holds["events"] = asyncio.Event()
    assert await clock.until(engine.socket_of(3.0)) == ""
    await engine.connect()
    assert await clock.until(engine.socket_of(3.0)) == "It tells nothing by itself."
    assert clock.now == 1006.0


async def test_a_line_that_seems_dead_is_opened_anew(engine: Engine, port: FakeEngine, clock: SetClock) -> None:
    engine.renew_socket()
    await turns()
    assert port.calls == []
    await engine.connect()
    await port.called("events")
    engine.renew_socket()
    await clock.until(port.called("events", 2))
    assert port.calls.count("renew_line") == 1


async def test_one_that_stops_to_answer_while_its_line_is_open_is_tried_again(
    engine: Engine, told: Told, port: FakeEngine, clock: SetClock
) -> None:
    await engine.connect()
    await engine.wait_listening(1.0)
    port.fails["reach"] = DOWN
    with pytest.raises(EngineUnreachable):
        await engine.connect()
    assert not engine.is_online
    del port.fails["reach"]
    await clock.until(engine.wait_online())
    assert port.calls.count("renew_line") == 1
    await port.called("events", 2)
