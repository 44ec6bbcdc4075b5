"""Fooocus and its offspring: one JSON object, with a `metadata_scheme` or (RuinedFooocus) a `software`; the older log's
names are the same in words. A file with the A1111 scheme holds A1111's text and is read as such."""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, loras, model, size

NAME = "fooocus"


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if no Fooocus wrote them."""
    for found in texts.objects:
        settings = Settings(found)
        named = any("ooocus" in jsontext.word(found.get(key)) for key in ("software", "metadata_scheme"))
        if named or ("basemodel" in settings and ("performance" in settings or "sharpness" in settings)):
            return _fields(settings)
    return None


def _fields(settings: Settings) -> dict[str, Any]:
    wide, high = settings.integer("width"), settings.integer("height")
    sized = {"width": wide, "height": high} if wide and high else size(settings.get("resolution"))
    return {
        "prompt": settings.text("prompt", "rawprompt"),
        "negative_prompt": settings.text("negativeprompt", "negative", "rawnegativeprompt"),
        "seed": settings.integer("seed"), "steps": settings.integer("steps"),
        "cfg": settings.number("guidancescale", "cfg"), "sampler": settings.text("sampler", "samplername"),
        "scheduler": settings.text("scheduler"), "models": model(settings.get("basemodel", "basemodelname")),
        "loras": loras(_loras(settings)), **sized,
    }  # fmt: skip


def _loras(settings: Settings) -> list[tuple[Any, Any]]:
    """`[name, weight, hash]` or objects in a list, or texts `name : weight`."""
    listed = settings.get("loras")
    if listed is None:
        listed = settings.starting("lora")
    rows = listed if type(listed) is list else jsontext.word(listed).split(",")
    return [_divided(row) for row in rows]


def _divided(row: Any) -> tuple[Any, Any]:
    """Name and weight."""
    if type(row) is list and len(row) > 1:
        return row[0], row[1]
    if type(row) is dict:
        return row.get("name"), row.get("weight")
    if type(row) is not str:
        return None, None
    name, colon, weight = row.rpartition(":")
    return (name.strip(), weight.strip()) if colon and jsontext.number(weight.strip()) is not None else (row, None)
