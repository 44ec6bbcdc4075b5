"""Templates are read one after the other while the engine has nothing to do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from oelala_desktop.domain.engine import Counted
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.events import EngineChanged, TemplateRead, TemplatesChanged
from tests.clock import SetClock

from .fake_engine import FakeEngine
from .telling import NotedScope, Told
from .templating import FILM, PAID, STILL, Room


async def test_all_are_read_one_after_the_other_the_most_used_first_and_the_paid_last(
    room: Room, stocked: FakeEngine, told: Told, clock: SetClock
) -> None:
    await room.engine_of(stocked).connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    assert [event.name for event in told.of(TemplateRead)] == [STILL, FILM, PAID]


async def test_a_busy_engine_is_left_alone(
    room: Room, stocked: FakeEngine, told: Told, clock: SetClock, scope: NotedScope
) -> None:
    engine = room.engine_of(stocked)
    await engine.connect()
    engine.start()
    stocked.say(Counted(1))
    await told.until(EngineChanged, lambda event: event.engine.queue_remaining == 1)
    templates = room.templates()
    templates.start()
    await clock.until_asleep()
    await clock.advance(60)
    assert told.of(TemplateRead) == []
    stocked.say(Counted(0))
    await clock.until(told.until(TemplateRead, count=3))


async def test_one_that_does_not_come_keeps_no_other_from_it(
    room: Room, stocked: FakeEngine, told: Told, clock: SetClock
) -> None:
    del stocked.workflows[STILL]
    await room.engine_of(stocked).connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=2))
    assert templates.facts(STILL) is None
    assert told.notices == []


async def test_new_nodes_have_all_looked_at_anew(
    room: Room, stocked: FakeEngine, told: Told, clock: SetClock, catalog: Catalog
) -> None:
    engine = room.engine_of(stocked)
    await engine.connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    paid = NodeClass("ExamplePaidVideoNode", {"prompt": NodeInput("STRING", True, is_widget=True)}, ("VIDEO",))
    stocked.listed = replace(catalog, classes={**catalog.classes, paid.name: paid})
    await engine.connect()
    await clock.until(told.until(TemplateRead, lambda event: event.name == PAID, count=2))
    facts = templates.facts(PAID)
    assert facts is not None and facts.lacking == ()
    assert [name for name, _ in stocked.fetched] == [STILL, FILM, PAID], "the workflows are the same"


async def test_reading_ends_with_its_scope(room: Room, stocked: FakeEngine, scope: NotedScope) -> None:
    stocked.holds["template"] = asyncio.Event()
    await room.engine_of(stocked).connect()
    room.templates().start()
    await stocked.called("template")
    await scope.close()
    assert not scope._tasks


async def test_an_engine_that_goes_is_told_and_asked_again_when_it_is_back(
    room: Room, stocked: FakeEngine, told: Told, clock: SetClock
) -> None:
    engine = room.engine_of(stocked)
    await engine.connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    stocked.is_down = True
    with pytest.raises(EngineUnreachable):
        await engine.connect()
    assert templates.is_offline and templates.reason == "It is down."
    stocked.is_down = False
    await engine.connect()
    await clock.until(told.until(TemplatesChanged, count=3))
    assert not templates.is_offline
