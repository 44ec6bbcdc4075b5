"""What comes of a wish, as a form says it: width, height, frames and rate, and which of them an input decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from oelala_desktop.domain.frame_rule import WAN
from oelala_desktop.domain.framing import Frame
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.domain.size_rule import SHORT_SIDE
from oelala_desktop.domain.tool import VOCABULARY, Tool
from oelala_desktop.ui import wording

_NONE: Mapping[str, str] = MappingProxyType({})


class Sizing(NamedTuple):
    """Zeros where only the graph knows, or what is still to be given. `caption` is the size, or what it waits for;
    `line` says what no control of the form does, `frame` the margins where some are made round what is given,
    `notes` stand beside the controls of their keys."""

    width: int
    height: int
    frames: int
    caption: str = ""
    line: str = ""
    frame: Frame | None = None
    notes: Mapping[str, str] = _NONE


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
