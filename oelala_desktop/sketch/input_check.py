"""Checking one node's inputs against what its class declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.graph import Graph
from oelala_desktop.sketch.nodes.definition import CHOICE, NodeClass

Problem = dict[str, Any]
CONVERTERS = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}
#: lists of choices longer than this are counted in an error, not repeated
LONG_LIST = 20


def problem(kind: str, message: str, details: str, **extra: Any) -> Problem:
    """An error in the one shape that all of them have."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


@dataclass
class Found:
    """A node's own problems, and the good links that lead on: input name and `[node id, slot]`."""

    problems: list[Problem] = field(default_factory=list)
    links: list[tuple[str, list[Any]]] = field(default_factory=list)


def check_inputs(
    graph: Graph, node_id: str, node_class: NodeClass, catalog: Mapping[str, NodeClass], folders: Folders
) -> Found:
    """Check every declared input of a node; values are converted in place.

    Raises KeyError, IndexError or TypeError for links that lead to no output, and for a node whose inputs are
    missing or no mapping.
    """
    inputs = graph[node_id]["inputs"]
    if not isinstance(inputs, dict):
        raise TypeError("A node's inputs must be a mapping of names to values.")
    found = Found()
    for name, config in _declared(node_class, folders, inputs):
        if name not in inputs:
            if name in node_class.required:
                text = "Required input is missing"
                found.problems.append(problem("required_input_missing", text, name, input_name=name))
            continue
        if isinstance(inputs[name], list):
            trouble = _link_problem(graph, name, inputs[name], config, catalog)
            if trouble is None:
                found.links.append((name, inputs[name]))
        else:
            trouble = _value_problem(inputs, name, config, free=name in node_class.checked)
        if trouble is not None:
            found.problems.append(trouble)
    found.problems += _custom_problems(node_class, folders, inputs)
    return found


def _declared(node_class: NodeClass, folders: Folders, inputs: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Every input's name with its type and options; after a choice, the inputs that the chosen option brings."""
    stack: list[tuple[str, list[Any]]] = [
        (name, list(declared.resolved(folders)))
        for name, declared in reversed([*node_class.required.items(), *node_class.optional.items()])
    ]
    while stack:
        name, config = stack.pop()
        yield name, config
        if config[0] == CHOICE:
            brought = [row["inputs"]["required"] for row in config[1]["options"] if row["key"] == inputs.get(name)]
            stack += [(f"{name}.{inner}", spec) for row in brought for inner, spec in row.items()]


def _link_problem(
    graph: Graph, name: str, link: list[Any], config: list[Any], catalog: Mapping[str, NodeClass]
) -> Problem | None:
    if len(link) != 2:
        text = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
        return problem("bad_linked_input", text, name, input_name=name, input_config=config, received_value=link)
    received = catalog[graph[link[0]]["class_type"]].outputs[link[1]]
    if not _fits(received, config[0]):
        return problem(
            "return_type_mismatch",
            "Return type mismatch between linked nodes",
            f"{name}, received_type({received}) mismatch input_type({config[0]})",
            input_name=name,
            input_config=config,
            received_type=received,
            linked_node=link,
        )
    return None


def _fits(received: str, wanted: str | list[str]) -> bool:
    """Whether an output's type may go into an input; types may be lists like `INT,FLOAT`, and `*` is any."""
    if not isinstance(wanted, str):
        return received == "COMBO"
    return wanted == "*" or received == "*" or set(received.split(",")) <= set(wanted.split(","))


def _value_problem(inputs: dict[str, Any], name: str, config: list[Any], *, free: bool) -> Problem | None:
    """Convert a literal value and check it; `free` values are the node's own check's business."""
    kind, options = config
    value = inputs[name]
    if isinstance(value, dict) and "__value__" in value:
        value = value["__value__"]
    try:
        if isinstance(kind, str) and kind in CONVERTERS:
            value = CONVERTERS[kind](value)
    except (TypeError, ValueError, OverflowError) as error:
        return problem(
            "invalid_input_type",
            f"Failed to convert an input value to a {kind} value",
            f"{name}, {value}, {error}",
            input_name=name,
            input_config=config,
            received_value=value,
            exception_message=str(error),
        )
    inputs[name] = value
    if free:
        return None
    return _range_problem(name, value, config) or _choice_problem(name, value, kind, options, config)


def _range_problem(name: str, value: Any, config: list[Any]) -> Problem | None:
    low, high = config[1].get("min"), config[1].get("max")
    if low is not None and value < low:
        kind, text = "value_smaller_than_min", f"Value {value} smaller than min of {low}"
    elif high is not None and value > high:
        kind, text = "value_bigger_than_max", f"Value {value} bigger than max of {high}"
    else:
        return None
    return problem(kind, text, name, input_name=name, input_config=config, received_value=value)


def _choice_problem(
    name: str, value: Any, kind: str | list[str], options: dict[str, Any], config: list[Any]
) -> Problem | None:
    if kind == "COMBO":
        choices = options.get("options", [])
    elif kind == CHOICE:
        choices = [row["key"] for row in options["options"]]
    elif isinstance(kind, list):
        choices = kind
    else:
        return None
    if value in choices:
        return None
    long = len(choices) > LONG_LIST
    listed = f"(list of length {len(choices)})" if long else str(choices)
    return problem(
        "value_not_in_list",
        "Value not in list",
        f"{name}: '{value}' not in {listed}",
        input_name=name,
        input_config=None if long else config,
        received_value=value,
    )


def _custom_problems(node_class: NodeClass, folders: Folders, inputs: dict[str, Any]) -> list[Problem]:
    given = [name for name in node_class.checked if name in inputs and not isinstance(inputs[name], list)]
    if node_class.check is None or not given:
        return []
    complaint = node_class.check(folders, inputs)
    if complaint is None:
        return []
    text = "Custom validation failed for node"
    return [problem("custom_validation_failed", text, f"{name} - {complaint}", input_name=name) for name in given]
