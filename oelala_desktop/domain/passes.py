"""How the work of a graph is shared out: the weight of a node, and the passes of the whole in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .graph import is_link, title_of
from .training import TRAINERS

Graph = Mapping[str, Mapping[str, Any]]
Kind = Literal["high", "low", "main", "train", "rest"]

_STEP_WEIGHT = 10.0
_WEIGHTS = {
    "VAEDecode": 8.0,
    "SketchCameraMove": 30.0,
    "SketchTitleCard": 3.0,
    "SaveVideo": 10.0,
    "VHS_VideoCombine": 10.0,
    "UNETLoader": 4.0,
    "CheckpointLoaderSimple": 4.0,
    "CLIPTextEncode": 2.0,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a job's work. `kind`: the "high" or "low" noise pass, "main" where a graph has no such two, "train"
    where it trains, "rest" for what comes after the last pass. `share` is of the whole, and the shares of all parts
    make 1."""

    kind: Kind
    share: float


#: of a graph of which nothing is known
WHOLE = (Part("main", 1.0),)


def sampling_steps(node: Mapping[str, Any]) -> int | None:
    """How many steps a node that samples or trains runs, None if it is none, or its steps are not literal."""
    inputs = node.get("inputs") or {}
    steps = inputs.get("steps")
    name = str(node.get("class_type"))
    if ("Sampler" not in name and name not in TRAINERS) or not isinstance(steps, int) or isinstance(steps, bool):
        return None
    start, end = inputs.get("start_at_step", 0), inputs.get("end_at_step", steps)
    if not isinstance(start, int) or not isinstance(end, int):
        return steps
    return max(1, min(end, steps) - start)


def node_weight(node: Mapping[str, Any]) -> float:
    """A node's share of the work, in tenths of a sampling step."""
    steps = sampling_steps(node)
    return _STEP_WEIGHT * steps if steps is not None else _WEIGHTS.get(str(node.get("class_type")), 1.0)


def pass_of(title: str) -> str | None:
    """ "high" or "low" for the samplers of a two-pass graph, by their titles."""
    word = title.casefold()
    if not word.startswith(("high noise pass", "low noise pass")):
        return None
    return word.split(" ", 1)[0]


def parts_of(graph: Graph) -> tuple[Part, ...]:
    """The parts of a job with this graph in the order in which they run. A pass has its sampler and whatever that needs
    and no pass before it has needed."""
    before = {node: _needed_by(graph, node) for node in graph if _pass_at(graph, node)}
    samplers = sorted(before, key=lambda node: len(before[node]))
    left = {node: node_weight(row) for node, row in graph.items()}
    total = sum(left.values())
    parts: list[Part] = []
    for sampler in samplers:
        work = sum(left.pop(node, 0.0) for node in (*before[sampler], sampler))
        kind = _pass_at(graph, sampler) or "main"
        if parts and parts[-1].kind == kind:
            parts[-1] = Part(kind, parts[-1].share + work / total)
        else:
            parts.append(Part(kind, work / total))
    if not parts:
        return WHOLE
    rest = sum(left.values())
    return (*parts, Part("rest", rest / total)) if rest else tuple(parts)


def _pass_at(graph: Graph, node: str) -> Kind | None:
    found = pass_of(title_of(graph, node))
    if found:
        return "high" if found == "high" else "low"
    if sampling_steps(graph[node]) is None:
        return None
    return "train" if graph[node].get("class_type") in TRAINERS else "main"


def _needed_by(graph: Graph, node: str) -> set[str]:
    """All that must have run before `node` can."""
    found: set[str] = set()
    open_ = [node]
    while open_:
        inputs = graph[open_.pop()].get("inputs") or {}
        new = {value[0] for value in inputs.values() if is_link(value) and value[0] in graph} - found
        found |= new
        open_ += new
    return found - {node}
