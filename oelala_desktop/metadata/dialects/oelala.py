"""`oelala_params`: our own block, every setting with the value that was really used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oelala_desktop.domain.generation import UsedLora, UsedModel
from oelala_desktop.metadata import jsontext

KEY = "oelala_params"

#: a row without a strength has the one that the page starts with
_DEFAULT_STRENGTH = 1.5

_READ: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("prompt", jsontext.string), ("negative_prompt", jsontext.string), ("original_t2i_prompt", jsontext.string),
    ("steps", jsontext.integer), ("cfg", jsontext.number), ("sampler", jsontext.string),
    ("scheduler", jsontext.string), ("shift", jsontext.number), ("switch_step", jsontext.integer),
    ("width", jsontext.integer), ("height", jsontext.integer), ("num_frames", jsontext.integer),
    ("fps", jsontext.number), ("duration", jsontext.number), ("workflow", jsontext.string),
)  # fmt: skip


def read(params: dict[str, Any]) -> dict[str, Any]:
    """GenerationInfo's fields out of the block; a value of the wrong kind counts as absent."""
    fields = {key: convert(params[key]) for key, convert in _READ if key in params}
    seed = jsontext.integer(params.get("seed"))
    if seed is not None and seed >= 0:
        fields["seed"] = seed
    engine = params.get("engine")
    fields["engine"] = jsontext.string(engine.get("name") if type(engine) is dict else engine)
    if fields.get("workflow") is None:
        fields["workflow"] = jsontext.string(params.get("preset"))
    models, two = _models(params)
    if models:
        fields["models"] = models
    if "lora_configs" in params:
        fields["loras"] = _loras(params["lora_configs"], two=two)
    return fields


def _models(params: dict[str, Any]) -> tuple[tuple[UsedModel, ...], bool]:
    """The model files, and whether there were two passes."""
    high = jsontext.string(params.get("unet_high_noise"))
    low = jsontext.string(params.get("unet_low_noise"))
    checkpoint = jsontext.string(params.get("checkpoint"))
    if high and low:
        return (UsedModel(high, "high"), UsedModel(low, "low")), True
    two = jsontext.integer(params.get("switch_step")) is not None and not checkpoint
    found = [UsedModel(name, side if two else None) for name, side in ((high, "high"), (low, "low")) if name]
    if checkpoint:
        found.append(UsedModel(checkpoint))
    return tuple(found), two or not found


def _loras(rows: Any, *, two: bool) -> tuple[UsedLora, ...]:
    if type(rows) is str:
        rows = jsontext.parse(rows)
    found: list[UsedLora] = []
    if type(rows) is not list:
        return ()
    for row in rows:
        if type(row) is not dict or row.get("enabled", True) in (False, 0, "false"):
            continue
        strength = jsontext.number(row.get("strength"))
        high = jsontext.string(row.get("high"))
        low = jsontext.string(row["low"]) if "low" in row else high
        for name, side in ((high, "high"), (low, "low")):
            if name:
                use = UsedLora(name, _DEFAULT_STRENGTH if strength is None else strength, side if two else None)
                if two or use not in found:
                    found.append(use)
    return tuple(found)
