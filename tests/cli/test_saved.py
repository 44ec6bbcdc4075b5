"""What was saved by name in the window, used from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.metadata import read
from oelala_desktop.services.settings.named import NamedSets
from tests.cli.program import Program, Result


def params(ran: Result) -> dict[str, Any]:
    """What the picture tells of its making."""
    found = read(Path(ran.last["outputs"][0]["path"])).oelala_params
    assert found is not None
    return found


def test_what_is_saved_is_used_and_what_is_typed_wins(fresh: Program) -> None:
    sets = NamedSets(fresh.home / "saved.json")
    boat = {"prompt": "a boat", "aspect_ratio": "1:1", "preset": "sketch"}
    sets.save("settings", "text-to-image", "square boat", boat)
    sets.save("prompts", "text-to-image", "lake", {"prompt": "a lake"})
    usual = ("--engine", "sketch", "--json")
    ran = fresh.run("generate", "text-to-image", "--saved", "square boat", *usual)
    assert ran.code == 0, ran
    assert (params(ran)["prompt"], params(ran)["aspect_ratio"]) == ("a boat", "1:1")
    ran = fresh.run("generate", "text-to-image", "--saved", "lake", "--set", "aspect_ratio=9:16", *usual)
    assert ran.code == 0, ran
    assert (params(ran)["prompt"], params(ran)["aspect_ratio"]) == ("a lake", "9:16")
    wrong = fresh.run("generate", "text-to-image", "--saved", "square boot", *usual)
    assert wrong.code == 2 and "Did you mean “square boat”?" in wrong.err
