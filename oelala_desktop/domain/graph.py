"""The few edits we make to a ComfyUI graph in API format: {id: {class_type, inputs, _meta: {title}}}.

A link is a list [node id, output number]. Nodes are addressed by title, so a preset's file can be saved again from
ComfyUI with other ids. Every function works on a graph of its own (`copy_graph`) in place.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from .errors import InvalidPreset

Graph = dict[str, dict[str, Any]]
#: title -> ids, which `by_title` tells
Titles = Mapping[str, Sequence[str]]
_SEEDS = 2**64  # how many there are
_DIGITS = 9  # of an id that is counted on from
_MARKED, _OWN_MARK = re.compile(r"\\([:\\])|:"), re.compile(r"[:\\]")  # in a target's input
_COPY = re.compile(r" \((clip \d+|joined)\)$")


def copy_graph(graph: Mapping[str, Mapping[str, Any]]) -> Graph:
    """A deep copy without `is_changed`, which savers leave in files and servers trust."""
    out: Graph = copy.deepcopy({k: dict(v) for k, v in graph.items()})
    for node in out.values():
        node.pop("is_changed", None)
    return out


def title_of(graph: Mapping[str, Mapping[str, Any]], node_id: str) -> str:
    """The node's title, else its class, else its id: what a person is shown."""
    node = graph.get(node_id, {})
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return title if title and isinstance(title, str) else str(node.get("class_type") or node_id)


def base_title(graph: Mapping[str, Mapping[str, Any]], node_id: str) -> str:
    """The title without what `chain_clips` puts behind the titles of its copies."""
    return _COPY.sub("", title_of(graph, node_id))


def by_title(graph: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Title -> ids, for many questions about one graph."""
    found: dict[str, list[str]] = {}
    for node_id in graph:
        found.setdefault(title_of(graph, node_id), []).append(node_id)
    return found


def find_node(graph: Mapping[str, Mapping[str, Any]], title: str, known: Titles | None = None) -> str:
    """The id of the one node of that title. Raises InvalidPreset if there is none or more than one. `known` is what
    `by_title` says of the graph."""
    found = [i for i in graph if title_of(graph, i) == title] if known is None else known.get(title, ())
    if len(found) != 1:
        raise InvalidPreset(f"The graph has {len(found) or 'no'} nodes titled “{title}”; exactly one is needed.")
    return found[0]


def split_target(target: str) -> tuple[str, str]:
    """The node's title and its input; an input with a dot in its name ("resize_type.width", one that comes with a
    choice) is written with a colon, and a colon or backslash of its own with a backslash before it."""
    title, dot, name = target.rpartition(".")
    if not dot or not title or not name:
        raise InvalidPreset(f"“{target}” is not of the form “Title.input”.")
    return title, _MARKED.sub(lambda found: found[1] or ".", name)


def join_target(title: str, name: str) -> str:
    """What `split_target` takes apart."""
    plain = _OWN_MARK.sub(r"\\\g<0>", name)
    return f"{title}.{plain.replace('.', ':')}"


def set_input(graph: Graph, target: str, value: Any, known: Titles | None = None) -> None:
    """`target` is "Title.input"; `known` as for `find_node`."""
    title, name = split_target(target)
    graph[find_node(graph, title, known)]["inputs"][name] = value


def is_link(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)


def add_node(graph: Graph, class_type: str, title: str, inputs: dict[str, Any]) -> str:
    """Adds a node under the next free number; returns its id."""
    number = max((int(i) for i in graph if i.isascii() and i.isdigit() and len(i) <= _DIGITS), default=0) + 1
    while str(number) in graph:
        number += 1
    graph[str(number)] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}
    return str(number)


def bypass(graph: Graph, title: str, through: str) -> None:
    """Takes a node out and joins what it was given at `through` to whatever used its first output."""
    bypass_node(graph, find_node(graph, title), through)


def bypass_node(graph: Graph, node_id: str, through: str) -> None:
    """The same for a node by its id."""
    source = graph.pop(node_id)["inputs"][through]
    for node in graph.values():
        for name, value in node["inputs"].items():
            if is_link(value) and value[0] == node_id:
                node["inputs"][name] = copy.copy(source)


def splice_loras(
    graph: Graph, model_target: str, loras: Sequence[tuple[str, float]], *, clip_targets: Iterable[str] = ()
) -> None:
    """A chain of LoRA loaders in front of `model_target`, in the order given.

    With `clip_targets` the loaders carry the text encoder too (LoraLoader), else the model alone. `loras` holds
    (the server's own name, strength)."""
    title, name = split_target(model_target)
    consumer = graph[find_node(graph, title)]
    clips = [(graph[find_node(graph, t)], n) for t, n in map(split_target, clip_targets)]
    model, clip = consumer["inputs"][name], clips[0][0]["inputs"][clips[0][1]] if clips else None
    for number, (lora, strength) in enumerate(loras, 1):
        inputs: dict[str, Any] = {"model": model, "lora_name": lora, "strength_model": strength}
        if clip is not None:
            inputs |= {"clip": clip, "strength_clip": strength}
        class_type = "LoraLoaderModelOnly" if clip is None else "LoraLoader"
        node_id = add_node(graph, class_type, f"LoRA {number} for {title}", inputs)
        model, clip = [node_id, 0], None if clip is None else [node_id, 1]
    consumer["inputs"][name] = model
    for node, input_name in clips:
        node["inputs"][input_name] = clip


def downstream(graph: Graph, start: str) -> set[str]:
    """Ids of all nodes that depend on `start`, itself left out."""
    users: dict[str, list[str]] = {}
    for node_id, node in graph.items():
        for value in node["inputs"].values():
            if is_link(value):
                users.setdefault(value[0], []).append(node_id)
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = [i for i in users.get(ahead.pop(), ()) if i not in found]
        found.update(new)
        ahead += new
    return found


def _clone(graph: Graph, ids: Iterable[str], replaced: Mapping[str, list[Any]], mark: str) -> dict[str, str]:
    """Copies `ids`; links among them follow the copies, links to a key of `replaced` go there. Returns old -> new."""
    renamed: dict[str, str] = {}
    for old in sorted(ids, key=lambda i: (len(i), i)):
        node = copy.deepcopy(graph[old])
        renamed[old] = add_node(graph, node["class_type"], f"{title_of(graph, old)} ({mark})", node["inputs"])
    for new in renamed.values():
        for name, value in graph[new]["inputs"].items():
            if is_link(value) and value[0] in replaced:
                graph[new]["inputs"][name] = list(replaced[value[0]])
            elif is_link(value) and value[0] in renamed:
                graph[new]["inputs"][name] = [renamed[value[0]], value[1]]
    return renamed


def _suffix_names(graph: Graph, ids: Iterable[str], suffix: str) -> None:
    for i in ids:
        if isinstance(graph[i]["inputs"].get("filename_prefix"), str):
            graph[i]["inputs"]["filename_prefix"] += suffix


def _advance_seeds(graph: Graph, ids: Iterable[str], by: int) -> None:
    for i in ids:
        for name in ("seed", "noise_seed"):
            if isinstance(graph[i]["inputs"].get(name), int):
                graph[i]["inputs"][name] = (graph[i]["inputs"][name] + by) % _SEEDS


def chain_clips(graph: Graph, start_title: str, frames_title: str, clips: int, frames: int) -> dict[str, str]:
    """Repeats all that depends on the start picture, each time from the last frame of the clip before. The clips are
    saved one by one and joined from their files, so that nothing of one is needed once the next has begun.

    `frames_title` names the node whose first output is the clip's `frames` pictures. File names get _clip1…; clip k
    samples with seed + k − 1. Returns original id -> id in the last clip."""
    start, source = find_node(graph, start_title), find_node(graph, frames_title)
    body, tail = downstream(graph, start), downstream(graph, source)
    pristine = copy.deepcopy(graph)
    last: dict[str, str] = {i: i for i in body}
    _suffix_names(graph, tail, "_clip1")
    for clip in range(2, clips + 1):
        frame = add_node(
            graph,
            "ImageFromBatch",
            f"Last frame of clip {clip - 1}",
            {"image": [last[source], 0], "batch_index": frames - 1, "length": 1},
        )
        work = copy.deepcopy(pristine) | {k: v for k, v in graph.items() if k not in pristine}
        last = _clone(work, body, {start: [frame, 0]}, f"clip {clip}")
        graph.update({new: work[new] for new in last.values()})
        _advance_seeds(graph, last.values(), clip - 1)
        _suffix_names(graph, (last[i] for i in tail), f"_clip{clip}")
    return last
