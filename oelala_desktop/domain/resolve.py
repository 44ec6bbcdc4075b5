"""From what a user gave to a Request in which every value is settled: checks, defaults, the server's own names,
the seed, the size and the frame count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .catalog import Catalog, match_name, nearest
from .errors import InvalidField, NotRunnable
from .geometry import frame_count, frame_size, nearest_aspect, sdxl_size
from .graph_size import stated_frames, stated_rate, stated_size
from .memory_split import check_allocations, fit_allocations
from .models import low_half
from .preset import Missing, Preset, Request
from .tool import VOCABULARY

_FPS = int(str(VOCABULARY["fps"].default))  # for a preset that leaves the rate to its graph


def resolve(
    preset: Preset,
    values: Mapping[str, object],
    *,
    catalog: Catalog,
    picture_size: tuple[int, int] | None,
    draw_seed: Callable[[], int],
) -> Request:
    """Checks all `values` and settles what was left open. `picture_size` is the start picture's, for "auto".

    Raises InvalidField or NotRunnable."""
    given = check_values(preset, values)
    lacking = tuple(m for m in preset.missing(catalog) if m.kind != "model")
    if lacking:
        raise not_runnable(preset, lacking)
    used: dict[str, Any] = {k: given.get(k, f.default) for k, f in preset.fields.items()}
    used |= {k: v for k, v in given.items() if k in ("image", "end_image")}
    if preset.tool.needs_picture and not used.get("image"):
        raise picture_missing()
    used |= _models(preset, given, catalog)
    _sampling(preset, used, given, catalog)
    _optional_parts(preset, used, given, catalog)
    if "expert_mode_allocations" in preset.fields:
        _memory(preset, used, "expert_mode_allocations" in given, catalog)
    if "lora_configs" in preset.fields:
        used["lora_configs"] = _loras(preset, used["lora_configs"], catalog)
    used["aspect_ratio"], width, height = settled_size(preset, used, picture_size)
    frames = _frames(preset, used, given)
    seed = int(str(used.get("seed", -1)))
    seed = draw_seed() if seed < 0 else seed
    used["seed"] = str(seed)
    return Request(
        preset=preset.id,
        tool=preset.tool.id,
        values=used,
        width=width,
        height=height,
        num_frames=frames,
        fps=int(str(used.get("fps") or (stated_rate(preset.template) if preset.tool.output == "video" else 0))),
        seed=seed,
    )


def check_values(preset: Preset, values: Mapping[str, object]) -> dict[str, object]:
    """What can be said of `values` before a server is asked. Raises InvalidField."""
    given = preset.tool.check(values, preset.fields)
    _refuse_unused(preset, given)
    # a preset without steps of its own leaves them at what the tool starts with
    steps = given.get("steps", preset.fields.get("steps", VOCABULARY["steps"]).default)
    switch = given.get("switch_step")
    if switch is not None and int(str(switch)) >= int(str(steps)):
        raise InvalidField("switch_step", f"switch_step: {switch} must be less than the {steps} steps.")
    return given


def picture_missing() -> InvalidField:
    return InvalidField("image", "A picture is missing: give one with image.")


def not_runnable(preset: Preset, lacking: tuple[Missing, ...]) -> NotRunnable:
    fixes = tuple(dict.fromkeys(m.fix for m in lacking))
    if lacking[0].kind == "engine":
        return NotRunnable(f"{preset.name} needs {lacking[0].name}: {lacking[0].where}.", missing=fixes)
    names = "; ".join(map(str, lacking))
    return NotRunnable(f"This server cannot run {preset.name}. It lacks: {names}.", missing=fixes)


def _refuse_unused(preset: Preset, given: Mapping[str, object]) -> None:
    """A wish that this preset cannot meet is said, not dropped."""
    if int(str(given.get("clip_count", 1))) > 1 and preset.clips is None:
        raise InvalidField("clip_count", f"{preset.name} cannot extend a video; choose 1 clip or another preset.")
    if given.get("end_image") and preset.end_picture is None:
        raise InvalidField("end_image", f"{preset.name} cannot end on a picture; choose another preset.")


def _models(preset: Preset, given: Mapping[str, object], catalog: Catalog) -> dict[str, object]:
    lacking = preset.missing_models(catalog, given)
    if lacking:
        raise not_runnable(preset, lacking)
    out: dict[str, object] = {
        model.key: name for model, name in preset.chosen_models(catalog, given).items() if model.key
    }
    for model in preset.models:
        if model.key and given.get(model.key):
            out[model.key] = pick(model.key, str(given[model.key]), preset.model_choices(model, catalog) or ())
    return out


def _sampling(preset: Preset, used: dict[str, Any], given: Mapping[str, object], catalog: Catalog) -> None:
    for key in ("sampler", "scheduler"):
        if key in preset.fields:
            choices = preset.choices(key, catalog)
            used[key] = pick(key, str(used[key]), choices) if choices else used[key]
    if "switch_step" in preset.fields and given.get("switch_step") is None:
        used["switch_step"] = following_switch(preset, int(used["steps"]))


def following_switch(preset: Preset, steps: int) -> int:
    """The switch step that keeps the preset's own share of high-noise steps."""
    share = int(str(preset.fields["switch_step"].default)) / int(str(preset.fields["steps"].default))
    return min(max(1, round(steps * share)), steps - 1)


def _optional_parts(preset: Preset, used: dict[str, Any], given: Mapping[str, object], catalog: Catalog) -> None:
    for part in preset.optional:
        if not used.get(part.key) or catalog.can_run(part.class_type):
            continue
        if part.key in given and not catalog.has(part.class_type):
            pack = next((p for p in preset.packs if part.class_type in p.classes), None)
            where = f" It comes with {pack.name}: {pack.address}." if pack else ""
            raise InvalidField(part.key, f"{part.key}: this server lacks node {part.class_type}.{where}")
        used[part.key] = False


def _memory(preset: Preset, used: dict[str, Any], explicit: bool, catalog: Catalog) -> None:
    devices = preset.server_devices(catalog)
    text = str(used["expert_mode_allocations"])
    if explicit:
        check_allocations(text, devices)
    else:
        used["expert_mode_allocations"] = fit_allocations(text, devices)


def _loras(preset: Preset, rows: Any, catalog: Catalog) -> list[dict[str, object]]:
    out = []
    for index, row in enumerate(rows, 1):
        settled = dict(row)
        enabled = row.get("enabled", True)
        if enabled and not row.get("high") and preset.loras and preset.loras.low is None:
            raise InvalidField(
                "lora_configs",
                f"lora_configs: entry {index} names only a low noise file, and {preset.name} has one pass.",
            )
        for side in ("high", "low") if enabled else ():
            if row.get(side):
                settled[side] = pick("lora_configs", str(row[side]), catalog.loras)
        if enabled and settled.get("high") and "low" not in row and preset.loras and preset.loras.low:
            mate = low_half(str(settled["high"]), catalog.loras)
            settled |= {"low": mate} if mate else {}
        out.append(settled)
    return out


def settled_size(preset: Preset, values: Mapping[str, Any], picture: tuple[int, int] | None) -> tuple[str, int, int]:
    """The aspect, and width and height in pixels: the graph's own where the preset leaves them to it, zeros where that
    does not say either."""
    aspect = str(values.get("aspect_ratio") or "auto")
    if aspect == "auto":
        fallback = "1:1" if preset.size_class == "sdxl" else "16:9"
        aspect = nearest_aspect(*picture) if picture else fallback
    if preset.size_class == "sdxl":
        return aspect, *sdxl_size(aspect)
    stated = stated_size(preset.template)
    if "width" not in preset.into:
        return aspect, *stated
    resolution = values.get("resolution") or VOCABULARY["resolution"].default
    width, height = frame_size(str(resolution), aspect, preset.multiple)
    return aspect, width, height if "height" in preset.into else stated[1]


def settled_frames(preset: Preset, values: Mapping[str, Any]) -> int:
    """How many frames follow from the duration; the graph's own where the preset leaves them to it, 0 where that does
    not say either."""
    if preset.tool.output != "video":
        return 1
    if "num_frames" not in preset.into:
        return stated_frames(preset.template)
    duration = values.get("duration") or VOCABULARY["duration"].default
    return frame_count(float(str(duration)), int(values.get("fps") or _FPS))


def _frames(preset: Preset, used: dict[str, Any], given: Mapping[str, object]) -> int:
    computed = settled_frames(preset, used)
    if preset.tool.output != "video" or "num_frames" not in preset.into:
        return computed
    frames = given.get("num_frames")
    if frames is None:
        used["num_frames"] = computed
        return computed
    count = _checked_frames(frames, computed if "duration" in given else None)
    used["num_frames"] = count
    if "duration" not in given:
        used["duration"] = None
    return count


def _checked_frames(frames: object, computed: int | None) -> int:
    """`computed` is what a duration given besides comes to."""
    count = int(str(frames))
    if count % 4 != 1:
        low = (count - 1) // 4 * 4 + 1
        raise InvalidField("num_frames", f"num_frames: {count} is not 4k + 1; the nearest are {low} and {low + 4}.")
    if computed is not None and count != computed:
        raise InvalidField(
            "num_frames", f"num_frames: {count} contradicts duration, which gives {computed}; give one of them."
        )
    return count


def with_duration(preset: Preset, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same wish with a duration for `num_frames`, for who knows only that. Raises InvalidField."""
    frames, seconds = values.get("num_frames"), values.get("duration")
    if frames is None or "num_frames" not in preset.into:
        return dict(values)
    fps = int(str(values.get("fps") or preset.fields.get("fps", VOCABULARY["fps"]).default or _FPS))
    count = _checked_frames(frames, None if seconds is None else frame_count(float(seconds), fps))
    if seconds is None:
        seconds = (count - 1) / fps
        field = preset.fields["duration"]
        if not (field.minimum or 0) <= seconds <= (field.maximum or seconds):
            raise InvalidField(
                "num_frames",
                f"num_frames: {count} at {fps} frames per second are {seconds:g} s; "
                f"between {field.minimum:g} and {field.maximum:g} s can be set here.",
            )
    return {key: value for key, value in values.items() if key != "num_frames"} | {"duration": seconds}


def pick(key: str, wish: str, choices: tuple[str, ...]) -> str:
    """The server's own spelling of a wished name. Raises InvalidField with the nearest it has."""
    found = match_name(wish, choices)
    if found is None:
        near = nearest(wish, choices)
        listed = ", ".join(choices[:5]) + (" …" if len(choices) > 5 else "")
        hint = f" The nearest is {near}." if near else (f" It has: {listed}." if choices else " It has none at all.")
        raise InvalidField(key, f"{key}: this server has nothing named {wish}.{hint}")
    return found
