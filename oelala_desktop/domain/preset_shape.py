"""The kinds of the entries of a preset's table, checked before anything is built of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .errors import InvalidPreset
from .field import FieldKind
from .size_rule import CLASSES, LEAST_AMOUNT, MOST_AMOUNT

_TEXT, _NUMBER, _COUNT, _SWITCH, _ANY = "a text", "a number", "a whole number from 1 to 1024", "true or false", ""
_WHOLE, _AMOUNT = "a whole number from 0 to 100000", f"a number above 0 and at most {MOST_AMOUNT}"
_RATE = "a number of frames per second (1 to 1000) or the key of an input"
#: least, most, whether it is whole
_RANGES: Mapping[str, tuple[float, float, bool]] = {
    _NUMBER: (-math.inf, math.inf, False),
    _COUNT: (1, 1024, True),
    _WHOLE: (0, 100_000, True),
    _AMOUNT: (LEAST_AMOUNT, MOST_AMOUNT, False),
    _RATE: (1, 1000, False),
}
_TEXTS = [_TEXT]
_FIELD: Mapping[str, Any] = {
    "default": _ANY,
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "step": _NUMBER,
    "label": _TEXT,
    "help": _TEXT,
    "group": _TEXT,
    "kind": tuple(kind.value for kind in FieldKind),
    "choices": _TEXTS,
    "into": _TEXTS,
    "needed": _SWITCH,
    "keeps": _SWITCH,
    "nodes": _TEXTS,
    "through": _TEXT,
}
_MODEL: Mapping[str, Any] = {
    "key": _TEXT,
    "into": [_TEXT, 1],
    "folder": _TEXT,
    "file": _TEXT,
    "prefer": _TEXTS,
    "source": _TEXT,
}
#: a list holds what its first entry is, and at least as many as its second says;
#: a mapping has these keys, "*" for any; a tuple is a choice of texts
TABLE: Mapping[str, Any] = {
    "name": _TEXT,
    "description": _TEXT,
    "order": _NUMBER,
    "size": {"multiple": _COUNT, "class": CLASSES, "megapixels": _AMOUNT, "factor": _AMOUNT, "of": _TEXT},
    "frames": {"step": _COUNT, "offset": _WHOLE, "least": _WHOLE, "most": _WHOLE, "as": _TEXT, "pace": _TEXT},
    "rate": _RATE,
    "sound": _SWITCH,
    "devices": _TEXTS,
    "output": ("video", "image", "model", "file"),
    "tips": _TEXTS,
    "sketch": _SWITCH,
    "also": _TEXTS,
    "adopted": _SWITCH,
    "outputs": {"*": _TEXT},
    "newer": _TEXTS,
    "fields": {"*": _FIELD},
    "models": [_MODEL],
    "packs": [{"name": _TEXT, "address": _TEXT, "classes": _TEXTS}],
    "optional": [{"key": _TEXT, "class": _TEXT, "nodes": _TEXTS, "through": _TEXT}],
    "loras": {"high": _TEXT, "low": _TEXT, "clip": _TEXTS},
    "end_picture": {"node": _TEXT, "class": _TEXT, "input": _TEXT},
    "clips": {"start": _TEXT, "frames": _TEXT},
    "times": {"by": _TEXT, "rate": _TEXTS, "nodes": _TEXTS, "through": _TEXT},
}


def check_shape(preset: str, table: Mapping[str, Any]) -> None:
    """Raises InvalidPreset for the first entry that is of another kind, which it names. Entries that are missing, or
    that nothing is known of, are not its business."""
    _check(preset, "", table, TABLE)


def _check(preset: str, where: str, value: Any, shape: Any) -> None:
    if isinstance(shape, Mapping):
        _check_table(preset, where, value, shape)
    elif isinstance(shape, list):
        least = shape[1] if len(shape) > 1 else 0
        if not isinstance(value, list | tuple) or len(value) < least:
            raise _wrong(preset, where, "a list" + (" with an entry" if least else ""))
        for inside in value:
            _check(preset, where, inside, shape[0])
    elif isinstance(shape, tuple):
        if value not in shape:
            raise _wrong(preset, where, f"one of {', '.join(shape)}")
    elif not _is(shape, value):
        raise _wrong(preset, where, shape)


def _check_table(preset: str, where: str, value: Any, shape: Mapping[str, Any]) -> None:
    if not isinstance(value, Mapping):
        raise _wrong(preset, where or "the table", "a table")
    for key, inside in value.items():
        known = shape.get(key, shape.get("*"))
        if known is not None:
            _check(preset, f"{where}.{key}".lstrip("."), inside, known)


def _is(kind: str, value: Any) -> bool:
    if kind == _RATE and isinstance(value, str):
        return bool(value)
    if kind in _RANGES:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
        low, high, whole = _RANGES[kind]
        return low <= value <= high and (not whole or isinstance(value, int))
    return {_TEXT: isinstance(value, str), _SWITCH: isinstance(value, bool)}.get(kind, True)


def _wrong(preset: str, where: str, kind: str) -> InvalidPreset:
    return InvalidPreset(f"{preset}: an entry is of the wrong kind: “{where}” must be {kind}.")
