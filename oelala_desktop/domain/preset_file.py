"""A preset's two files, parsed: `.toml` (what it is and which setting goes where) and `.json` (the graph).

    name, description, order            text, text, number (the tool's order of preference)
    size   = {multiple = 16, class = "video" | "sdxl" | "megapixels" | "factor" | "given" | "frame", megapixels, factor,
              of = KEY}      a frame is made round what is given, with the settings aspect_ratio and place; of it,
                             and of a size as given, megapixels are the most
    frames = {step = 4, offset = 1, least = 5, most = 361, as = KEY, pace = KEY}
                           frames are step × k + offset, or as given, played so many times as fast
    rate   = 24 | KEY           the only rate, which the graph says too, or that of the video KEY, which it links to
    sound  = true                                                         what it makes can be heard
    output = "video" | "image" | "model" | "file"                         what it makes, where that is not its tool's
    tips   = ["sentence", …]                                              how this model likes to be prompted
    [fields.KEY]  default, minimum, maximum, step, label, help, kind, choices, into = ["Title.input", …]
                  keeps = true          each of its nodes keeps what it has in the graph until the setting is changed
                  for inputs also needed = true, nodes = ["goes with it when it is not given", …], of pictures as many
                  for each; through = "an input": those of them that have it are passed by there
    outputs = {"Title.input" = "TYPE", …}      the input takes that output of its node, whichever number it has there
    newer  = ["Title.input", …]                inputs that older servers lack, where they are left out
    [[models]]    key?, into, folder, file, prefer = ["pattern", …], source
    [[packs]]     name, address, classes
    [[optional]]  key, class, nodes, through
    [loras]       high, low?, clip?
    [end_picture] node, class, input
    [clips]       start, frames
    [times]       by = KEY, rate, nodes, through      frames are multiplied, and what rate comes of it goes into rate;
                                                      where it is 1 the nodes are passed by, or go
    devices = ["Title.input", …]
    also = ["node class that others cannot do without", …]
    adopted = true                      made from a workflow of the user's own

A KEY is one of the product's settings, one of width, height, filename, and of a frame pad_left, pad_top, pad_right,
pad_bottom, inner_width, inner_height (computed), or the preset's own with a kind:
text, line, choice, integer, number, seed, switch, model or loras, or for an input picture, pictures, video, sound, mask
or dataset. A whole number of the product's may be of kind number. Only where num_frames, width and height have a field
does the page offer a duration and a size; where they keep what the graph has, they are plain numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import crop
from . import graph as edits
from .errors import InvalidField, InvalidPreset
from .field import INPUT_KINDS, Field, FieldKind
from .frame_rule import WAN, FrameRule
from .framing import ENTRIES
from .model_file import ModelFile
from .preset import Clips, EndPicture, LoraTargets, OptionalPart, Pack, Preset
from .preset_check import check_preset
from .preset_shape import TABLE, check_shape
from .size_rule import AMOUNTS, LEAST_AMOUNT, MOST_AMOUNT, SHORT_SIDE, SizeRule
from .times import Times
from .tool import MAX_PROMPT, PARTICULAR, Tool

_COMPUTED = ("width", "height", "filename", *ENTRIES)
#: what a field has as its entry says it
_PLAIN = ("default", "minimum", "maximum", "step", "label", "help", "needed", "keeps", "through")
#: what of an entry its default may contradict
_RULING = frozenset({"default", "minimum", "maximum", "choices", "keeps"})


def parse_preset(short_id: str, tool: Tool, table: Mapping[str, Any], graph: Mapping[str, Any]) -> Preset:
    """Raises InvalidPreset with a sentence that names the file's fault."""
    unknown = table.keys() - TABLE.keys()
    if unknown:
        raise InvalidPreset(f"{tool.id}.{short_id}: unknown entry “{sorted(unknown)[0]}”.")
    try:
        check_shape(f"{tool.id}.{short_id}", table)
        preset = _build(short_id, tool, table, graph)
        check_preset(preset)
    except InvalidField as error:
        raise InvalidPreset(f"{tool.id}.{short_id}: its default is wrong. {error}") from error
    except KeyError as error:
        raise InvalidPreset(f"{tool.id}.{short_id}: the entry {error} is missing.") from error
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError) as error:
        raise InvalidPreset(f"{tool.id}.{short_id}: an entry is of the wrong kind ({error}).") from error
    return preset


def _build(short_id: str, tool: Tool, table: Mapping[str, Any], graph: Mapping[str, Any]) -> Preset:
    rows: Mapping[str, Mapping[str, Any]] = table.get("fields", {})
    models = tuple(
        ModelFile(tuple(m["into"]), m["folder"], m["file"], tuple(m["prefer"]), m.get("source", ""), m.get("key"))
        for m in table.get("models", ())
    )
    loras, end, clips, times = (table.get(name) for name in ("loras", "end_picture", "clips", "times"))
    optional = tuple(
        OptionalPart(o["key"], o["class"], tuple(o["nodes"]), o.get("through", "model"))
        for o in table.get("optional", ())
    )
    used = (
        {k for k in rows if k not in _COMPUTED or _keeps(rows, k)}
        | {m.key for m in models if m.key}
        | {o.key for o in optional}
    )
    used |= (
        ({"variations"} if tool.output != "model" else set())
        | ({"lora_configs"} if loras else set())
        | ({"end_image"} if end else set())
    )
    used |= {"clip_count"} if clips else set()
    size, frames = _size(table.get("size", {})), _frames(table.get("frames", {}))
    used |= _size_settings(size) if ("width" in rows and not _keeps(rows, "width")) or size.kind == "frame" else set()
    used |= {"duration"} if "num_frames" in rows and not (frames.given or _keeps(rows, "num_frames")) else set()
    used -= {"num_frames"} if frames.given else set()
    preset = f"{tool.id}.{short_id}"
    rows = _bounded(rows, size, frames, tool)
    titles = edits.by_title(graph)
    shared = tool.vocabulary
    made = {
        k: _field(preset, shared.get(k), k, rows.get(k, {}), graph, titles)
        for k in dict.fromkeys((*shared, *rows))
        if k in used
    }
    own = [field for k, field in made.items() if k not in shared]
    known = [field for k, field in made.items() if k in shared]
    fields = _inputs_first([*known, *own], list(rows))
    return Preset(
        id=preset,
        tool=tool,
        name=str(table["name"]),
        description=str(table.get("description", "")),
        order=int(table.get("order", 100)),
        template=graph,
        fields={f.key: f for f in fields},
        into={k: tuple(row.get("into", ())) for k, row in rows.items()},
        models=models,
        packs=tuple(Pack(p["name"], p["address"], tuple(p["classes"])) for p in table.get("packs", ())),
        optional=optional,
        loras=LoraTargets(loras["high"], loras.get("low"), tuple(loras.get("clip", ()))) if loras else None,
        end_picture=EndPicture(end["node"], end["class"], end["input"]) if end else None,
        clips=Clips(clips["start"], clips["frames"]) if clips else None,
        times=_times(times) if times else None,
        devices=tuple(table.get("devices", ())),
        size=size,
        frames=frames,
        rate=table.get("rate"),
        sound=bool(table.get("sound", False)),
        output=str(table.get("output", tool.output)),
        tips=tuple(table.get("tips", ())),
        sketch=bool(table.get("sketch", False)),
        also=tuple(table.get("also", ())),
        adopted=bool(table.get("adopted", False)),
        outputs=dict(table.get("outputs", {})),
        newer=tuple(table.get("newer", ())),
    )


def _keeps(rows: Mapping[str, Mapping[str, Any]], key: str) -> bool:
    """Whether what is otherwise computed is a plain setting, whose nodes keep what they have."""
    return key != "filename" and bool(rows.get(key, {}).get("keeps"))


def _size(row: Mapping[str, Any]) -> SizeRule:
    usual = SHORT_SIDE
    kind = str(row.get("class", usual.kind))
    return SizeRule(
        kind,
        int(row.get("multiple", usual.multiple)),
        float(row.get("megapixels", 0 if kind == "given" else usual.megapixels)),
        float(row.get("factor", usual.factor)),
        str(row.get("of", usual.of)),
    )


def _size_settings(size: SizeRule) -> set[str]:
    return {
        "video": {"aspect_ratio", "resolution"},
        "sdxl": {"aspect_ratio"},
        "megapixels": {"aspect_ratio"},
        "frame": {"aspect_ratio", "place"},
    }.get(size.kind, set())


def _frames(row: Mapping[str, Any]) -> FrameRule:
    usual = WAN
    step, offset = int(row.get("step", usual.step)), int(row.get("offset", usual.offset))
    ruled = bool(row.keys() & {"step", "offset"})
    least = int(row.get("least", offset + step if ruled else usual.least))
    most = int(row.get("most", offset + (usual.most - offset) // step * step if ruled else usual.most))
    return FrameRule(step, offset, least, most, str(row.get("as", "")), str(row.get("pace", "")))


def _times(row: Mapping[str, Any]) -> Times:
    return Times(row["by"], tuple(row.get("rate", ())), tuple(row.get("nodes", ())), str(row.get("through", "")))


def _bounded(rows: Mapping[str, Any], size: SizeRule, frames: FrameRule, tool: Tool) -> Mapping[str, Any]:
    """The rows with the bounds and defaults that follow from other entries."""
    out = dict(rows)
    if "switch_step" in rows:  # each of two passes has a step
        steps = rows.get("steps", {})
        out["steps"] = {**steps, "minimum": max(2, steps.get("minimum", 2))}
    if "num_frames" in rows and not _keeps(rows, "num_frames"):
        out["num_frames"] = {"minimum": frames.least, "maximum": frames.most, "step": frames.step, **rows["num_frames"]}
    for key in rows.keys() & {size.kind} & AMOUNTS:
        out[key] = {"minimum": LEAST_AMOUNT, "maximum": MOST_AMOUNT, "default": getattr(size, key), **rows[key]}
    for key in tool.needs:
        if key in rows:
            out[key] = {"needed": True, **rows[key]}
    return out


def _field(
    preset: str, shared: Field | None, key: str, row: Mapping[str, Any], graph: Mapping[str, Any], titles: edits.Titles
) -> Field:
    """The `shared` field of that key with the preset's own default and range, or a field of the preset's own."""
    # a crop comes with a picture; a preset may have its own
    known = None if key == crop.KEY or (key in PARTICULAR and "kind" in row) else shared
    base = known or _own(preset, key, row)
    if known and known.kind is FieldKind.INTEGER and row.get("kind") == FieldKind.NUMBER.value:
        base = replace(known, kind=FieldKind.NUMBER, choices=())  # a rate of 29.97
    changes = {name: row[name] for name in _PLAIN if name in row}
    for name in ("choices", "nodes", "into"):
        if name in row:
            changes[name] = tuple(row[name])
    field = replace(base, **changes)
    if field.kind is FieldKind.PICTURES and field.into and "maximum" not in row:
        field = replace(field, maximum=len(field.into))
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        raise InvalidPreset(f"{preset}: “{key}” has a minimum above its maximum.")
    if field.keeps and field.into:
        kept = [_kept(graph, target, titles) for target in field.into]
        field = replace(field, default=kept[0], differs=any(value != kept[0] for value in kept))
    if field.default is not None and row.keys() & _RULING:
        field = replace(field, default=field.check(field.default))  # it may be a number in quotes
    return field


def _inputs_first(fields: list[Field], order: list[str]) -> list[Field]:
    """What is given comes before all else, in the order of the table."""
    last = len(order)
    places = {key: place for place, key in enumerate(order)}
    return sorted(fields, key=lambda field: places.get(field.key, last) if field.is_input else last + 1)


def _own(preset: str, key: str, row: Mapping[str, Any]) -> Field:
    if "kind" not in row:
        raise InvalidPreset(f"{preset}: “{key}” is no setting of the product; give it a kind to make it one.")
    kind = FieldKind(row["kind"])
    group = "picture" if kind in INPUT_KINDS else str(row.get("group", "sampling"))
    longest = MAX_PROMPT if kind is FieldKind.TEXT else None
    return Field(key, kind, key, group, maximum=longest)


def _kept(graph: Mapping[str, Any], target: str, titles: edits.Titles) -> Any:
    """What the first of a field's nodes has."""
    title, name = edits.split_target(target)
    value = graph[edits.find_node(graph, title, titles)]["inputs"].get(name)
    return None if edits.is_link(value) else value
