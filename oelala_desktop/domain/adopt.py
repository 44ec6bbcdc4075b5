"""A workflow of the user's own, looked through for what a preset may set: each find is an Exposure, which the user
keeps or leaves.

The rules are the names that ComfyUI's own nodes and the common packs give their inputs."""

from __future__ import annotations

import glob
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import graph as edits
from .errors import InvalidPreset
from .field import FieldKind
from .models import noise_pass
from .tool import TOOLS, VOCABULARY, Tool

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
_LENGTHS = ("length", "num_frames")
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


def is_workflow(content: object) -> bool:
    """Whether this JSON value is a workflow, in either of ComfyUI's formats, rather than something else."""
    if not isinstance(content, dict) or not content:
        return False
    if isinstance(content.get("nodes"), list) and "links" in content:
        return True
    return all(isinstance(n, dict) and "class_type" in n for n in content.values())


def adopt(content: object) -> Adoption:
    """What a preset could be made of. Raises InvalidPreset with a sentence on what is wrong with the workflow."""
    graph = _read(content)
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
    taken |= {target for model in models for target in model["into"]}
    exposures = (*known, *_others(graph, taken))
    return Adoption(graph, tools, exposures, models, _loras(passes, graph), _clips(graph), _is_large(graph))


# reading


def _read(content: object) -> edits.Graph:
    if isinstance(content, dict) and isinstance(content.get("nodes"), list):
        raise InvalidPreset(
            "This is ComfyUI's editor format, which no server runs. Export it with Workflow → Export (API) instead."
        )
    if not isinstance(content, dict) or not is_workflow(content):
        raise InvalidPreset("This is not a workflow in API format (ComfyUI: Workflow → Export (API)).")
    if not all(isinstance(n.get("inputs"), dict) and isinstance(n["class_type"], str) for n in content.values()):
        raise InvalidPreset("This workflow is damaged: one of its nodes has no inputs or no class.")
    return _titled(edits.copy_graph(content))


def _titled(graph: edits.Graph) -> edits.Graph:
    """Every node with a title of its own, since titles are what a table's targets name."""
    seen: set[str] = set()
    for node_id, node in graph.items():
        wanted = edits.title_of(graph, node_id)
        title, number = wanted, 2
        while title in seen:
            title, number = f"{wanted} {number}", number + 1
        seen.add(title)
        node["_meta"] = {**(node.get("_meta") or {}), "title": title}
    return graph


def _tools(graph: edits.Graph, savers: list[str]) -> tuple[Tool, ...]:
    video = any(
        graph[i]["class_type"] in _VIDEO_SAVERS or "fps" in graph[i]["inputs"] or "frame_rate" in graph[i]["inputs"]
        for i in savers
    )
    wanted = ("video" if video else "image", any(node["class_type"] == "LoadImage" for node in graph.values()))
    return tuple(t for t in TOOLS.values() if (t.output, t.needs_picture) == wanted and t.task != "v2v")


def _passes(graph: edits.Graph) -> list[str]:
    """Ids of the samplers, the one that starts from noise first."""
    found = [i for i, node in graph.items() if {"positive", "negative", "model"} <= set(node["inputs"])]
    return sorted(found, key=lambda i: _number(graph[i]["inputs"].get("start_at_step")))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


# what can be set


def _target(graph: edits.Graph, node_id: str, name: str) -> str:
    return f"{edits.title_of(graph, node_id)}.{name}"


def _texts(graph: edits.Graph) -> Iterator[Exposure]:
    """Positive and negative, found from what the samplers are given."""
    taken: set[tuple[str, str]] = set()
    for key, side in (("prompt", "positive"), ("negative_prompt", "negative")):
        found: list[tuple[str, str] | None] = [
            _text_at(graph, node["inputs"].get(side), side, 0) for node in graph.values()
        ]
        found += [(i, f"{side}_prompt") for i, node in graph.items() if _holds(node, f"{side}_prompt")]
        if key == "prompt" and not any(found):  # a guider with one conditioning has no sides
            found = [next(((i, "text") for i, n in graph.items() if _is_encoder(n)), None)]
        spots = [spot for spot in dict.fromkeys(found) if spot is not None and spot not in taken]
        taken |= set(spots)
        yield from _exposed(graph, key, spots)


def _exposed(graph: edits.Graph, key: str, spots: Sequence[tuple[str, str]]) -> Iterator[Exposure]:
    """One exposure for all of these inputs, which hold plain values; none if there are none."""
    if spots:
        node_id, name = spots[0]
        label = VOCABULARY[key].label if key in VOCABULARY else key.capitalize()
        yield Exposure(key, label, tuple(_target(graph, *spot) for spot in spots), graph[node_id]["inputs"][name])


def _is_encoder(node: Mapping[str, Any]) -> bool:
    return "TextEncode" in node["class_type"] and _holds(node, "text")


def _holds(node: Mapping[str, Any], name: str) -> bool:
    return isinstance(node["inputs"].get(name), str)


def _text_at(graph: edits.Graph, link: object, side: str, depth: int) -> tuple[str, str] | None:
    """The node and input whose text arrives at a link, through any conditioning in between."""
    if not edits.is_link(link) or depth > 20 or not isinstance(link, list) or link[0] not in graph:
        return None
    node = graph[link[0]]
    for name in _TEXTS:
        if isinstance(node["inputs"].get(name), str):
            return link[0], name
    names = [side] if side in node["inputs"] else [n for n in node["inputs"] if n.startswith(("conditioning", *_TEXTS))]
    found = (_text_at(graph, node["inputs"][name], side, depth + 1) for name in names)
    return next((spot for spot in found if spot is not None), None)


def _picture(graph: edits.Graph) -> Iterator[Exposure]:
    loaders = [i for i, node in graph.items() if node["class_type"] == "LoadImage" and _holds(node, "image")]
    starts = {
        node["inputs"]["start_image"][0] for node in graph.values() if edits.is_link(node["inputs"].get("start_image"))
    }
    loaders.sort(key=lambda i: i not in starts)
    return _exposed(graph, "image", [(i, "image") for i in loaders[:1]])


def _sized(graph: edits.Graph) -> list[str]:
    """Ids of the nodes that say how large the result is: those that make a latent."""
    return [
        i
        for i, node in graph.items()
        if all(type(node["inputs"].get(name)) is int for name in ("width", "height"))
        and ("batch_size" in node["inputs"] or any(name in node["inputs"] for name in _LENGTHS))
    ]


def _size(graph: edits.Graph) -> Iterator[Exposure]:
    sized = _sized(graph)
    for name in ("width", "height"):
        yield from _exposed(graph, name, [(i, name) for i in sized])
    lengths = [(i, n) for i in sized for n in _LENGTHS if type(graph[i]["inputs"].get(n)) is int]
    # other families count their frames in other steps than 4k + 1
    if all((count := graph[i]["inputs"][name]) > 1 and count % 4 == 1 for i, name in lengths):
        yield from _exposed(graph, "num_frames", lengths)


def _plain(graph: edits.Graph) -> Iterator[Exposure]:
    for key, names in _NAMES.items():
        spots = [(i, n) for i, node in graph.items() for n in names if _is_plain(key, node["inputs"].get(n))]
        yield from _exposed(graph, key, spots)


def _is_plain(key: str, value: object) -> bool:
    if key in ("sampler", "scheduler", "filename"):
        return isinstance(value, str)
    whole = VOCABULARY[key].kind in (FieldKind.INTEGER, FieldKind.SEED)
    return type(value) is int or (type(value) is float and (value.is_integer() or not whole))


def _switch(graph: edits.Graph, passes: list[str]) -> Iterator[Exposure]:
    """The step at which the second of two passes takes over."""
    if len(passes) == 2:
        spots = list(zip(passes, ("end_at_step", "start_at_step"), strict=True))
        ends = [graph[i]["inputs"].get(name) for i, name in spots]
        if type(ends[0]) is int and ends[0] == ends[1]:
            yield from _exposed(graph, "switch_step", spots)


def _others(graph: edits.Graph, taken: set[str]) -> Iterator[Exposure]:
    """Whatever else holds a plain value, offered under its node's name and not kept unless asked for."""
    used: set[str] = set(VOCABULARY)
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            target = _target(graph, node_id, name)
            kind = next((word for type_, word in _KINDS if isinstance(value, type_)), "")
            if not kind or target in taken or not _is_writable(value):
                continue
            key = re.sub(r"\W+", "_", target.casefold()).strip("_") or "setting"
            while key in used:
                key += "_"
            used.add(key)
            title = edits.title_of(graph, node_id)
            yield Exposure(key, f"{title}: {name.replace('_', ' ')}", (target,), value, kept=False, kind=kind)


def _is_writable(value: Any) -> bool:
    """Whether a TOML file can hold it."""
    return isinstance(value, str) or (math.isfinite(value) and abs(value) < 2**63)


def _models(graph: edits.Graph) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            folder, key = _folder_of(node["class_type"], name)
            if not folder or not isinstance(value, str):
                continue
            if name == "unet_name":
                key = "unet_low_noise" if noise_pass(value) == "low" else "unet_high_noise"
            base = value.replace("\\", "/").rsplit("/", 1)[-1]
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
        if ("fps" in node["inputs"] or "frame_rate" in node["inputs"]) and edits.is_link(node["inputs"].get("images"))
    ]
    if not start or len(set(frames)) != 1 or frames[0] not in graph:
        return {}
    return {"start": edits.split_target(start)[0], "frames": edits.title_of(graph, frames[0])}


def _is_large(graph: edits.Graph) -> bool:
    sized = _sized(graph)
    has_checkpoint = any("ckpt_name" in node["inputs"] for node in graph.values())
    return has_checkpoint and any(_pixels(graph[i]) >= _LARGE for i in sized)


def _pixels(node: Mapping[str, Any]) -> int:
    return int(node["inputs"]["width"] * node["inputs"]["height"])
