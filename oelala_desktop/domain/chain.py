"""A chain: jobs of which each goes by what the one before it makes. What a step is given by that, under which of its
settings; what stands in the place of a file that is not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidField, OelalaError
from .inputs import names_in
from .obstacle import Obstructed
from .sentences import shown
from .tool import TOOLS, Tool, find_tool

#: in the place of a file: the main output of the job before, or the last frame of that
RESULT, LAST = "@result", "@last"
MOST_STEPS = 8
#: jobs that one wish makes at most: variations of steps multiply
MOST_JOBS = 128
_MADE = {"video": "a video", "image": "a picture"}


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with the result of the step before. `values` are settings as in the settings JSON (`preset`
    may be among them)."""

    tool: str
    values: Mapping[str, Any]


def step_of(row: object) -> Step:
    """A step as JSON says it: a tool, and settings where it has any. Raises InvalidField or NotFound."""
    tool = row.get("tool") if isinstance(row, dict) else None
    settings = row.get("settings") if isinstance(row, dict) else None
    others = row.keys() - {"tool", "settings"} if isinstance(row, dict) else ()
    if others or not isinstance(tool, str) or not isinstance(settings, dict | None):
        raise InvalidField("then", f'a step is {{"tool": "…", "settings": {{…}}}}, not {shown(row)}.')
    return Step(find_tool(tool).id, settings or {})


def marked(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The setting that names the result of the job before, and which part of it. Raises InvalidField for two."""
    found = [(key, name) for key, value in values.items() for name in names_in(value) if name in (RESULT, LAST)]
    if len(found) > 1:
        raise InvalidField(found[1][0], f"{found[1][0]}: a step takes one file of the step before it, not two.")
    return found[0] if found else None


def ways(tool: Tool, values: Mapping[str, Any], made: str) -> tuple[tuple[str, str], ...]:
    """Under which setting a step may take what the one before it makes (`made` is "video" or "image"), and RESULT or
    LAST; those first that fit best. Raises InvalidField where there is none."""
    said = marked(values)
    if said is not None:
        return (said,)
    known = {key for key in ("image", "images", "video") if key in tool.keys and not names_in(values.get(key))}
    found: list[tuple[str, str]] = []
    if made == "image" and tool.needs != ("video",):
        found = [(key, RESULT) for key in ("image", "images") if key in known]
    elif made == "video" and "video" in known and tool.needs != ("image",):
        found = [("video", RESULT)]
    if made == "video" and "image" in known and "video" not in tool.needs:
        found.append(("image", LAST))
    if not found:
        takes = " or ".join(_MADE["video" if key == "video" else "image"] for key in tool.needs)
        goes = f"goes by {takes}" if takes else "takes no file"
        raise InvalidField("then", f"{tool.name} {goes}; the step before it makes {_MADE.get(made, 'a file')}.")
    return tuple(found)


def nowhere(tool: Tool, values: Mapping[str, Any], error: OelalaError) -> OelalaError:
    """What is to be told of a step that no way goes: that its own file is where the result would go, if that is why."""
    taken = next((key for key in ("image", "video") if names_in(values.get(key))), "")
    if taken and isinstance(error, Obstructed) and error.obstacle.code == "preset_takes_no":
        words = f"its {taken} is a file of its own, and nothing else takes the result of the step before"
        return InvalidField("then", f"{words}; leave that out, or say {taken}={RESULT}.")
    return error


def name_of_step(tool: str) -> str:
    """As its page is called."""
    return TOOLS[tool].name if tool in TOOLS else tool
