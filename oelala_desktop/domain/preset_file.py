"""A preset's two files, parsed: `.toml` (what it is and which setting goes where) and `.json` (the graph).

    name, description, order            text, text, number (the tool's order of preference)
    size = {multiple = 16, class = "video" | "sdxl"}
    [fields.KEY]  default, minimum, maximum, label, kind, into = ["Title.input", …]
    [[models]]    key?, into, folder, file, prefer = ["pattern", …], source
    [[packs]]     name, address, classes
    [[optional]]  key, class, nodes, through
    [loras]       high, low?, clip?
    [end_picture] node, class, input
    [clips]       start, frames
    devices = ["Title.input", …]
    also = ["node class that others cannot do without", …]
    adopted = true                      made from a workflow of the user's own

A KEY is one of the product's settings, one of width, height, filename (computed), or the preset's own with a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .errors import InvalidField, InvalidPreset
from .field import Field, FieldKind
from .model_file import ModelFile
from .preset import Clips, EndPicture, LoraTargets, OptionalPart, Pack, Preset, check_preset
from .preset_shape import TABLE, check_shape
from .tool import VOCABULARY, Tool

_COMPUTED = ("width", "height", "filename")


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
    loras, end, clips = table.get("loras"), table.get("end_picture"), table.get("clips")
    optional = tuple(
        OptionalPart(o["key"], o["class"], tuple(o["nodes"]), o.get("through", "model"))
        for o in table.get("optional", ())
    )
    used = {k for k in rows if k not in _COMPUTED} | {m.key for m in models if m.key} | {o.key for o in optional}
    used |= {"variations"} | ({"lora_configs"} if loras else set()) | ({"end_image"} if end else set())
    used |= {"clip_count"} if clips else set()
    used |= {"aspect_ratio", "resolution"} if "width" in rows else set()
    used |= {"duration"} if "num_frames" in rows else set()
    size = table.get("size", {})
    if size.get("class") == "sdxl":
        used.discard("resolution")
    own = [_field(f"{tool.id}.{short_id}", k, rows.get(k, {})) for k in rows if k not in VOCABULARY and k in used]
    if "switch_step" in rows:  # each of two passes has a step
        steps = rows.get("steps", {})
        rows = {**rows, "steps": {**steps, "minimum": max(2, steps.get("minimum", 2))}}
    known = [_field(f"{tool.id}.{short_id}", k, rows.get(k, {})) for k in VOCABULARY if k in used]
    return Preset(
        id=f"{tool.id}.{short_id}",
        tool=tool,
        name=str(table["name"]),
        description=str(table.get("description", "")),
        order=int(table.get("order", 100)),
        template=graph,
        fields={f.key: f for f in (*known, *own)},
        into={k: tuple(row.get("into", ())) for k, row in rows.items()},
        models=models,
        packs=tuple(Pack(p["name"], p["address"], tuple(p["classes"])) for p in table.get("packs", ())),
        optional=optional,
        loras=LoraTargets(loras["high"], loras.get("low"), tuple(loras.get("clip", ()))) if loras else None,
        end_picture=EndPicture(end["node"], end["class"], end["input"]) if end else None,
        clips=Clips(clips["start"], clips["frames"]) if clips else None,
        devices=tuple(table.get("devices", ())),
        multiple=int(size.get("multiple", 16)),
        size_class=str(size.get("class", "video")),
        sketch=bool(table.get("sketch", False)),
        also=tuple(table.get("also", ())),
        adopted=bool(table.get("adopted", False)),
    )


def _field(preset: str, key: str, row: Mapping[str, Any]) -> Field:
    """The product's field of that key with the preset's own default and range, or a field of the preset's own."""
    base = VOCABULARY.get(key)
    if base is None:
        if "kind" not in row:
            raise InvalidPreset(f"{preset}: “{key}” is no setting of the product; give it a kind to make it one.")
        base = Field(key, FieldKind(row["kind"]), str(row.get("label", key)), str(row.get("group", "sampling")))
    changes = {k: row[k] for k in ("default", "minimum", "maximum", "step", "label", "help") if k in row}
    if "choices" in row:
        changes["choices"] = tuple(row["choices"])
    field = replace(base, into=tuple(row.get("into", ())), **changes)
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        raise InvalidPreset(f"{preset}: “{key}” has a minimum above its maximum.")
    if field.default is not None and "default" in row:
        checked = field.check(field.default)
        if checked != field.default:  # a number in quotes
            field = replace(field, default=checked)
    return field
