"""Changes of the index, gathered."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.services.library.announcing import Announcer
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock, turns

from .telling import NotedScope, Told


@pytest.fixture
def announcer(bus: Bus, scope: TaskScope, clock: SetClock) -> Announcer:
    return Announcer(bus, scope, clock)


async def test_what_comes_within_a_tenth_of_a_second_is_told_together(
    announcer: Announcer, told: Told, clock: SetClock, scope: NotedScope
) -> None:
    announcer.tell(added=[1])
    announcer.tell(changed=[2], removed=[3])
    assert scope.names == ["announce"]
    await clock.until_asleep()
    assert told.all == [LibraryChanged((1,), (2,), (3,))]
    announcer.tell(added=[4])
    announcer.tell(changed=[5])
    await turns()
    await clock.advance(0.09)
    assert len(told.all) == 1
    await clock.advance(0.02)
    assert told.all[1:] == [LibraryChanged((4,), (5,), ())]
    assert clock.naps == [0.1, 0.1]


async def test_it_ends_when_there_is_no_more_and_begins_anew(announcer: Announcer, told: Told, clock: SetClock) -> None:
    announcer.tell(added=[1])
    await clock.until_asleep()
    await clock.advance(1)
    assert clock.asleep == 0
    announcer.tell(removed=[1])
    await clock.until_asleep()
    assert told.all == [LibraryChanged((1,)), LibraryChanged((), (), (1,))]


async def test_nothing_is_not_told(announcer: Announcer, told: Told, clock: SetClock) -> None:
    announcer.tell()
    announcer.tell(added=[1])
    announcer.tell(removed=[1])
    await turns()
    assert told.all == [] and clock.naps == []


@pytest.mark.parametrize(
    ("steps", "event"),
    [
        ([("added", 1), ("changed", 1)], LibraryChanged((1,))),
        ([("changed", 1), ("removed", 1)], LibraryChanged((), (), (1,))),
        ([("removed", 1), ("changed", 1)], LibraryChanged((), (), (1,))),
        ([("removed", 1), ("added", 1)], LibraryChanged((), (1,))),
        ([("changed", 1), ("removed", 1), ("added", 1)], LibraryChanged((), (1,))),
        ([("changed", 2), ("changed", 1), ("changed", 2)], LibraryChanged((), (2, 1))),
        ([("added", 2), ("added", 1), ("added", 3), ("removed", 1)], LibraryChanged((2, 3))),
    ],
)
async def test_each_is_told_as_what_became_of_it(
    announcer: Announcer, told: Told, clock: SetClock, steps: list[tuple[str, int]], event: LibraryChanged
) -> None:
    for what, item in steps:
        announcer.tell(**{what: [item]})
    await clock.until_asleep()
    assert told.all == [event]


async def test_one_call_may_take_and_bring_the_same(announcer: Announcer, told: Told, clock: SetClock) -> None:
    announcer.tell(added=[1], changed=[1], removed=[1])
    await clock.until_asleep()
    assert told.all == [LibraryChanged((), (1,))]
