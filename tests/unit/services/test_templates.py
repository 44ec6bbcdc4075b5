"""The templates of an engine: listed, kept, read one after the other, told of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from oelala_desktop.domain.engine import Counted
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable, InvalidPreset, NotFound
from oelala_desktop.domain.events import EngineChanged, TemplateRead, TemplatesChanged
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.domain.template import Template, TemplateList
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.templates.catalogue import Templates
from oelala_desktop.sketch import templates as sketch
from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes import CATALOG
from tests.clock import SetClock

from .fake_engine import FakeEngine
from .telling import NotedScope, Told

REF = EngineRef("comfyui", "http://box:8188", "Box")
OTHER = EngineRef("comfyui", "http://shed:8188", "Shed")
FILM, STILL, PAID = "sketch_image_to_video", "sketch_missing_model", "api_sketch_example"
LISTED = TemplateList(
    (
        Template(FILM, "A film", uses=5, pictures=2),
        Template(PAID, "A paid one", uses=50, is_open=False),
        Template(STILL, "A still", uses=9, pictures=0),
    ),
    "1",
)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    base = tmp_path_factory.mktemp("sketch")
    (base / "input").mkdir()
    return parse_catalog({name: node.describe(Folders(base)) for name, node in CATALOG.items()})


def workflow(name: str) -> dict[str, Any]:
    found = sketch.workflow(name)
    assert found is not None
    return found


@pytest.fixture
def port(catalog: Catalog) -> FakeEngine:
    port = FakeEngine()
    port.listed, port.shelf = catalog, LISTED
    port.workflows = {name: workflow(name) for name in (FILM, PAID, STILL)}
    return port


class Room:
    """`engine` is the one in force."""

    def __init__(self, folder: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> None:
        self._given = (bus, scope, clock)
        self._folder = folder
        self.engine: Engine

    def engine_of(self, port: FakeEngine, ref: EngineRef = REF) -> Engine:
        self.engine = Engine(ref, port, *self._given)
        return self.engine

    def templates(self) -> Templates:
        """As after a new start: with nothing but what is on the disk."""
        bus, scope, clock = self._given
        return Templates(self._folder, lambda: self.engine, bus, scope, clock)


@pytest.fixture
def room(tmp_path: Path, bus: Bus, scope: NotedScope, clock: SetClock) -> Room:
    return Room(tmp_path / "templates", bus, scope, clock)


@pytest.fixture
async def templates(room: Room, port: FakeEngine, told: Told) -> Templates:
    """Of an engine that answers, its list read."""
    await room.engine_of(port).connect()
    templates = room.templates()
    await templates.refresh()
    return templates


# The list


async def test_the_list_is_the_servers_and_is_told_of(templates: Templates, told: Told) -> None:
    assert templates.templates == LISTED.templates
    assert (templates.server, templates.is_offline, templates.reason) == ("Box", False, "")
    assert len(told.of(TemplatesChanged)) == 1
    await templates.refresh()
    assert len(told.of(TemplatesChanged)) == 1, "nothing new"


async def test_while_the_server_is_away_the_last_list_is_shown(
    templates: Templates, room: Room, port: FakeEngine
) -> None:
    port.is_down = True
    room.engine_of(port)
    again = room.templates()
    await again.refresh()
    assert again.templates == LISTED.templates
    assert again.is_offline and again.reason == "It is down."


async def test_a_server_that_was_never_asked_has_no_list_and_a_reason(room: Room, port: FakeEngine) -> None:
    port.is_down = True
    room.engine_of(port)
    templates = room.templates()
    await templates.refresh()
    assert (templates.templates, templates.is_offline, templates.reason) == ((), False, "It is down.")


async def test_a_server_without_templates_says_so(room: Room, port: FakeEngine) -> None:
    port.fails["templates"] = EngineAnswer("It offers no templates.")
    await room.engine_of(port).connect()
    templates = room.templates()
    await templates.refresh()
    assert (templates.templates, templates.reason) == ((), "It offers no templates.")


async def test_the_list_of_one_server_does_not_mix_with_anothers(
    templates: Templates, room: Room, catalog: Catalog
) -> None:
    await templates.look(FILM)
    other = FakeEngine()
    other.listed, other.shelf = catalog, TemplateList((Template("theirs", "Theirs"),), "1")
    await room.engine_of(other, OTHER).connect()
    await templates.refresh()
    assert [template.name for template in templates.templates] == ["theirs"]
    assert templates.server == "Shed"
    assert templates.facts(FILM) is None
    with pytest.raises(NotFound):
        await templates.workflow(FILM)


async def test_a_list_that_is_damaged_on_the_disk_is_none(
    templates: Templates, room: Room, port: FakeEngine, tmp_path: Path
) -> None:
    (kept,) = (tmp_path / "templates").glob("*/list.json")
    for content in (b"", b"[]", b"{", b'{"form": 1, "templates": [{"name": 5}, 7]}', b'{"form": 2}', b"\xff" * 50):
        kept.write_bytes(content)
        port.is_down = True
        room.engine_of(port)
        again = room.templates()
        await again.refresh()
        assert again.templates == ()


# Facts


async def test_what_a_template_takes_is_read_from_its_workflow(templates: Templates, told: Told) -> None:
    facts = await templates.look(FILM)
    assert [tool.id for tool in facts.tools] == ["image-to-video"]
    assert "Picture" in facts.takes and facts.is_ready
    assert templates.facts(FILM) == facts
    assert told.of(TemplateRead) == [TemplateRead(FILM)]


async def test_what_the_server_lacks_is_a_fact(templates: Templates) -> None:
    facts = await templates.look(PAID)
    assert facts.lacking == ("ExamplePaidVideoNode",) and not facts.is_ready


async def test_a_workflow_that_is_none_is_a_fact(templates: Templates, port: FakeEngine) -> None:
    port.workflows[FILM] = {"hello": 1}
    facts = await templates.look(FILM)
    assert facts.fault and not facts.is_ready


async def test_model_files_are_there_missing_or_in_another_folder(
    templates: Templates, room: Room, port: FakeEngine, told: Told
) -> None:
    facts = await templates.look(STILL)
    (model,) = facts.missing
    assert (model.file, model.folder, model.state) == ("sketch_camera_style.safetensors", "loras", "missing")
    assert model.url == "https://example.com/sketch_camera_style.safetensors"
    for files, state, found in (
        ({"vae": (r"old\sketch_camera_style.safetensors",)}, "misplaced", "vae"),
        ({"loras": ("some/Sketch_Camera_Style.safetensors",)}, "there", ""),
        ({}, "missing", ""),
    ):
        port.models = dict(files)
        await templates.refresh()
        now = templates.facts(STILL)
        assert now is not None
        assert [(one.state, one.found) for one in now.models] == [(state, found)]
    assert told.of(TemplateRead) == [TemplateRead(STILL)] * 4


async def test_facts_are_kept_and_a_workflow_is_read_once(
    templates: Templates, room: Room, port: FakeEngine, told: Told, clock: SetClock
) -> None:
    found = {name: await templates.look(name) for name in (FILM, STILL, PAID)}
    await templates.keep()
    again = room.templates()
    await again.refresh()
    assert {name: again.facts(name) for name in found} == found
    still, paid, film = LISTED.templates[2], LISTED.templates[1], LISTED.templates[0]
    port.shelf = replace(LISTED, templates=(still, film, replace(paid, date="2026-11-29")))
    await again.refresh()
    again.start()
    await clock.until(told.until(TemplateRead, count=4))
    assert [event.name for event in told.of(TemplateRead)][3:] == [PAID], "the last, and no other before it"
    assert [name for name, _ in port.fetched] == [FILM, STILL, PAID, PAID]


async def test_facts_that_are_damaged_on_the_disk_are_read_again(
    templates: Templates, room: Room, tmp_path: Path
) -> None:
    facts = await templates.look(FILM)
    await templates.keep()
    (kept,) = (tmp_path / "templates").glob("*/facts.json")
    whole = kept.read_bytes()
    for wrong in (b"[", b"{}", whole.replace(b"image-to-video", b"no-such-tool"), whole.replace(b'"takes":', b'"t":')):
        kept.write_bytes(wrong)
        again = room.templates()
        await again.refresh()
        assert again.facts(FILM) is None
        assert await again.look(FILM) == facts


@pytest.mark.parametrize("change", ["mark", "date"])
async def test_a_workflow_that_may_be_another_is_read_again(
    templates: Templates, port: FakeEngine, change: str
) -> None:
    await templates.look(FILM)
    if change == "mark":
        port.shelf = replace(LISTED, mark="2")
    else:
        port.shelf = replace(LISTED, templates=(replace(LISTED.templates[0], date="2026-11-29"),))
    await templates.refresh()
    await templates.look(FILM)
    assert [name for name, _ in port.fetched] == [FILM, FILM]


async def test_two_who_look_at_one_template_read_it_once(templates: Templates, port: FakeEngine) -> None:
    one, other = await asyncio.gather(templates.look(FILM), templates.look(FILM))
    assert one is other
    assert len(port.fetched) == 1


async def test_who_looks_and_leaves_takes_it_from_nobody(
    templates: Templates, port: FakeEngine, scope: NotedScope
) -> None:
    port.holds["template"] = asyncio.Event()
    leaves = scope.start(templates.look(FILM), "leaves")
    stays = scope.start(templates.look(FILM), "stays")
    await port.called("template")
    leaves.cancel()
    port.holds["template"].set()
    assert (await stays).tools


async def test_what_was_read_is_looked_at_while_the_server_is_away(
    templates: Templates, room: Room, port: FakeEngine
) -> None:
    facts = await templates.look(FILM)
    path = await templates.picture(FILM)
    await templates.keep()
    port.is_down = True
    room.engine_of(port)
    again = room.templates()
    await again.refresh()
    assert again.facts(FILM) == facts == await again.look(FILM)
    assert await again.workflow(FILM) == workflow(FILM)
    assert await again.picture(FILM) == path
    with pytest.raises(EngineUnreachable):
        await again.workflow(STILL)
    with pytest.raises(EngineUnreachable):
        await again.look(STILL)
    with pytest.raises(InvalidPreset):
        await again.adoption(FILM)


# In the background


async def test_all_are_read_one_after_the_other_the_most_used_first_and_the_paid_last(
    room: Room, port: FakeEngine, told: Told, clock: SetClock
) -> None:
    await room.engine_of(port).connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    assert [event.name for event in told.of(TemplateRead)] == [STILL, FILM, PAID]


async def test_a_busy_engine_is_left_alone(
    room: Room, port: FakeEngine, told: Told, clock: SetClock, scope: NotedScope
) -> None:
    engine = room.engine_of(port)
    await engine.connect()
    engine.start()
    port.say(Counted(1))
    await told.until(EngineChanged, lambda event: event.engine.queue_remaining == 1)
    templates = room.templates()
    templates.start()
    await told.until(TemplatesChanged)
    await clock.advance(60)
    assert told.of(TemplateRead) == []
    port.say(Counted(0))
    await clock.until(told.until(TemplateRead, count=3))


async def test_one_that_does_not_come_keeps_no_other_from_it(
    room: Room, port: FakeEngine, told: Told, clock: SetClock
) -> None:
    del port.workflows[STILL]
    await room.engine_of(port).connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=2))
    assert templates.facts(STILL) is None
    assert told.notices == []


async def test_new_nodes_have_all_looked_at_anew(
    room: Room, port: FakeEngine, told: Told, clock: SetClock, catalog: Catalog
) -> None:
    engine = room.engine_of(port)
    await engine.connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    paid = NodeClass("ExamplePaidVideoNode", {"prompt": NodeInput("STRING", True, is_widget=True)}, ("VIDEO",))
    port.listed = replace(catalog, classes={**catalog.classes, paid.name: paid})
    await engine.connect()
    await clock.until(told.until(TemplateRead, lambda event: event.name == PAID, count=2))
    facts = templates.facts(PAID)
    assert facts is not None and facts.lacking == ()
    assert [name for name, _ in port.fetched] == [STILL, FILM, PAID], "the workflows are the same"


async def test_reading_ends_with_its_scope(room: Room, port: FakeEngine, scope: NotedScope) -> None:
    port.holds["template"] = asyncio.Event()
    await room.engine_of(port).connect()
    room.templates().start()
    await port.called("template")
    await scope.close()
    assert not scope._tasks


async def test_an_engine_that_goes_is_told_and_asked_again_when_it_is_back(
    room: Room, port: FakeEngine, told: Told, clock: SetClock
) -> None:
    engine = room.engine_of(port)
    await engine.connect()
    templates = room.templates()
    templates.start()
    await clock.until(told.until(TemplateRead, count=3))
    port.is_down = True
    with pytest.raises(EngineUnreachable):
        await engine.connect()
    assert templates.is_offline and templates.reason == "It is down."
    port.is_down = False
    await engine.connect()
    await clock.until(told.until(TemplatesChanged, count=3))
    assert not templates.is_offline


# Pictures, and what users saved


async def test_a_picture_is_fetched_once(templates: Templates, port: FakeEngine) -> None:
    path = await templates.picture(FILM)
    assert path.read_bytes()[1:4] == b"PNG"
    assert await templates.picture(FILM) == path
    assert port.calls.count("template_picture") == 1
    assert await templates.picture(FILM, 2) != path


@pytest.mark.parametrize("content", [b"<!doctype html>", b"GIF8", b"\x00" * 100, b"%PDF-1.7"])
async def test_what_is_no_picture_is_not_kept(
    templates: Templates, port: FakeEngine, tmp_path: Path, content: bytes
) -> None:
    port.contents[FILM] = content
    with pytest.raises(EngineAnswer):
        await templates.picture(FILM)
    assert not list(tmp_path.glob("templates/*/pictures/*"))


async def test_a_picture_that_there_is_not_is_not_asked_for(templates: Templates, port: FakeEngine) -> None:
    for name, number in ((FILM, 3), (FILM, 0), (STILL, 1), ("none", 1)):
        with pytest.raises(NotFound):
            await templates.picture(name, number)
    assert "template_picture" not in port.calls


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("A lamp / at night", "oelala_A_lamp_at_night.json"),
        ("oelala_20261129_x", "oelala_20261129_x.json"),
        ("../..", "oelala_workflow.json"),
        ("łóżko" * 100, "oelala_"),
    ],
)
async def test_a_workflow_is_saved_under_a_name_of_ours(
    templates: Templates, port: FakeEngine, name: str, kept: str
) -> None:
    path = await templates.save_workflow(name, {"nodes": [], "links": []})
    assert path.startswith(kept)
    assert path.isascii() and "/" not in path and len(path) < 120
    assert await templates.saved() == (path,)
    assert await templates.saved_workflow(path) == {"nodes": [], "links": []}


async def test_a_preset_can_be_made_of_one(templates: Templates) -> None:
    adoption = await templates.adoption(FILM)
    assert [tool.id for tool in adoption.tools] == ["image-to-video"]
