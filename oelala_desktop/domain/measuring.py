"""The size, the number of frames and the rate that follow from a wish."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .field import FieldKind
from .framing import Frame
from .graph import is_link, split_target, title_of
from .graph_size import stated_frames, stated_rate, stated_size
from .inputs import START, Given, Inputs, trim_of
from .obstacle import obstructed
from .preset import Preset
from .tool import VOCABULARY

_SEEN_KINDS = frozenset({FieldKind.PICTURE, FieldKind.PICTURES, FieldKind.VIDEO})
_FPS = int(str(VOCABULARY["fps"].default))  # for a preset that leaves the rate to its graph
_SECONDS = VOCABULARY["duration"].default
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Measures(NamedTuple):
    """`width` and `height` in pixels, `frames` of one clip; zeros where only the graph knows. `rate` in frames a
    second, 0 for stills. `frame` where margins are made round what is given."""

    aspect: str
    width: int
    height: int
    frames: int
    rate: float
    frame: Frame | None = None


def parts_of(preset: Preset, values: Mapping[str, Any], inputs: Inputs) -> dict[str, tuple[Given, ...]]:
    """What is given, trimmed as wished. Raises Obstructed for a part that lies beyond the end."""
    out: dict[str, tuple[Given, ...]] = {}
    for field in preset.inputs:
        given = tuple(inputs.get(field.key, ()))
        start, length = trim_of(field, values)
        for file in given:
            if start and file.length and start >= file.length:
                raise obstructed(field.key + START, "beyond_end", given=start, name=file.name, length=file.length)
        if given:
            out[field.key] = tuple(file.part(start, length) for file in given)
    return out


def seen_size(preset: Preset, inputs: Inputs) -> tuple[int, int] | None:
    """Of the input that the preset's size goes by; None while it is not known."""
    keys = [preset.size.of] if preset.size.of else [field.key for field in preset.inputs]
    for key in keys:
        for file in inputs.get(key, ()):
            if file.width and file.height:
                return file.width, file.height
    return None


def follows(preset: Preset, values: Mapping[str, Any] = _NOTHING) -> dict[str, str]:
    """Which of "size", "frames" and "rate" are those of what is given, and the key of that input."""
    out = {}
    if preset.size.kind == "given":
        out["size"] = preset.size.of or next((field.key for field in preset.inputs if field.kind in _SEEN_KINDS), "")
    out |= {"frames": preset.frames.given} if preset.output == "video" and not preset.frames.pace else {}
    out |= {"rate": preset.rate} if isinstance(preset.rate, str) else {}
    if preset.times_in(values) > 1:
        out = {what: key for what, key in out.items() if what == "size"}
    return {what: key for what, key in out.items() if key in preset.fields}


def heard_of(preset: Preset) -> str:
    """The key of the input whose sound is that of the result; "" where it has none, or a model makes it."""
    graph = preset.template
    titles = {_origin(graph, i) for i, node in graph.items() if "images" in node["inputs"] and _heard(node) is not None}
    targets = {split_target(target)[0]: field.key for field in preset.inputs for target in field.into}
    return next((targets[title] for title in sorted(titles) if title in targets), "")


def _heard(node: Mapping[str, Any]) -> str | None:
    """The node that it has its sound of."""
    return next((link[0] for key in ("audio", "video") if is_link(link := node["inputs"].get(key))), None)


def _origin(graph: Mapping[str, Mapping[str, Any]], node_id: str) -> str:
    """The title of the node that a sound comes from, through all that hands it on."""
    for _ in graph:  # as many steps as there are nodes: it may be a circle
        before = _heard(graph[node_id])
        if before is None or before not in graph:
            break
        node_id = before
    return title_of(graph, node_id)


def measured(preset: Preset, used: Mapping[str, Any], inputs: Inputs) -> Measures:
    """`used` are all values, settled but for these; `inputs` what is given, trimmed."""
    picture = seen_size(preset, inputs)
    aspect, width, height = _size(preset, used, picture)
    rate = _rate(preset, used, inputs)
    frame = preset.size.frame(used, picture)
    frames, times = _frames(preset, used, inputs, rate), preset.times_in(used)
    return Measures(aspect, width, height, frames and (frames - 1) * times + 1, _plain(rate * times), frame)


def kept(preset: Preset, used: Mapping[str, Any], key: str) -> Any:
    """A measure that is a plain setting: what was given, else what the graph has. None for one that is computed."""
    field = preset.fields.get(key)
    return used.get(key, field.default) if field is not None and field.keeps else None


def _size(preset: Preset, used: Mapping[str, Any], picture: tuple[int, int] | None) -> tuple[str, int, int]:
    aspect, width, height = preset.size.settle(used, picture)
    stated = stated_size(preset.template)
    own = kept(preset, used, "width"), kept(preset, used, "height")
    if any(own):
        return aspect, int(own[0] or stated[0]), int(own[1] or stated[1])
    if "width" in preset.into:
        return aspect, width, height if "height" in preset.into else stated[1]
    # a graph of one of these kinds sizes by itself what it is given
    return (aspect, width, height) if preset.size.kind in ("factor", "given", "frame") else (aspect, *stated)


def _rate(preset: Preset, used: Mapping[str, Any], inputs: Inputs) -> float:
    if preset.output != "video":
        return _plain(float(used.get("fps") or 0))
    if isinstance(preset.rate, str):
        return _plain(next((file.rate for file in inputs.get(preset.rate, ()) if file.rate), 0.0))
    rate = used.get("fps") or kept(preset, used, "fps") or preset.rate or stated_rate(preset.template)
    return _plain(float(rate))


def _plain(rate: float) -> float:
    return int(rate) if rate == int(rate) else rate


def _frames(preset: Preset, used: Mapping[str, Any], inputs: Inputs, rate: float) -> int:
    if preset.output != "video":
        return 1
    if preset.frames.given:
        return _given_frames(preset, used, inputs, rate)
    if "num_frames" not in preset.into:
        return stated_frames(preset.template)
    if (frames := kept(preset, used, "num_frames")) is not None:
        return int(frames)
    seconds = used.get("duration")
    return preset.frames.frames_of(float(str(_SECONDS if seconds is None else seconds)), rate or _FPS)


def _given_frames(preset: Preset, used: Mapping[str, Any], inputs: Inputs, rate: float) -> int:
    """As many as the given video or sound lasts at its pace, on the model's rule; 0 while it is not there."""
    for file in inputs.get(preset.frames.given, ()):
        same = file.frames and (not rate or abs(rate - file.rate) < 1e-3)
        count = file.frames if same else int(file.length * (rate or file.rate or _FPS) + 1e-6)
        return preset.frames.below(int(count / float(used.get(preset.frames.pace) or 1) + 1e-6))
    return 0


def is_plain(preset: Preset) -> bool:
    """Whether the number of frames is a setting of its own, and no duration's."""
    field = preset.fields.get("num_frames")
    return field is not None and field.keeps


def asked_frames(preset: Preset, values: Mapping[str, Any], rate: float) -> int | None:
    """A number of frames that was asked for, if one was; on the rule, and no other than the duration comes to. Raises
    Obstructed."""
    frames = values.get("num_frames")
    if frames is None or "num_frames" not in preset.into or is_plain(preset):
        return None
    if preset.frames.given:
        raise obstructed("num_frames", "as_given", preset=preset.name)
    count, rule = int(str(frames)), preset.frames
    if not rule.allows(count):
        near = list(rule.nearest(count))
        raise obstructed("num_frames", "off_rule", given=count, step=rule.step, offset=rule.offset, nearest=near)
    seconds = values.get("duration")
    computed = None if seconds is None else rule.frames_of(float(str(seconds)), rate or _FPS)
    if computed is not None and count != computed:
        raise obstructed("num_frames", "contradicts", given=count, computed=computed)
    return count


def with_duration(preset: Preset, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same wish with a duration for `num_frames`, for who knows only that. Raises Obstructed."""
    if values.get("num_frames") is None or "num_frames" not in preset.into or preset.frames.given or is_plain(preset):
        return dict(values)
    default = preset.fields["fps"].default if "fps" in preset.fields else None
    rate = _rate(preset, {"fps": values.get("fps", default)}, {}) or _FPS
    count = asked_frames(preset, values, rate)
    seconds = values.get("duration")
    if seconds is None and count is not None:
        seconds = preset.frames.seconds_of(count, rate)
        field = preset.fields["duration"]
        low, high = field.minimum or 0, field.maximum or seconds
        if not low <= seconds <= high:
            raise obstructed("num_frames", "no_duration", given=count, rate=rate, seconds=seconds, low=low, high=high)
    return {key: value for key, value in values.items() if key != "num_frames"} | {"duration": seconds}
