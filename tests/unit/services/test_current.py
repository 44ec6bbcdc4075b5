"""Which engine new jobs go to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineUnreachable, InvalidField
from oelala_desktop.domain.events import EngineChanged, EngineSelected, EngineState
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.engines.all import BUILT_IN, EnginePool
from oelala_desktop.services.engines.current import CurrentEngine
from oelala_desktop.services.engines.servers import Servers
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import ENGINE_CHOICE, ENGINE_URL
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets
from tests.clock import SetClock, turns
from tests.unit.domain.samples import shipped

from .fake_engine import FakeEngine
from .telling import NotedScope, Told

USUAL = "http://127.0.0.1:8188"
AI = "image-to-video.wan22-14b"


class Desk:
    def __init__(self, folder: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> None:
        preferences = Preferences(folder / "preferences.json")
        self.clock = clock
        self.settings = Settings(preferences, bus, scope)
        self.servers = Servers(preferences, Secrets(folder / "secrets.json", use_keyring=False))
        self.ports: dict[str, FakeEngine] = {}
        self.pool = EnginePool(bus, scope, preferences, self.build, self.servers, clock)
        self.current = CurrentEngine(self.pool, bus, scope, self.settings)

    def build(self, ref: EngineRef) -> FakeEngine:
        self.ports[ref.url] = FakeEngine()
        self.ports[ref.url].listed = Catalog({}, sketch=ref == BUILT_IN)
        return self.ports[ref.url]

    def down(self, url: str = USUAL) -> None:
        self.pool.for_ref(EngineRef("comfyui", url, f"ComfyUI at {url.partition('//')[2]}") if url else BUILT_IN)
        self.ports[url].is_down = True

    @property
    def url(self) -> str:
        return self.current.engine.ref.url


@pytest.fixture
def desk(tmp_path: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> Desk:
    return Desk(tmp_path, bus, scope, clock)


def chosen(told: Told) -> list[EngineState]:
    return [event.engine for event in told.of(EngineSelected)]


async def online(told: Told) -> None:
    await told.until(EngineChanged, lambda event: event.engine.state == "online")
    await turns()


# Started


async def test_the_users_own_is_in_force_from_the_first_moment(desk: Desk, told: Told) -> None:
    assert (desk.current.choice, desk.current.url, desk.url) == ("auto", USUAL, USUAL)
    desk.current.start()
    assert [state.url for state in chosen(told)] == [USUAL]
    await online(told)
    assert desk.url == USUAL and desk.current.engine.is_online
    assert len(chosen(told)) == 1


async def test_what_the_last_run_chose_holds(desk: Desk, told: Told, scope: NotedScope) -> None:
    desk.settings.set(ENGINE_CHOICE, "sketch")
    desk.current.start()
    assert (desk.current.choice, desk.url) == ("sketch", "")
    assert scope.names[-1] == "start Sketch"
    await online(told)
    assert list(desk.ports) == [""], "nobody asks for ComfyUI"


@pytest.mark.parametrize(
    ("name", "choice", "url"), [("sketch", "sketch", ""), ("auto", "auto", USUAL), ("box:9", "comfyui", "http://box:9")]
)
async def test_a_name_overrides_it_for_this_run(desk: Desk, name: str, choice: str, url: str) -> None:
    desk.settings.set(ENGINE_CHOICE, "comfyui")
    desk.current.start(name)
    assert (desk.current.choice, desk.url) == (choice, url)
    assert desk.settings.get(ENGINE_CHOICE) == "comfyui"
    assert desk.servers.token_for == ("http://box:9" if name == "box:9" else "")


# Chosen


async def test_a_choice_is_kept(desk: Desk, told: Told) -> None:
    desk.current.start()
    desk.current.choose("sketch")
    assert (desk.url, desk.settings.get(ENGINE_CHOICE)) == ("", "sketch")
    assert [state.url for state in chosen(told)] == [USUAL, ""]
    desk.current.choose("comfyui")
    assert (desk.url, desk.current.choice) == (USUAL, "comfyui")


async def test_another_address_is_kept_and_chosen(desk: Desk, told: Told) -> None:
    desk.current.start("sketch")
    desk.current.connect_to("box:9/")
    assert (desk.url, desk.current.url, desk.current.choice) == ("http://box:9", "http://box:9", "comfyui")
    assert (desk.settings.get(ENGINE_URL), desk.settings.get(ENGINE_CHOICE)) == ("http://box:9", "comfyui")
    await told.until(EngineChanged, lambda event: event.engine.state == "online")
    await desk.ports["http://box:9"].called("reach")
    with pytest.raises(InvalidField):
        desk.current.connect_to("ftp://box")
    assert desk.url == "http://box:9"


async def test_whoever_tries_again_tries_both(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.down()
    desk.current.start()
    await told.until(EngineSelected, lambda event: event.engine.kind != "comfyui")
    assert desk.url == ""
    before = desk.ports[USUAL].calls.count("reach")
    desk.current.retry()
    await desk.ports[USUAL].called("reach", before + 1)


async def test_with_sketch_nobody_asks_for_the_other(desk: Desk, told: Told) -> None:
    desk.current.start("sketch")
    await online(told)
    desk.current.retry()
    await turns()
    assert list(desk.ports) == [""]


# Automatic


async def test_sketch_stands_in_while_the_users_own_is_down(
    desk: Desk, told: Told, clock: SetClock, scope: NotedScope
) -> None:
    desk.down()
    desk.current.start()
    await told.until(EngineSelected, count=2)
    assert desk.url == "" and desk.current.engine.is_online
    assert scope.names.count("start Sketch") == 1
    desk.ports[USUAL].is_down = False
    await clock.until(told.until(EngineSelected, count=3))
    assert desk.url == USUAL


async def test_a_choice_of_the_users_own_is_not_overridden(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.settings.set(ENGINE_CHOICE, "comfyui")
    desk.down()
    desk.current.start()
    await told.until(EngineChanged, lambda event: event.engine.state == "offline")
    await clock.until_naps(1)
    assert desk.url == USUAL and list(desk.ports) == [USUAL]


async def test_what_another_engine_does_changes_nothing(desk: Desk, told: Told, bus: Bus) -> None:
    desk.current.start()
    await online(told)
    bus.publish(EngineChanged(EngineState("comfyui", "http://other", "Other", "offline")))
    await turns()
    assert list(desk.ports) == [USUAL]


async def test_a_sketch_that_does_not_start_leaves_things_as_they_are(
    desk: Desk, told: Told, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    desk.down()
    desk.down("")
    desk.current.start()
    await desk.ports[""].called("reach")
    await turns()
    assert desk.url == USUAL and "It is down." in caplog.messages
    assert len(chosen(told)) == 1


async def test_a_sketch_that_comes_late_takes_nothing_from_one_that_is_back(
    desk: Desk, told: Told, clock: SetClock
) -> None:
    desk.down()
    sketch = desk.pool.for_ref(BUILT_IN)
    desk.ports[""].holds["reach"] = asyncio.Event()
    desk.current.start()
    await desk.ports[""].called("reach")
    desk.ports[USUAL].is_down = False
    await clock.until(told.until(EngineChanged, lambda event: event.engine.url == "http://theirs"))
    desk.ports[""].holds["reach"].set()
    await sketch.wait_online()
    await turns()
    assert desk.url == USUAL and len(chosen(told)) == 1


async def test_a_choice_made_meanwhile_counts(desk: Desk, told: Told) -> None:
    desk.down()
    desk.pool.for_ref(BUILT_IN)
    desk.ports[""].holds["reach"] = asyncio.Event()
    desk.current.start()
    await desk.ports[""].called("reach")
    desk.current.choose("comfyui")
    desk.ports[""].holds["reach"].set()
    await desk.pool.for_ref(BUILT_IN).wait_online()
    await turns()
    assert desk.url == USUAL


# For a job


async def test_a_job_goes_to_the_one_in_force(desk: Desk, told: Told) -> None:
    desk.current.start()
    await online(told)
    engine = await desk.current.for_new_job()
    assert engine.ref.url == USUAL and engine.lists is not None
    calls = list(desk.ports[USUAL].calls)
    await desk.current.for_new_job(shipped(AI))
    assert desk.ports[USUAL].calls.count("lists") == calls.count("lists")


async def test_under_auto_sketch_stands_in_at_once(desk: Desk, told: Told) -> None:
    desk.down()
    desk.current.start()
    engine = await desk.current.for_new_job()
    assert engine.ref == BUILT_IN and desk.current.engine is engine
    assert engine.is_online


async def test_but_not_for_a_wish_that_it_cannot_run(desk: Desk, told: Told) -> None:
    wish = shipped(AI)
    needs = f"{wish.name} needs it: the built-in Sketch engine runs no AI model."
    desk.down()
    with pytest.raises(EngineUnreachable) as raised:
        await desk.current.for_new_job(wish)
    assert raised.value.message == f"{USUAL} does not answer. {needs}"
    desk.ports[USUAL].fails["reach"] = EngineUnreachable("No such name.", kind="name")
    desk.current.start()
    await told.until(EngineChanged, lambda event: event.engine.state == "offline")
    with pytest.raises(EngineUnreachable) as raised:
        await desk.current.for_new_job(wish)
    assert (raised.value.message, raised.value.kind) == (f"No such name. {needs}", "name")


async def test_one_that_was_chosen_and_never_answered_is_no_place_for_it(desk: Desk) -> None:
    desk.settings.set(ENGINE_CHOICE, "comfyui")
    desk.down()
    desk.current.start()
    with pytest.raises(EngineUnreachable):
        await desk.current.for_new_job()
    assert desk.url == USUAL


async def test_sketch_that_was_chosen_runs_what_it_can_without_a_word(desk: Desk) -> None:
    desk.current.start("sketch")
    assert (await desk.current.for_new_job(shipped(AI))).ref == BUILT_IN
