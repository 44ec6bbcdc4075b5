"""Prompts and settings saved by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave, InvalidInput, NotFound
from oelala_desktop.services.settings import named
from oelala_desktop.services.settings.named import NamedSets

TOOL = "image-to-video"
HARBOUR = {"prompt": "a boat leaves", "steps": 12}


@pytest.fixture
def sets(tmp_path: Path) -> NamedSets:
    return NamedSets(tmp_path / "saved.json")


def test_what_is_saved_is_there_for_its_tool_alone(sets: NamedSets) -> None:
    assert sets.names("settings", TOOL) == ()
    assert sets.save("settings", TOOL, "  slow \n harbour ", HARBOUR) == "slow harbour"
    sets.save("settings", TOOL, "Able", {})
    sets.save("prompts", TOOL, "able", {"prompt": "x"})
    assert sets.names("settings", TOOL) == ("Able", "slow harbour")
    assert sets.get("settings", TOOL, "slow harbour") == HARBOUR
    assert sets.names("settings", "upscaler") == () and sets.names("prompts", TOOL) == ("able",)


def test_the_same_name_once_more_replaces(sets: NamedSets) -> None:
    sets.save("prompts", TOOL, "a", {"prompt": "one"})
    sets.save("prompts", TOOL, "a", {"prompt": "two"})
    assert sets.get("prompts", TOOL, "a") == {"prompt": "two"}


def test_what_is_deleted_is_given_back(sets: NamedSets) -> None:
    sets.save("prompts", TOOL, "a", {"prompt": "one"})
    sets.save("prompts", TOOL, "b", {"prompt": "two"})
    assert sets.delete("prompts", TOOL, "a") == {"prompt": "one"}
    assert sets.names("prompts", TOOL) == ("b",)
    with pytest.raises(NotFound):
        sets.delete("prompts", TOOL, "a")


def test_a_name_spelt_wrong_is_told_with_the_nearest(sets: NamedSets) -> None:
    sets.save("settings", TOOL, "harbour", HARBOUR)
    with pytest.raises(NotFound, match="Did you mean “harbour”"):
        sets.get("settings", TOOL, "harbor")


@pytest.mark.parametrize("name", ["", "  ", "\t\n", "a\x07b", "\u202ea"])
def test_no_name_is_none(sets: NamedSets, name: str) -> None:
    with pytest.raises(InvalidInput):
        sets.save("settings", TOOL, name, HARBOUR)


def test_names_are_not_without_end(sets: NamedSets, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sets.save("settings", TOOL, "x" * 500, HARBOUR) == "x" * named.LONGEST_NAME
    monkeypatch.setattr(named, "_MOST", 2)
    sets.save("settings", TOOL, "b", HARBOUR)
    with pytest.raises(CannotSave, match="Delete some first"):
        sets.save("settings", TOOL, "c", HARBOUR)
    sets.save("settings", TOOL, "b", {})  # in place of one
    assert len(sets.names("settings", TOOL)) == 2


def test_what_is_odd_is_set_aside_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "saved.json"
    odd = {"prompts": 3, "settings": {TOOL: {"good": HARBOUR, "bad": 5}, "upscaler": []}, "albums": {"later": 1}}
    path.write_text(json.dumps(odd))
    sets = NamedSets(path)
    assert sets.names("settings", TOOL) == ("good",) and sets.names("prompts", TOOL) == ()
    assert json.loads(path.read_text()) == {
        "settings": {TOOL: {"good": HARBOUR}, "upscaler": {}},
        "albums": {"later": 1},
    }
    assert json.loads((tmp_path / "saved.damaged").read_text()) == odd and len(sets.notices) == 1


def test_two_processes_save_beside_each_other(tmp_path: Path) -> None:
    first, second = NamedSets(tmp_path / "saved.json"), NamedSets(tmp_path / "saved.json")
    first.save("prompts", TOOL, "a", {"prompt": "one"})
    second.save("prompts", TOOL, "b", {"prompt": "two"})
    assert first.names("prompts", TOOL) == ("a", "b")
