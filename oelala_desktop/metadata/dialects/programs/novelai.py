"""NovelAI: `Description` is the prompt, `Comment` JSON with the settings (`uc` is the negative prompt), `Source` the
model. Since its fourth model the words of each character stand apart, in `v4_prompt`. In WebP all of these are one
JSON object in the user comment."""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, model

NAME = "novelai"

_MARKS = ("noise_schedule", "request_type", "uncond_scale", "v4_prompt")


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if NovelAI did not write them."""
    source, words = texts.text("source"), texts.text("description")
    # its first model's settings have no mark of their own
    signed = texts.text("software") == "NovelAI"
    for found in texts.objects:
        inner = jsontext.to_object(found.get("Comment"))
        if inner is not None:
            source, words = jsontext.string(found.get("Source")), jsontext.string(found.get("Description"))
            found = inner
        if "uc" in found and (signed or any(mark in found for mark in _MARKS)):
            return _fields(found, words, source)
    return None


def _fields(found: dict[str, Any], words: str | None, source: str | None) -> dict[str, Any]:
    settings = Settings(found)
    return {
        "prompt": _words(found.get("v4_prompt"), settings.text("prompt") or words),
        "negative_prompt": _words(found.get("v4_negative_prompt"), settings.text("uc")),
        "seed": settings.integer("seed"), "steps": settings.integer("steps"), "cfg": settings.number("scale"),
        "sampler": settings.text("sampler"), "scheduler": settings.text("noiseschedule"),
        "width": settings.integer("width"), "height": settings.integer("height"), "models": model(source),
    }  # fmt: skip


def _words(divided: Any, plain: str | None) -> str | None:
    """The words of the whole picture, those of each character below."""
    caption = divided.get("caption") if type(divided) is dict else None
    if type(caption) is not dict:
        return plain
    rows = caption.get("char_captions")
    rows = rows[:64] if type(rows) is list else []
    whole = jsontext.string(caption.get("base_caption")) or plain
    parts = [whole, *(jsontext.string(row.get("char_caption")) for row in rows if type(row) is dict)]
    return "\n".join(part for part in parts if part) or plain
