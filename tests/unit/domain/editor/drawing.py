"""Workflows as ComfyUI's editor saves them, drawn by code; and a server that knows a few small classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.editor.conversion import Conversion
from oelala_desktop.domain.editor.converter import convert
from oelala_desktop.domain.editor.document import read_document
from oelala_desktop.domain.graph import Graph

#: what stands for a subgraph's own inputs, and for its outputs
IN, OUT = -10, -20
MUTED, BYPASSED = 2, 4

SERVER: dict[str, Any] = {
    "Load": {"input": {"required": {"file": [["a.pt", "b.pt"]]}}, "output": ["MODEL", "CLIP"]},
    "Words": {"input": {"required": {"text": ["STRING", {"multiline": True}]}}, "output": ["STRING"]},
    "Number": {"input": {"required": {"value": ["INT", {"default": 1}]}}, "output": ["INT"]},
    "Encode": {
        "input": {"required": {"clip": ["CLIP"], "text": ["STRING", {"dynamicPrompts": True}]}},
        "output": ["COND"],
    },
    "Sample": {
        "input": {
            "required": {
                "model": ["MODEL"],
                "seed": ["INT", {"default": 0, "control_after_generate": True}],
                "steps": ["INT", {"default": 20}],
                "cfg": ["FLOAT", {"default": 8.0}],
                "sampler": [["euler", "heun"]],
            },
            "optional": {"cond": ["COND"], "tiled": ["BOOLEAN", {"default": False}]},
        },
        "output": ["IMAGE"],
        "display_name": "Sampler",
    },
    "Save": {
        "input": {"required": {"images": ["IMAGE"], "filename_prefix": ["STRING", {"default": "x"}]}},
        "output": [],
        "output_node": True,
    },
}


def server(**more: Any) -> Catalog:
    """With further classes, as /object_info describes them."""
    return parse_catalog(SERVER | more)


@dataclass(frozen=True)
class Wire:
    """What an input of a node is given: `origin` is a node, None for nothing; `widget` says that it has a control."""

    type: str
    origin: int | str | None = None
    slot: int = 0
    widget: bool = False


def wire(type_: str, origin: int | str | None = None, slot: int = 0) -> Wire:
    return Wire(type_, origin, slot)


def control(type_: str, origin: int | str | None = None, slot: int = 0) -> Wire:
    return Wire(type_, origin, slot, widget=True)


class Drawing:
    """One canvas: of a workflow, or of a subgraph that has `inputs` and `outputs` (name, type)."""

    def __init__(self, *, inputs: tuple[tuple[str, str], ...] = (), outputs: tuple[tuple[str, str], ...] = ()) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[list[Any]] = []
        self.inputs = [{"id": name, "name": name, "type": kind, "linkIds": []} for name, kind in inputs]
        self.outputs = [{"id": name, "name": name, "type": kind, "linkIds": []} for name, kind in outputs]

    def add(
        self,
        kind: str,
        *values: Any,
        makes: tuple[str, ...] = (),
        id: int | str | None = None,
        values_as: Any = None,
        row: dict[str, Any] | None = None,
        **given: Wire,
    ) -> int | str:
        """A node with the `values` of its controls; `values_as` for another form of these, `row` for more entries."""
        node_id = len(self.nodes) + 1 if id is None else id
        slots = []
        for number, (name, one) in enumerate(given.items()):
            link = None if one.origin is None else self.link(one.origin, one.slot, node_id, number, one.type)
            slot: dict[str, Any] = {"name": name, "type": one.type, "link": link}
            slots.append(slot | ({"widget": {"name": name}} if one.widget else {}))
        outputs = [{"name": kind, "type": kind} for kind in makes]
        shown = list(values) if values_as is None else values_as
        node = {"id": node_id, "type": kind, "mode": 0, "inputs": slots, "outputs": outputs, "widgets_values": shown}
        self.nodes.append(node | (row or {}))
        return node_id

    def link(self, origin: int | str, slot: int, target: int | str, place: int, kind: str = "*") -> int:
        number = len(self.links) + 1
        self.links.append([number, origin, slot, target, place, kind])
        for end, ports, at in ((origin, self.inputs, slot), (target, self.outputs, place)):
            if end in (IN, OUT) and at < len(ports):
                ports[at]["linkIds"].append(number)
        return number

    def saved(self, **subgraphs: Drawing) -> dict[str, Any]:
        """The whole file, with its subgraphs by their ids."""
        rows = [one.as_subgraph(name) for name, one in subgraphs.items()]
        whole = {"nodes": self.nodes, "links": self.links, "version": 0.4}
        return whole | ({"definitions": {"subgraphs": rows}} if rows else {})

    def as_subgraph(self, name: str) -> dict[str, Any]:
        """Whose links are objects."""
        keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        links = [dict(zip(keys, row, strict=True)) for row in self.links]
        return {"id": name, "nodes": self.nodes, "links": links, "inputs": self.inputs, "outputs": self.outputs}


def converted(content: dict[str, Any], catalog: Catalog | None = None) -> Conversion:
    return convert(read_document(content), catalog or server())


def graph_of(content: dict[str, Any], catalog: Catalog | None = None) -> Graph:
    return converted(content, catalog).graph


def inputs_of(content: dict[str, Any], node_id: int | str, catalog: Catalog | None = None) -> dict[str, Any]:
    return dict(graph_of(content, catalog)[str(node_id)]["inputs"])
