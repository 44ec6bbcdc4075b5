"""What a wish leaves open, settled by what an engine has: models, lists, LoRAs, optional parts, the split of memory.
Everything raises Obstructed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .catalog import Catalog
from .memory_split import check_allocations, fit_allocations
from .models import low_half
from .obstacle import Obstacle, Obstructed, obstructed
from .preset import Missing, Preset
from .spelling import match_name, nearest


def settle_models(preset: Preset, given: Mapping[str, object], catalog: Catalog) -> dict[str, object]:
    lacking = preset.missing_models(catalog, given)
    if lacking:
        raise Obstructed(lacks(preset, lacking))
    out: dict[str, object] = {
        model.key: name for model, name in preset.chosen_models(catalog, given).items() if model.key
    }
    for model in preset.models:
        if model.key and given.get(model.key):
            out[model.key] = pick(model.key, str(given[model.key]), preset.model_choices(model, catalog) or ())
    return out


def lacks(preset: Preset, lacking: tuple[Missing, ...]) -> Obstacle:
    """What a server lacks for a preset."""
    fixes = list(dict.fromkeys(m.fix for m in lacking))
    if lacking[0].kind == "engine":
        values = {"preset": preset.name, "engine": lacking[0].name, "why": lacking[0].where, "fixes": fixes}
        return Obstacle("preset", "needs_engine", values)
    return Obstacle("preset", "lacks", {"preset": preset.name, "lacking": [str(m) for m in lacking], "fixes": fixes})


def settle_lists(preset: Preset, used: dict[str, Any], catalog: Catalog) -> None:
    """Samplers, schedulers and all else that a server lists, by its own names."""
    for key in [field.key for field in preset.fields.values() if field.open_choices]:
        if used.get(key) is not None:
            choices = preset.choices(key, catalog)
            used[key] = pick(key, str(used[key]), choices) if choices else used[key]


def settle_parts(preset: Preset, used: dict[str, Any], given: Mapping[str, object], catalog: Catalog) -> None:
    for part in preset.optional:
        if not used.get(part.key) or catalog.can_run(part.class_type):
            continue
        if part.key in given and not catalog.has(part.class_type):
            pack = next((p for p in preset.packs if part.class_type in p.classes), None)
            named = {"pack": pack.name, "address": pack.address} if pack else {}
            raise obstructed(part.key, "part_lacking", node=part.class_type, **named)
        used[part.key] = False


def settle_memory(preset: Preset, used: dict[str, Any], given: Mapping[str, object], catalog: Catalog) -> None:
    key = "expert_mode_allocations"
    if key not in preset.fields:
        return
    devices = preset.server_devices(catalog)
    if key in given:
        check_allocations(str(used[key]), devices)
    else:
        used[key] = fit_allocations(str(used[key]), devices)


def settle_loras(preset: Preset, rows: Any, catalog: Catalog | None) -> list[dict[str, object]]:
    out = []
    for index, row in enumerate(rows, 1):
        settled = dict(row)
        enabled = row.get("enabled", True)
        if enabled and not row.get("high") and preset.loras and preset.loras.low is None:
            raise obstructed("lora_configs", "lora_low_only", index=index, preset=preset.name)
        out.append(settled | _found(preset, row, catalog.loras) if enabled and catalog else settled)
    return out


def _found(preset: Preset, row: Mapping[str, Any], files: tuple[str, ...]) -> dict[str, object]:
    """The files of a row by the server's own names; the low half is found where it is left open."""
    out: dict[str, object] = {
        side: pick("lora_configs", str(row[side]), files) for side in ("high", "low") if row.get(side)
    }
    if out.get("high") and "low" not in row and preset.loras and preset.loras.low:
        mate = low_half(str(out["high"]), files)
        out |= {"low": mate} if mate else {}
    return out


def pick(key: str, name: str, choices: tuple[str, ...]) -> str:
    """The server's own spelling of a wished name. Raises Obstructed with the nearest it has."""
    found = match_name(name, choices)
    if found is None:
        raise obstructed(key, "nothing_named", given=name, near=nearest(name, choices), choices=list(choices[:6]))
    return found
