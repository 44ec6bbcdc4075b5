"""What in a preset's table contradicts its graph, or another entry."""

from __future__ import annotations

from collections.abc import Iterator

from . import graph as edits
from .errors import InvalidPreset
from .field import TIMED_KINDS, Field, FieldKind
from .framing import ENTRIES
from .geometry import ASPECTS
from .graph_size import stated_rate
from .inputs import companions
from .preset import Preset
from .size_rule import AMOUNTS, is_resolution

_K = FieldKind
#: kinds of inputs that have a size
_SIZED = frozenset({_K.PICTURE, _K.PICTURES, _K.VIDEO, _K.MASK})
#: settings that a job always has a value of
_SETTLED = frozenset({"seed", "duration", "switch_step", "lora_configs", "expert_mode_allocations"})


def check_preset(preset: Preset) -> None:
    """Raises InvalidPreset unless every target names exactly one node and an input of it, and no part of the table
    asks for another that is not there, or says the contrary of another."""
    graph = edits.copy_graph(preset.template)
    known = edits.by_title(graph)
    for target in _targets(preset):
        title, name = edits.split_target(target)
        if name not in graph[edits.find_node(graph, title, known)]["inputs"]:
            raise InvalidPreset(f"{preset.id}: node “{title}” has no input {name}.")
    for title in _titles(preset):
        edits.find_node(graph, title, known)
    fault = next((words for part in _PARTS for words in part(preset)), None)
    if fault is not None:
        raise InvalidPreset(f"{preset.id}: {fault}")


def _targets(preset: Preset) -> list[str]:
    targets = [t for ts in preset.into.values() for t in ts] + [t for m in preset.models for t in m.into]
    targets += [*preset.devices, *preset.outputs, *preset.newer]
    targets += [f"{title}.{part.through}" for part in preset.optional for title in part.nodes]
    targets += preset.times.rate if preset.times else ()
    if preset.loras:
        targets += [t for t in (preset.loras.high, preset.loras.low, *preset.loras.clip) if t]
    return targets


def _titles(preset: Preset) -> list[str]:
    titles = [preset.end_picture.node] if preset.end_picture else []
    titles += [preset.clips.start, preset.clips.frames] if preset.clips else []
    titles += preset.times.nodes if preset.times else ()
    return titles + [title for field in preset.inputs for title in field.nodes]


def _settings(preset: Preset) -> Iterator[str]:
    fields = preset.fields
    if "switch_step" in fields and "steps" not in fields:
        yield "switch_step needs steps too."
    if "switch_step" in fields and not fields["steps"].default:
        yield "switch_step needs steps by default."
    if preset.clips and "num_frames" not in preset.into:
        yield "[clips] needs num_frames too."
    for model in preset.models:
        if model.key and (model.key not in fields or fields[model.key].kind is not _K.MODEL):
            yield f"“{model.key}” chooses no model; it is no setting of that kind."
    for part in preset.optional:
        if part.key not in fields or fields[part.key].kind is not _K.SWITCH:
            yield f"“{part.key}” switches nothing off; it is no setting of that kind."


def _leads(preset: Preset, start: str, end: str) -> bool:
    graph = edits.copy_graph(preset.template)
    return edits.find_node(graph, end) in edits.downstream(graph, edits.find_node(graph, start))


def _keeping(preset: Preset) -> Iterator[str]:
    """Fields that leave their nodes' values as they are."""
    settled = _SETTLED | AMOUNTS | {part.key for part in preset.optional}
    settled |= {"steps"} if "switch_step" in preset.fields else set()
    for field in preset.fields.values():
        if field.keeps and not field.into:
            yield f"“{field.key}” keeps its nodes' values, and names none of them."
        if field.keeps and field.key in settled:
            yield f"“{field.key}” cannot keep its nodes' values: every job has one of its own."


def _inputs(preset: Preset) -> Iterator[str]:
    for field in preset.inputs:
        by_itself = field.key == "end_image" and preset.end_picture is not None
        if not field.into and not by_itself:
            yield f"the input “{field.key}” goes nowhere; name its loader in into."
        if field.kind is _K.PICTURES:
            yield from _pictures(field)
        if field.default is not None:
            yield f"the input “{field.key}” cannot have a default."
        for part in companions(field):
            if part.key in preset.fields and part.kind is not _K.POINT:  # one called so is the preset's own
                yield f"“{part.key}” comes with the input “{field.key}” by itself; leave it out."
    loaders = [edits.split_target(target)[0] for field in preset.inputs for target in field.into]
    for title in dict.fromkeys(t for t in loaders if loaders.count(t) > 1):
        yield f"two inputs go into node “{title}”."


def _followed(preset: Preset) -> Iterator[str]:
    """Inputs that size, length and rate are taken from."""
    kinds = {field.key: field.kind for field in preset.inputs}
    for name, key, fitting, fact in (
        ("size.of", preset.size.of, _SIZED, "size"),
        ("frames.as", preset.frames.given, TIMED_KINDS, "length"),
        ("rate", preset.rate, {_K.VIDEO}, "rate"),
    ):
        if not isinstance(key, str) or not key:
            continue
        if key not in kinds:
            yield f"{name} names “{key}”, which is no input of it."
        elif kinds[key] not in fitting:
            yield f"{name} names “{key}”, which has no {fact}."


def _absent(preset: Preset) -> Iterator[str]:
    """Nodes that may be taken out before another entry looks for them."""
    optional = {title for part in preset.optional for title in part.nodes}
    optional |= set(preset.times.nodes) if preset.times else set()
    loras = [preset.loras.high, preset.loras.low, *preset.loras.clip] if preset.loras else []
    early = [edits.split_target(target)[0] for target in loras if target]
    early += [title for field in preset.inputs for title in _nodes_of(field)]
    late = [preset.end_picture.node] if preset.end_picture else []
    late += [preset.clips.start, preset.clips.frames] if preset.clips else []
    dropped = optional | {title for field in preset.inputs for title in _nodes_of(field, _least(field))}
    for title in (*(t for t in early if t in optional), *(t for t in late if t in dropped)):
        yield f"node “{title}” may be left out, and another entry cannot do without it."


def _nodes_of(field: Field, given: int = 0) -> list[str]:
    """Titles of the nodes that go out when only so many of an input's files are given."""
    return [*(edits.split_target(target)[0] for target in field.into[given:]), *field.nodes_from(given)]


def _least(field: Field) -> int:
    """How many files are there at least."""
    if not field.needed:
        return 0
    return int(field.minimum or 0) if field.kind is _K.PICTURES else max(len(field.into), len(field.nodes))


def _pictures(field: Field) -> Iterator[str]:
    most = int(field.maximum or 0)
    if most > len(field.into):
        yield f"“{field.key}” takes {most} pictures and has loaders for {len(field.into)}."
    if len(field.nodes) % max(1, len(field.into)):
        yield f"“{field.key}” names {len(field.nodes)} nodes for {len(field.into)} pictures; each needs as many."
    if field.needed and not field.minimum:
        yield f"“{field.key}” is needed, and yet 0 pictures are enough."


def _frames(preset: Preset) -> Iterator[str]:
    rule = preset.frames
    if fault := rule.fault():
        yield f"frames: {fault}."
    if preset.output != "video" and rule.given:
        yield "frames.as is for videos."
    if preset.output != "video" and "num_frames" in preset.into:
        yield "num_frames is for videos."
    if rule.given and preset.clips:
        yield "clips cannot be as long as what is given."
    if preset.clips and not _leads(preset, preset.clips.start, preset.clips.frames):
        yield f"[clips]: nothing leads from node “{preset.clips.start}” to node “{preset.clips.frames}”."
    frames = preset.fields.get("num_frames")
    if frames is not None and frames.default is not None and not frames.keeps:
        yield "num_frames follows from duration; give that a default instead."


def _paces(preset: Preset) -> Iterator[str]:
    if not (key := preset.frames.pace):
        return
    field = preset.fields.get(key)
    if field is None or field.kind is not _K.NUMBER or field.minimum is None or field.minimum <= 0 or field.keeps:
        yield f"frames.pace names “{key}”, which is no number with a minimum above 0 and a default."
    if not preset.frames.given:
        yield "frames.pace needs frames.as too."


def _times(preset: Preset) -> Iterator[str]:
    if preset.times is None:
        return
    field = preset.fields.get(preset.times.key)
    if field is None or field.kind is not _K.INTEGER or field.keeps or not field.default or not _counts(field):
        yield f"times names “{preset.times.key}”, which is no whole number from 1 on with a default."
    if not preset.frames.given or "num_frames" in preset.into:
        yield "[times] needs frames.as, and no num_frames beside it."


def _counts(field: Field) -> bool:
    """Whether every number that it may be is 1 or more."""
    if field.choices:
        return all(choice.isdecimal() and int(choice) > 0 for choice in field.choices)
    return field.minimum is not None and field.minimum >= 1


def _rates(preset: Preset) -> Iterator[str]:
    fps, stated = preset.fields.get("fps"), stated_rate(preset.template)
    if preset.rate is not None and fps:
        yield "rate and fields.fps say the same thing twice; keep one of them."
    if isinstance(preset.rate, int | float) and stated and stated != round(preset.rate):
        yield f"its rate is {preset.rate:g}, and its graph says {stated}."
    if isinstance(preset.rate, str) and stated:
        yield f"its rate is that of {preset.rate}, and its graph says {stated}; link that input to the given rate."
    if isinstance(preset.rate, str) and not preset.frames.given and "num_frames" in preset.into:
        yield "a rate as given needs frames.as too."
    if fps and not fps.choices and (fps.minimum is None or fps.minimum < 1):
        yield "fps needs choices, or a minimum of 1."


def _sizes(preset: Preset) -> Iterator[str]:
    rule = preset.size
    wants = rule.kind in ("factor", "given", "frame")
    if wants and not any(field.kind in _SIZED for field in preset.inputs):
        yield f"size.class {rule.kind} needs a picture or a video among its inputs."
    if (margin := next((key for key in preset.into if key in ENTRIES), None)) and rule.kind != "frame":
        yield f"“{margin}” is for sizes of the class frame."
    if "width" in preset.into and "height" not in preset.into and rule.kind != "video":
        yield "a width alone is for sizes of the class video."
    if rule.kind in AMOUNTS and (field := preset.fields.get(rule.kind)):
        if field.kind not in (_K.INTEGER, _K.NUMBER):
            yield f"“{field.key}” must be a number."
        if field.minimum is not None and field.minimum <= 0:
            yield f"“{field.key}” needs a minimum above 0."


def _named(preset: Preset) -> Iterator[str]:
    """Sizes and aspects by names that mean nothing."""
    for name in preset.fields["resolution"].choices if "resolution" in preset.fields else ():
        if not is_resolution(name):
            yield f"“{name}” is no resolution; write it as 720p."
    for name in preset.fields["aspect_ratio"].choices if "aspect_ratio" in preset.fields else ():
        if name not in ("auto", *ASPECTS):
            yield f"“{name}” is no aspect; there are {', '.join(ASPECTS)} and auto."


def _linked(preset: Preset) -> Iterator[str]:
    """Inputs that take an output by its type."""
    for target in preset.outputs:
        title, name = edits.split_target(target)
        if not edits.is_link(preset.template[edits.find_node(preset.template, title)]["inputs"][name]):
            yield f"outputs: nothing leads to “{target}”."


_PARTS = (_linked, _settings, _keeping, _inputs, _followed, _absent, _frames, _paces, _times, _rates, _sizes, _named)
