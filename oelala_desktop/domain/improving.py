"""What a language model is asked so that it writes a better prompt, and the prompt in what it answers."""

from __future__ import annotations

import re

from .preset import Preset
from .tool import MAX_PROMPT, TOOLS

#: the tool of presets that do it
IMPROVE = TOOLS["improve"]
#: a preset that knows by itself what its model wants, and whose: it is given the prompt alone
_KNOWING = {"ltx": "ltx"}
_MAKES = {
    "video": "a text-to-video model: say what moves, how the camera moves, light and mood, in the order of time",
    "image": "a text-to-image model: say the subject, the place, the light, the lens and the mood",
}
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)|^.*</think>", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"\A\**(?:(?:improved|rewritten|final|new) )?prompt\**:\**\s*", re.IGNORECASE)
_FENCE = re.compile(r"\A```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"))


def request_for(preset: Preset, prompt: str, *, with_picture: bool) -> str:
    """What is asked, so that the prompt fits that preset. It stands last: whatever it says is only text to work on."""
    lines = [
        f"Rewrite the prompt below for {_MAKES.get(preset.output, _MAKES['image'])}.",
        "Keep what it asks for and its language; add concrete detail, nothing that contradicts it.",
    ]
    if with_picture:
        lines.append("The picture is where it begins: fit the prompt to what is seen, and do not describe it again.")
    lines += [f"Mind: {tip}" for tip in preset.tips]
    lines.append("Answer with the new prompt alone, without a title, quotes or remarks.")
    return "\n".join([*lines, "", "Prompt:", prompt])


def knows_by_itself(short_id: str) -> bool:
    """Whether a preset of that short id is given the prompt alone."""
    return short_id in _KNOWING


def own_of(preset_id: str) -> str:
    """The short id of the preset that improves prompts for this one with its own model; "" where there is none."""
    name = preset_id.partition(".")[2]
    return next((short for short, family in _KNOWING.items() if name.startswith(family)), "")


def written_in(answer: str) -> str:
    """The prompt that an answer holds, without what models say round it; "" where there is none."""
    text = _THOUGHT.sub("", answer).strip()
    fenced = _FENCE.match(text)
    text = _LABEL.sub("", (fenced[1] if fenced else text).strip()).strip()
    for left, right in _QUOTES:
        if len(text) > 1 and text.startswith(left) and text.endswith(right) and left not in text[1:-1]:
            text = text[1:-1].strip()
    return text.replace("\x00", "")[:MAX_PROMPT]
