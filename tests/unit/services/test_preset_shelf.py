"""Presets switched off, put in order, copied, exported and deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.errors import CannotSave, InvalidInput
from oelala_desktop.domain.events import PresetsChanged
from oelala_desktop.domain.plan import choose
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.presets.own import read_dropped, save_preset
from oelala_desktop.services.presets.portable import PresetFile, document_of, is_preset_file, unpack
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.presets.shelf import ADOPTED, SHIPPED, WRITTEN, PresetShelf
from oelala_desktop.services.settings.known import PRESETS_OFF, sift
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.preferences import Preferences
from tests.own_preset import TOOL, write_preset
from tests.unit.domain.samples import WORKFLOWS

I2V, T2I = TOOLS["image-to-video"], TOOLS["text-to-image"]


class Desk:
    def __init__(self, home: Path) -> None:
        self.bus = Bus()
        self.scope = TaskScope("test")
        preferences = Preferences(home / "preferences.json", sift)
        preferences.load()
        self.settings = Settings(preferences, self.bus, self.scope)
        self.folder = home / "workflows"
        self.registry = ToolRegistry(WORKFLOWS, self.folder)
        self.registry.load()
        self.shelf = PresetShelf(self.registry, self.settings, self.folder, self.bus)
        self.shelf.arrange()
        self.told = 0
        self.bus.subscribe(PresetsChanged, lambda _event: self._hear())

    def _hear(self) -> None:
        self.told += 1

    def offered(self, tool: str = "image-to-video") -> list[str]:
        return [preset.short_id for preset in self.registry.presets(TOOLS[tool])]

    def adopted(self, name: str = "Boats") -> Preset:
        graph = json.loads((WORKFLOWS / "text-to-image" / "sdxl.json").read_text("utf-8"))
        return save_preset(self.registry, self.folder, adopt(graph), T2I, name)


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def closed(desk: Desk) -> None:
    await desk.settings.flush()
    await desk.scope.close()


async def test_one_that_is_off_is_offered_nowhere_but_known(desk: Desk, tmp_path: Path) -> None:
    wan = desk.registry.find("wan22-5b", I2V)
    desk.shelf.switch(wan, False)
    assert "wan22-5b" not in desk.offered() and desk.told == 1
    assert desk.registry.find("wan22-5b", I2V) is wan and wan in desk.registry.every(I2V)
    assert wan not in desk.registry.by_tool()
    await closed(desk)
    again = Desk(tmp_path)
    assert "wan22-5b" not in again.offered()
    again.shelf.switch(again.registry.find("wan22-5b", I2V), True)
    assert "wan22-5b" in again.offered()
    await closed(again)


async def test_the_last_one_of_a_tool_stays_on(desk: Desk) -> None:
    *others, last = desk.registry.every(T2I)
    for preset in others:
        desk.shelf.switch(preset, False)
    with pytest.raises(InvalidInput, match="Text to Image needs at least one preset"):
        desk.shelf.switch(last, False)
    assert desk.registry.presets(T2I) == (last,)
    await closed(desk)


async def test_a_tool_whose_presets_are_all_off_keeps_them(desk: Desk) -> None:
    desk.settings.set(PRESETS_OFF, [preset.id for preset in desk.registry.every(T2I)])
    desk.shelf.arrange()
    assert desk.registry.presets(T2I) == desk.registry.every(T2I)
    await closed(desk)


async def test_the_users_order_comes_first(desk: Desk, tmp_path: Path) -> None:
    sketch, first = desk.registry.find("sketch", I2V), desk.registry.every(I2V)[0]
    others = desk.offered("text-to-image")
    desk.shelf.move(sketch, first)
    assert desk.offered()[0] == "sketch" and desk.offered("text-to-image") == others
    assert choose(I2V, desk.registry.presets(I2V), {}, None) == sketch
    desk.shelf.move(desk.registry.every(T2I)[0], None)
    assert desk.offered("text-to-image") == [*others[1:], others[0]] and desk.offered()[0] == "sketch"
    await closed(desk)
    again = Desk(tmp_path)
    assert again.offered()[0] == "sketch"
    assert again.offered("text-to-image") == [*others[1:], others[0]]
    await closed(again)


async def test_where_each_is_from(desk: Desk, tmp_path: Path) -> None:
    write_preset(tmp_path)
    desk.registry.load()
    written = desk.registry.find("inlay", TOOLS[TOOL])
    assert desk.shelf.origin(written) == WRITTEN
    assert desk.shelf.origin(desk.adopted()) == ADOPTED
    assert desk.shelf.origin(desk.registry.find("sketch", I2V)) == SHIPPED
    again = Desk(tmp_path)
    assert again.shelf.origin(again.registry.find("boats", T2I)) == ADOPTED


async def test_a_copy_stands_behind_its_like(desk: Desk) -> None:
    wan = desk.registry.find("wan22-14b", I2V)
    copy = await desk.shelf.duplicate(wan)
    at = desk.offered().index("wan22-14b")
    assert copy.name == f"{wan.name} copy" and desk.offered()[at + 1] == copy.short_id
    assert copy.fields == wan.fields and copy.template == wan.template
    assert desk.shelf.origin(copy) == WRITTEN
    await closed(desk)


async def test_one_file_becomes_the_preset_again(desk: Desk, tmp_path: Path) -> None:
    made = desk.adopted()
    target = tmp_path / "boats.json"
    await desk.shelf.export(made, target)
    found = read_dropped(target)
    assert isinstance(found, PresetFile)
    again = await desk.shelf.add(found)
    assert (again.name, again.tool, again.fields, again.template) == (made.name, T2I, made.fields, made.template)
    assert again.id != made.id and desk.shelf.origin(again) == ADOPTED


async def test_a_place_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CannotSave, match="cannot be written"):
        await desk.shelf.export(desk.registry.find("sketch", I2V), tmp_path / "no folder" / "x.json")


async def test_a_preset_with_half_a_letter_is_told_too(desk: Desk, tmp_path: Path) -> None:
    made = desk.adopted()
    table = desk.registry.table(made)
    assert table is not None
    document_of(table).write_text('{"title": "\\ud800"}', "utf-8")
    with pytest.raises(CannotSave, match="is not valid Unicode"):
        await desk.shelf.export(made, tmp_path / "x.json")


async def test_the_editors_own_file_goes_along(desk: Desk) -> None:
    made, document = desk.adopted(), {"nodes": [], "links": []}
    table = desk.registry.table(made)
    assert table is not None
    document_of(table).write_text(json.dumps(document), "utf-8")
    copy = await desk.shelf.duplicate(made)
    copied = desk.registry.table(copy)
    assert copied is not None and json.loads(document_of(copied).read_text("utf-8")) == document
    gone = await desk.shelf.delete(made)
    assert not document_of(table).exists()
    await desk.shelf.restore(gone)
    assert json.loads(document_of(table).read_text("utf-8")) == document
    await closed(desk)


async def test_a_deleted_one_comes_back(desk: Desk) -> None:
    made = desk.adopted()
    table = desk.registry.table(made)
    assert table is not None
    gone = await desk.shelf.delete(made)
    assert not list(table.parent.iterdir()) and made.short_id not in desk.offered("text-to-image")
    await desk.shelf.restore(gone)
    assert made.short_id in desk.offered("text-to-image") and desk.told == 2
    with pytest.raises(CannotSave, match="Another preset lies at"):
        await desk.shelf.restore(gone)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir], ids=["a pipe", "a folder"])
async def test_nothing_waits_for_what_lies_where_a_file_should(desk: Desk, make: Callable[[Path], None]) -> None:
    made = desk.adopted()
    table = desk.registry.table(made)
    assert table is not None
    make(document_of(table))
    for act in (desk.shelf.duplicate(made), desk.shelf.delete(made)):
        with pytest.raises(CannotSave):
            await act
    assert table.exists() and made.short_id in desk.offered("text-to-image")


async def test_one_whose_files_nobody_can_read_any_more(desk: Desk) -> None:
    made = desk.adopted()
    table = desk.registry.table(made)
    assert table is not None
    document_of(table).write_text("[" * 100_000, "utf-8")
    with pytest.raises(CannotSave, match="cannot be read any more"):
        await desk.shelf.duplicate(made)


async def test_one_that_stood_before_a_shipped_one_gives_it_free(desk: Desk) -> None:
    shipped = desk.registry.find("sketch", I2V)
    (desk.folder / I2V.id).mkdir(parents=True)
    for ending in ("toml", "json"):
        text = (WORKFLOWS / I2V.id / f"sketch.{ending}").read_text("utf-8")
        (desk.folder / I2V.id / f"sketch.{ending}").write_text(text.replace(f'"{shipped.name}"', '"Mine"'), "utf-8")
    desk.registry.load()
    mine = desk.registry.find("sketch", I2V)
    assert mine.name == "Mine"
    await desk.shelf.delete(mine)
    assert desk.registry.find("sketch", I2V).name == shipped.name


async def test_a_shipped_one_is_not_deleted(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="comes with the program; it can be switched off"):
        await desk.shelf.delete(desk.registry.find("sketch", I2V))


async def test_files_that_are_gone_are_told(desk: Desk) -> None:
    made = desk.adopted()
    table = desk.registry.table(made)
    assert table is not None
    table.unlink()
    for act in (desk.shelf.duplicate(made), desk.shelf.export(made, desk.folder / "x.json"), desk.shelf.delete(made)):
        with pytest.raises(CannotSave):
            await act


GRAPH = json.loads((WORKFLOWS / "text-to-image" / "sketch.json").read_text("utf-8"))
WHOLE = {"oelala_preset": 1, "tool": "text-to-image", "table": {"name": "X"}, "graph": GRAPH}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"oelala_preset": 2}, "a newer Oelala"),
        ({"tool": "sewing"}, "not a whole preset"),
        ({"graph": []}, "not a whole preset"),
        ({"table": {"name": None}}, "not a whole preset"),
        ({"table": {"description": "X"}}, "without a name"),
        ({"graph": {"1": {"class_type": "X"}}}, "not in API format"),
        ({"table": {"name": "X", "fields": {"prompt": {"into": ["Nobody.text"]}}}}, "Nobody"),
    ],
)
def test_what_is_no_whole_preset_says_so(change: dict[str, object], sentence: str) -> None:
    content = WHOLE | change
    assert is_preset_file(content)
    with pytest.raises(InvalidInput, match=sentence) as caught:
        unpack(content, "x.json")
    assert "x.json" in str(caught.value)
