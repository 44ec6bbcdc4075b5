"""From what made a file back to the settings of a tool, and what of them a server lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import crop
from .errors import InvalidField
from .field import TIMED_KINDS
from .frame_rule import WAN
from .generation import GenerationInfo, UsedLora, UsedModel
from .geometry import ASPECTS, RESOLUTIONS, nearest_aspect
from .inputs import LENGTH, SMALLER, START, companions
from .job import Job
from .models import find_pairs, may_be_half
from .preset import Preset
from .sentences import joined
from .size_rule import SHORT_SIDE
from .spelling import base_name, match_name, nearest
from .tool import TOOLS, VOCABULARY, Tool
from .wording import TYPED, WORDED

_MODELS = ("unet_high_noise", "unet_low_noise", "checkpoint", "vae", "text_encoder")
_TIMED = frozenset(kind.value for kind in TIMED_KINDS)
_SAME = ("prompt", "negative_prompt", "steps", "switch_step", "cfg", "sampler", "scheduler", "shift", "seed")

#: files are named in results without their folders
_NOT_TAKEN = frozenset({"num_frames", "variations"}).union(
    *({field.key, *(part.key for part in companions(field))} for field in VOCABULARY.values() if field.is_input)
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A file that a server does not have, and the one it has that is named most like it."""

    name: str
    nearest: str | None


def tool_of(info: GenerationInfo, kind: str, params: Mapping[str, Any] | None = None) -> Tool:
    """The tool that made a file, or the one most like what did; `kind` is "video" or "image"."""
    named = str((params or {}).get("tool") or "")
    if named in TOOLS:
        return TOOLS[named]
    if kind != "video":
        return TOOLS["text-to-image"]
    names = " ".join(model.name.casefold() for model in info.models)
    return TOOLS["text-to-video" if "t2v" in names and "i2v" not in names else "image-to-video"]


def settings_of(info: GenerationInfo, tool: Tool, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values by settings key: those of our own block as they stand, the rest worked out of `info`. What the tool has
    no setting for, or would refuse, is left out."""
    values: dict[str, Any] = {key: getattr(info, key) for key in _SAME} | _size(info) | _length(info)
    values |= _models(info.models)
    if info.loras:
        values["lora_configs"] = lora_rows(info.loras)
    for key, value in (params or {}).items():
        if value is not None and key in VOCABULARY and key not in _NOT_TAKEN:
            values[key] = value
    return {key: checked for key in tool.keys if (checked := _checked(key, values.get(key))) is not None}


def typed_in(params: Mapping[str, Any]) -> dict[str, str]:
    """The prompts as they were typed, by settings key, where what was sent was drawn from their choices."""
    return {key: text for key in WORDED if isinstance(text := params.get(key + TYPED), str)}


def given_to(job: Job) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What a job was given as files, as settings, and for what of it only a part was sent (a video, a sound, a picture
    with a crop) what may be taken in its stead: that part, which is kept, where the whole is gone."""
    values: dict[str, Any] = {}
    otherwise: dict[str, dict[str, Any]] = {}
    cut = _cut(job)
    for given in job.inputs:
        parts = (given.key + START, given.key + LENGTH, given.key + SMALLER)
        if given.kind in _TIMED:
            values |= {key: job.values[key] for key in (given.key, *parts) if job.values.get(key) is not None}
            part = (given.start or None, given.length, None)
            otherwise[given.key] = {given.key: given.path, **dict(zip(parts, part, strict=True))}
        elif given.kind == "dataset":
            values[given.key] = job.values.get(given.key) or given.path
            otherwise[given.key] = {given.key: given.path}
        elif given.key in cut:
            values |= {key: job.values[key] for key in (given.key, crop.KEY)}
            otherwise[given.key] = {**cut, crop.KEY: None}
        elif isinstance(job.values.get(given.key), list | tuple):
            values.setdefault(given.key, []).append(given.path)
        else:
            values[given.key] = given.path
    return values, otherwise


def _cut(job: Job) -> dict[str, str]:
    """The start picture and the mask as a crop left them, which fit each other alone; empty where there was none."""
    if crop.place_of(job.values) is None:
        return {}
    keys = [key for key in ("image", "mask") if isinstance(job.values.get(key), str)]
    return {given.key: given.path for given in job.inputs if given.key in keys}


def _checked(key: str, value: Any) -> Any:
    if value is None:
        return None
    try:
        return VOCABULARY[key].check(value)
    except InvalidField:
        return None


def _models(models: Sequence[UsedModel]) -> dict[str, str]:
    passes = {model.pass_: model.name for model in models}
    named = {"unet_high_noise": passes.get("high"), "unet_low_noise": passes.get("low"), "checkpoint": passes.get(None)}
    return {key: name for key, name in named.items() if name}


def lora_rows(loras: Sequence[UsedLora]) -> list[dict[str, Any]]:
    """Rows of `lora_configs`: a file used in both passes, or the two files of a pair, are one row. Where leaving `low`
    out may mean another file, it is named."""
    rows: list[dict[str, Any]] = [_row(lora, None) for lora in loras if lora.pass_ is None]
    lows = [lora for lora in loras if lora.pass_ == "low"]
    for high in (lora for lora in loras if lora.pass_ == "high"):
        low = next((x for x in lows if x.strength == high.strength and _partners(high.name, x.name)), None)
        if low is not None:
            lows.remove(low)
        rows.append(_row(high, low))
    return rows + [{"high": None, "low": x.name, "strength": x.strength, "enabled": True} for x in lows]


def _partners(high: str, low: str) -> bool:
    return high == low or bool(find_pairs((high, low)))


def _row(high: UsedLora, low: UsedLora | None) -> dict[str, Any]:
    row: dict[str, Any] = {"high": high.name, "strength": high.strength, "enabled": True}
    if high.pass_ == "high" and low is None:
        row["low"] = None
    elif low is not None and (low.name != high.name or may_be_half(high.name)):
        row["low"] = low.name
    return row


def _size(info: GenerationInfo) -> dict[str, str]:
    """The named resolution and aspect that give this size, else the nearest."""
    if not info.width or not info.height:
        return {}
    for resolution in RESOLUTIONS:
        for aspect in ASPECTS:
            named = {"resolution": resolution, "aspect_ratio": aspect}
            if SHORT_SIDE.settle(named, None) == (aspect, info.width, info.height):
                return named
    short = min(info.width, info.height)
    near = min(RESOLUTIONS, key=lambda name: abs(RESOLUTIONS[name] - short))
    return {"resolution": near, "aspect_ratio": nearest_aspect(info.width, info.height)}


def _length(info: GenerationInfo) -> dict[str, float | int]:
    fps = round(info.fps) if info.fps else 0
    if not fps or not info.num_frames or info.num_frames < 2:
        return {}
    return {"fps": fps, "duration": round(WAN.seconds_of(info.num_frames, fps), 2)}


def fit_names(
    values: Mapping[str, Any], choices_of: Callable[[str], tuple[str, ...]]
) -> tuple[dict[str, Any], dict[str, Any], tuple[Lacking, ...]]:
    """Model and LoRA names in a server's own spelling. `choices_of(key)` is what the server offers there, empty if
    that is not known. Returns the values, the values with the nearest name for each that is lacking, and those."""
    lacking: dict[str, Lacking] = {}

    def fit(key: str, name: Any) -> tuple[Any, Any]:
        choices = choices_of(key)
        if not name or not choices:
            return name, name
        found = match_name(str(name), choices)
        if found is not None:
            return found, found
        near = nearest(str(name), choices)
        lacking[str(name)] = Lacking(str(name), near)
        return name, near or name

    as_is, replaced = dict(values), dict(values)
    for key in _MODELS:
        if key in values:
            as_is[key], replaced[key] = fit(key, values[key])
    if "lora_configs" in values:
        rows = [_fit_row(row, lambda name: fit("lora_configs", name)) for row in values["lora_configs"]]
        as_is["lora_configs"], replaced["lora_configs"] = [a for a, _ in rows], [b for _, b in rows]
    return as_is, replaced, tuple(lacking.values())


def _fit_row(row: Mapping[str, Any], fit: Callable[[Any], tuple[Any, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    as_is, replaced = dict(row), dict(row)
    for side in ("high", "low"):
        if row.get(side):
            as_is[side], replaced[side] = fit(row[side])
    return as_is, replaced


def not_kept_note(preset: Preset, values: Mapping[str, Any]) -> str:
    """ "Sketch has no setting for Steps and CFG; they were not taken." Nothing of what stands at its default, comes
    with an input, is the one rate that the preset makes, or was drawn by chance, nor that prompts have choices."""
    known = {"seed", "choices", *preset.fields, *(part.key for field in preset.inputs for part in companions(field))}
    if isinstance(preset.rate, str) or preset.rate == values.get("fps"):
        known.add("fps")
    unknown = [k for k in values if k in VOCABULARY and k not in known]
    lost = [VOCABULARY[k].label for k in unknown if values[k] and values[k] != VOCABULARY[k].default]
    if not lost:
        return ""
    return f"{preset.name} has no setting for {joined(lost)}; {'they were' if len(lost) > 1 else 'it was'} not taken."


def lacking_note(lacking: Sequence[Lacking]) -> str:
    """ "This server has no camera.safetensors; the nearest it has is camera_v2.safetensors." """
    parts = []
    for item in lacking:
        name = base_name(item.name)
        near = f"; the nearest it has is {item.nearest}" if item.nearest else ""
        parts.append(f"This server has no {name}{near}.")
    return " ".join(parts)
