"""A preset made of a workflow takes nobody's place on the disk."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.own_presets import save_preset
from oelala_desktop.services.tools import ToolRegistry
from tests.unit.domain.samples import WORKFLOWS

T2I = TOOLS["text-to-image"]


@pytest.fixture
def adoption() -> Adoption:
    return adopt(json.loads((WORKFLOWS / "text-to-image" / "sdxl.json").read_text("utf-8")))


def save(folder: Path, adoption: Adoption, name: str = "Boats") -> Preset:
    """By a process of its own: what another wrote since its start is not known to it."""
    registry = ToolRegistry(WORKFLOWS, folder)
    registry.load()
    return save_preset(registry, folder, adoption, T2I, name, frozenset({"prompt", "seed"}))


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
    second = save_preset(registry, tmp_path, adoption, T2I, "Boats", frozenset())
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
