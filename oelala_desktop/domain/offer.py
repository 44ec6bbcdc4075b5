"""What a preset takes and what it makes, as plain values for whoever lists presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .field import Field, FieldKind
from .graph_size import stated_rate
from .preset import Preset
from .sentences import bounds, joined, rule_words


def offer_of(preset: Preset) -> dict[str, Any]:
    """`inputs` are what is given as files, `minimum` and `maximum` counts where several are. `frames` is the rule of
    their number, with the input that they are as long as in `as`; None for stills and where the graph alone knows.
    `rate` has the `choices` in frames a second, or the input whose rate is taken in `as`."""
    return {
        "inputs": [_input(field) for field in preset.inputs],
        "frames": _frames(preset),
        "rate": _rate(preset),
        "sound": preset.sound,
    }


def offer_words(offer: Mapping[str, Any]) -> tuple[str, ...]:
    """The same in words: "takes …" where it takes something, and "makes …" for videos."""
    lines = []
    if offer["inputs"]:
        lines.append(f"takes {joined([_input_words(row) for row in offer['inputs']])}")
    made = [words for words in (_frame_words(offer["frames"]), _rate_words(offer["rate"])) if words]
    made += ["with sound"] if offer["sound"] else []
    return (*lines, f"makes {', '.join(made)}") if made else tuple(lines)


def _input(field: Field) -> dict[str, Any]:
    many = field.kind is FieldKind.PICTURES
    return {
        "key": field.key,
        "kind": field.kind.value,
        "label": field.label,
        "needed": field.needed,
        "minimum": int(field.minimum or 0) if many else int(field.needed),
        "maximum": int(field.maximum or 0) if many else 1,
    }


def _frames(preset: Preset) -> dict[str, Any] | None:
    rule = preset.frames
    if preset.output != "video" or not (rule.given or "num_frames" in preset.into):
        return None
    numbers = {"step": rule.step, "offset": rule.offset, "least": rule.least, "most": rule.most}
    return {**numbers, "as": rule.given or None}


def _rate(preset: Preset) -> dict[str, Any] | None:
    if preset.output != "video":
        return None
    if isinstance(preset.rate, str):
        return {"choices": [], "as": preset.rate}
    if "fps" in preset.fields:
        return {"choices": [int(choice) for choice in preset.fields["fps"].choices], "as": None}
    rate = preset.rate or stated_rate(preset.template)
    return {"choices": [rate] if rate else [], "as": None}


def _input_words(row: Mapping[str, Any]) -> str:
    notes = [] if row["kind"] == row["key"] else [row["kind"]]
    if row["kind"] == FieldKind.PICTURES.value:
        least, most = row["minimum"], row["maximum"]
        notes = [f"{most} pictures" if least == most else f"{bounds(least, most)} pictures"]
    notes += ["needed"] if row["needed"] else []
    return f"{row['key']} ({', '.join(notes)})" if notes else str(row["key"])


def _frame_words(frames: Mapping[str, Any] | None) -> str:
    if frames is None:
        return ""
    rule = f"{rule_words(frames['step'], frames['offset'])} frames"
    return f"{rule} as long as {frames['as']}" if frames["as"] else f"{rule} ({frames['least']} to {frames['most']})"


def _rate_words(rate: Mapping[str, Any] | None) -> str:
    if rate is None or not (rate["choices"] or rate["as"]):
        return ""
    if rate["as"]:
        return f"the rate of {rate['as']}"
    return f"{' / '.join(f'{number:g}' for number in rate['choices'])} fps"
