"""What nodes that work on texts do to them: replace, cut, trim, change case. Which of these a node is, its inputs say;
packs differ in the names only.

A pattern comes from a file, so it is tried only where it cannot take long: without repeated groups, and on a text that
is short for the number of its repetitions.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

from oelala_desktop.metadata import jsontext, limits

Operation = Callable[[dict[str, Any], "Given"], "str | None"]

_SOURCES = ("string", "text", "input", "text_a", "input_text", "source", "string_a", "input_string", "value")
_FINDS = ("find", "old", "search", "search_text", "find_text", "search_string", "old_text", "target", "from", "Find")
_REPLACEMENTS = ("replace", "new", "replacement", "replace_text", "replace_with", "replacement_text", "new_text",
                 "replace_string", "to", "Replace")  # fmt: skip
#: nodes that replace several words, one after the other
_SEVERAL = [(f"find{number}", f"replace{number}") for number in range(1, 10)]
_FORMATS = ("f_string", "template", "format_string", "format")
_FIELD = re.compile(r"\{(\w{1,40})\}")
_PATTERNS = ("regex_pattern", "pattern", "regex", "regex_search")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEATS = re.compile(r"[*+{]")
#: steps that all searches of one graph may take at worst
_STEPS = 40_000_000
_LONGEST_PATTERN = 500


class Given:
    """What a node was given, by the names of its inputs, and how long its graph may still be searched."""

    __slots__ = ("steps", "value")

    def __init__(self) -> None:
        self.value: Callable[[str], Any] = lambda key: None
        self.steps = _STEPS

    def __call__(self, key: str) -> Any:
        return self.value(key)


def operation(kind: str, inputs: dict[str, Any]) -> Operation | None:
    """What a node of this class with these inputs does; None if it only holds or joins."""
    if kind.startswith("StringFunction"):
        return _function
    if any(type(inputs.get(key)) is str and "{" in inputs[key] for key in _FORMATS):
        return _format
    if any(key in inputs for key in _PATTERNS):
        return _replace_pattern if any(key in inputs for key in _REPLACEMENTS) else _extract
    if any(key in inputs for key in _FINDS) and any(key in inputs for key in _REPLACEMENTS):
        return _replace
    if _SEVERAL[0][0] in inputs and _SEVERAL[0][1] in inputs:
        return _replace_several
    if "strings" in inputs and "select" in inputs:
        return _select
    if "start_index" in inputs and "max_rows" in inputs:
        return _rows
    return next((apply for name, apply in _BY_NAME if name in kind), None)


def _first(given: Given, keys: tuple[str, ...], inputs: dict[str, Any]) -> Any:
    return next((given(key) for key in keys if key in inputs), None)


def _text(given: Given, keys: tuple[str, ...], inputs: dict[str, Any]) -> str | None:
    return jsontext.string(_first(given, keys, inputs))


def _replace(inputs: dict[str, Any], given: Given) -> str | None:
    text = _text(given, _SOURCES, inputs)
    old, new = _text(given, _FINDS, inputs), _text(given, _REPLACEMENTS, inputs)
    return text if text is None or not old else replaced(text, old, new or "")


def _replace_several(inputs: dict[str, Any], given: Given) -> str | None:
    text = _text(given, ("prompt", *_SOURCES), inputs)
    for find, replacement in _SEVERAL:
        old = jsontext.string(given(find))
        if text and old:
            text = replaced(text, old, jsontext.string(given(replacement)) or "")
    return text


def _select(inputs: dict[str, Any], given: Given) -> str | None:
    """One of several lines, or of several paragraphs that each begin with `#`; numbers beyond the end begin anew."""
    text, number = _text(given, ("strings",), inputs), jsontext.integer(given("select"))
    if text is None or number is None:
        return None
    if inputs.get("multiline") is True:
        parts = [part.strip() for part in re.split(r"^#", text, flags=re.M) if part.strip()]
    else:
        parts = text.split("\n")
    return parts[number % len(parts)] if parts else None


def _rows(inputs: dict[str, Any], given: Given) -> str | None:
    """Some of several lines."""
    text, start = _text(given, ("prompt", *_SOURCES), inputs), jsontext.integer(given("start_index"))
    most = jsontext.integer(given("max_rows"))
    if text is None or start is None or most is None:
        return text
    return "\n".join(text.split("\n")[max(0, start) :][: max(0, most)]) or None


def replaced(text: str, old: str, new: str) -> str:
    """As it is where the result would be beyond the limits."""
    if len(text) + text.count(old) * len(new) > limits.PROMPT:
        return text
    return text.replace(old, new)


def _flags(inputs: dict[str, Any]) -> int:
    flags = 0
    for key, flag in (("case_insensitive", re.I), ("multiline", re.M), ("dotall", re.S)):
        flags |= flag if inputs.get(key) is True else 0
    return flags


def _compiled(pattern: str, text: str, flags: int, given: Given) -> re.Pattern[str] | None:
    if len(pattern) > _LONGEST_PATTERN or _REPEATED_GROUP.search(pattern):
        return None
    steps = len(text) ** (len(_REPEATS.findall(pattern)) + 1)
    if steps > given.steps:
        return None
    given.steps -= steps
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about patterns that a later Python will read otherwise
            return re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


def _replace_pattern(inputs: dict[str, Any], given: Given) -> str | None:
    text, pattern = _text(given, _SOURCES, inputs), _text(given, _PATTERNS, inputs)
    if text is None or not pattern:
        return text
    new = _text(given, _REPLACEMENTS, inputs) or ""
    compiled = _compiled(pattern, text, _flags(inputs), given)
    if compiled is None or len(new) * (len(text) + 1) > limits.PROMPT * 4:
        return text
    count = inputs.get("count")
    try:
        return jsontext.string(compiled.sub(new, text, count if type(count) is int and count > 0 else 0))
    except (re.error, IndexError):
        return text


def _extract(inputs: dict[str, Any], given: Given) -> str | None:
    text, pattern = _text(given, _SOURCES, inputs), _text(given, _PATTERNS, inputs)
    if text is None or not pattern:
        return text
    compiled = _compiled(pattern, text, _flags(inputs), given)
    if compiled is None:
        return None
    mode, group = jsontext.word(inputs.get("mode", "First Match")), jsontext.integer(inputs.get("group_index")) or 1
    at = min(group, compiled.groups) if "Group" in mode else 0
    found = [match[at] or "" for match in compiled.finditer(text)]
    return "\n".join(found if mode.startswith("All") else found[:1])[: limits.PROMPT]


def _format(inputs: dict[str, Any], given: Given) -> str | None:
    """A text with the names of other inputs in braces, each with its value in that place."""
    template = _text(given, _FORMATS, inputs)
    room = limits.PROMPT

    def value(match: re.Match[str]) -> str:
        nonlocal room
        found = next((given(key) for key in (match[1], f"values.{match[1]}") if key in inputs), None)
        text = found if type(found) is str else jsontext.word(found)
        room -= len(text)
        return match[0] if found is None or room < 0 else text

    return None if template is None else _FIELD.sub(value, template)[: limits.PROMPT]


def _trim(inputs: dict[str, Any], given: Given) -> str | None:
    text = _text(given, _SOURCES, inputs)
    side = jsontext.word(inputs.get("mode"))
    if text is None:
        return None
    return {"Left": text.lstrip, "Right": text.rstrip}.get(side, text.strip)()


def _cut(inputs: dict[str, Any], given: Given) -> str | None:
    text = _text(given, _SOURCES, inputs)
    return None if text is None else text[jsontext.integer(given("start")) or 0 : jsontext.integer(given("end"))]


def _case(inputs: dict[str, Any], given: Given) -> str | None:
    text = _text(given, _SOURCES, inputs)
    mode = jsontext.word(_first(given, ("mode", "case"), inputs)).lower()
    if text is None:
        return None
    changed = {"upper": text.upper, "lower": text.lower, "capit": text.capitalize, "title": text.title}.get(mode[:5])
    return text if changed is None else changed()


def _function(inputs: dict[str, Any], given: Given) -> str | None:
    """The one node that appends or replaces, and may tidy up the commas."""
    first, second, third = (jsontext.string(given(key)) or "" for key in ("text_a", "text_b", "text_c"))
    tidy = inputs.get("tidy_tags") == "yes"
    if inputs.get("action") == "replace":
        text = replaced(first, second, third) if second else first
    else:
        text = (", " if tidy else "").join(part for part in (first, second, third) if part)
    if tidy:
        text = ", ".join(part for part in (part.strip() for part in text.split(",")) if part)
    return text[: limits.PROMPT]


_BY_NAME: tuple[tuple[str, Operation], ...] = (
    ("Trim", _trim), ("Substring", _cut), ("CaseConverter", _case), ("Text Case", _case), ("ChangeCase", _case),
)  # fmt: skip
