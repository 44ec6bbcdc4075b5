"""The presets that come with the program against the template that each was made after, where somebody has these.

`of_templates/TOOL.PRESET.toml` names the template and, each with its reason, what the preset changes:

    template  = "name"
    inputs    = ["image", …]             those that the template has; all of the preset's unless it says so
    saver     = "id"                     the template's node that saves what the preset makes, where it saves more
    [without]   class = "why"            of the template's, and not in the preset so often
    [with]      class = "why"            of the preset's, and not in the template so often
    [values]    "class.input" = "why"    a plain value that differs

What is no work of a server's is left out on both sides: values that are computed or switched (the preset has what comes
of them), what only previews, and what leads to no file. The same classes are then to be there as often, and each of
their inputs to come from the same classes' outputs; only a link to what the row names may lead elsewhere.

`OELALA_TEMPLATES` and `OELALA_GOLDENS` are those of test_goldens, which shows that templates are converted as the
editor does it; of the latter the node definitions are taken."""

from __future__ import annotations

import functools
import gzip
import json
import os
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.workflow import read_workflow
from tests.unit.domain.samples import SHIPPED, shipped

#: read when this is imported: no test sees these variables
_GOLDENS, _TEMPLATES = (os.environ.get(name, "") for name in ("OELALA_GOLDENS", "OELALA_TEMPLATES"))
ROWS = {
    path.name.removesuffix(".toml"): tomllib.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "of_templates").glob("*.toml"))
}
#: outputs that are plain values, which a preset has literally
_PLAIN = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})
#: inputs that each job has its own of
_GIVEN = {"image", "file", "audio", "video", "prompt", "text"}
_OF_THE_JOB = _GIVEN | {"filename_prefix", "noise_seed", "seed", "width", "height", "length", "frames_number"}
_SWITCH, _ANY = "ComfySwitchNode", "(computed)"
Info = Mapping[str, Any]


@functools.cache
def object_info() -> dict[str, Any]:
    (path,) = Path(_GOLDENS).glob("object_info_*.json.gz")
    return dict(json.loads(gzip.decompress(path.read_bytes())))


@functools.cache
def catalog() -> Catalog:
    return parse_catalog(object_info())


def official(name: str) -> edits.Graph:
    template = Path(_TEMPLATES, f"{name}.json")
    if not template.is_file():
        pytest.skip(f"there is no template {name}")
    return read_workflow(json.loads(template.read_text("utf-8")), catalog()).graph


def sent(preset: Preset, inputs: list[str]) -> edits.Graph:
    """What is sent without a touch, with these inputs given."""
    facts = {
        FieldKind.VIDEO: Given("v.mp4", "video", 848, 480, 81, 16, 81 / 16, True),
        FieldKind.SOUND: Given("s.flac", "sound", length=5),
    }
    fields = [field for field in preset.inputs if field.key in inputs]
    given = {field.key: (facts.get(field.kind, Given("p.png", "picture", 848, 480)),) for field in fields}
    values = {f.key: ["p.png"] if f.kind is FieldKind.PICTURES else given[f.key][0].name for f in fields}
    found = plan(preset.tool, (preset,), values, given, None)
    assert isinstance(found, Plan), found
    files = {key: [InputFile("server_file")] for key in given}
    return preset.graph(found.request.with_seed(5), files=files, prefix="p", catalog=None)


def switched(graph: edits.Graph, link: Any) -> Any:
    """What comes through a switch: a link or a value."""
    while edits.is_link(link) and graph[link[0]]["class_type"] == _SWITCH:
        inputs = graph[link[0]]["inputs"]
        on = inputs["switch"]
        while edits.is_link(on):
            on = graph[on[0]]["inputs"]["value"]
        link = inputs["on_true" if on else "on_false"]
    return link


def work(graph: edits.Graph, info: Info, saver: str = "") -> dict[str, tuple[str, dict[str, Any]]]:
    """Class and inputs of the nodes that saved files come of, or that of one `saver`; what is computed is `_ANY`."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    waiting = [saver] if saver else [i for i, node in graph.items() if "filename_prefix" in node["inputs"]]
    while waiting:
        node_id = waiting.pop()
        inputs = {}
        for name, value in graph[node_id]["inputs"].items() if node_id not in found else ():
            link = switched(graph, value)
            if edits.is_link(link):
                source = graph[link[0]]
                if _PLAIN.issuperset(info.get(source["class_type"], {}).get("output") or ["anything"]):
                    link = source["inputs"].get("value", _ANY)
                    link = _ANY if edits.is_link(link) else link
                else:
                    waiting.append(link[0])
            inputs[name] = link
        found.setdefault(node_id, (str(graph[node_id]["class_type"]), inputs))
    return found


def differences(
    ours: edits.Graph, theirs: edits.Graph, row: Mapping[str, Any], info: Info
) -> Iterator[tuple[str, str]]:
    """What differs as (what a row may name, what is wrong)."""
    one, other = work(ours, info), work(theirs, info, row.get("saver", ""))
    classes = [Counter(kind for kind, _ in side.values()) for side in (one, other)]
    yield from ((f"with {kind}", f"{kind}: more often in the preset") for kind in classes[0] - classes[1])
    yield from ((f"without {kind}", f"{kind}: more often in the template") for kind in classes[1] - classes[0])
    excused = {*row.get("with", {}), *row.get("without", {})}
    wires, values = zip(*(_inputs(side, excused) for side in (one, other)), strict=True)
    shared = {kind for kind, _ in one.values()} & {kind for kind, _ in other.values()}
    for kind, name in wires[0].keys() | wires[1].keys():
        mine, its = (Counter(side.get((kind, name), {})) for side in wires)
        for_its, for_mine = mine.pop(_ANY, 0), its.pop(_ANY, 0)
        if kind in shared and ((mine - its).total() > for_mine or (its - mine).total() > for_its):
            yield f"values {kind}.{name}", f"{kind}.{name} comes from {dict(mine)}, in the template from {dict(its)}"
    for kind, name in values[0].keys() & values[1].keys():
        mine, its = (side[kind, name] for side in values)
        differing = {value for value in mine ^ its if _ANY not in (its if value in mine else mine)} - {_ANY}
        if name not in _OF_THE_JOB and differing:
            yield f"values {kind}.{name}", f"{kind}.{name} is {mine}, in the template {its}"


def _inputs(side: dict[str, tuple[str, dict[str, Any]]], excused: set[str]) -> Any:
    """Where the inputs of the classes come from, and which plain values they have."""
    wires: dict[tuple[str, str], Counter[Any]] = {}
    values: dict[tuple[str, str], set[Any]] = {}
    for kind, inputs in side.values():
        for name, value in inputs.items() if kind not in excused else ():
            if edits.is_link(value):
                source = side[value[0]][0]
                link = _ANY if source in excused else (source, value[1])
                wires.setdefault((kind, name), Counter())[link] += 1
            else:
                plain = round(value, 6) if isinstance(value, float) else value
                values.setdefault((kind, name), set()).add(plain)
    return wires, values


def test_rows_are_of_presets_that_there_are() -> None:
    assert set(ROWS) <= set(SHIPPED)
    assert {key for row in ROWS.values() for key in row} <= {"template", "inputs", "saver", "without", "with", "values"}
    reasons = [row.get(part, {}) for row in ROWS.values() for part in ("without", "with", "values")]
    assert all(why for part in reasons for why in part.values())


def graph(**nodes: tuple[str, dict[str, Any]]) -> edits.Graph:
    return {node_id: {"class_type": kind, "inputs": inputs} for node_id, (kind, inputs) in nodes.items()}


THEIRS = graph(
    load=("Load", {"name": "model"}),
    patched=("Patch", {"model": ["load", 0]}),
    on=("Boolean", {"value": False}),
    model=(_SWITCH, {"switch": ["on", 0], "on_true": ["patched", 0], "on_false": ["load", 0]}),
    sum=("Sum", {"a": 3}),
    sample=("Sample", {"model": ["model", 0], "steps": ["sum", 0], "sampler": "euler"}),
    show=("Show", {"any": ["sum", 0]}),
    save=("Save", {"images": ["sample", 0], "filename_prefix": "theirs"}),
)
INFO = {"Sum": {"output": ["INT"]}}


def ours(model: list[Any], **changes: Any) -> edits.Graph:
    return graph(
        a=("Load", {"name": "model"}),
        b=("Sample", {"model": model, "steps": 4, "sampler": "euler", **changes}),
        c=("Save", {"images": ["b", 0], "filename_prefix": "ours"}),
        d=("Patch", {"model": ["a", 0]}),
    )


@pytest.mark.parametrize(
    ("mine", "row", "found"),
    [
        (ours(["a", 0]), {}, []),
        (ours(["a", 1]), {}, ["values Sample.model"]),
        (ours(["a", 0], sampler="lcm"), {}, ["values Sample.sampler"]),
        (ours(["a", 0], mask=["a", 2]), {}, ["values Sample.mask"]),
        (ours(["d", 0]), {}, ["values Sample.model", "with Patch"]),
        (ours(["d", 0]), {"with": {"Patch": "why"}}, ["with Patch"]),
        (ours(["d", 1]), {"with": {"Other": "another class"}}, ["values Sample.model", "with Patch"]),
    ],
)
def test_differences_are_found(mine: edits.Graph, row: dict[str, Any], found: list[str]) -> None:
    assert sorted(what for what, _ in differences(mine, THEIRS, row, INFO)) == found


@pytest.mark.skipif(not (_GOLDENS and _TEMPLATES), reason="OELALA_GOLDENS and OELALA_TEMPLATES name no folders")
@pytest.mark.parametrize("name", ROWS)
def test_it_differs_from_its_template_in_what_its_row_says(name: str) -> None:
    row, preset = ROWS[name], shipped(name)
    inputs = row.get("inputs", [field.key for field in preset.inputs])
    found = dict(differences(sent(preset, inputs), official(row["template"]), row, object_info()))
    told = {f"{part} {what}" for part in ("without", "with", "values") for what in row.get(part, {})}
    assert [found[what] for what in sorted(found.keys() - told)] == []
    assert sorted(told - found.keys()) == []  # a reason for what does not differ
