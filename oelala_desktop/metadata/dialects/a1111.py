"""A1111's `parameters`: the prompt, `Negative prompt: …`, then one line of `Key: value, …` pairs.

Extensions add lines of their own after the pairs (dynamic prompts: `Template: …`, as many lines as the template has).

Source of the format: what Stable Diffusion WebUI writes and its "PNG info" tab reads back.
"""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.domain.generation import UsedLora, UsedModel
from oelala_desktop.metadata import jsontext

_NEGATIVE = "Negative prompt:"
#: a key, then a value that is quoted (with commas in it) or goes on to the next comma
_PAIR = re.compile(r"\s*(\w[\w \-/]{0,60}):\s*(\"(?:\\.|[^\\\"])*\"|[^,]*)(?:,|$)")
_LORA = re.compile(r"<(?:lora|lyco):([^:<>]{1,300})(?::([^<>]{0,80}))?>")
_SIZE = re.compile(r"(\d{1,6})\s*x\s*(\d{1,6})")
#: schedulers that used to be the last word of the sampler's name
_SCHEDULES = (
    "Karras",
    "Exponential",
    "SGM Uniform",
    "Polyexponential",
    "Simple",
    "Normal",
    "Beta",
    "DDIM",
    "Automatic",
)
_MARKS = ("Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Model hash")
#: how the line of settings begins
_FIRST = "\nSteps: "
_PAIRS = 400
#: characters of the line of settings that are looked at
_LINE = 20_000


def settings(value: Any) -> dict[str, str]:
    """All pairs of the settings' line; empty if there is no such block."""
    if isinstance(value, bytes):
        value = jsontext.to_text(value)
    return _split(value)[2] if type(value) is str else {}


def read(text: str) -> dict[str, Any] | None:
    """GenerationInfo's fields out of the block; None if it is just somebody's comment."""
    prompt, negative, pairs = _split(text)
    if not pairs:
        return None
    sampler, scheduler = _sampler(pairs)
    fields: dict[str, Any] = {
        "prompt": prompt, "negative_prompt": negative, "sampler": sampler, "scheduler": scheduler,
        "steps": jsontext.integer(pairs.get("Steps")), "seed": jsontext.integer(pairs.get("Seed")),
        "cfg": jsontext.number(pairs.get("CFG scale")), "shift": jsontext.number(pairs.get("Shift")),
    }  # fmt: skip
    size = _SIZE.match(pairs.get("Size", ""))
    if size:
        fields["width"], fields["height"] = int(size[1]), int(size[2])
    if pairs.get("Model"):
        fields["models"] = (UsedModel(pairs["Model"]),)
    fields["loras"] = tuple(_loras(prompt or ""))
    return fields


def _split(text: str) -> tuple[str | None, str | None, dict[str, str]]:
    """(prompt, negative prompt, settings); settings are empty where no line holds them."""
    text = text.strip("\0 \r\n")
    above, _, last = text.rpartition("\n")
    pairs = _settings(last)
    start = -1 if pairs else f"\n{text}".rfind(_FIRST)
    if start >= 0:
        above, pairs = text[:start], _settings(text[start : start + _LINE].partition("\n")[0])
    if not pairs:
        return None, None, {}
    words, mark, negative = above.partition(_NEGATIVE)
    return words.strip() or None, (negative.strip() if mark else None), pairs


def _settings(line: str) -> dict[str, str]:
    """The pairs of a line, if they are settings and not somebody's words with a colon among them."""
    pairs = _pairs(line)
    return pairs if sum(key in pairs for key in _MARKS) >= 2 else {}


def _pairs(line: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for match in _PAIR.finditer(line[:_LINE]):
        value = match[2].strip()
        if value[:1] == '"':
            value = str(jsontext.parse(value) or value.strip('"'))
        pairs.setdefault(match[1].strip(), value)
        if len(pairs) >= _PAIRS:
            break
    return pairs


def _sampler(pairs: dict[str, str]) -> tuple[str | None, str | None]:
    name, schedule = pairs.get("Sampler") or None, pairs.get("Schedule type") or None
    if name and not schedule:
        for word in _SCHEDULES:
            if name.endswith(" " + word):
                return name.removesuffix(" " + word), word
    return name, schedule


def _loras(prompt: str) -> list[UsedLora]:
    found = []
    for match in _LORA.finditer(prompt):
        first = (match[2] or "1").split(":")[0].rpartition("=")[2]
        strength = jsontext.number(first)
        found.append(UsedLora(match[1], 1.0 if strength is None else strength))
        if len(found) >= _PAIRS:
            break
    return found
