"""What an engine has, for who cannot do without: waited for while it is being found out, and no longer."""

from __future__ import annotations

import asyncio

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .fake_engine import FakeEngine

DOWN = EngineUnreachable("It is down.", kind="refused")


@pytest.fixture
def engine(port: FakeEngine, bus: Bus, scope: TaskScope, clock: SetClock) -> Engine:
    return Engine(EngineRef("comfyui", "http://box:8188", "ComfyUI at box:8188"), port, bus, scope, clock)


async def test_the_first_answer_is_waited_for_by_who_needs_to_know_what_it_has(
    engine: Engine, port: FakeEngine, scope: TaskScope, clock: SetClock
) -> None:
    port.listed = Catalog({})
    port.holds["lists"] = asyncio.Event()
    connecting = scope.start(engine.connect(), "connect")
    waiting = scope.start(engine.catalog_soon(20.0), "wait")
    await clock.until_asleep()
    assert engine.catalog is None and not waiting.done()
    port.holds["lists"].set()
    assert await waiting is port.listed
    assert await engine.catalog_soon() is port.listed and clock.now == 1000.0
    await connecting


async def test_it_is_waited_for_where_a_line_stays_open_too(
    engine: Engine, port: FakeEngine, scope: TaskScope, clock: SetClock
) -> None:
    port.newer = Catalog({})
    engine.start()
    waiting = scope.start(engine.catalog_soon(20.0), "wait")
    assert await waiting is port.newer and clock.now == 1000.0


async def test_but_not_for_ever_nor_where_nobody_asks_nor_after_an_attempt_that_failed(
    engine: Engine, port: FakeEngine, scope: TaskScope, clock: SetClock
) -> None:
    assert await engine.catalog_soon(20.0) is None and clock.now == 1000.0
    port.holds["reach"] = asyncio.Event()
    connecting = scope.start(engine.connect(), "connect")
    await turns()
    await clock.until(engine.catalog_soon(20.0))
    assert clock.now == 1020.0
    port.fails["reach"] = DOWN
    port.holds["reach"].set()
    with pytest.raises(EngineUnreachable):
        await connecting
    assert await engine.catalog_soon(20.0) is None and clock.now == 1020.0
