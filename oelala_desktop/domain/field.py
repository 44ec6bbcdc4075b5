"""Field: one key of the settings, with what may stand in it. Everything that asks a user (form, API, command line,
settings file) has its values checked here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from .errors import InvalidField
from .obstacle import Obstructed, obstructed
from .sentences import shown
from .spelling import nearest

MAX_SEED = 2**64 - 1
DRAWN_SEEDS = 2**63  # one that is drawn is below
_VAST = 1e9  # no setting is larger
Value = object


class FieldKind(Enum):
    PICTURE = "picture"
    PICTURES = "pictures"
    VIDEO = "video"
    SOUND = "sound"
    MASK = "mask"
    DATASET = "dataset"
    TEXT = "text"
    LINE = "line"
    MODEL = "model"
    LORAS = "loras"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    SEED = "seed"
    SWITCH = "switch"
    POINT = "point"


#: what is given as files
INPUT_KINDS = frozenset(
    {FieldKind.PICTURE, FieldKind.PICTURES, FieldKind.VIDEO, FieldKind.SOUND, FieldKind.MASK, FieldKind.DATASET}
)
#: inputs that take several files; of a dataset they may be a folder
MANY_KINDS = frozenset({FieldKind.PICTURES, FieldKind.DATASET})
#: inputs that have a length, of which a part may be taken
TIMED_KINDS = frozenset({FieldKind.VIDEO, FieldKind.SOUND})
_CHECKED_KINDS = (FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.SEED, FieldKind.SWITCH, FieldKind.POINT)


@dataclass(frozen=True, slots=True)
class Field:
    """`group` is the card of the form it stands in; `step` is the editor's, never a rule. `open_choices` marks
    lists that the server extends (samplers, schedulers). `rule` raises InvalidField for a text of the wrong form.

    `needed` marks an input without which nothing can be made; for pictures `minimum` and `maximum` are the least and
    the most of them. `nodes` are titles of nodes that go with an input when it is not given (of pictures, as many for
    each); those that have an input `through` are passed by there.
    `keeps` leaves to each node of `into` the value of its own until the user sets one; `default` is then what the
    first has, and `differs` that others have something else."""

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
    needed: bool = False
    nodes: tuple[str, ...] = ()
    through: str = ""
    keeps: bool = False
    differs: bool = False

    @property
    def is_input(self) -> bool:
        return self.kind in INPUT_KINDS

    def nodes_from(self, index: int) -> tuple[str, ...]:
        """The nodes that go when no more files than that are given."""
        each = len(self.nodes) // max(1, len(self.into)) if self.kind is FieldKind.PICTURES else 1
        return self.nodes[index * each :]

    def check(self, value: Value) -> Value:
        """`value` as this field's own type. Text from a command line or a form is read as what it says.

        Raises InvalidField with a sentence that names the field."""
        return _CHECKS[self.kind](self, value)

    def takes(self, value: Value) -> bool:
        """Whether `check` lets it pass."""
        try:
            self.check(value)
        except InvalidField:
            return False
        return True

    def holds(self, value: Value) -> bool:
        """Whether `value` is of this field's kind, so that an editor can show it, whatever its bounds and rules."""
        if self.kind is FieldKind.LORAS:
            return isinstance(value, list | tuple) and all(map(_is_lora_row, value))
        if self.kind is FieldKind.DATASET and isinstance(value, str):
            return True
        if self.kind in MANY_KINDS:
            return value is None or (isinstance(value, list | tuple) and all(isinstance(name, str) for name in value))
        if self.kind not in _CHECKED_KINDS:
            return isinstance(value, str) or (value is None and (self.is_input or self.kind is FieldKind.MODEL))
        try:
            replace(self, minimum=-_VAST, maximum=_VAST, choices=()).check(value)
        except (InvalidField, RecursionError):
            return False
        return True

    def fail(self, code: str, **values: object) -> Obstructed:
        return obstructed(self.key, code, **values)


def _number(field: Field, value: Value, *, whole: bool) -> float | int:
    expected = "not_whole" if whole else "not_a_number"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise field.fail(expected, given=shown(value))
    try:
        number = int(value) if whole and isinstance(value, str) else float(value)
        finite = math.isfinite(number)
    except (ValueError, OverflowError):
        raise field.fail(expected, given=shown(value)) from None
    if not finite:
        raise field.fail("not_a_number", given=shown(value))
    if whole:
        if number != int(number):
            raise field.fail("not_whole", given=shown(value))
        number = int(number)
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise field.fail("outside", given=number, low=low, high=high)
    return number


def _integer(field: Field, value: Value) -> Value:
    number = _number(field, value, whole=True)
    if field.choices and str(number) not in field.choices:
        raise field.fail("not_among", given=str(number), choices=list(field.choices))
    return number


def _decimal(field: Field, value: Value) -> Value:
    return float(_number(field, value, whole=False))


def _text(field: Field, value: Value) -> Value:
    if not isinstance(value, str):
        raise field.fail("not_text", given=shown(value))
    if "\x00" in value:
        raise field.fail("nul")
    if field.maximum is not None and len(value) > field.maximum:
        raise field.fail("too_long", count=len(value), most=field.maximum)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise field.fail("not_unicode") from None
    if field.rule is not None:
        field.rule(value)
    return value


def _optional_text(field: Field, value: Value) -> Value:
    return None if value is None or value == "" else _text(field, value)


def _file(field: Field, value: Value) -> Value:
    """The name of a file, or None; a list of one is that one."""
    if isinstance(value, list | tuple):
        if len(value) > 1:
            raise field.fail("one_file", count=len(value))
        value = next(iter(value), None)
    return _optional_text(field, value)


def _choice(field: Field, value: Value) -> Value:
    text = _text(field, value)
    if field.choices and not field.open_choices:
        match = next((c for c in field.choices if c.casefold() == str(text).casefold()), None)
        if match is None:
            near = nearest(str(text), field.choices)
            raise field.fail("not_among", given=shown(text), choices=list(field.choices), near=near)
        return match
    if not text:
        raise field.fail("choice_missing")
    return text


def _switch(field: Field, value: Value) -> Value:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise field.fail("not_on_or_off", given=shown(value))


def _point(field: Field, value: Value) -> Value:
    """A place as {"x", "y"}, each from 0 to 1; as text JSON, or two numbers with a comma between."""
    if value is None or value == "":
        return None
    place = _read_point(value) if isinstance(value, str) else value
    if not isinstance(place, dict) or set(place) != {"x", "y"}:
        raise field.fail("no_point", given=shown(value))
    side = replace(field, minimum=0, maximum=1)
    return {"x": _decimal(side, place["x"]), "y": _decimal(side, place["y"])}


def _read_point(text: str) -> object:
    """None for what is no place."""
    try:
        return json.loads(text) if text.lstrip().startswith("{") else dict(zip("xy", text.split(","), strict=True))
    except (ValueError, RecursionError):
        return None


def _seed(field: Field, value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise field.fail("not_whole", given=shown(value))
    try:
        seed = int(value) if len(str(value)) <= 40 else MAX_SEED + 1
    except ValueError:
        raise field.fail("not_whole", given=shown(value)) from None
    if seed < -1 or seed > MAX_SEED:
        raise field.fail("seed_outside")
    return seed


def _loras(field: Field, value: Value) -> Value:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise field.fail("loras_no_json") from None
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > 64:
        raise field.fail("loras_no_list")
    # what a preset brings by itself is told in its results, and is no wish when these are used again
    return [_lora_row(field, index, row) for index, row in enumerate(value, 1) if not _is_fixed(row)]


def _is_fixed(row: Value) -> bool:
    return isinstance(row, dict) and row.get("fixed") is True


def _lora_row(field: Field, index: int, row: Value) -> dict[str, Value]:
    if not isinstance(row, dict):
        raise field.fail("lora_no_object", index=index)
    unknown = set(row) - {"high", "low", "strength", "enabled"}
    if unknown:
        raise field.fail("lora_unknown", index=index, given=repr(sorted(map(str, unknown))[0]))
    strength = Field(field.key, FieldKind.NUMBER, "", "", minimum=0, maximum=2).check(row.get("strength", 1.5))
    enabled = _switch(field, row.get("enabled", True))
    out: dict[str, Value] = {"high": _lora_name(field, index, row.get("high"))}
    if "low" in row:
        out["low"] = _lora_name(field, index, row["low"])
    if out["high"] is None and out.get("low") is None and enabled:
        raise field.fail("lora_no_file", index=index)
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
        raise field.fail("lora_bad_name", index=index)
    return name


def _files(field: Field, value: Value) -> Value:
    """A list of file names; from a command line or a form as JSON, or one name alone."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise field.fail("files_no_list") from None
    if value is None or isinstance(value, str):
        value = [value] if value else []
    if not isinstance(value, list | tuple):
        raise field.fail("files_no_list")
    plain = replace(field, maximum=None)
    return [_text(plain, row) for row in value if row != ""]


def _folder(field: Field, value: Value) -> Value:
    """The path of a folder, or a list of files; None where there is neither."""
    files = _files(field, value)
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return value or None
    return files or None


_CHECKS = {
    FieldKind.PICTURE: _file,
    FieldKind.PICTURES: _files,
    FieldKind.VIDEO: _file,
    FieldKind.SOUND: _file,
    FieldKind.MASK: _file,
    FieldKind.DATASET: _folder,
    FieldKind.TEXT: _text,
    FieldKind.LINE: _text,
    FieldKind.MODEL: _optional_text,
    FieldKind.LORAS: _loras,
    FieldKind.CHOICE: _choice,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _decimal,
    FieldKind.SEED: _seed,
    FieldKind.SWITCH: _switch,
    FieldKind.POINT: _point,
}
