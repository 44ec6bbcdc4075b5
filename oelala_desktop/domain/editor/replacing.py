"""Nodes of classes that the server lacks become those that it has in their place, as its own list says: their inputs
and outputs moved, their values by the new names. Source: ComfyUI's node replacements, which it does itself with graphs
that are sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from oelala_desktop.domain.catalog import Catalog, NodeClass, Replacement
from oelala_desktop.domain.graph import Graph, is_link

from .document import Canvas, Document, Node, Slot
from .widgets import Unreadable, values_of

T = TypeVar("T")


def replaced(document: Document, catalog: Catalog) -> Document:
    """Itself where nothing is to be done."""
    if not catalog.replacements:
        return document
    wanted = {key: _wanted(canvas, document, catalog) for key, canvas in document.subgraphs.items()}
    subgraphs = {key: _canvas(canvas, wanted[key], wanted, catalog) for key, canvas in document.subgraphs.items()}
    own = _wanted(document.canvas, document, catalog)
    return replace(document, canvas=_canvas(document.canvas, own, wanted, catalog), subgraphs=subgraphs)


def replaced_in_graph(graph: Graph, catalog: Catalog) -> Graph:
    """Itself where nothing is to be done."""
    wanted = {key: found for key, node in graph.items() if (found := catalog.replacement(node["class_type"]))}
    if not wanted:
        return graph
    out: Graph = {}
    for key, node in graph.items():
        inputs = node["inputs"]
        if key in wanted:
            inputs = _moved(inputs, wanted[key]) | dict(wanted[key].values)
            node = {**node, "class_type": wanted[key].becomes}
        out[key] = {**node, "inputs": {name: _led(value, wanted) for name, value in inputs.items()}}
    return out


def _led(value: Any, wanted: Mapping[str, Replacement]) -> Any:
    """A link to the output that has taken the place of another."""
    if not is_link(value) or value[0] not in wanted:
        return value
    return [value[0], wanted[value[0]].outputs.get(value[1], value[1])]


def _wanted(canvas: Canvas, document: Document, catalog: Catalog) -> dict[str, Replacement]:
    """By the ids of its nodes."""
    return {
        key: found
        for key, node in canvas.nodes.items()
        if node.type not in document.subgraphs and (found := catalog.replacement(node.type))
    }


def _canvas(
    canvas: Canvas, wanted: Mapping[str, Replacement], inside: Mapping[str, Mapping[str, Replacement]], catalog: Catalog
) -> Canvas:
    """`inside` is what is wanted in each subgraph."""
    nodes = {
        key: _node(node, wanted[key], catalog.classes[wanted[key].becomes])
        if key in wanted
        else _host(node, inside.get(node.type, {}))
        for key, node in canvas.nodes.items()
    }
    links = {
        key: replace(link, slot=wanted[link.origin].outputs.get(link.slot, link.slot))
        if link.origin in wanted
        else link
        for key, link in canvas.links.items()
    }
    return replace(canvas, nodes=nodes, links=links)


def _host(node: Node, inside: Mapping[str, Replacement]) -> Node:
    """A subgraph's node, whose list of controls names those of nodes inside of it."""
    rows = node.properties.get("proxyWidgets")
    if not inside or not isinstance(rows, list):
        return node
    renamed = [_control(row, inside) for row in rows]
    return replace(node, properties={**node.properties, "proxyWidgets": renamed})


def _control(row: Any, inside: Mapping[str, Replacement]) -> Any:
    by = inside.get(str(row[0])) if isinstance(row, list) and len(row) >= 2 else None
    if by is None or by.inputs is None:
        return row
    return [row[0], next((new for new, old in by.inputs.items() if old == row[1]), row[1]), *row[2:]]


def _node(node: Node, by: Replacement, known: NodeClass) -> Node:
    slots = _moved({slot.name: slot for slot in node.inputs}, by)
    values = _moved(_values(node, by), by) | dict(by.values)
    return replace(
        node,
        type=by.becomes,
        inputs=tuple(_renamed(slot, name) for name, slot in slots.items()),
        outputs=known.outputs,
        values=values,
        named={},
    )


def _renamed(slot: Slot, name: str) -> Slot:
    return replace(slot, name=name, widget=name if slot.widget else "")


def _values(node: Node, by: Replacement) -> dict[str, Any]:
    """Of the old one's controls, by name."""
    if not isinstance(node.values, Mapping) and by.controls:
        return dict(zip(by.controls, node.values, strict=False))
    try:
        return values_of(node, None)
    except Unreadable:
        return {}


def _moved(old: Mapping[str, T], by: Replacement) -> dict[str, T]:
    """By the new names; what nothing is said of has gone."""
    if by.inputs is None:
        return dict(old)
    return {new: old[name] for new, name in by.inputs.items() if name in old}
