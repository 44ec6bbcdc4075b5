"""Fills a tool's form from presets and from what the engine offers: which presets there are and what each lacks, and
which files, samplers and LoRAs can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.models import folder_of
from oelala_desktop.domain.plan import choose, following_switch, takes_given
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.sentences import joined, with_article
from oelala_desktop.domain.spelling import base_name
from oelala_desktop.domain.tool import Tool
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.widgets.choice import Choice

_Values = Mapping[str, Any]
_NOTHING: _Values = MappingProxyType({})


def preset_choices(
    registry: ToolRegistry, tool: Tool, catalog: Catalog | None, given: _Values = _NOTHING
) -> list[PresetChoice]:
    """Those that take every file of `given` first, else in the declared order; without a catalog nothing is known to be
    missing, nor is a model that `given` chooses."""
    presets = sorted(registry.presets(tool), key=lambda preset: not takes_given(preset, given))
    return [preset_choice(preset, catalog, given) for preset in presets]


def all_lacking(registry: ToolRegistry, tool: Tool, catalog: Catalog | None) -> list[PresetChoice] | None:
    """The tool's presets if not one of them can run there; None too while that is not known."""
    choices = preset_choices(registry, tool, catalog) if catalog is not None else []
    return choices if choices and all(choice.missing for choice in choices) else None


def preset_choice(preset: Preset, catalog: Catalog | None, given: _Values = _NOTHING) -> PresetChoice:
    """What the server of `catalog` lacks for a preset, and what to do about it."""
    missing = preset.missing(catalog, given) if catalog else ()
    fixes = tuple(dict.fromkeys(m.fix for m in missing))
    note = _note(preset, [m.kind for m in missing])
    return PresetChoice(
        preset.short_id,
        preset.name,
        preset.description,
        tuple(map(str, missing)),
        fixes,
        note,
        runs=None if catalog is None else not missing,
        needs=_needs(preset),
    )


def _needs(preset: Preset) -> str:
    """Files that a job of it must have beside the tool's own."""
    labels = [f.label.lower() for f in preset.inputs if f.needed and f.key not in preset.tool.needs]
    return f"needs {joined(list(map(with_article, labels)))}" if labels else ""


def _note(preset: Preset, kinds: Sequence[str]) -> str:
    if "engine" in kinds:
        return "needs ComfyUI"
    if "nodes" in kinds:
        return "needs Sketch" if preset.sketch else "needs nodes"
    count = len(kinds)
    return f"needs {count} file{'' if count == 1 else 's'}" if count else ""


def pick_preset(
    registry: ToolRegistry, tool: Tool, catalog: Catalog | None, name: str, given: _Values = _NOTHING
) -> Preset | None:
    """The wished preset if it can run with the models that `given` chooses, else the one that a wish without a preset
    would take, else the wished one or the first that takes what is given."""
    presets = registry.presets(tool)
    wished = next((p for p in presets if p.short_id == name), None)
    if wished and (catalog is None or not wished.missing(catalog, given)):
        return wished
    shared = tool.known()
    for values in (given, {key: value for key, value in given.items() if key in shared}):  # own ones may go with it
        chosen = choose(tool, presets, values, catalog)
        if isinstance(chosen, Preset) and not (catalog and chosen.missing(catalog, values)):
            return chosen
    return wished or next(iter(sorted(presets, key=lambda preset: not takes_given(preset, given))), None)


def shown_fields(preset: Preset) -> tuple[Field, ...]:
    """Those that a form has: a duration says the frames, and a new frame is not of the shape that is given."""
    fields = (field for field in preset.fields.values() if field.key != "num_frames")
    if preset.size.kind != "frame":
        return tuple(fields)
    return tuple(
        replace(f, choices=tuple(c for c in f.choices if c != "auto")) if f.key == "aspect_ratio" else f for f in fields
    )


class TakesChoices(Protocol):
    """A form, as far as it is told what a server has."""

    def set_defaults(self, names: Mapping[str, str]) -> None: ...
    def set_note(self, key: str, text: str) -> None: ...
    def set_choices(self, key: str, choices: Sequence[Choice]) -> None: ...


def offer_choices(form: TakesChoices, preset: Preset, catalog: Catalog) -> None:
    """What that server lists for each field that chooses from it, and what stands for a model left to the preset."""
    form.set_defaults({m.key: name for m, name in preset.chosen_models(catalog).items() if m.key})
    devices = preset.server_devices(catalog)
    form.set_note("expert_mode_allocations", f"This server has {', '.join(devices)}" if devices else "")
    for key, field in preset.fields.items():
        if field.kind is FieldKind.LORAS:
            form.set_choices(key, [Choice(n, n) for n in catalog.loras])
        elif (
            field.kind is FieldKind.MODEL
            or field.open_choices
            or (field.kind is FieldKind.CHOICE and not field.choices)
        ):
            names = preset.choices(key, catalog)
            form.set_choices(key, [Choice(n, base_name(n), folder_of(n)) for n in names])


def following_rules(preset: Preset) -> dict[str, Any]:
    """Settings that follow others until a person sets them."""
    if "switch_step" not in preset.fields:
        return {}
    return {"switch_step": lambda values: following_switch(preset, max(2, int(values.get("steps") or 2)))}
