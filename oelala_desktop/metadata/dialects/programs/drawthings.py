"""Draw Things: JSON in XMP's user comment, the prompts as `c` and `uc`; `v2` has the settings again and more of
them."""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, loras, model, size

NAME = "drawthings"


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if Draw Things did not write them."""
    found = next((o for o in texts.objects if type(o.get("c")) is str and ("uc" in o or "v2" in o)), None)
    if found is None:
        return None
    second = found["v2"] if type(found.get("v2")) is dict else {}
    settings, more = Settings(found), Settings(second)
    rows = found.get("lora", second.get("loras"))
    return {
        "prompt": settings.text("c"), "negative_prompt": settings.text("uc"), "seed": _of(settings, more, "seed"),
        "steps": _of(settings, more, "steps"), "cfg": settings.number("scale", "guidancescale"),
        "sampler": settings.text("sampler"), "shift": settings.number("shift") or more.number("shift"),
        "num_frames": more.integer("numframes"), "models": model(settings.get("model") or more.get("model")),
        "loras": loras(_lora(row) for row in rows if type(row) is dict) if type(rows) is list else (),
        **(size(settings.get("size")) or {"width": more.integer("width"), "height": more.integer("height")}),
    }  # fmt: skip


def _of(settings: Settings, more: Settings, name: str) -> int | None:
    value = settings.integer(name)
    return more.integer(name) if value is None else value


def _lora(row: dict[str, Any]) -> tuple[Any, Any]:
    return row.get("model", row.get("file")), row.get("weight")
