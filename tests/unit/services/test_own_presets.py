"""A preset made of a workflow takes nobody's place on the disk."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopting.exposure import Exposure
from oelala_desktop.domain.errors import CannotSave, InvalidInput
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.own import read_dropped, read_workflow, save_preset
from oelala_desktop.services.presets.registry import ToolRegistry
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
    assert read_workflow(workflow).graph == read_dropped(workflow).graph == adopt(graph).graph  # type: ignore[union-attr]
    for content, words in (("{}", r"^a\.json: "), ("[", r"^a\.json is not JSON\.$")):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(InvalidInput, match=words):
            read_workflow(tmp_path / "a.json")


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
