"""A1111's `parameters`: the prompt, `Negative prompt: …`, then one line of `Key: value, …` pairs.

Extensions add lines of their own after the pairs (dynamic prompts: `Template: …`, as many lines as the template has).
Some programs copy all of it into one line.

Source of the format: what Stable Diffusion WebUI writes and its "PNG info" tab reads back.
"""

from __future__ import annotations

import json
import re
from typing import Any

from oelala_desktop.domain.generation import UsedLora, UsedModel
from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects import lora_tags

_NEGATIVE = "Negative prompt:"
#: a key, then a value that is quoted (with commas in it) or goes on to the next comma
_PAIR = re.compile(r"\s*(\w[\w \-/]{0,60}):\s*(\"(?:\\.|[^\\\"])*\"|[^,]*)(?:,|$)")
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
#: how the line of settings begins; in a text without lines, behind a word
_FIRST = re.compile(r"(?<![^\n])Steps: ")
_INLINE = re.compile(r"\bSteps: ?(?=\d)")
#: the last places that are tried
_TRIES = 8
#: a value that is JSON, commas and all
_RESOURCES = "Civitai resources"
#: what Civitai calls a LoRA by the way it was trained
_LORA_KINDS = ("lora", "locon", "lycoris", "dora", "loha", "lokr")
_MODEL_KINDS = ("checkpoint", "model")
_PAIRS = 400
_JSON = json.JSONDecoder()
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
    resources = _resources(pairs)
    name = pairs.get("Model") or next((name for kind, name, _ in resources if kind in _MODEL_KINDS), None)
    if name:
        fields["models"] = (UsedModel(name),)
    loras = lora_tags.loras(prompt or "") or [(name, weight) for kind, name, weight in resources if kind in _LORA_KINDS]
    fields["loras"] = tuple(UsedLora(name, weight) for name, weight in loras)
    return fields


def _split(text: str) -> tuple[str | None, str | None, dict[str, str]]:
    """(prompt, negative prompt, settings); settings are empty where no line holds them."""
    text = text.strip("\0 \r\n")
    if "\n" not in text:
        text = text.replace("\\n", "\n")
    above, pairs = _above(text)
    if not pairs:
        return None, None, {}
    words, mark, negative = above.partition(_NEGATIVE)
    return words.strip() or None, (negative.strip() if mark else None), pairs


def _above(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the settings, and these."""
    for first in (_FIRST, _INLINE):
        for start in [match.start() for match in first.finditer(text)][: -_TRIES - 1 : -1]:
            pairs = _settings(text[start : start + _LINE].partition("\n")[0])
            if pairs:
                return text[:start], pairs
    above, _, last = text.rpartition("\n")
    return above, _settings(last)


def _settings(line: str) -> dict[str, str]:
    """The pairs of a line, if they are settings and not somebody's words with a colon among them."""
    pairs = _pairs(line)
    return pairs if sum(key in pairs for key in _MARKS) >= 2 else {}


def _pairs(line: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    line, at = line[:_LINE], 0
    while len(pairs) < _PAIRS and (match := _PAIR.search(line, at)) is not None:
        value, at = match[2].strip(), match.end()
        if value[:1] == '"':
            value = str(jsontext.parse(value) or value.strip('"'))
        elif value[:1] in ("[", "{") and (end := _end_of_json(line, match.start(2))):
            value, at = line[match.start(2) : end].strip(), end
        pairs.setdefault(match[1].strip(), value)
    return pairs


def _end_of_json(line: str, start: int) -> int:
    """Where the JSON that begins there ends, 0 if it is none."""
    try:
        return _JSON.raw_decode(line, start)[1]
    except (ValueError, RecursionError):
        return 0


def _resources(pairs: dict[str, str]) -> list[tuple[str, str, float]]:
    """Kind, name and weight of each model that Civitai lists."""
    listed = jsontext.parse(pairs[_RESOURCES]) if _RESOURCES in pairs else None
    found = []
    for entry in listed[:_PAIRS] if type(listed) is list else ():
        name = jsontext.string(entry.get("modelName")) if type(entry) is dict else None
        if name:
            weight = jsontext.number(entry.get("weight"))
            found.append((_kind(entry), name, 1.0 if weight is None else weight))
    return found


def _kind(entry: dict[str, Any]) -> str:
    """By name, or out of an address such as `urn:air:sdxl:lora:civitai:1@2`."""
    address = jsontext.word(entry.get("air")).split(":")
    kind = jsontext.word(entry.get("type")) or (address[3] if len(address) > 3 else "")
    return kind.lower()


def _sampler(pairs: dict[str, str]) -> tuple[str | None, str | None]:
    name, schedule = pairs.get("Sampler") or None, pairs.get("Schedule type") or None
    if name and not schedule:
        for word in _SCHEDULES:
            if name.endswith(" " + word):
                return name.removesuffix(" " + word), word
    return name, schedule
