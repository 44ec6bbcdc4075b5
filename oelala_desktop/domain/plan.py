"""The rule book: what becomes of a wish. The one place that knows what is missing or wrong, which preset "auto" takes,
what size, frames and rate come out, and what advice goes with it. Form, API, command line and all else ask it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import advising
from .catalog import Catalog
from .field import MANY_KINDS, TIMED_KINDS, Field
from .graph import split_target
from .inputs import SMALLER, Given, Inputs, companions, names_in
from .measuring import asked_frames, is_plain, measured, parts_of
from .obstacle import Obstacle, Obstructed, Said, obstructed
from .preset import NEEDS_COMFYUI, Preset, Request
from .settling import lacks, settle_lists, settle_loras, settle_memory, settle_models, settle_parts
from .tool import VOCABULARY, Tool

#: bytes of a form around a file
FORM = 1024
#: a preset's own setting that its workflow calls a duration
_OWN_DURATION = re.compile(r"duration_\d+")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish that can be met. `given` are its settings, checked; `request` holds all of them, settled, its seed −1
    where one is to be drawn for each job. `advice` is what it may come to all the same, most telling first.

    Without a catalog what the engine has to say is still open."""

    preset: Preset
    given: Mapping[str, Any]
    request: Request
    advice: tuple[Said, ...] = ()


def plan(
    tool: Tool, presets: Sequence[Preset], values: Mapping[str, Any], inputs: Inputs, catalog: Catalog | None
) -> Plan | Obstacle:
    """`presets` are those that may be taken, in the order of preference: the wished one, or all of the tool. `inputs`
    are the facts of what `values` give as files; a file that nothing is known of yet has none. `catalog` is what the
    engine has, None while that is not known."""
    try:
        return _plan(tool, presets, values, inputs, catalog)
    except Obstructed as error:
        return error.obstacle


def choose(
    tool: Tool, presets: Sequence[Preset], values: Mapping[str, Any], catalog: Catalog | None
) -> Preset | Obstacle:
    """The preset that `plan` would take: the first that runs and has every setting that is given, of those that take
    every file that is given if there is one."""
    if not presets:
        return Obstacle("preset", "no_preset", {"tool": tool.name})
    if len(presets) == 1:
        return presets[0]
    able = [preset for preset in presets if not _unknown_to(preset, values)]
    if not able:
        return _apart(tool, presets, values)
    ranked = sorted(able, key=lambda preset: not takes_given(preset, values))
    if catalog is None:
        return ranked[0]
    for preset in ranked:
        if not preset.missing(catalog, values):
            return preset
    if catalog.sketch and (obstacle := without_ai(tool, presets)):
        return obstacle
    if len(able) < len(presets):
        keys = sorted({key for preset in presets for key in _unknown_to(preset, values)})
        said = {"keys": keys, "presets": [p.name for p in able], "sketch": catalog.sketch}
        return Obstacle("preset", "none_has", said | {"fixes": _fixes(able, catalog)})
    others = [preset for preset in presets if not preset.sketch]
    return Obstacle("preset", "none_runs", {"tool": tool.name, "fixes": _fixes(others, catalog)})


def _fixes(presets: Sequence[Preset], catalog: Catalog) -> list[str]:
    return [f"{preset.short_id}: {', '.join(map(str, preset.missing(catalog)))}" for preset in presets]


def _apart(tool: Tool, presets: Sequence[Preset], values: Mapping[str, Any]) -> Obstacle:
    """Settings that no preset has all of."""
    keys = list(dict.fromkeys(key for preset in presets for key in _unknown_to(preset, values)))
    having = {key: [p.name for p in presets if not _unknown_to(p, {key: values[key]})] for key in keys}
    return Obstacle(keys[0], "never_together", {"key": keys[0], "tool": tool.name, "having": having})


def _unknown_to(preset: Preset, values: Mapping[str, Any]) -> list[str]:
    """The settings given that the tool itself has not, and the preset has not either, or only of another kind."""
    shared, known = preset.tool.known(), preset.tool.known(preset.fields)
    own = (key for key in values if key not in shared and key != "preset")
    return [key for key in own if key not in known or not known[key].takes(values[key])]


def without_ai(tool: Tool, presets: Sequence[Preset]) -> Obstacle | None:
    """What stands in the way of the tool on an engine that runs no model."""
    if all(preset.models for preset in presets):
        return Obstacle("preset", "needs_ai", {"tool": tool.name, "fixes": [NEEDS_COMFYUI]})
    return None


def own_fields(presets: Sequence[Preset], values: Mapping[str, Any] = _NOTHING) -> Mapping[str, Field]:
    """The fields that a wish for one of them may name beside its tool's. Where several have one of the same name, it is
    the first that takes what is given in `values`."""
    if len(presets) == 1:
        return presets[0].fields
    found: dict[str, Field] = {}
    for preset in presets:
        shared, known = preset.tool.known(), preset.tool.known(preset.fields)
        for key in known.keys() - shared.keys():
            value = values.get(key)
            if key not in found or (known[key].takes(value) and not found[key].takes(value)):
                found[key] = known[key]
    return found


def takes_given(preset: Preset, values: Mapping[str, Any]) -> bool:
    """Whether it takes every file that is given."""
    return not any(
        names_in(value) and key in VOCABULARY and VOCABULARY[key].is_input and key not in preset.fields
        for key, value in values.items()
    )


def _plan(
    tool: Tool, presets: Sequence[Preset], values: Mapping[str, Any], inputs: Inputs, catalog: Catalog | None
) -> Plan:
    checked = tool.check(values, own_fields(presets, values))
    preset = choose(tool, presets, checked, catalog)
    if isinstance(preset, Obstacle):
        raise Obstructed(preset)
    given = tool.check(_meant(preset, checked), preset.fields)  # its ranges may be narrower than the tool's
    _refuse_unused(preset, given)
    _check_switch(preset, given)
    if catalog is not None:
        lacking = tuple(m for m in preset.missing(catalog, given) if m.kind != "model")
        if lacking:
            raise Obstructed(lacks(preset, lacking))
    _check_inputs(preset, given)
    used = _settled(preset, given, catalog)
    parts = parts_of(preset, given, inputs)
    _check_upload(preset, given, parts, catalog)
    request = _request(preset, used, given, parts)
    _check_limits(preset, request, catalog)
    said = advising.of_models(preset, request) if catalog is not None else ()
    return Plan(preset, given, request, (*said, *advising.of_inputs(parts, str(used.get("trigger") or ""))))


def _meant(preset: Preset, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A duration is the preset's own one where its workflow reckons the frames of it itself. Raises Obstructed."""
    if given.get("duration") is None or "duration" in preset.fields:
        return given
    own = next((key for key in preset.fields if _OWN_DURATION.fullmatch(key)), None)
    if own is not None:
        return {own: given["duration"]} | {key: value for key, value in given.items() if key != "duration"}
    if is_plain(preset):
        raise obstructed("duration", "goes_by_frames", preset=preset.name)
    return given


def _settled(preset: Preset, given: Mapping[str, Any], catalog: Catalog | None) -> dict[str, Any]:
    """Every value but those that follow from what is given as files."""
    used = _used(preset, given)
    if catalog is not None:
        used |= settle_models(preset, given, catalog)
        settle_lists(preset, used, catalog)
        settle_parts(preset, used, given, catalog)
        settle_memory(preset, used, given, catalog)
    if "switch_step" in preset.fields and "switch_step" not in given:
        used["switch_step"] = following_switch(preset, int(used["steps"]))
    if "lora_configs" in preset.fields:
        used["lora_configs"] = settle_loras(preset, used["lora_configs"], catalog)
    return used


def _refuse_unused(preset: Preset, given: Mapping[str, Any]) -> None:
    """A wish that this preset cannot meet is said, not dropped."""
    if int(str(given.get("clip_count", 1))) > 1 and preset.clips is None:
        raise obstructed("clip_count", "cannot_extend", preset=preset.name)
    for key, value in given.items():
        if key in preset.fields or key not in VOCABULARY or not VOCABULARY[key].is_input or not names_in(value):
            continue
        code = "cannot_end" if key == "end_image" else "preset_takes_no"
        raise obstructed(key, code, preset=preset.name, label=VOCABULARY[key].label.lower())


def _check_switch(preset: Preset, given: Mapping[str, Any]) -> None:
    # a preset without steps of its own leaves them at what the tool starts with
    default = preset.fields["steps"].default if "steps" in preset.fields else None
    steps = given.get("steps", default or VOCABULARY["steps"].default)
    switch = given.get("switch_step")
    if switch is not None and int(str(switch)) >= int(str(steps)):
        raise obstructed("switch_step", "switch_beyond", given=switch, steps=steps)


def _check_inputs(preset: Preset, given: Mapping[str, Any]) -> None:
    for field in preset.inputs:
        names = names_in(given.get(field.key))
        if not names:
            if field.needed:
                many = field.kind in MANY_KINDS
                raise obstructed(field.key, "input_missing", label=field.label.lower(), many=many)
            continue
        least, most = field.minimum or 0, field.maximum
        if most is not None and not least <= len(names) <= most:
            raise obstructed(field.key, "too_many", count=len(names), preset=preset.name, least=least, most=most)


def _check_limits(preset: Preset, request: Request, catalog: Catalog | None) -> None:
    """What is multiplied may come to more than an engine's nodes take."""
    if catalog is None:
        return

    def beyond(targets: Sequence[str], value: float) -> float | None:
        limits = (catalog.most(preset.class_at(target), split_target(target)[1]) for target in targets)
        return next((limit for limit in limits if limit is not None and value > limit), None)

    if preset.times and (most := beyond(preset.times.rate, request.fps)):
        raise obstructed(preset.times.key, "too_quick", rate=request.fps, most=most)
    for key, side in (("width", request.width), ("height", request.height)):
        if preset.size.kind == "factor" and (most := beyond(preset.into.get(key, ()), side)):
            raise obstructed("factor", "too_wide", width=request.width, height=request.height, most=most)


def _check_upload(preset: Preset, given: Mapping[str, Any], parts: Inputs, catalog: Catalog | None) -> None:
    limit = catalog.upload_limit if catalog else None
    if limit is None:
        return
    for field in preset.inputs:
        for file in parts.get(field.key, ()):
            if not given.get(field.key + SMALLER) and file.size + FORM > limit:
                raise too_large(field, file, limit)


def too_large(field: Field, file: Given, limit: int) -> Obstructed:
    """`smaller` is the setting that has it made smaller, empty where there is none."""
    smaller = field.key + SMALLER if field.kind in TIMED_KINDS else ""
    return obstructed(field.key, "too_large", name=file.name, size=file.size, limit=limit, smaller=smaller)


def _used(preset: Preset, given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every setting that the preset has, of what was given as files, and of what comes with it."""
    used = {k: given.get(k, f.default) for k, f in preset.fields.items() if not f.keeps or k in given}
    parts = {part.key for field in preset.inputs for part in companions(field)}
    return used | {key: given[key] for key in given.keys() & parts if given[key] is not None}


def _request(preset: Preset, used: dict[str, Any], given: Mapping[str, Any], inputs: Inputs) -> Request:
    found = measured(preset, used, inputs)
    if found.frame is not None and not found.frame.adds(preset.size.multiple):
        raise obstructed("aspect_ratio", "no_margin", aspect=found.aspect)
    frames = found.frames
    asked = asked_frames(preset, given, found.rate)
    if asked is not None:
        frames = asked
        used["duration"] = given.get("duration")
    if "num_frames" in preset.fields and not preset.fields["num_frames"].keeps:
        used["num_frames"] = frames
    seed = int(str(used.get("seed", given.get("seed", -1))))  # also where nothing but choices is drawn by it
    used |= {"seed": str(seed)} | ({"aspect_ratio": found.aspect} if "aspect_ratio" in preset.tool.keys else {})
    return Request(preset.id, preset.tool.id, used, found.width, found.height, frames, found.rate, seed, found.frame)


def following_switch(preset: Preset, steps: int) -> int:
    """The switch step that keeps the preset's own share of high-noise steps."""
    share = int(str(preset.fields["switch_step"].default)) / int(str(preset.fields["steps"].default))
    return min(max(1, round(steps * share)), steps - 1)
