"""The templates of an engine: listed, kept, read one after the other, told of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable, InvalidPreset, NotFound
from oelala_desktop.domain.events import TemplateRead, TemplatesChanged
from oelala_desktop.domain.template import Template, TemplateList
from oelala_desktop.services.templates.catalogue import Templates
from tests.clock import SetClock

from .fake_engine import FakeEngine
from .telling import NotedScope, Told
from .templating import FILM, LISTED, OTHER, PAID, STILL, Room, workflow


@pytest.fixture
async def templates(room: Room, offerer: FakeEngine, told: Told) -> Templates:
    """Of an engine that answers, its list read."""
    await room.engine_of(offerer).connect()
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
    templates: Templates, room: Room, offerer: FakeEngine
) -> None:
    offerer.is_down = True
    room.engine_of(offerer)
    again = room.templates()
    await again.refresh()
    assert again.templates == LISTED.templates
    assert again.is_offline and again.reason == "It is down."


async def test_a_server_that_was_never_asked_has_no_list_and_a_reason(room: Room, offerer: FakeEngine) -> None:
    offerer.is_down = True
    room.engine_of(offerer)
    templates = room.templates()
    await templates.refresh()
    assert (templates.templates, templates.is_offline, templates.reason) == ((), False, "It is down.")


async def test_a_server_without_templates_says_so(room: Room, offerer: FakeEngine) -> None:
    offerer.fails["templates"] = EngineAnswer("It offers no templates.")
    await room.engine_of(offerer).connect()
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
    templates: Templates, room: Room, offerer: FakeEngine, tmp_path: Path
) -> None:
    (kept,) = (tmp_path / "templates").glob("*/list.json")
    for content in (b"", b"[]", b"{", b'{"form": 1, "templates": [{"name": 5}, 7]}', b'{"form": 2}', b"\xff" * 50):
        kept.write_bytes(content)
        offerer.is_down = True
        room.engine_of(offerer)
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


async def test_a_workflow_that_is_none_is_a_fact(templates: Templates, offerer: FakeEngine) -> None:
    offerer.workflows[FILM] = {"hello": 1}
    facts = await templates.look(FILM)
    assert facts.fault and not facts.is_ready


async def test_what_stood_there_instead_of_a_workflow_is_asked_for_again(
    templates: Templates, offerer: FakeEngine
) -> None:
    good = offerer.workflows[FILM]
    offerer.workflows[FILM] = {"error": "later"}
    assert await templates.workflow(FILM) == {"error": "later"}
    offerer.workflows[FILM] = good
    for _ in range(2):
        assert await templates.workflow(FILM) == good
    assert [name for name, _ in offerer.fetched] == [FILM, FILM]


async def test_model_files_are_there_missing_or_in_another_folder(
    templates: Templates, room: Room, offerer: FakeEngine, told: Told
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
        offerer.models = dict(files)
        await templates.refresh()
        now = templates.facts(STILL)
        assert now is not None
        assert [(one.state, one.found) for one in now.models] == [(state, found)]
    assert told.of(TemplateRead) == [TemplateRead(STILL)] * 4


async def test_facts_are_kept_and_a_workflow_is_read_once(
    templates: Templates, room: Room, offerer: FakeEngine, told: Told, clock: SetClock
) -> None:
    found = {name: await templates.look(name) for name in (FILM, STILL, PAID)}
    await templates.keep()
    again = room.templates()
    await again.refresh()
    assert {name: again.facts(name) for name in found} == found
    still, paid, film = LISTED.templates[2], LISTED.templates[1], LISTED.templates[0]
    offerer.shelf = replace(LISTED, templates=(still, film, replace(paid, date="2026-11-29")))
    await again.refresh()
    again.start()
    await clock.until(told.until(TemplateRead, count=4))
    assert [event.name for event in told.of(TemplateRead)][3:] == [PAID], "the last, and no other before it"
    assert [name for name, _ in offerer.fetched] == [FILM, STILL, PAID, PAID]


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
    templates: Templates, offerer: FakeEngine, change: str
) -> None:
    await templates.look(FILM)
    if change == "mark":
        offerer.shelf = replace(LISTED, mark="2")
    else:
        offerer.shelf = replace(LISTED, templates=(replace(LISTED.templates[0], date="2026-11-29"),))
    await templates.refresh()
    await templates.look(FILM)
    assert [name for name, _ in offerer.fetched] == [FILM, FILM]


async def test_one_that_bears_no_date_may_always_be_another(templates: Templates, offerer: FakeEngine) -> None:
    offerer.shelf = replace(LISTED, templates=(replace(LISTED.templates[0], date=""),))
    await templates.refresh()
    await templates.workflow(FILM)
    offerer.workflows[FILM] = workflow(STILL)
    assert await templates.workflow(FILM) == workflow(STILL)
    offerer.is_down = True
    assert await templates.workflow(FILM) == workflow(STILL)


async def test_two_who_look_at_one_template_read_it_once(templates: Templates, offerer: FakeEngine) -> None:
    one, other = await asyncio.gather(templates.look(FILM), templates.look(FILM))
    assert one is other
    assert len(offerer.fetched) == 1


async def test_who_looks_and_leaves_takes_it_from_nobody(
    templates: Templates, offerer: FakeEngine, scope: NotedScope
) -> None:
    offerer.holds["template"] = asyncio.Event()
    leaves = scope.start(templates.look(FILM), "leaves")
    stays = scope.start(templates.look(FILM), "stays")
    await offerer.called("template")
    leaves.cancel()
    offerer.holds["template"].set()
    assert (await stays).tools


async def test_what_was_read_is_looked_at_while_the_server_is_away(
    templates: Templates, room: Room, offerer: FakeEngine
) -> None:
    facts = await templates.look(FILM)
    path = await templates.picture(FILM)
    await templates.keep()
    offerer.is_down = True
    room.engine_of(offerer)
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


# Pictures, and what users saved


async def test_a_picture_is_fetched_once(templates: Templates, offerer: FakeEngine) -> None:
    path = await templates.picture(FILM)
    assert path.read_bytes()[1:4] == b"PNG"
    assert await templates.picture(FILM) == path
    assert offerer.calls.count("template_picture") == 1
    assert await templates.picture(FILM, 2) != path


@pytest.mark.parametrize("content", [b"<!doctype html>", b"GIF8", b"\x00" * 8, b"%PDF-1.7"])
async def test_what_is_no_picture_is_not_kept(
    templates: Templates, offerer: FakeEngine, tmp_path: Path, content: bytes
) -> None:
    offerer.contents[FILM] = content
    with pytest.raises(EngineAnswer):
        await templates.picture(FILM)
    assert not list(tmp_path.glob("templates/*/pictures/*"))


async def test_a_picture_that_there_is_not_is_not_asked_for(templates: Templates, offerer: FakeEngine) -> None:
    for name, number in ((FILM, 3), (FILM, 0), (STILL, 1), ("none", 1)):
        with pytest.raises(NotFound):
            await templates.picture(name, number)
    assert "template_picture" not in offerer.calls


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
    templates: Templates, offerer: FakeEngine, name: str, kept: str
) -> None:
    path = await templates.save_workflow(name, {"nodes": [], "links": []})
    assert path.startswith(kept)
    assert path.isascii() and "/" not in path and len(path) < 120
    assert await templates.saved() == (path,)
    assert await templates.saved_workflow(path) == {"nodes": [], "links": []}


async def test_a_preset_can_be_made_of_one(templates: Templates) -> None:
    adoption = await templates.adoption(FILM)
    assert [tool.id for tool in adoption.tools] == ["image-to-video"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("", ""),
        ("Moves a picture", "Moves a picture"),
        ("Moves a picture. Then it waits.", "Moves a picture."),
        ("Moves " * 60, f"{'Moves ' * 26}…".replace(" …", "…")),
    ],
)
async def test_and_says_in_a_sentence_what_it_does(
    templates: Templates, offerer: FakeEngine, told: str, kept: str
) -> None:
    offerer.shelf = replace(LISTED, templates=tuple(replace(one, description=told) for one in LISTED.templates))
    await templates.refresh()
    adoption = await templates.adoption(FILM)
    assert adoption.description == kept
    assert preset_table(adoption, "Mine", ())["description"] == (kept or "A workflow of your own.")
