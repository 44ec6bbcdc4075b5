"""A workflow of anybody's, looked through for what a preset may set: each find is an Exposure, which the user keeps,
renames or leaves. What its author shows (app mode, controls on the nodes of subgraphs) comes before what is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from . import graph as edits
from .adopting.exposure import Exposure
from .adopting.files import model_rows, sources_of
from .adopting.given import Input, inputs_of
from .adopting.settings import Naming, names_of, own, seeds_of, settings_of, switch_step_of
from .adopting.surface import Spot, Surface
from .adopting.texts import directs, negatives, positives
from .adopting.tools import output_of, tools_of
from .catalog import Catalog
from .editor.conversion import Missing, Shown
from .editor.document import is_document
from .errors import InvalidPreset
from .graph_size import RATES
from .tool import VOCABULARY, Tool
from .workflow import Workflow, read_workflow, unwrapped

_MOST_OTHERS = 500  # inputs of no meaning to us that are offered: a form with all of them would be of no use
_MOST_MODELS = 300  # each is looked for in a server's lists
_MOST_PROMPTS = 12
_MOST_SETTINGS = 200  # that are kept: of nodes without end with a value each, the rest is offered
_VAST = 2**63
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Adoption:
    """`tools` are those that the workflow fits, the likeliest first; `models` and `loras` are parts of the table.
    `missing` are node classes that the server lacks; `sound` says that what it makes can be heard; `document` is the
    file of the editor's, where it came as one; `description` is what is known of it beside."""

    graph: edits.Graph
    tools: tuple[Tool, ...]
    exposures: tuple[Exposure, ...]
    models: tuple[Mapping[str, Any], ...]
    loras: Mapping[str, str]
    clips: Mapping[str, str]
    sound: bool = False
    missing: tuple[Missing, ...] = ()
    document: Mapping[str, Any] | None = None
    description: str = ""

    @property
    def suggested(self) -> tuple[Exposure, ...]:
        return tuple(exposure for exposure in self.exposures if exposure.kept)


def adopt(content: object, catalog: Catalog | None = None) -> Adoption:
    """What a preset could be made of. Raises InvalidPreset with a sentence on what is wrong with the workflow."""
    adoption = _of_workflow(read_workflow(content, catalog), catalog)
    whole = unwrapped(content)
    return replace(adoption, document=whole) if isinstance(whole, Mapping) and is_document(whole) else adoption


def _of_workflow(workflow: Workflow, catalog: Catalog | None) -> Adoption:
    surface = Surface(workflow.graph, catalog)
    output = output_of(surface)
    naming_savers = list(names_of(surface))
    if not naming_savers and not _shows(surface):
        raise InvalidPreset(
            "This workflow saves nothing: give it a node such as Save Video or Save Image, with a file name of its own."
        )
    naming = Naming(
        surface, {Spot(one.node, one.input): one.label for one in (*workflow.shown, *workflow.chosen) if one.label}
    )
    passes = _passes(surface)
    inputs = inputs_of(surface)
    models = model_rows(surface, sources_of(workflow.document))
    if len(models) > _MOST_MODELS:
        raise InvalidPreset(f"This workflow loads {len(models)} models; at most {_MOST_MODELS} are taken.")
    models = _keyed(surface, naming, models)
    chosen = [Spot(one.node, one.input) for one in workflow.chosen]
    wanted = sorted(positives(surface), key=lambda spot: spot not in chosen)
    found = [*_inputs(surface, naming, inputs), *_texts(surface, naming, "prompt", wanted)]
    found += _texts(surface, naming, "negative_prompt", negatives(surface))
    found += [
        *switch_step_of(surface, passes),
        *seeds_of(surface),
        *islice(settings_of(surface, naming, output), _MOST_SETTINGS),
        *naming_savers,
    ]
    known = _once(found, {target for model in models for target in model["into"]})
    taken = {target for e in known for target in e.into} | {target for model in models for target in model["into"]}
    shown = {surface.target(Spot(one.node, one.input)) for one in (*workflow.shown, *workflow.chosen)}
    others = list(islice(_others(surface, naming, taken, shown), _MOST_OTHERS))
    return Adoption(
        workflow.graph,
        tools_of(output, inputs, any(e.key == "prompt" for e in known)),
        tuple(_as_chosen(surface, [*known, *others], workflow.chosen)),
        tuple(models),
        _loras(surface, passes),
        _clips(surface, inputs),
        _has_sound(surface, output),
        workflow.lacking,
    )


def _shows(surface: Surface) -> bool:
    """Whether pictures come of it that have no file name, since they are only shown."""
    shown = (surface.inputs(node) for node in surface.alive if surface.is_output(node))
    return any(inputs.keys() & {"images", "image", "mask", "video"} for inputs in shown)


def _passes(surface: Surface) -> list[str]:
    """Ids of the samplers, the one that starts from noise first."""
    found = [i for i in surface.alive if {"positive", "negative", "model"} <= surface.inputs(i).keys()]
    return sorted(found, key=lambda i: _number(surface.inputs(i).get("start_at_step")))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < _VAST else 0.0


def _once(found: Iterable[Exposure], taken: set[str]) -> list[Exposure]:
    """Each target in one setting alone: the first that asks for it."""
    out, seen = [], set(taken)
    for exposure in found:
        into = tuple(target for target in exposure.into if target not in seen)
        seen |= set(into)
        if into:
            out.append(replace(exposure, into=into))
    return out


def _inputs(surface: Surface, naming: Naming, inputs: list[Input]) -> Iterator[Exposure]:
    """The first of each kind by the product's own key, the others beside it."""
    taken: dict[str, int] = {}
    for one in inputs:
        key = "end_image" if one.role == "end" else {"picture": "image"}.get(one.kind, one.kind)
        label = naming.label(one.spot) if naming.is_named(one.spot) or surface.has_title(one.spot.node) else ""
        label = "" if label.casefold() == "input" else label  # that they all are
        if key in taken:
            label = label or f"{VOCABULARY[key].label} {taken[key] + 1}"
            taken[key] += 1
            key = naming.key(label)
        else:
            taken[key] = 1
        row = {"needed": one.is_needed or key == "image"}
        label = label or VOCABULARY[key].label
        label = label.removeprefix("Load ")
        label = label[:1].upper() + label[1:]
        yield Exposure(key, label, (surface.target(one.spot),), surface.value(one.spot), True, one.kind, row)


def _texts(surface: Surface, naming: Naming, key: str, spots: list[Spot]) -> Iterator[Exposure]:
    """Each text a field of its own, but for those that say the same."""
    groups: dict[str, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(str(surface.value(spot)), []).append(spot)
    for number, (text, group) in enumerate(islice(groups.items(), _MOST_PROMPTS)):
        targets = tuple(map(surface.target, group))
        if number == 0:
            yield Exposure(key, VOCABULARY[key].label, targets, text)
        else:
            label = naming.label(group[0], short=True)
            yield Exposure(naming.key(label), label, targets, text, not directs(surface, group[0]), "text")


def _keyed(surface: Surface, naming: Naming, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every model file can be chosen: those that the product has no setting for get one of their own."""
    by_target = {surface.target(spot): spot for spot in surface.spots()}
    single = sum(row.get("key") in ("unet_high_noise", "unet_low_noise") for row in rows) == 1
    for row in rows:
        spot = by_target[row["into"][0]]
        if "key" not in row:
            row["label"] = naming.label(spot)
            row["key"] = naming.key(row["label"])
        elif naming.is_named(spot):
            row["label"] = naming.label(spot)
        elif single and row["key"].startswith("unet_"):
            row["label"] = "Model"
    return rows


def _others(surface: Surface, naming: Naming, taken: set[str], shown: set[str]) -> Iterator[Exposure]:
    """Whatever else holds a value, kept where its author shows it. What the author calls the same and is the same now,
    as in a subgraph that stands there twice, is one setting."""
    groups: dict[object, list[Spot]] = {}
    for spot in surface.spots():
        if surface.target(spot) not in taken and 0 < len(spot.input) <= _LONGEST_NAME and not _is_fixed(surface, spot):
            named = (naming.label(spot), surface.kind(spot), surface.value(spot)) if naming.is_named(spot) else spot
            groups.setdefault(named, []).append(spot)
    for spots in groups.values():
        kept = any(surface.target(spot) in shown for spot in spots) or _is_named_switch(surface, naming, spots[0])
        yield own(surface, naming, spots, kept=kept)


def _is_named_switch(surface: Surface, naming: Naming, spot: Spot) -> bool:
    """Whether somebody gave a name to what a node of its own says, or a switch goes by."""
    if surface.kind(spot) != "switch" or not (spot.input == "value" or surface.is_switch(spot.node)):
        return False
    return naming.is_named(spot) or surface.has_title(spot.node)


def _is_fixed(surface: Surface, spot: Spot) -> bool:
    """What only displays something."""
    return surface.type(spot.node).startswith("Preview") or surface.type(spot.node) == "ImageCompare"


def _as_chosen(surface: Surface, found: list[Exposure], chosen: tuple[Shown, ...]) -> list[Exposure]:
    """What its author chose for app mode comes first, in that order, and is kept."""
    order = {surface.target(Spot(one.node, one.input)): at for at, one in enumerate(chosen)}
    place = {e.key: min((order[t] for t in e.into if t in order), default=len(order)) for e in found}
    out = [replace(e, kept=True) if place[e.key] < len(order) else e for e in found]
    return sorted(out, key=lambda e: place[e.key])


def _loras(surface: Surface, passes: list[str]) -> dict[str, str]:
    """Where rows of LoRAs can go: in front of the models of the samplers, or of their guiders."""
    nodes = passes or [i for i in surface.alive if surface.is_guider(i) and "model" in surface.inputs(i)]
    targets = [surface.target(Spot(i, "model")) for i in nodes if edits.is_link(surface.inputs(i)["model"])]
    return dict(zip(("high", "low"), targets, strict=False))


def _clips(surface: Surface, inputs: list[Input]) -> dict[str, str]:
    """The nodes between which a clip is made again from the last frame of the one before."""
    start = next((one.spot.node for one in inputs if one.kind == "picture" and one.role == "start"), "")
    frames = {
        surface.inputs(i)["images"][0]
        for i in surface.alive
        if any(name in surface.inputs(i) for name in RATES) and edits.is_link(surface.inputs(i).get("images"))
    }
    if not start or len(frames) != 1 or not frames <= surface.graph.keys():
        return {}
    return {"start": surface.title(start), "frames": surface.title(frames.pop())}


def _has_sound(surface: Surface, output: str) -> bool:
    return output == "video" and any(
        edits.is_link(surface.inputs(i).get("audio")) for i in surface.alive if "images" in surface.inputs(i)
    )
