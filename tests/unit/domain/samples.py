"""Presets and jobs to test with."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.inputs import Given, Inputs, names_in
from oelala_desktop.domain.job import EngineRef, Job, JobState
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import plan
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.node_table import EVERYTHING

WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"
SHIPPED = sorted(f"{path.parent.name}.{path.stem}" for path in WORKFLOWS.glob("*/*.toml"))


def shipped(preset_id: str) -> Preset:
    tool, _, name = preset_id.partition(".")
    table = tomllib.loads((WORKFLOWS / tool / f"{name}.toml").read_text("utf-8"))
    return parse_preset(name, TOOLS[tool], table, json.loads((WORKFLOWS / tool / f"{name}.json").read_text("utf-8")))


def settle(
    preset_id: str,
    values: dict[str, Any] | None = None,
    *,
    catalog: Catalog = EVERYTHING,
    picture: tuple[int, int] | None = (1600, 900),
    seed: int = 1234,
) -> Request:
    """A request for a shipped preset, which gets what it needs; `picture` is the size of its pictures."""
    preset = shipped(preset_id)
    facts = {
        FieldKind.VIDEO: Given("film.mp4", "video", 1280, 720, frames=81, rate=16, length=81 / 16, has_sound=True),
        FieldKind.SOUND: Given("sound.flac", "sound", length=5),
    }
    shown = Given("start.png", "picture", *(picture or (0, 0)))
    inputs = {field.key: (facts.get(field.kind, shown),) for field in preset.inputs if field.needed}
    names = {
        field.key: ["start.png"] if field.kind is FieldKind.PICTURES else inputs[field.key][0].name
        for field in preset.inputs
        if field.needed
    }
    known = {key: found for key, found in inputs.items() if picture or found[0].kind != "picture"}
    return settled(preset, names | (values or {}), catalog=catalog, inputs=known, seed=seed)


def settled(
    preset: Preset,
    values: Mapping[str, Any],
    *,
    catalog: Catalog | None = EVERYTHING,
    picture: tuple[int, int] | None = None,
    inputs: Inputs | None = None,
    seed: int = 1234,
) -> Request:
    """What the rule book makes of a wish for that preset; raises what it says against it. `picture` is the size of the
    start picture."""
    given = {"image": (Given("start.png", "picture", *picture),)} if picture else {}
    found = plan(preset.tool, (preset,), values, inputs or given, catalog)
    if isinstance(found, Obstacle):
        raise found.error
    return found.request if found.request.seed >= 0 else found.request.with_seed(seed)


def build(preset_id: str, values: dict[str, Any] | None = None, *, catalog: Catalog = EVERYTHING) -> dict[str, Any]:
    """The graph that a shipped preset sends for these values."""
    request = settle(preset_id, values, catalog=catalog)
    names = {field.key: names_in(request.values.get(field.key)) for field in shipped(preset_id).inputs}
    files = {key: [InputFile(f"server_{key}.png") for _ in given] for key, given in names.items() if given}
    return shipped(preset_id).graph(request, files=files, prefix="oelala/x", catalog=catalog)


def by_title(graph: dict[str, Any], title: str) -> dict[str, Any]:
    found = [row for row in graph.values() if row["_meta"]["title"] == title]
    assert len(found) == 1, title
    return dict(found[0]["inputs"])


def some_job(**changes: Any) -> Job:
    """A queued job with a graph of one saver."""
    graph = {"1": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "oelala/j1"}, "_meta": {"title": "Save"}}}
    row: dict[str, Any] = {
        "id": "j1",
        "tool": "image-to-video",
        "preset": "image-to-video.sketch",
        "engine": EngineRef("comfyui", "http://127.0.0.1:1", "ComfyUI"),
        "state": JobState.QUEUED,
        "values": {"prompt": "a boat", "seed": "7"},
        "params": {"seed": "7", "job_id": "j1"},
        "graph": graph,
        "prefix": "oelala/j1",
        "seed": 7,
        "width": 848,
        "height": 480,
        "num_frames": 33,
        "fps": 16,
        "created_at": 100.0,
        "position": 1.0,
    }
    return Job(**row | changes)
