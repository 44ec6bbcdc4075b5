"""Switches: nodes with several inputs, of which one was taken. Which one is written in the graph."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.graph import Graph, Inputs

_FLAGS = ("switch", "boolean", "boolean_value", "cond", "condition", "value")
#: inputs of switches with two sides: the one taken when the flag is set, and the other
_SIDES = (("on_true", "on_false"), ("tt_value", "ff_value"), ("if_true", "if_false"))
#: the same for switches that tell all inputs of a side by its letter, and how each is called without it
_LETTERS = ("_a", "_b")
_NUMBERS = ("select", "Input", "input", "index")
_NUMBERED = re.compile(r"[A-Za-z_]+?_?0*(\d{1,3})")


def is_switch(kind: str) -> bool:
    """Whether a class is a switch, by its name."""
    return "witch" in kind or "ifElse" in kind or "ConditionalBranch" in kind


def settle(graph: Graph, switches: list[str]) -> None:
    """Leave the switches of a graph the input that they took, as the only one; none is changed where that is
    computed."""
    settled = {}
    for node_id in switches:
        taken = _taken(graph, graph.inputs(node_id))
        if taken is not None:
            settled[node_id] = {"class_type": graph.class_type(node_id), "inputs": taken}
    graph.nodes = {**graph.nodes, **settled}


def _taken(graph: Graph, inputs: Inputs) -> Inputs | None:
    for yes, no in _SIDES:
        if yes in inputs or no in inputs:
            flag = next((graph.literal(inputs[key], "value") for key in _FLAGS if key in inputs), None)
            if type(flag) not in (bool, int):
                return None
            key = yes if flag else no
            return {"any": inputs[key]} if key in inputs else {}
    if "boolean" in inputs and any(key.endswith(_LETTERS) for key in inputs):
        flag = graph.literal(inputs["boolean"], "boolean")
        letter = _LETTERS[0 if flag else 1]
        of_side = {key.removesuffix(letter): value for key, value in inputs.items() if key.endswith(letter)}
        return of_side if type(flag) in (bool, int) else None
    offered = {int(match[1]): key for key in inputs if (match := _NUMBERED.fullmatch(key))}
    for name in _NUMBERS:
        if name in inputs and name not in offered.values():
            number = jsontext.integer(graph.literal(inputs[name], "value"))
            return _alone(inputs, offered[number]) if number in offered else None
    # without a choice written down, the first that is connected
    linked = [number for number, key in sorted(offered.items()) if type(inputs[key]) is list]
    return _alone(inputs, offered[linked[0]]) if linked else None


def _alone(inputs: Inputs, key: str) -> dict[str, Any]:
    """One input under the name that every walk follows; a context under its own, which says that it is one."""
    return {key if key.startswith("ctx") else "any": inputs[key]}
