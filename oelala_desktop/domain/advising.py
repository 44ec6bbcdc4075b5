"""What can be made as it is, but may not come out as wished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .inputs import Inputs
from .models import noise_pass, pair_warnings
from .obstacle import Said
from .preset import OptionalPart, Preset, Request

#: what goes wrong without a word of the engine's comes before what may only look worse
_ORDER: tuple[str, ...] = (
    "pair_half",
    "pair_task",
    "pair_size",
    "pair_quantised",
    "pair_swapped",
    "lora_half",
    "left_out",
    "managed",
    "uncaptioned",
    "small_picture",
)


def of_models(preset: Preset, request: Request) -> tuple[Said, ...]:
    """On model pairs and LoRAs."""
    return (*_models(preset, request), *_loras(preset, request))


def in_order(said: Iterable[Said]) -> tuple[Said, ...]:
    """Most telling first."""
    return tuple(sorted(said, key=lambda one: _ORDER.index(one.code) if one.code in _ORDER else 0))


def left_out(part: OptionalPart, server: str, why: str) -> Said:
    """A part of a preset that a server has, and cannot run."""
    return Said("left_out", {"key": part.key, "node": part.class_type, "server": server, "why": why})


def _models(preset: Preset, request: Request) -> tuple[Said, ...]:
    keys = {model.key for model in preset.models}
    if not {"unet_high_noise", "unet_low_noise"} <= keys:
        return ()
    high, low = (str(request.values.get(key) or "") for key in ("unet_high_noise", "unet_low_noise"))
    return pair_warnings(high, low, task=preset.tool.task)


def _loras(preset: Preset, request: Request) -> Iterator[Said]:
    """A half of a LoRA that goes into both passes, as its other half is not there."""
    if preset.loras is None or preset.loras.low is None:
        return
    for row in request.values.get("lora_configs") or ():
        high = str(row.get("high") or "")
        side = noise_pass(high) if row.get("enabled", True) and row.get("low", high) == high else None
        if side is not None:
            other = "low" if side == "high" else "high"
            yield Said("lora_half", {"name": high, "side": side, "other": other})


def of_inputs(inputs: Inputs, trigger: str = "") -> Iterator[Said]:
    """On what was given."""
    for files in inputs.values():
        for file in files:
            if file.uncaptioned:
                values = {"count": file.uncaptioned, "of": file.count, "trigger": bool(trigger)}
                yield Said("uncaptioned", values)
            if file.is_small:
                yield Said("small_picture", {"name": file.name, "width": file.width, "height": file.height})
