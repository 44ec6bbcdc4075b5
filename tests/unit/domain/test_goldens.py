"""The official templates against what ComfyUI's own editor makes of them, where somebody has them.

`OELALA_GOLDENS` names a folder with `api/NAME.json` (the graph that the editor made), `object_info_*.json.gz` (of the
server it made it for) and `compare.py` (which tells whether two graphs ask for the same); `OELALA_TEMPLATES` the folder
of the templates, if the package comfyui-workflow-templates-json is not installed."""

from __future__ import annotations

import functools
import gzip
import importlib.util
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tomli_w

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.adopting.surface import Surface
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.workflow import read_workflow

#: read when this is imported: no test sees these variables
_GOLDENS = os.environ.get("OELALA_GOLDENS", "")
_TEMPLATES = os.environ.get("OELALA_TEMPLATES", "")
_PACKAGE = "comfyui_workflow_templates_json"


def templates() -> Path | None:
    found = importlib.util.find_spec(_PACKAGE)
    installed = found.submodule_search_locations if found is not None else None
    places = [*([Path(_TEMPLATES)] if _TEMPLATES else ()), *(Path(one, "templates") for one in installed or ())]
    return next((place for place in places if place.is_dir()), None)


NAMES = sorted(path.stem for path in Path(_GOLDENS, "api").glob("*.json")) if _GOLDENS else []
pytestmark = [
    pytest.mark.skipif(not _GOLDENS, reason="OELALA_GOLDENS names no folder with the editor's own graphs"),
    pytest.mark.skipif(
        templates() is None, reason=f"{_PACKAGE} is not installed, and OELALA_TEMPLATES names no folder"
    ),
]


@functools.cache
def object_info() -> dict[str, Any]:
    (path,) = Path(_GOLDENS).glob("object_info_*.json.gz")
    return dict(json.loads(gzip.decompress(path.read_bytes())))


@functools.cache
def catalog() -> Catalog:
    return parse_catalog(object_info())


@functools.cache
def comparing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare", Path(_GOLDENS, "compare.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def template(name: str) -> dict[str, Any]:
    folder = templates()
    assert folder is not None
    return dict(json.loads((folder / f"{name}.json").read_text("utf-8")))


def test_there_are_some() -> None:
    assert len(NAMES) >= 100


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_is_the_one_that_the_editor_makes(name: str) -> None:
    golden = json.loads(Path(_GOLDENS, "api", f"{name}.json").read_text("utf-8"))
    ours = read_workflow(template(name), catalog()).graph
    compare = comparing()
    assert compare.differences(golden, ours, compare.output_classes(object_info())) == []


def made(adoption: Adoption) -> Preset:
    table = tomllib.loads(tomli_w.dumps(preset_table(adoption, "Mine", adoption.suggested)))
    return parse_preset("mine", adoption.tools[0], table, adoption.graph)


def sent(preset: Preset) -> dict[str, Any]:
    """What is sent without a touch: with nothing but files for the inputs."""
    values = {f.key: [f.key] * int(f.minimum or 1) if f.kind.value == "pictures" else f.key for f in preset.inputs}
    found = plan(preset.tool, (preset,), values, {}, None)  # as if the server had all the files
    assert isinstance(found, Plan), found
    files = {key: [InputFile(f"given {key}")] for key in values}
    return preset.graph(found.request.with_seed(5), files=files, prefix="a prefix", catalog=None)


def changed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for node in before.keys() | after.keys():
        old, new = (graph.get(node, {}).get("inputs", {}) for graph in (before, after))
        for name in old.keys() | new.keys():
            one, other = old.get(name), new.get(name)
            if (type(one), one) != (type(other), other):
                yield node, name


@pytest.mark.parametrize("name", NAMES)
def test_without_a_touch_it_is_the_workflow_that_is_sent(name: str) -> None:
    try:
        adoption = adopt(template(name), catalog())
    except InvalidPreset as error:
        assert "saves nothing" in error.message
        surface = Surface(read_workflow(template(name), catalog()).graph, catalog())
        assert not any("filename_prefix" in surface.inputs(node) for node in surface.alive)
        return
    expected = {t for e in adoption.exposures if e.is_input or e.key in ("seed", "filename") for t in e.into}
    before, after = adoption.graph, sent(made(adoption))
    surface = Surface(before, catalog())
    targets = {f"{surface.title(node)}.{key.replace('.', ':')}" for node, key in changed(before, after)}
    assert targets <= expected


@pytest.mark.parametrize("name", NAMES)
def test_what_it_offers_can_be_kept_and_set(name: str) -> None:
    try:
        adoption = adopt(template(name), catalog())
    except InvalidPreset:
        return
    table = tomllib.loads(tomli_w.dumps(preset_table(adoption, "Mine", adoption.exposures)))
    preset = parse_preset("mine", adoption.tools[0], table, adoption.graph)
    assert preset.into.keys() >= {exposure.key for exposure in adoption.exposures}
    targets = [target for into in preset.into.values() for target in into]
    targets += [target for model in preset.models for target in model.into]
    assert len(targets) == len(set(targets))
