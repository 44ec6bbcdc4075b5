"""What in a preset's table contradicts its graph, or another entry."""

from __future__ import annotations

from collections.abc import Iterator

from . import graph as edits
from .errors import InvalidPreset
from .field import Field, FieldKind
from .preset import Preset
from .size_rule import is_resolution


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
    fault = next((words for part in (_settings, _inputs, _frames, _sizes) for words in part(preset)), None)
    if fault is not None:
        raise InvalidPreset(f"{preset.id}: {fault}")


def _targets(preset: Preset) -> list[str]:
    targets = [t for ts in preset.into.values() for t in ts] + [t for m in preset.models for t in m.into]
    targets += list(preset.devices)
    targets += [f"{title}.{part.through}" for part in preset.optional for title in part.nodes]
    if preset.loras:
        targets += [t for t in (preset.loras.high, preset.loras.low, *preset.loras.clip) if t]
    return targets


def _titles(preset: Preset) -> list[str]:
    titles = [preset.end_picture.node] if preset.end_picture else []
    titles += [preset.clips.start, preset.clips.frames] if preset.clips else []
    return titles + [title for field in preset.inputs for title in field.nodes]


def _settings(preset: Preset) -> Iterator[str]:
    if "switch_step" in preset.fields and "steps" not in preset.fields:
        yield "switch_step needs steps too."
    if "switch_step" in preset.fields and not preset.fields["steps"].default:
        yield "switch_step needs steps by default."
    if preset.clips and "num_frames" not in preset.into:
        yield "[clips] needs num_frames too."
    for field in preset.fields.values():
        if field.keeps and not field.into:
            yield f"“{field.key}” keeps its nodes' values, and names none of them."


def _inputs(preset: Preset) -> Iterator[str]:
    for field in preset.inputs:
        by_itself = field.key == "end_image" and preset.end_picture is not None
        if not field.into and not by_itself:
            yield f"the input “{field.key}” goes nowhere; name its loader in into."
        if field.kind is FieldKind.PICTURES:
            yield from _pictures(field)
        if field.default is not None:
            yield f"the input “{field.key}” cannot have a default."
    loaders = [edits.split_target(target)[0] for field in preset.inputs for target in field.into]
    for title in dict.fromkeys(t for t in loaders if loaders.count(t) > 1):
        yield f"two inputs go into node “{title}”."
    for name, key in (("size.of", preset.size.of), ("frames.as", preset.frames.given), ("rate", preset.rate)):
        if isinstance(key, str) and key and key not in {field.key for field in preset.inputs}:
            yield f"{name} names “{key}”, which is no input of it."


def _pictures(field: Field) -> Iterator[str]:
    most = int(field.maximum or 0)
    if most > len(field.into):
        yield f"“{field.key}” takes {most} pictures and has loaders for {len(field.into)}."
    if field.nodes and len(field.nodes) != len(field.into):
        yield f"“{field.key}” names {len(field.nodes)} nodes for {len(field.into)} pictures; one each is needed."
    if field.needed and not field.minimum:
        yield f"“{field.key}” is needed, and yet 0 pictures are enough."


def _frames(preset: Preset) -> Iterator[str]:
    rule = preset.frames
    if fault := rule.fault():
        yield f"frames: {fault}."
        return
    if preset.tool.output != "video" and rule.given:
        yield "frames.as is for videos."
    if preset.rate is not None and "fps" in preset.fields:
        yield "rate and fields.fps say the same thing twice; keep one of them."
    if rule.given and preset.clips:
        yield "clips cannot be as long as what is given."
    if isinstance(preset.rate, str) and not rule.given and "num_frames" in preset.into:
        yield "a rate as given needs frames.as too."
    count = preset.fields["num_frames"].default if "num_frames" in preset.fields else None
    if isinstance(count, int) and not rule.allows(count):
        yield f"num_frames = {count} is not on the rule of its frames."


def _sizes(preset: Preset) -> Iterator[str]:
    rule = preset.size
    wants = rule.kind in ("factor", "given")
    if wants and not any(f.kind in (FieldKind.PICTURE, FieldKind.PICTURES, FieldKind.VIDEO) for f in preset.inputs):
        yield f"size.class {rule.kind} needs a picture or a video among its inputs."
    if "width" in preset.into and "height" not in preset.into and rule.kind != "video":
        yield "a width alone is for sizes of the class video."
    field = preset.fields.get("resolution")
    odd = [name for name in (field.choices if field else ()) if not is_resolution(name)]
    if odd:
        yield f"“{odd[0]}” is no resolution; write it as 720p."
