"""Wan2GP: the settings of a job as JSON in the comment of its video or picture. The multipliers of its LoRAs are
divided by blanks, in each by `;` between the passes and by `,` between the steps."""

from __future__ import annotations

from typing import Any

from oelala_desktop.domain.generation import UsedLora
from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, items, model, size

NAME = "wan2gp"

_MARKS = ("model_type", "model_filename", "settings_version", "video_length")
_SIDES = ("high", "low")


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if Wan2GP did not write them."""
    for found in texts.objects:
        if "WanGP" in jsontext.word(found.get("type")) or (
            "num_inference_steps" in found and any(mark in found for mark in _MARKS)
        ):
            return _fields(Settings(found))
    return None


def _fields(settings: Settings) -> dict[str, Any]:
    still = bool(settings.integer("imagemode"))
    return {
        "prompt": settings.text("prompt"), "negative_prompt": settings.text("negativeprompt"),
        "seed": settings.integer("seed"), "steps": settings.integer("numinferencesteps"),
        "cfg": settings.number("guidancescale"), "sampler": settings.text("samplesolver"),
        "shift": settings.number("flowshift"), "num_frames": None if still else settings.integer("videolength"),
        "models": model(settings.get("modelfilename", "modeltype")), "loras": _loras(settings),
        **size(settings.get("resolution")),
    }  # fmt: skip


def _loras(settings: Settings) -> tuple[UsedLora, ...]:
    multipliers = (settings.text("lorasmultipliers") or "").split("|")[-1].split()
    two = settings.integer("guidancephases") == len(_SIDES)
    found: list[UsedLora] = []
    for at, name in enumerate(items(settings.get("activatedloras"))[: limits.GRAPH_PARTS]):
        file = jsontext.string(name)
        phases = multipliers[at].split(";") if at < len(multipliers) else ["1"]
        if not file:
            continue
        if not two:
            found.append(UsedLora(file, _first(phases[0])))
            continue
        of_passes = phases[:2] if len(phases) > 1 else phases * 2
        uses = zip(of_passes, _SIDES, strict=True)
        found += [UsedLora(file, strength, side) for text, side in uses if (strength := _first(text))]
    return tuple(found)


def _first(multiplier: str) -> float:
    """The strength at the first step."""
    strength = jsontext.number(multiplier.split(",")[0])
    return 1.0 if strength is None else strength
