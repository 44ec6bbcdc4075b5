"""A preset made of a workflow takes nobody's place on the disk."""

from __future__ import annotations

import json
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopting.exposure import Exposure
from oelala_desktop.domain.errors import CannotSave, InvalidInput
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.making import read_media
from oelala_desktop.services.presets.own import change_preset, read_dropped, reopened, save_preset
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.storage.whole_file import write_whole
from tests.unit.domain.adopting.served import OBJECT_INFO, server
from tests.unit.domain.editor.drawing import Drawing, wire
from tests.unit.domain.samples import WORKFLOWS

T2I = TOOLS["text-to-image"]


@pytest.fixture
def adoption() -> Adoption:
    return adopt(json.loads((WORKFLOWS / "text-to-image" / "sdxl.json").read_text("utf-8")))


def keeping(adoption: Adoption, *keys: str) -> list[Exposure]:
    return [exposure for exposure in adoption.exposures if exposure.key in keys]


def save(folder: Path, adoption: Adoption, name: str = "Boats") -> Preset:
    """By a process of its own: what another wrote since its start is not known to it."""
    registry = ToolRegistry(WORKFLOWS, folder)
    registry.load()
    return save_preset(registry, folder, adoption, T2I, name, keeping(adoption, "prompt", "seed"))


@pytest.mark.parametrize("ending", ["toml", "json"])
def test_a_file_that_does_not_load_is_left_alone(tmp_path: Path, adoption: Adoption, ending: str) -> None:
    mine = tmp_path / "text-to-image" / f"boats.{ending}"
    mine.parent.mkdir()
    mine.write_text("# half done")
    assert save(tmp_path, adoption).short_id == "boats-2"
    assert mine.read_text() == "# half done"


def test_what_was_written_after_the_start_is_left_alone(tmp_path: Path, adoption: Adoption) -> None:
    registry = ToolRegistry(WORKFLOWS, tmp_path)
    registry.load()
    first = save(tmp_path, adoption)
    second = save_preset(registry, tmp_path, adoption, T2I, "Boats", ())
    assert (first.short_id, second.short_id) == ("boats", "boats-2")


def test_many_at_once_each_get_a_name(tmp_path: Path, adoption: Adoption) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: save(tmp_path, adoption), range(16)))
    registry = ToolRegistry(tmp_path)
    registry.load()
    assert len({preset.id for preset in made}) == len(registry.presets()) == 16
    assert registry.faults == ()


def test_what_the_disk_refuses_leaves_nothing_behind(tmp_path: Path, adoption: Adoption) -> None:
    folder = tmp_path / "text-to-image"
    folder.mkdir()
    adoption.graph["1"]["inputs"]["odd"] = "\udc80"
    with pytest.raises(CannotSave, match="not valid Unicode"):
        save(tmp_path, adoption)
    assert list(folder.iterdir()) == []


def test_what_is_saved_is_offered_at_once_and_found_at_the_next_start(tmp_path: Path, adoption: Adoption) -> None:
    registry = ToolRegistry(WORKFLOWS, tmp_path)
    registry.load()
    made = save_preset(registry, tmp_path, adoption, T2I, "My Boats", keeping(adoption, "prompt"))
    assert (made.id, made.name, made.tool) == ("text-to-image.my-boats", "My Boats", T2I)
    assert registry.find("my-boats", T2I) is made
    folder = tmp_path / "text-to-image"
    assert sorted(path.name for path in folder.iterdir()) == ["my-boats.json", "my-boats.toml"]
    assert json.loads((folder / "my-boats.json").read_text()) == adoption.graph
    again = ToolRegistry(WORKFLOWS, tmp_path)
    again.load()
    assert again.faults == () and again.find("my-boats", T2I).name == "My Boats"


def test_names_that_are_taken_get_the_next_number(tmp_path: Path, adoption: Adoption) -> None:
    assert [save(tmp_path, adoption).short_id for _ in range(3)] == ["boats", "boats-2", "boats-3"]
    assert save(tmp_path, adoption, "sdxl").short_id == "sdxl-2", "that of a preset that comes with the program"


def test_a_folder_that_takes_nothing(tmp_path: Path, adoption: Adoption) -> None:
    (tmp_path / "text-to-image").write_text("no folder")
    with pytest.raises(CannotSave) as caught:
        save(tmp_path, adoption)
    assert caught.value.message == f"The preset cannot be saved in {tmp_path}/text-to-image: File exists."


def test_a_workflow_is_read_or_its_fault_is_told(tmp_path: Path) -> None:
    workflow = WORKFLOWS / "text-to-image" / "sdxl.json"
    graph = json.loads(workflow.read_text("utf-8"))
    assert read_media(workflow, None) == read_dropped(workflow) == adopt(graph)
    for content, words in (("{}", r"^a\.json: "), ("[", r"^a\.json is not JSON\.$")):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(InvalidInput, match=words):
            read_media(tmp_path / "a.json", None)


@pytest.mark.parametrize(
    ("content", "expected"), [('{"steps": 4}', {"steps": 4}), ("{}", {}), ("[1]", {}), ('"text"', {})]
)
def test_what_is_dropped_and_no_workflow_is_settings(tmp_path: Path, content: str, expected: object) -> None:
    (tmp_path / "a.json").write_text(content)
    assert read_dropped(tmp_path / "a.json") == expected


def test_a_dropped_workflow_of_which_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"1": {"class_type": "Note", "inputs": {}}}))
    with pytest.raises(InvalidInput, match=r"^a\.json: "):
        read_dropped(tmp_path / "a.json")


# The editor's own file, and presets that are opened again


def drawn() -> dict[str, Any]:
    draw = Drawing()
    draw.add("LoadImage", "a.png", "image", makes=("IMAGE", "MASK"))
    draw.add("Scale", 640, 480, makes=("IMAGE",), image=wire("IMAGE", 1))
    draw.add("SaveImage", "x", images=wire("IMAGE", 2), row={"title": "Ablage – ä"})
    return draw.saved()


def adopted(tmp_path: Path) -> tuple[ToolRegistry, Preset]:
    registry = ToolRegistry(tmp_path)
    found = adopt(drawn(), server())
    return registry, save_preset(registry, tmp_path, found, found.tools[0], "Larger")


def test_the_editor_s_file_lies_beside_the_preset(tmp_path: Path) -> None:
    _, preset = adopted(tmp_path)
    folder = tmp_path / preset.tool.id
    assert {path.name for path in folder.iterdir()} == {"larger.toml", "larger.json", "larger.workflow.json"}
    assert json.loads((folder / "larger.workflow.json").read_text("utf-8")) == drawn()
    again = ToolRegistry(tmp_path)
    again.load()
    assert [one.id for one in again.presets()] == [preset.id] and again.faults == ()


def test_a_preset_that_cannot_be_written_leaves_no_file_of_the_editor_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".toml":
            raise OSError(28, "No space left on device")
        write_whole(path, content)

    monkeypatch.setattr("oelala_desktop.services.presets.own.write_whole", full)
    with pytest.raises(CannotSave, match="No space left on device"):
        adopted(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("connected", [True, False])
def test_a_preset_is_opened_again_as_it_was_taken_in(tmp_path: Path, connected: bool) -> None:
    _, preset = adopted(tmp_path)
    again = reopened(tmp_path, preset, server() if connected else None)
    assert {e.key: e.into for e in again.suggested} == {
        "image": ("LoadImage.image",),
        "filename": ("Ablage – ä.filename_prefix",),
    }
    assert (again.graph, again.tools) == (preset.template, (preset.tool,))
    assert again.document == (drawn() if connected else None)


def test_and_on_an_engine_that_makes_other_nodes_of_it_or_none(tmp_path: Path) -> None:
    _, preset = adopted(tmp_path)
    renamed = server(LoadImage={**OBJECT_INFO["LoadImage"], "display_name": "Load an image"})
    less = parse_catalog({name: row for name, row in OBJECT_INFO.items() if name != "Scale"})
    for catalog in (renamed, less):
        again = reopened(tmp_path, preset, catalog)
        assert [exposure.key for exposure in again.suggested] == ["image", "filename"]
        assert again.graph == preset.template


def test_a_preset_whose_file_is_gone_cannot_be_opened_again(tmp_path: Path) -> None:
    _, preset = adopted(tmp_path)
    for path in (tmp_path / preset.tool.id).glob("*.json"):
        path.unlink()
    with pytest.raises(InvalidInput, match=r"^larger\.json cannot be read"):
        reopened(tmp_path, preset, server())


def test_a_preset_gets_another_name_and_other_settings(tmp_path: Path) -> None:
    registry, preset = adopted(tmp_path)
    again = reopened(tmp_path, preset, server())
    kept = [*again.suggested, next(e for e in again.exposures if e.key == "scale_width")]
    changed = change_preset(registry, tmp_path, preset, again, "Twice", kept)
    assert (changed.id, changed.name, "scale_width" in changed.fields) == (preset.id, "Twice", True)
    assert registry.find(preset.short_id, preset.tool) is changed
    fresh = ToolRegistry(tmp_path)
    fresh.load()
    assert fresh.find(preset.short_id, preset.tool).name == "Twice"


def test_a_change_brings_back_the_graph_that_has_gone_meanwhile(tmp_path: Path) -> None:
    registry, preset = adopted(tmp_path)
    again = reopened(tmp_path, preset, server())
    (tmp_path / preset.tool.id / f"{preset.short_id}.json").unlink()
    change_preset(registry, tmp_path, preset, again, "Twice", again.suggested)
    fresh = ToolRegistry(tmp_path)
    fresh.load()
    found = fresh.find(preset.short_id, preset.tool)
    assert (found.name, found.template) == ("Twice", preset.template)


def written(tmp_path: Path, *changes: tuple[str, str]) -> tuple[ToolRegistry, Preset, Path]:
    registry, preset = adopted(tmp_path)
    path = tmp_path / preset.tool.id / f"{preset.short_id}.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return registry, preset, path


def test_a_change_keeps_what_somebody_wrote_into_the_table(tmp_path: Path) -> None:
    own = ("A workflow of your own.", "By the lake."), ("needed = true", 'needed = false\nhelp = "Any."')
    registry, preset, path = written(tmp_path, *own, ("order = 90", "order = 5"))
    again = reopened(tmp_path, preset, server())
    renamed = [replace(e, label="Shore") if e.key == "image" else e for e in again.suggested]
    change_preset(registry, tmp_path, preset, again, "Twice", renamed)
    table = tomllib.loads(path.read_text("utf-8"))
    assert (table["name"], table["description"], table["order"]) == ("Twice", "By the lake.", 5)
    row = table["fields"]["image"]
    assert (row["label"], row["help"], row["needed"]) == ("Shore", "Any.", False)
    change_preset(registry, tmp_path, preset, again, "Twice", ())
    assert "image" not in tomllib.loads(path.read_text("utf-8"))["fields"]


@pytest.mark.parametrize("wrong", ["[[", "order = 'x'", "fields = 5", "models = 5\nfields = [1]", "nonsense = 1"])
def test_a_change_mends_a_table_that_is_none(tmp_path: Path, wrong: str) -> None:
    registry, preset, path = written(tmp_path)
    path.write_text(wrong, "utf-8")
    again = reopened(tmp_path, preset, server())
    change_preset(registry, tmp_path, preset, again, "Twice", again.suggested)
    fresh = ToolRegistry(tmp_path)
    fresh.load()
    assert not fresh.faults and fresh.find(preset.short_id, preset.tool).name == "Twice"


def test_a_change_that_cannot_be_written_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry, preset = adopted(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oelala_desktop.services.presets.own.write_whole", full)
    with pytest.raises(CannotSave, match="No space left on device"):
        change_preset(registry, tmp_path, preset, reopened(tmp_path, preset, server()), "Twice", ())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    assert registry.find(preset.short_id, preset.tool) is preset
