"""Pressing Generate does what the page said it would: what `plan` says is what gets into the graph, what it refuses it
refuses in a sentence, and what it accepts can be made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.field import MAX_SEED, Field, FieldKind
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.inputs import Given, Inputs, companions, names_in
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import VOCABULARY
from tests.unit.domain.made_presets import CATALOG, MADE, made
from tests.unit.domain.samples import SHIPPED, shipped
from tests.unit.domain.test_field import JSON
from tests.unit.node_table import faults_of

K = FieldKind
PRESETS = {name: shipped(name) for name in SHIPPED} | {name: made(name) for name in MADE}
ROWS = (
    {"high": "style.safetensors"},
    {"high": "camera_HIGH.safetensors", "strength": 0.5},
    {"high": "style.safetensors", "low": None},
    {"low": "style.safetensors"},
    {"high": "gone.safetensors", "enabled": False},
)
#: what a page can wish and nobody can meet
KNOWN = {"no_margin", "switch_beyond", "lora_low_only", "beyond_end", "too_large", "too_many", "input_missing"}
KNOWN |= {"too_quick", "too_wide"}
CHOICES = {
    **{"sampler": ("euler", "UNI_PC"), "scheduler": ("beta",)},
    **{"algorithm": ("LoRA", "lokr"), "optimizer": ("AdamW", "SGD"), "loss_function": ("MSE",)},
}
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
SPLITS = ("", "cuda:1,4gb", "cuda:0,1gb;cpu,*")


def _numbers(field: Field) -> st.SearchStrategy[Any]:
    low, high = field.minimum or 0, field.maximum if field.maximum is not None else 200
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind is K.INTEGER:
        return st.integers(int(low), int(high))
    return st.floats(low, high)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that a form could hold."""
    if field.key == "expert_mode_allocations":
        return st.sampled_from(SPLITS)
    if field.kind is K.PICTURES:
        return st.lists(st.sampled_from(["a.png", "b.png"]), max_size=int(field.maximum or 0))
    if field.kind is K.CHOICE:
        return st.sampled_from(field.choices or CHOICES[field.key])
    return {
        K.INTEGER: _numbers(field),
        K.NUMBER: _numbers(field),
        K.SEED: st.integers(-1, MAX_SEED),
        K.SWITCH: st.booleans(),
        K.LORAS: st.lists(st.sampled_from(ROWS), max_size=3),
        K.MODEL: st.none(),
        K.POINT: st.none() | st.fixed_dictionaries({"x": st.floats(0, 1), "y": st.floats(0, 1)}),
        K.TEXT: st.text(LETTERS, max_size=40),
        K.LINE: st.sampled_from(("hrbr", "Harbour style")) if field.rule else st.text(LETTERS, max_size=40),
    }.get(field.kind, st.just("given.png"))


def _facts(draw: Any, field: Field, name: str) -> Given:
    width, height = draw(st.integers(64, 4000)), draw(st.integers(64, 4000))
    plain = Given(name, field.kind.value, size=draw(st.integers(1, 2_000_000)), is_small=draw(st.booleans()))
    if field.kind is K.SOUND:
        return replace(plain, length=draw(st.floats(0.05, 60)), has_sound=True)
    if field.kind is not K.VIDEO:
        return replace(plain, width=width, height=height)
    rate, frames = draw(st.sampled_from([8.0, 16.0, 24000 / 1001, 24.0, 25.0, 60.0])), draw(st.integers(1, 2000))
    return replace(plain, width=width, height=height, rate=rate, frames=frames, length=frames / rate)


@st.composite
def wishes(draw: Any, preset: Preset) -> tuple[dict[str, Any], Inputs, Catalog]:
    """A wish for the preset as a page makes it, what is known of its inputs, and a server."""
    fields = {f.key: f for field in preset.fields.values() for f in (field, *companions(field))}
    fields.pop("num_frames", None) if draw(st.booleans()) else fields.pop("duration", None)
    needed = {key for key, field in fields.items() if field.needed}
    keys = needed | set(draw(st.lists(st.sampled_from(sorted(fields)), unique=True)))
    values = {key: draw(values_of(fields[key])) for key in sorted(keys)}
    for field in preset.inputs:  # a trim is wished of what is there
        if field.key not in values:
            values = {k: v for k, v in values.items() if k not in {part.key for part in companions(field)}}
    if "num_frames" in values:
        values["num_frames"] = preset.frames.below(values["num_frames"])
    facts = {
        field.key: tuple(_facts(draw, field, name) for name in names_in(values[field.key]))
        for field in preset.inputs
        if field.key in values
    }
    limit = draw(st.sampled_from([None, None, 1_000_000]))
    return values, facts, replace(CATALOG, upload_limit=limit)


def planned(preset: Preset, values: Any, inputs: Inputs, catalog: Catalog | None) -> Plan | Obstacle:
    return plan(preset.tool, (preset,), values, inputs, catalog)


def built(preset: Preset, found: Plan, catalog: Catalog) -> edits.Graph:
    used = found.request.values
    files = {
        field.key: [InputFile(f"{field.key}{n}.bin", float(used.get(field.key + "_start") or 0)) for n in range(count)]
        for field in preset.inputs
        if (count := len(names_in(used.get(field.key))))
    }
    request = found.request if found.request.seed >= 0 else found.request.with_seed(5)
    return preset.graph(request, files=files, prefix="oelala/job", catalog=catalog)


def inputs_by_title(graph: edits.Graph) -> dict[str, Any]:
    return {title: graph[ids[0]]["inputs"] for title, ids in edits.by_title(graph).items()}


def check_graph(preset: Preset, found: Plan, graph: edits.Graph, *, full: bool) -> None:
    request = found.request
    seed = request.seed if request.seed >= 0 else 5
    said = {**request.values, "width": request.width, "height": request.height, "num_frames": request.num_frames}
    said |= {"seed": seed, **(request.frame.entries() if request.frame else {})}
    nodes = inputs_by_title(graph)
    before = inputs_by_title(edits.copy_graph(preset.template))
    inputs = {field.key for field in preset.inputs}
    for key, targets in preset.into.items():
        for title, name in map(edits.split_target, targets if key not in {*inputs, "filename"} else ()):
            if title in nodes and not edits.is_link(nodes[title].get(name)):
                expected = said.get(key)
                unsaid = expected is None or (key in ("width", "height", "num_frames") and not expected)
                assert nodes[title][name] == (before[title][name] if unsaid else expected), key
    for model in preset.models:
        if model.key:
            loaded = [(t, name) for t, name in map(edits.split_target, model.into) if t in nodes]
            assert {nodes[t][name] for t, name in loaded} <= {said[model.key]}
            assert loaded or preset.times is not None
    for field in preset.inputs:
        count = len(names_in(said.get(field.key)))
        for index, (title, name) in enumerate(map(edits.split_target, field.into)):
            wanted = index if field.kind is K.PICTURES else 0
            assert (title in nodes) is (wanted < count), title
            assert title not in nodes or nodes[title][name] == f"{field.key}{wanted}.bin"
    links = [v for row in graph.values() for v in row["inputs"].values() if edits.is_link(v)]
    assert {link[0] for link in links} <= graph.keys()
    assert not full or faults_of(graph) == []


@pytest.mark.parametrize("name", PRESETS)
@given(data=st.data())
@settings(max_examples=25)
def test_what_the_page_says_is_what_is_made(name: str, data: st.DataObject) -> None:
    preset = PRESETS[name]
    values, inputs, catalog = data.draw(wishes(preset))
    found = planned(preset, values, inputs, catalog)
    if isinstance(found, Obstacle):
        assert found.code in KNOWN  # nothing else stands in the way of what a page can wish
        return
    check_graph(preset, found, built(preset, found, catalog), full=name in SHIPPED)
    # what can be told without an engine or a look at files refuses nothing of it
    for less in (planned(preset, values, {}, catalog), planned(preset, values, {}, None)):
        assert isinstance(less, Plan)
        assert less.given == found.given
    assert found.request.params().items() >= {"workflow": preset.id, "seed": found.request.values["seed"]}.items()
    sized = (found.request.width, found.request.height)
    assert all(side % preset.size.multiple == 0 for side in sized) or preset.size.kind == "sdxl"
    if preset.output == "video":
        rule, count = preset.frames, found.request.num_frames
        assert rule.allows(count) and rule.least <= count <= rule.most


@pytest.mark.parametrize("name", PRESETS)
@given(data=st.data())
@settings(max_examples=25)
def test_what_is_settled_settles_as_itself(name: str, data: st.DataObject) -> None:
    preset = PRESETS[name]
    values, inputs, catalog = data.draw(wishes(preset))
    found = planned(preset, values, inputs, catalog)
    if isinstance(found, Plan):
        settled = {key: value for key, value in found.request.values.items() if value is not None}
        again = planned(preset, settled, inputs, catalog)
        assert isinstance(again, Plan), again
        assert again.request == found.request
        assert again.advice == found.advice


@pytest.mark.parametrize("name", PRESETS)
@given(data=st.data())
@settings(max_examples=25)
def test_anything_is_met_or_refused_in_a_sentence(name: str, data: st.DataObject) -> None:
    preset = PRESETS[name]
    values, inputs, catalog = data.draw(wishes(preset))
    odd = data.draw(
        st.dictionaries(st.sampled_from([*VOCABULARY, *preset.fields, "own"]), JSON, min_size=1, max_size=3)
    )
    with_or_without = data.draw(st.sampled_from([catalog, None, Catalog({}), replace(Catalog({}), sketch=True)]))
    found = planned(preset, values | odd, inputs, with_or_without)
    if isinstance(found, Obstacle):
        assert found.sentence.endswith((".", "?"))
        assert found.field
    elif with_or_without is not None:
        check_graph(preset, found, built(preset, found, catalog), full=False)


@given(data=st.data())
@settings(max_examples=100)
def test_auto_takes_a_preset_that_then_keeps_its_word(data: st.DataObject) -> None:
    tool = data.draw(st.sampled_from(sorted({preset.tool.id for preset in PRESETS.values()})))
    presets = sorted((p for p in PRESETS.values() if p.tool.id == tool), key=lambda preset: preset.order)
    values, inputs, catalog = data.draw(wishes(data.draw(st.sampled_from(presets))))
    shared = {key: value for key, value in values.items() if key in presets[0].tool.keys}
    found = plan(presets[0].tool, presets, shared, inputs, catalog)
    if isinstance(found, Plan):
        alone = planned(found.preset, shared, inputs, catalog)
        assert alone == found
        check_graph(found.preset, found, built(found.preset, found, catalog), full=False)
