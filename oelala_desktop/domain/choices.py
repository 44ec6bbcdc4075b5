"""Choices that bring inputs of their own ("resize_type" with "resize_type.width"): whoever takes another choice gets
the inputs that come with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .catalog import Catalog, NodeInput
from .editor.widgets import defaults_of
from .graph import Graph


def fit_choices(graph: Graph, before: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> None:
    """Nodes of `graph` with another choice than they had `before`: inputs of the old one go, those of the new one come
    with the values that the server gives them."""
    for node_id, node in graph.items():
        known, old = catalog.classes.get(node["class_type"]), before.get(node_id)
        if known is None or old is None:
            continue
        inputs = node["inputs"]
        for name, kind in known.inputs.items():
            if not any(kind.options.values()) or _of(name, inputs) == _of(name, old["inputs"]):
                continue
            wanted = set(_brought(name, kind, inputs))
            for key in _of(name, inputs).keys() - wanted - {name}:
                del inputs[key]
            inputs |= _of(name, defaults_of(known, inputs))


def _of(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The choice itself, and what came with it."""
    return {key: value for key, value in inputs.items() if key == name or key.startswith(f"{name}.")}


def _brought(name: str, kind: NodeInput, inputs: Mapping[str, Any]) -> Iterator[str]:
    """The inputs that come with what is chosen there."""
    for inner, told in kind.options.get(str(inputs.get(name)), {}).items():
        yield f"{name}.{inner}"
        yield from _brought(f"{name}.{inner}", told, inputs)
