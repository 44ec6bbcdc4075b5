"""How large and how long what a graph makes will be, as far as its nodes say so themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Graph = Mapping[str, Mapping[str, Any]]

#: names of inputs that hold a number of frames
LENGTHS = ("length", "num_frames")
RATES = ("fps", "frame_rate")
_MOST = 10_000  # pixels of a side, frames, steps, frames per second


def is_count(value: object) -> bool:
    return type(value) is int and 0 < value <= _MOST


def sized_nodes(graph: Graph) -> list[str]:
    """Ids of the nodes that say how large the result is: those that make a latent."""
    return [
        i
        for i, node in graph.items()
        if all(is_count(node["inputs"].get(name)) for name in ("width", "height"))
        and ("batch_size" in node["inputs"] or any(name in node["inputs"] for name in LENGTHS))
    ]


def stated_size(graph: Graph) -> tuple[int, int]:
    """Width and height in pixels; zeros where nothing is said, or more than one thing."""
    found = {(graph[i]["inputs"]["width"], graph[i]["inputs"]["height"]) for i in sized_nodes(graph)}
    return found.pop() if len(found) == 1 else (0, 0)


def stated_frames(graph: Graph) -> int:
    """Frames of one clip; 0 where nothing is said, or more than one thing."""
    nodes = [graph[i]["inputs"] for i in sized_nodes(graph)]
    return _only({inputs[name] for inputs in nodes for name in LENGTHS if type(inputs.get(name)) in (int, float)})


def stated_rate(graph: Graph) -> int:
    """Frames per second that the nodes of the result say, as `stated_frames`."""
    nodes = [node["inputs"] for node in graph.values() if {"images", "filename_prefix"} & node["inputs"].keys()]
    return _only({inputs[name] for inputs in nodes for name in RATES if type(inputs.get(name)) in (int, float)})


def _only(found: set[float]) -> int:
    value = found.pop() if len(found) == 1 else 0
    return round(value) if 0 < value < 1e6 else 0
