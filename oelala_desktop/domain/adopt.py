"""A workflow of the user's own, looked through for what a preset may set: each find is an Exposure, which the user
keeps or leaves.

The rules are the names that ComfyUI's own nodes and the common packs give their inputs."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from . import graph as edits
from .catalog import Catalog
from .errors import InvalidPreset
from .field import MAX_SEED, FieldKind
from .graph_size import LENGTHS, RATES, is_count, sized_nodes
from .models import noise_pass
from .tool import TOOLS, VOCABULARY, Tool
from .workflow import read_workflow

#: settings key -> names of inputs that it goes into, wherever they hold a plain value
_NAMES: Mapping[str, tuple[str, ...]] = {
    "seed": ("seed", "noise_seed"),
    "steps": ("steps",),
    "cfg": ("cfg",),
    "guidance": ("guidance",),
    "sampler": ("sampler_name",),
    "scheduler": ("scheduler",),
    "shift": ("shift",),
    "fps": ("fps", "frame_rate"),
    "filename": ("filename_prefix",),
}
#: what a preset cannot do without: pictures go in, and results come out under a name of their own
ALWAYS = frozenset({"image", "filename"})
_TEXTS = ("text", "prompt", "positive_prompt", "value", "string")
_TOWARDS_TEXT = ("conditioning", "any", "input", *_TEXTS)
#: what a switch with two sides hands on, by whether it is set
_SIDES = {True: "on_true", False: "on_false"}
_VIDEO_SAVERS = frozenset({"SaveVideo", "SaveWEBM", "SaveAnimatedWEBP", "SaveAnimatedPNG", "VHS_VideoCombine"})
_FOLDERS: Mapping[str, tuple[str, str | None]] = {
    "unet_name": ("diffusion_models", None),
    "ckpt_name": ("checkpoints", "checkpoint"),
    "vae_name": ("vae", "vae"),
    "clip_name": ("text_encoders", "text_encoder"),
    "clip_name1": ("text_encoders", None),
    "clip_name2": ("text_encoders", None),
    "lora_name": ("loras", None),
    "control_net_name": ("controlnet", None),
}
_OTHER_FOLDERS = {"CLIPVisionLoader": "clip_vision", "UpscaleModelLoader": "upscale_models"}
_LONGEST_TEXT, _LONGEST_NAME, _LONGEST_FILE = 20_000, 100, 255  # characters
_MOST_OTHERS = 500  # inputs of no meaning to us that are offered: a form with all of them would be of no use
_MOST_MODELS = 300  # each is looked for in a server's lists
_VAST = 2**63  # from here on a TOML file cannot hold a number
_LARGE = 900_000  # pixels from which a checkpoint's picture is of SDXL's class
_KINDS = ((bool, "switch"), (int, "integer"), (float, "number"), (str, "line"))


@dataclass(frozen=True, slots=True)
class Exposure:
    """A setting that the workflow offers: `into` are its targets, `value` what stands there now. `kept` is the
    suggestion; `kind` is set for a setting that the product does not know."""

    key: str
    label: str
    into: tuple[str, ...]
    value: Any
    kept: bool = True
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """`tools` are those that the workflow fits, the likeliest first; `models` and `loras` are parts of the table."""

    graph: edits.Graph
    tools: tuple[Tool, ...]
    exposures: tuple[Exposure, ...]
    models: tuple[Mapping[str, Any], ...]
    loras: Mapping[str, str]
    clips: Mapping[str, str]
    is_large: bool


def adopt(content: object, catalog: Catalog | None = None) -> Adoption:
    """What a preset could be made of. Raises InvalidPreset with a sentence on what is wrong with the workflow."""
    graph = read_workflow(content, catalog).graph
    savers = [i for i, node in graph.items() if isinstance(node["inputs"].get("filename_prefix"), str)]
    if not savers:
        raise InvalidPreset(
            "This workflow saves nothing: give it a node such as Save Video or Save Image, with a file name of its own."
        )
    tools = _tools(graph, savers)
    passes = _passes(graph)
    found = (*_picture(graph), *_texts(graph), *_size(graph), *_plain(graph), *_switch(graph, passes))
    keys = {key for tool in tools for key in tool.keys} | {"width", "height", "filename"}
    known = tuple(e for e in found if e.key in keys)
    taken = {target for e in known for target in e.into}
    models = tuple(_models(graph))
    if len(models) > _MOST_MODELS:
        raise InvalidPreset(f"This workflow loads {len(models)} models; at most {_MOST_MODELS} are taken.")
    taken |= {target for model in models for target in model["into"]}
    exposures = (*known, *islice(_others(graph, taken), _MOST_OTHERS))
    return Adoption(graph, tools, exposures, models, _loras(passes, graph), _clips(graph), _is_large(graph))


def _tools(graph: edits.Graph, savers: list[str]) -> tuple[Tool, ...]:
    video = any(
        graph[i]["class_type"] in _VIDEO_SAVERS or any(name in graph[i]["inputs"] for name in RATES) for i in savers
    )
    wanted = ("video" if video else "image", any(node["class_type"] == "LoadImage" for node in graph.values()))
    return tuple(t for t in TOOLS.values() if (t.output, t.needs_picture) == wanted and t.task != "v2v")


def _passes(graph: edits.Graph) -> list[str]:
    """Ids of the samplers, the one that starts from noise first."""
    found = [i for i, node in graph.items() if {"positive", "negative", "model"} <= set(node["inputs"])]
    return sorted(found, key=lambda i: _number(graph[i]["inputs"].get("start_at_step")))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < _VAST else 0.0


# what can be set


def _target(graph: edits.Graph, node_id: str, name: str) -> str:
    return f"{edits.title_of(graph, node_id)}.{name}"


def _texts(graph: edits.Graph) -> Iterator[Exposure]:
    """Positive and negative, found from what the samplers are given."""
    taken: set[tuple[str, str]] = set()
    at = {side: _texts_of(graph, side) for side in ("positive", "negative")}
    for key, side in (("prompt", "positive"), ("negative_prompt", "negative")):
        found = at[side]
        found += [(i, f"{side}_prompt") for i, node in graph.items() if _holds(node, f"{side}_prompt")]
        if key == "prompt" and not any(found):  # a guider with one conditioning has no sides
            encoders = [(i, "text") for i, n in graph.items() if _is_encoder(n)]
            found = [next((spot for spot in encoders if spot not in at["negative"]), None)]
        spots = [spot for spot in dict.fromkeys(found) if spot is not None and spot not in taken]
        taken |= set(spots)
        yield from _exposed(graph, key, spots)


def _texts_of(graph: edits.Graph, side: str) -> list[tuple[str, str] | None]:
    known: dict[str, tuple[str, str] | None] = {}
    return [_text_at(graph, node["inputs"].get(side), side, known) for node in graph.values()]


def _onwards(graph: edits.Graph, inputs: Mapping[str, Any], side: str) -> list[str]:
    """The inputs of a node without a text of its own that may lead to one."""
    if side in inputs:
        return [side]
    if "on_true" in inputs or "on_false" in inputs:
        flag = inputs.get("switch", inputs.get("boolean"))
        if isinstance(flag, list) and edits.is_link(flag) and flag[0] in graph:
            flag = graph[flag[0]]["inputs"].get("value")
        names = [_SIDES[flag]] if isinstance(flag, bool) else [*_SIDES.values()]
        return [name for name in names if name in inputs]
    return [name for name in inputs if name.startswith(_TOWARDS_TEXT)]


def _exposed(graph: edits.Graph, key: str, spots: Sequence[tuple[str, str]]) -> Iterator[Exposure]:
    """One exposure for all of these inputs, which hold plain values; none if there are none."""
    if spots:
        node_id, name = spots[0]
        label = VOCABULARY[key].label if key in VOCABULARY else key.capitalize()
        yield Exposure(key, label, tuple(_target(graph, *spot) for spot in spots), graph[node_id]["inputs"][name])


def _is_encoder(node: Mapping[str, Any]) -> bool:
    return "TextEncode" in node["class_type"] and _holds(node, "text")


def _holds(node: Mapping[str, Any], name: str) -> bool:
    """A text that a form can show."""
    value = node["inputs"].get(name)
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and "\x00" not in value


def _text_at(
    graph: edits.Graph, link: object, side: str, known: dict[str, tuple[str, str] | None]
) -> tuple[str, str] | None:
    """The node and input whose text arrives at a link, through any conditioning in between. `known` holds what was
    found behind each node so far, None while it is being looked for: every node is entered once."""
    ahead, path = [iter([link])], list[str]()
    while ahead:
        link = next(ahead[-1], None)
        if link is None:
            ahead.pop()
            path[len(ahead) - 1 :] = []
        elif isinstance(link, list) and edits.is_link(link) and link[0] in graph:
            here = link[0]
            inputs = graph[here]["inputs"]
            if here not in known:
                known[here] = next(((here, name) for name in _TEXTS if _holds(graph[here], name)), None)
                if known[here] is None:
                    names = _onwards(graph, inputs, side)
                    path.append(here)
                    ahead.append(iter([inputs[name] for name in names if inputs[name] is not None]))
            spot = known[here]
            if spot is not None:
                known.update(dict.fromkeys(path, spot))
                return spot
    return None


def _picture(graph: edits.Graph) -> Iterator[Exposure]:
    loaders = [i for i, node in graph.items() if node["class_type"] == "LoadImage" and _holds(node, "image")]
    starts = {
        node["inputs"]["start_image"][0] for node in graph.values() if edits.is_link(node["inputs"].get("start_image"))
    }
    loaders.sort(key=lambda i: i not in starts)
    return _exposed(graph, "image", [(i, "image") for i in loaders[:1]])


def _size(graph: edits.Graph) -> Iterator[Exposure]:
    sized = sized_nodes(graph)
    for name in ("width", "height"):
        yield from _exposed(graph, name, [(i, name) for i in sized])
    lengths = [(i, n) for i in sized for n in LENGTHS if is_count(graph[i]["inputs"].get(n))]
    # other families count their frames in other steps than 4k + 1
    if all((count := graph[i]["inputs"][name]) > 1 and count % 4 == 1 for i, name in lengths):
        yield from _exposed(graph, "num_frames", lengths)


def _plain(graph: edits.Graph) -> Iterator[Exposure]:
    for key, names in _NAMES.items():
        spots = [(i, n) for i, node in graph.items() for n in names if _is_plain(key, node["inputs"].get(n))]
        yield from _exposed(graph, key, spots)


def _is_plain(key: str, value: object) -> bool:
    """Whether it is a value that the setting could have."""
    if key == "filename":
        return isinstance(value, str)
    if key in ("sampler", "scheduler"):
        return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and "\x00" not in value
    kind = VOCABULARY[key].kind
    if kind is FieldKind.SEED:
        return type(value) is int and 0 <= value <= MAX_SEED
    if kind is FieldKind.INTEGER:
        return is_count(int(value) if isinstance(value, float) and value.is_integer() else value)
    return type(value) in (int, float) and isinstance(value, int | float) and abs(value) < _VAST


def _switch(graph: edits.Graph, passes: list[str]) -> Iterator[Exposure]:
    """The step at which the second of two passes takes over."""
    if len(passes) == 2:
        spots = list(zip(passes, ("end_at_step", "start_at_step"), strict=True))
        ends = [graph[i]["inputs"].get(name) for i, name in spots]
        whole = any(_is_plain("steps", node["inputs"].get("steps")) for node in graph.values())
        if whole and is_count(ends[0]) and ends[0] == ends[1]:
            yield from _exposed(graph, "switch_step", spots)


def _others(graph: edits.Graph, taken: set[str]) -> Iterator[Exposure]:
    """Whatever else holds a plain value, offered under its node's name and not kept unless asked for."""
    used = {*VOCABULARY, *ALWAYS, "width", "height", "preset", "tool", "workflow"}
    numbers: dict[str, int] = {}
    for node_id, node in graph.items():
        title = edits.title_of(graph, node_id)
        for name, value in node["inputs"].items():
            target = _target(graph, node_id, name)
            kind = next((word for type_, word in _KINDS if isinstance(value, type_)), "")
            if not kind or target in taken or not (_is_name(name) and _is_writable(value)):
                continue
            key = wanted = re.sub(r"\W+", "_", target.casefold()).strip("_") or "setting"
            while key in used:
                numbers[wanted] = number = numbers.get(wanted, 0) + 1
                key = f"{wanted}_{number if number > 1 else ''}"
            used.add(key)
            yield Exposure(key, f"{title}: {name.replace('_', ' ')}", (target,), value, kept=False, kind=kind)


def _is_name(name: str) -> bool:
    """Whether an input can be named behind a title and a dot, and shown."""
    return 0 < len(name) <= _LONGEST_NAME and "." not in name


def _is_writable(value: Any) -> bool:
    """Whether a TOML file can hold it, and a form show it."""
    return _holds({"inputs": {"": value}}, "") if isinstance(value, str) else abs(value) < _VAST


def _models(graph: edits.Graph) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            folder, key = _folder_of(node["class_type"], name)
            base = value.replace("\\", "/").rsplit("/", 1)[-1] if isinstance(value, str) else ""
            if not (folder and _is_name(name) and 0 < len(base) <= _LONGEST_FILE) or "\x00" in base:
                continue
            if name == "unet_name":
                key = "unet_low_noise" if noise_pass(value) == "low" else "unet_high_noise"
            row = {
                "into": [_target(graph, node_id, name)],
                "folder": folder,
                "file": base,
                "prefer": [glob.escape(base)],
            }
            if key is not None and key not in taken:
                taken.add(key)
                row["key"] = key
            yield row


def _folder_of(class_type: str, name: str) -> tuple[str, str | None]:
    if class_type in _OTHER_FOLDERS:
        return (_OTHER_FOLDERS[class_type], None) if name.endswith("_name") else ("", None)
    return _FOLDERS.get(name, ("", None))


def _loras(passes: list[str], graph: edits.Graph) -> dict[str, str]:
    """Where rows of LoRAs can go: in front of the samplers' models."""
    targets = [_target(graph, i, "model") for i in passes if edits.is_link(graph[i]["inputs"]["model"])]
    return dict(zip(("high", "low"), targets, strict=False))


def _clips(graph: edits.Graph) -> dict[str, str]:
    """The nodes between which a clip is made again from the last frame of the one before."""
    start = next((e.into[0] for e in _picture(graph)), "")
    frames = [
        node["inputs"]["images"][0]
        for node in graph.values()
        if any(name in node["inputs"] for name in RATES) and edits.is_link(node["inputs"].get("images"))
    ]
    if not start or len(set(frames)) != 1 or frames[0] not in graph:
        return {}
    return {"start": edits.split_target(start)[0], "frames": edits.title_of(graph, frames[0])}


def _is_large(graph: edits.Graph) -> bool:
    sized = sized_nodes(graph)
    has_checkpoint = any("ckpt_name" in node["inputs"] for node in graph.values())
    return has_checkpoint and any(_pixels(graph[i]) >= _LARGE for i in sized)


def _pixels(node: Mapping[str, Any]) -> int:
    return int(node["inputs"]["width"] * node["inputs"]["height"])
