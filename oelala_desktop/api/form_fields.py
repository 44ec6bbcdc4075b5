"""The fields of a tool as JSON Schema, made from the one table that everything else is made from too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oelala_desktop.domain.chain import LAST, MOST_STEPS, RESULT
from oelala_desktop.domain.field import MAX_SEED, Field, FieldKind
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.tool import TOOLS, Tool

from .limits import MAX_TRAINED

#: names of the first interface -> the settings keys that they stand for
SEED_NAMES = {"file": "image", "end_file": "end_image"}
#: the other way round
SEED_KEYS = {key: name for name, key in SEED_NAMES.items()}
_K = FieldKind

LORA_ROW: dict[str, Any] = {
    "type": "object",
    "title": "LoRA row",
    "required": ["high"],
    "properties": {
        "high": {"type": "string", "minLength": 1, "description": "File for the high noise pass, or for the only one."},
        "low": {
            "type": ["string", "null"],
            "minLength": 1,
            "description": "File for the low noise pass: left out, the low half of `high` if there is one, else the "
            "same file; null none.",
        },
        "strength": {"type": "number", "minimum": 0, "maximum": 2, "default": 1.5},
        "enabled": {"type": "boolean", "default": True},
    },
    "additionalProperties": False,
    "example": {"high": "wan 2.2/orbit_high.safetensors", "low": "wan 2.2/orbit_low.safetensors", "strength": 1.0},
}
POINT: dict[str, Any] = {
    "type": "object",
    "required": ["x", "y"],
    "properties": {side: {"type": "number", "minimum": 0, "maximum": 1} for side in "xy"},
    "additionalProperties": False,
    "example": {"x": 0.5, "y": 0.25},
}
_PRESET: dict[str, Any] = {
    "type": "string",
    "title": "Preset",
    "description": "A preset's id, in full or without its tool; without it, the first that the engine can run.",
    "example": "sketch",
}
_MEDIA = [
    {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    {"type": "string", "pattern": "^(/media/)?[1-9][0-9]{0,17}$"},
]
_BY_ID = "id of a file in My Media: 17 or /media/17."


_CONTINUE = {
    "title": "Continue",
    "description": "A video to go on from: its last frame is the start picture, and the result is joined to it. The "
    + _BY_ID,
}
_THEN: dict[str, Any] = {
    "type": "array",
    "title": "Then",
    "maxItems": MOST_STEPS - 1,
    "description": "What goes on from the result, step by step. An input of a step is an id of My Media, or "
    f"“{RESULT}” for what the step before makes and “{LAST}” for its last frame; left out, what fits is taken.",
    "items": {
        "type": "object",
        "required": ["tool"],
        "properties": {
            "tool": {"type": "string", "enum": list(TOOLS)},
            "settings": {"type": "object", "description": "As the tool's own fields."},
        },
        "additionalProperties": False,
    },
    "example": [{"tool": "image-to-video", "settings": {"prompt": "slow zoom in"}}],
}


def form_schema(tools: Iterable[Tool], *, files: bool) -> dict[str, Any]:
    """An object schema with the fields of all `tools`; with `files` that of the multipart form, in which an input may
    be a file."""
    tools = list(tools)
    fields = {field.key: field for tool in tools for field in tool.fields}
    named = {name: fields[key] for name, key in SEED_NAMES.items() if key in fields}
    named |= {key: field for key, field in fields.items() if field.is_input}
    properties = {name: _input(field, files) for name, field in named.items()}
    properties |= {key: _property(field) for key, field in fields.items() if not field.is_input}
    properties["preset"] = _PRESET
    if len(tools) > 1:
        properties |= {"then": _THEN, "continue": {"anyOf": _MEDIA, **_CONTINUE}}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if files and len(tools) == 1 and tools[0].needs_picture:
        schema["required"] = ["file"]
    return schema


def _input(field: Field, files: bool) -> dict[str, Any]:
    """A file of a form, or the id of one in My Media; several of them for pictures, also such to learn from."""
    one: dict[str, Any] = {"anyOf": _MEDIA}
    if files:
        one = {"type": "string", "format": "binary"}
    words = {"title": field.label, "description": f"{field.help} {'A file, or the' if files else 'The'} {_BY_ID}"}
    if field.kind is _K.DATASET:
        return {"type": "array", "maxItems": MAX_TRAINED, "items": one, **words}
    if field.kind is _K.PICTURES:
        return {"type": "array", "maxItems": int(field.maximum or 0), "items": one, **words}
    return one | words


def _property(field: Field) -> dict[str, Any]:
    """One field. Numbers may come as text in a form; the schema says what they mean."""
    out: dict[str, Any] = {"title": field.label}
    words = [field.help, f"In {field.unit}." if field.unit else ""]
    if any(words):
        out["description"] = " ".join(filter(None, words))
    out |= _TYPES[field.kind](field)
    if field.default is not None and field.kind is not _K.LORAS:
        out["default"] = field.default
    return out


def _text(field: Field) -> dict[str, Any]:
    return {"type": "string"} | ({"maxLength": int(field.maximum)} if field.maximum is not None else {})


def _choice(field: Field) -> dict[str, Any]:
    if field.choices and not field.open_choices:
        return {"type": "string", "enum": list(field.choices)}
    return {"type": "string", "minLength": 1}


def _integer(field: Field) -> dict[str, Any]:
    if field.choices:
        return {"type": "integer", "enum": [int(choice) for choice in field.choices]}
    return {"type": "integer", **_range(field)}


def _range(field: Field) -> dict[str, Any]:
    low, high = field.minimum, field.maximum
    return ({} if low is None else {"minimum": low}) | ({} if high is None else {"maximum": high})


_TYPES: Mapping[FieldKind, Callable[[Field], dict[str, Any]]] = {
    _K.TEXT: _text,
    _K.LINE: _text,
    _K.MODEL: lambda field: {"type": "string"},
    _K.CHOICE: _choice,
    _K.INTEGER: _integer,
    _K.NUMBER: lambda field: {"type": "number", **_range(field)},
    _K.SEED: lambda field: {"type": "integer", "minimum": -1, "maximum": MAX_SEED},
    _K.SWITCH: lambda field: {"type": "boolean"},
    _K.POINT: lambda field: POINT,
    _K.LORAS: lambda field: {"type": "array", "maxItems": 64, "items": LORA_ROW},
}


def parameters(fields: Mapping[str, Field], choices: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    """A preset's fields as the preset list shows them, each input with what comes with it; `choices` are the connected
    server's."""
    return [
        {
            "key": field.key,
            "kind": field.kind.value,
            "label": field.label,
            "group": field.group,
            "needed": field.needed,
            "default": list(field.default) if isinstance(field.default, tuple) else field.default,
            "minimum": field.minimum,
            "maximum": field.maximum,
            "step": field.step,
            "choices": list(choices.get(field.key) or field.choices),
            "unit": field.unit,
            "help": field.help,
        }
        for own in fields.values()
        for field in (own, *companions(own))
    ]
