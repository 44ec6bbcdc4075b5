"""The engines of a process: one for each address, and which one a name means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineUnreachable, InvalidField
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.engines.all import BUILT_IN, EnginePool, Wanted, refuse_instead
from oelala_desktop.services.engines.servers import Servers
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets
from tests.clock import SetClock
from tests.unit.domain.samples import shipped

from .fake_engine import FakeEngine

AI, SKETCH = "image-to-video.wan22-14b", "image-to-video.sketch"
DOWN = "It is down."


class Desk:
    def __init__(self, folder: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> None:
        self.preferences = Preferences(folder / "preferences.json")
        self.servers = Servers(self.preferences, Secrets(folder / "secrets.json", use_keyring=False))
        self.ports: dict[str, FakeEngine] = {}
        self.pool = EnginePool(bus, scope, self.preferences, self.build, self.servers, clock)

    def build(self, ref: EngineRef) -> FakeEngine:
        assert ref.url not in self.ports, "one for each address"
        port = self.ports[ref.url] = FakeEngine()
        port.listed = Catalog({}, sketch=ref == BUILT_IN)
        return port


@pytest.fixture
def desk(tmp_path: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> Desk:
    return Desk(tmp_path, bus, scope, clock)


@pytest.fixture
def pool(desk: Desk) -> EnginePool:
    return desk.pool


def test_each_address_has_one_engine(pool: EnginePool) -> None:
    one = pool.for_ref(EngineRef("comfyui", "http://box", "Box"))
    assert pool.for_ref(EngineRef("comfyui", "http://box", "another name")) is one
    assert pool.for_ref(EngineRef("comfyui", "http://other")) is not one
    assert pool.for_ref(EngineRef("other", "http://box2")) is not one
    assert one.ref == EngineRef("comfyui", "http://box", "Box")


async def test_a_name_is_sketch_a_server_or_an_address(desk: Desk, pool: EnginePool) -> None:
    await desk.servers.add("Attic", "http://attic:8188")
    assert pool.named(" Sketch ").ref == BUILT_IN == EngineRef("sketch", "", "Sketch")
    assert pool.named("ATTIC").ref == EngineRef("comfyui", "http://attic:8188", "Attic")
    assert pool.named("http://attic:8188/") is pool.named("attic")
    assert pool.named("box:9").ref == EngineRef("comfyui", "http://box:9", "ComfyUI at box:9")
    with pytest.raises(InvalidField):
        pool.named("ftp://box")


async def test_an_address_that_has_a_name_is_called_by_it(desk: Desk, pool: EnginePool) -> None:
    await desk.servers.add("Attic", "http://attic:8188")
    await desk.servers.add("Barn", "http://barn:8188")
    assert pool.named("barn:8188").ref.name == "Barn"


async def test_the_clock_is_everybodys(desk: Desk, pool: EnginePool, clock: SetClock) -> None:
    engine = pool.named("box:9")
    desk.ports["http://box:9"].is_down = True
    engine.start()
    await clock.until_naps(1)


def test_the_token_goes_to_what_this_run_names(desk: Desk, pool: EnginePool) -> None:
    pool.named("other:1")
    assert desk.servers.token_for == ""
    engine = pool.of_this_run("box:9")
    assert (engine.ref.url, desk.servers.token_for) == ("http://box:9", "http://box:9")


def test_the_usual_address_is_the_users_own(desk: Desk, pool: EnginePool) -> None:
    assert pool.default_url == "http://127.0.0.1:8188"
    desk.preferences.update({"engine_url": "http://box:9"})
    assert pool.default_url == "http://box:9"
    desk.preferences.update({"engine_url": ""})
    assert pool.default_url == "http://127.0.0.1:8188"


# Chosen


async def test_a_named_engine_is_connected(pool: EnginePool, desk: Desk) -> None:
    engine, remark = await pool.choose("box:9")
    assert (engine.ref.url, engine.is_online, remark) == ("http://box:9", True, "")
    assert desk.servers.token_for == "http://box:9"


@pytest.mark.parametrize(
    ("name", "kind", "hint"),
    [
        ("attic", "name", True),
        ("attic", "refused", False),
        ("attic.local", "name", False),
        ("attic:8188", "name", False),
        ("http://attic/x", "name", False),
    ],
)
async def test_what_may_have_been_meant_as_a_name_is_told_to_be_none(
    pool: EnginePool, desk: Desk, name: str, kind: str, hint: bool
) -> None:
    pool.named(name)
    (port,) = desk.ports.values()
    port.fails["reach"] = EngineUnreachable("No such host.", kind=kind)
    with pytest.raises(EngineUnreachable) as raised:
        await pool.choose(name)
    said = "No such host. No server is named attic either; “oelala servers” lists those that have names."
    assert raised.value.message == (said if hint else "No such host.")
    assert raised.value.kind == kind


async def test_auto_takes_the_users_own_and_sketch_only_while_that_is_down(pool: EnginePool, desk: Desk) -> None:
    engine, remark = await pool.choose(" AUTO ")
    assert (engine.ref.url, remark, desk.servers.token_for) == ("http://127.0.0.1:8188", "", "")
    desk.ports["http://127.0.0.1:8188"].is_down = True
    engine, remark = await pool.choose("auto")
    assert (engine.ref, engine.is_online) == (BUILT_IN, True)
    assert remark == f"{DOWN} Using the built-in Sketch engine instead: no AI model."


async def test_sketch_stands_in_for_nothing_that_it_cannot_run(pool: EnginePool, desk: Desk) -> None:
    pool.named("127.0.0.1:8188")
    desk.ports["http://127.0.0.1:8188"].fails["reach"] = EngineUnreachable(DOWN, kind="tls")
    wish = shipped(AI)
    with pytest.raises(EngineUnreachable) as raised:
        await pool.choose("auto", wish)
    assert raised.value.kind == "tls"
    assert raised.value.message == f"{DOWN} {wish.name} needs it: the built-in Sketch engine runs no AI model."


async def test_what_sketch_makes_of_it_is_said_only_where_it_makes_it(pool: EnginePool, desk: Desk) -> None:
    pool.named("127.0.0.1:8188")
    desk.ports["http://127.0.0.1:8188"].fails["reach"] = EngineUnreachable(DOWN, kind="tls")
    for name, words in (("image-to-video", "no AI model, just a camera move."), ("upscaler", "no AI model.")):
        free = replace(shipped(f"{name}.sketch"), template={})
        engine, remark = await pool.choose("auto", None, [Wanted(TOOLS[name], (free,), {})])
        assert (engine.ref, remark) == (BUILT_IN, f"{DOWN} Using the built-in Sketch engine instead: {words}")
    faces = [shipped(f"face-swap.{name}") for name in ("qwen-image-21", "scail2")]
    wanted = [Wanted(TOOLS["upscaler"], (free,), {}), Wanted(TOOLS["face-swap"], faces, {"face": "a.png"})]
    with pytest.raises(EngineUnreachable) as raised:
        await pool.choose("auto", None, wanted)
    needs = "Face Swap needs an AI model, and the built-in Sketch engine runs none."
    assert (raised.value.message, raised.value.kind) == (f"{DOWN} {needs}", "tls")


async def test_what_is_not_known_to_be_lacking_is_not_refused(pool: EnginePool, desk: Desk) -> None:
    sketch = pool.for_ref(BUILT_IN)
    refuse_instead(sketch, shipped(AI), DOWN, "refused")
    desk.ports[""].listed = replace(Catalog({}), sketch=True)
    await sketch.connect()
    refuse_instead(sketch, None, DOWN, "refused")
    with pytest.raises(EngineUnreachable):
        refuse_instead(sketch, shipped(AI), DOWN, "refused")


async def test_all_are_closed(pool: EnginePool, desk: Desk) -> None:
    pool.named("a")
    pool.named("b")
    await pool.close()
    assert [port.calls for port in desk.ports.values()] == [["close"], ["close"]]
