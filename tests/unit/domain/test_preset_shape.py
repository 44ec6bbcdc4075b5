"""Every entry of every preset that comes with the program, spoiled one by one: a sentence, or a preset that works."""

from __future__ import annotations

import copy
import json
import math
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset, OelalaError
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import WORKFLOWS, settled
from tests.unit.node_table import EVERYTHING

WRONG: tuple[Any, ...] = (math.inf, math.nan, -1, 0, 10**400, True, "", "x", [], [3], [[]], {}, {"a": 1}, [{"a": 1}])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield (*path, key)
        yield from places(child, (*path, key))


def spoiled(table: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    out: Any = copy.deepcopy(table)
    inside = out
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return out  # type: ignore[no-any-return]


#: between them they have every kind of entry
RICH = (
    "image-to-video.wan22-14b-distorch2",
    "image-to-video.wan22-14b",
    "text-to-image.sdxl",
    "upscaler.esrgan-video",
)


@pytest.mark.parametrize("preset_id", RICH)
def test_any_entry_of_any_kind(preset_id: str) -> None:
    tool, _, name = preset_id.partition(".")
    table = tomllib.loads((WORKFLOWS / tool / f"{name}.toml").read_text("utf-8"))
    graph = json.loads((WORKFLOWS / tool / f"{name}.json").read_text("utf-8"))
    refused = 0
    for path in places(table):
        for value in WRONG:
            try:
                preset = parse_preset(name, TOOLS[tool], spoiled(table, path, value), graph)
            except InvalidPreset as error:
                refused += 1
                assert error.message.endswith((".", ")"))
                continue
            given = {field.key: "start.png" for field in preset.inputs if field.needed}
            try:
                request = settled(preset, given, catalog=EVERYTHING, picture=(64, 64), seed=1)
                preset.graph(request, files={"image": [InputFile("a.png")]}, prefix="p", catalog=EVERYTHING)
            except OelalaError:
                continue
    assert refused > 100
