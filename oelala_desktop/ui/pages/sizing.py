"""What comes of a wish, as a form says it: width, height, frames and rate, and which of them an input decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from oelala_desktop.domain.frame_rule import WAN
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.domain.measuring import Measures, follows, measured, parts_of, seen_size
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.sentences import joined
from oelala_desktop.domain.size_rule import SHORT_SIDE
from oelala_desktop.domain.tool import VOCABULARY, Tool
from oelala_desktop.ui import wording


class Sizing(NamedTuple):
    """Zeros where only the graph knows, or what is still to be given. `caption` is the size, or what it waits for;
    `line` says what no control of the form does."""

    width: int
    height: int
    frames: int
    caption: str = ""
    line: str = ""


#: all values, and what is known of the inputs -> what comes of them
SizingRule = Callable[[Mapping[str, Any], Inputs], Sizing]


def usual_sizing(tool: Tool) -> SizingRule:
    """Until the preset is known: what most of them do."""

    def rule(values: Mapping[str, Any], inputs: Inputs) -> Sizing:
        seen = next(((file.width, file.height) for files in inputs.values() for file in files if file.width), None)
        _, width, height = SHORT_SIDE.settle(values, seen)
        rate, duration = values.get("fps"), values.get("duration")
        frames = WAN.frames_of(float(duration), float(rate)) if rate and duration else 1
        waits = seen is None and tool.needs and values.get("aspect_ratio") == "auto"
        label = VOCABULARY[tool.needs[0]].label.lower() if waits else ""
        return Sizing(width, height, frames, f"follows the {label}" if waits else wording.size(width, height))

    return rule


def sizing_of(preset: Preset) -> SizingRule:
    """As the preset will settle it."""

    def rule(values: Mapping[str, Any], inputs: Inputs) -> Sizing:
        try:
            given = parts_of(preset, values, inputs)
        except Obstructed:  # said elsewhere
            given = {}
        found = measured(preset, values, given)
        caption = _caption(preset, values, given, found)
        return Sizing(found.width, found.height, found.frames, caption, _line(preset, found))

    return rule


def _caption(preset: Preset, values: Mapping[str, Any], given: Inputs, found: Measures) -> str:
    if "size" in follows(preset):
        return ""
    by_aspect = "aspect_ratio" in preset.fields and values.get("aspect_ratio") == "auto"
    needed = next((field.label.lower() for field in preset.inputs if field.needed), "")
    if by_aspect and needed and seen_size(preset, given) is None:
        return f"follows the {needed}"
    return wording.size(found.width, found.height) if found.width else ""


def _line(preset: Preset, found: Measures) -> str:
    """ "1280 × 720 · 121 frames · 24 fps, as the given video · with sound" """
    followed = follows(preset)
    rows = (
        ("size", "", wording.size(found.width, found.height) if found.width and "size" in followed else ""),
        ("frames", "duration", wording.frames(found.frames) if found.frames > 1 else ""),
        ("rate", "fps", f"{found.rate:.4g}{wording.NBSP}fps" if found.rate else ""),
    )
    taken: dict[tuple[str, bool], list[str]] = {}  # by the input, and whether it is known what it comes to
    for what, _, words in rows:
        if what in followed:
            taken.setdefault((followed[what], bool(words)), []).append(words or what)
    said = [_as_given(preset, key, known, words) for (key, known), words in taken.items()]
    said += [words for what, key, words in rows if what not in followed and words and key not in preset.fields]
    line = " · ".join([*said, *(["with sound"] if preset.sound else [])])
    return line[:1].upper() + line[1:]


def _as_given(preset: Preset, key: str, known: bool, words: list[str]) -> str:
    given = f"as the given {preset.fields[key].label.lower()}"
    return f"{' · '.join(words)}, {given}" if known else f"{joined(words)} {given}"
