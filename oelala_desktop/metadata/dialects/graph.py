"""A ComfyUI graph in API form and how to follow its links.

`{id: {"class_type": …, "inputs": {name: literal | [id, slot]}}}`; nothing about it is certain: nodes may be missing,
links may lead in circles, classes may be anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oelala_desktop.metadata import limits

#: where nodes that only hold or pass on a value keep it
_VALUE_KEYS = ("value", "int", "float", "number", "Number", "Value", "seed", "noise_seed", "input", "any", "")
#: other names that nodes with settings for samplers have for them
_ALIASES = {"sampler_name": ("sampler",), "steps": ("steps_total",), "filename_prefix": ("text", "string")}

#: inputs that carry model, conditionings and latent together
PIPE_KEYS = (
    "pipe", "base_pipe", "basic_pipe", "detailer_pipe", "sdxl_tuple", "base_ctx", "ctx", "context", "loader_pipe",
    "ctx_01", "ctx_02", "ctx_03", "ctx_04", "ctx_05",
)  # fmt: skip
PIPES = frozenset(PIPE_KEYS)
#: inputs that carry both sides of the conditioning
BUNDLE_KEYS = ("text_embeds", *PIPE_KEYS)
BUNDLES = frozenset(BUNDLE_KEYS)

Inputs = dict[str, Any]


def name_of(value: Any) -> Any:
    """A file's name out of an object that holds it beside its picture; anything else as it is."""
    return value.get("content", value.get("name")) if type(value) is dict else value


def bundle(link: Any) -> Any:
    """A link that carries both sides: by the output that it comes from no side can be told."""
    return [link[0], None] if type(link) is list and len(link) == 2 else link


def _of_slider(inputs: Inputs, slot: Any) -> Any:
    """The number that a slider stands at: whole or not, for each direction of its own."""
    axis = "Y" if slot == 1 else "X"
    return inputs.get(axis + ("f" if inputs.get("isfloat" + axis) else "i"))


class Graph:
    """Nodes by id. Every walk stops at a node it has seen and after a bounded number of steps."""

    __slots__ = ("nodes", "strings")

    def __init__(self, nodes: dict[str, Any]) -> None:
        self.nodes = nodes
        #: the texts that were found in it so far, by side
        self.strings: dict[str, Any] = {}

    def drop_malformed(self) -> None:
        """Keep what looks like a node."""
        self.nodes = {
            node_id: node
            for node_id, node in self.nodes.items()
            if type(node) is dict and type(node.get("class_type")) is str
        }

    def target(self, value: Any) -> str | None:
        """The id of the node that a link leads to; None if the value is no link or leads nowhere."""
        if type(value) is not list or len(value) != 2:
            return None
        node_id = value[0]
        if type(node_id) is not str:
            if type(node_id) is not int:
                return None
            node_id = str(node_id)
        return node_id if node_id in self.nodes else None

    def inputs(self, node_id: str) -> Inputs:
        """A node's inputs, empty if it has none."""
        found = self.nodes[node_id].get("inputs")
        return found if type(found) is dict else {}

    def class_type(self, node_id: str) -> str:
        found: str = self.nodes[node_id]["class_type"]
        return found

    def literal(self, value: Any, hint: str) -> Any:
        """A literal as it is; a link followed to the node that holds the value under `hint` or a usual name, through
        contexts that only hand it on. None where a link ends in something computed."""
        for _ in range(32):
            if type(value) is not list:
                return value
            node_id = self.target(value)
            if node_id is None:
                return None
            inputs = self.inputs(node_id)
            for key in (hint, *_ALIASES.get(hint, ()), *_VALUE_KEYS, *PIPE_KEYS):
                if key in inputs:
                    value = inputs[key]
                    break
            else:
                value = _of_slider(inputs, value[1])
                if value is None:
                    return None
        return None

    def upstream(self, link: Any, keys: frozenset[str]) -> Iterator[str]:
        """Ids of the nodes reached from a link through inputs of the given names, nearest first."""
        pending: list[Any] = [link]
        seen: set[str] = set()
        while pending and len(seen) < limits.GRAPH_STEPS:
            node_id = self.target(pending.pop())
            if node_id is None or node_id in seen:
                continue
            seen.add(node_id)
            yield node_id
            inputs = self.inputs(node_id)
            pending += [value for key, value in reversed(inputs.items()) if key in keys]
