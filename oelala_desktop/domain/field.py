"""Field: one key of the settings, with what may stand in it. Everything that asks a user (form, API, command line,
settings file) checks its values here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from .catalog import nearest
from .errors import InvalidField

MAX_SEED = 2**64 - 1
_VAST = 1e9  # no setting is larger
Value = object


class FieldKind(Enum):
    PICTURE = "picture"
    TEXT = "text"
    LINE = "line"
    MODEL = "model"
    LORAS = "loras"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    SEED = "seed"
    SWITCH = "switch"


_CHECKED_KINDS = (FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.SEED, FieldKind.SWITCH)


@dataclass(frozen=True, slots=True)
class Field:
    """`group` is the card of the form it stands in; `step` is the editor's, never a rule. `open_choices` marks
    lists that the server extends (samplers, schedulers). `rule` raises InvalidField for a text of the wrong form."""

    key: str
    kind: FieldKind
    label: str
    group: str
    default: Value = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    open_choices: bool = False
    unit: str = ""
    help: str = ""
    into: tuple[str, ...] = ()
    rule: Callable[[str], object] | None = None

    def check(self, value: Value) -> Value:
        """`value` as this field's own type. Text from a command line or a form is read as what it says.

        Raises InvalidField with a sentence that names the field."""
        return _CHECKS[self.kind](self, value)

    def holds(self, value: Value) -> bool:
        """Whether `value` is of this field's kind, so that an editor can show it, whatever its bounds and rules."""
        if self.kind is FieldKind.LORAS:
            return isinstance(value, list | tuple) and all(map(_is_lora_row, value))
        if self.kind not in _CHECKED_KINDS:
            return isinstance(value, str) or (value is None and self.kind in (FieldKind.PICTURE, FieldKind.MODEL))
        try:
            replace(self, minimum=-_VAST, maximum=_VAST, choices=()).check(value)
        except (InvalidField, RecursionError):
            return False
        return True

    def fail(self, what: str) -> InvalidField:
        return InvalidField(self.key, f"{self.key}: {what}")


def _number(field: Field, value: Value, *, whole: bool) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise field.fail(f"expected a {'whole ' if whole else ''}number, not {_shown(value)}.")
    try:
        number = int(value) if whole and isinstance(value, str) else float(value)
        finite = math.isfinite(number)
    except (ValueError, OverflowError):
        raise field.fail(f"expected a {'whole ' if whole else ''}number, not {_shown(value)}.") from None
    if not finite:
        raise field.fail(f"expected a number, not {_shown(value)}.")
    if whole:
        if number != int(number):
            raise field.fail(f"expected a whole number, not {_shown(value)}.")
        number = int(number)
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise field.fail(f"{number:g} is outside {_range(low, high)}.")
    return number


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"what is allowed (at most {high:g})"
    if high is None:
        return f"what is allowed (at least {low:g})"
    return f"{low:g} to {high:g}"


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _integer(field: Field, value: Value) -> Value:
    number = _number(field, value, whole=True)
    if field.choices and str(number) not in field.choices:
        raise field.fail(f"{number} is not one of {', '.join(field.choices)}.")
    return number


def _decimal(field: Field, value: Value) -> Value:
    return float(_number(field, value, whole=False))


def _text(field: Field, value: Value) -> Value:
    if not isinstance(value, str):
        raise field.fail(f"expected text, not {_shown(value)}.")
    if "\x00" in value:
        raise field.fail("the text holds a NUL character.")
    if field.maximum is not None and len(value) > field.maximum:
        raise field.fail(f"the text has {len(value)} characters; at most {field.maximum:g} fit.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise field.fail("the text is not valid Unicode.") from None
    if field.rule is not None:
        field.rule(value)
    return value


def _optional_text(field: Field, value: Value) -> Value:
    return None if value is None or value == "" else _text(field, value)


def _choice(field: Field, value: Value) -> Value:
    text = _text(field, value)
    if field.choices and not field.open_choices:
        match = next((c for c in field.choices if c.casefold() == str(text).casefold()), None)
        if match is None:
            near = nearest(str(text), field.choices)
            hint = f" Did you mean {near}?" if near else ""
            raise field.fail(f"{_shown(text)} is not one of {', '.join(field.choices)}.{hint}")
        return match
    if not text:
        raise field.fail("a choice is missing.")
    return text


def _switch(field: Field, value: Value) -> Value:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise field.fail(f"expected on or off, not {_shown(value)}.")


def _seed(field: Field, value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise field.fail(f"expected a whole number, not {_shown(value)}.")
    try:
        seed = int(value) if len(str(value)) <= 40 else MAX_SEED + 1
    except ValueError:
        raise field.fail(f"expected a whole number, not {_shown(value)}.") from None
    if seed < -1 or seed > MAX_SEED:
        raise field.fail("a seed is −1 (random) or between 0 and 18446744073709551615.")
    return seed


def _loras(field: Field, value: Value) -> Value:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise field.fail('expected JSON like [{"high": "name.safetensors", "strength": 1.5}].') from None
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > 64:
        raise field.fail("expected a list of at most 64 LoRAs.")
    # what a preset brings by itself is told in its results, and is no wish when these are used again
    return [_lora_row(field, index, row) for index, row in enumerate(value, 1) if not _is_fixed(row)]


def _is_fixed(row: Value) -> bool:
    return isinstance(row, dict) and row.get("fixed") is True


def _lora_row(field: Field, index: int, row: Value) -> dict[str, Value]:
    if not isinstance(row, dict):
        raise field.fail(f"entry {index} is not an object with high, low, strength and enabled.")
    unknown = set(row) - {"high", "low", "strength", "enabled"}
    if unknown:
        raise field.fail(f"entry {index} has the unknown key {sorted(map(str, unknown))[0]!r}.")
    strength = Field(field.key, FieldKind.NUMBER, "", "", minimum=0, maximum=2).check(row.get("strength", 1.5))
    enabled = _switch(field, row.get("enabled", True))
    out: dict[str, Value] = {"high": _lora_name(field, index, row.get("high"))}
    if "low" in row:
        out["low"] = _lora_name(field, index, row["low"])
    if out["high"] is None and out.get("low") is None and enabled:
        raise field.fail(f"entry {index} names no file.")
    return out | {"strength": strength, "enabled": enabled}


def _is_lora_row(row: Value) -> bool:
    """Whether it has the shape of one, be it half filled in."""
    if not isinstance(row, dict) or not isinstance(row.get("enabled", True), bool):
        return False
    names = (row.get("high"), row.get("low"))
    strength = Field("", FieldKind.NUMBER, "", "").holds(row.get("strength", 1.0))
    return strength and all(name is None or isinstance(name, str) for name in names)


def _lora_name(field: Field, index: int, name: Value) -> str | None:
    if name is None or name == "":
        return None
    if not isinstance(name, str) or len(name) > 1024:
        raise field.fail(f"entry {index} names its file wrongly.")
    return name


_CHECKS = {
    FieldKind.PICTURE: _optional_text,
    FieldKind.TEXT: _text,
    FieldKind.LINE: _text,
    FieldKind.MODEL: _optional_text,
    FieldKind.LORAS: _loras,
    FieldKind.CHOICE: _choice,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _decimal,
    FieldKind.SEED: _seed,
    FieldKind.SWITCH: _switch,
}
