"""ComfyUI's `workflow` block: the graph as its editor saves it, turned into API form.

Nodes have widget values by position and links by number; a subgraph is a node whose type is the id of a definition;
muted nodes (mode 2) are gone, bypassed ones (mode 4) hand their input of the same type through. Read only when the
`prompt` block is missing, since it tells what was drawn, not what was run.
"""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.dialects import everywhere, widgets
from oelala_desktop.metadata.dialects.comfy_prompt import is_graph
from oelala_desktop.metadata.dialects.editor import BYPASSED, MUTED, Node, objects, sockets

_INPUT_NODE, _OUTPUT_NODE = -10, -20
_NESTING = 8
#: nodes that exist in the editor only
_SETTERS = frozenset({"SetNode", "easy setNode"})
_GETTERS = frozenset({"GetNode", "easy getNode"})
_DRAWN_ONLY = frozenset({"Note", "MarkdownNote", "Reroute", "PrimitiveNode"}) | _SETTERS | _GETTERS


def to_graph(drawn: dict[str, Any]) -> dict[str, Any]:
    """The API form of an editor graph; empty if it is none. A graph that is in API form already is given back."""
    if is_graph(drawn):
        return drawn
    definitions = drawn.get("definitions")
    subgraphs = definitions.get("subgraphs") if type(definitions) is dict else None
    known = {d["id"]: d for d in objects(subgraphs) if type(d.get("id")) is str}
    graph: dict[str, Any] = {}
    _Scope(drawn, _Definitions(known), "", None, None).emit(graph, 0)
    return graph


def _kind(node: Node) -> str:
    kind = node.get("type")
    return kind if type(kind) is str else ""


def _channel(node: Node) -> str:
    """What a SetNode and its GetNodes have in common."""
    values = node.get("widgets_values")
    return values[0] if type(values) is list and values and type(values[0]) is str else ""


class _Definitions:
    """The subgraphs by id, and how many nodes may still be unfolded from them in all: a few definitions that hold
    each other unfold into millions."""

    def __init__(self, known: dict[str, Node]) -> None:
        self.known = known
        self.left = 2 * limits.GRAPH_STEPS

    def of(self, node: Node) -> Node | None:
        kind = node.get("type")
        return self.known.get(kind) if type(kind) is str and self.left > 0 else None


class _Scope:
    """One level of the drawing: the whole, or the inside of one subgraph node."""

    def __init__(
        self, drawn: Node, known: _Definitions, prefix: str, parent: _Scope | None, outer: Node | None
    ) -> None:
        self.drawn, self.known, self.prefix, self.parent, self.outer = drawn, known, prefix, parent, outer
        self.nodes: dict[Any, Node] = {}
        self.links: dict[Any, tuple[Any, Any]] = {}
        self.results: dict[Any, Any] = {}
        self.inner: dict[Any, _Scope | None] = {}
        self.setters: dict[str, Node] = {}
        self.outer_values: dict[str, Any] | None = None
        self.declared = objects(drawn.get("inputs"))
        for node in objects(drawn.get("nodes"))[: limits.GRAPH_STEPS]:
            if type(node.get("id")) in (int, str):
                self.nodes[node["id"]] = node
                if _kind(node) in _SETTERS:
                    self.setters[_channel(node)] = node
        known.left -= 1 + len(self.nodes)
        links = drawn.get("links")
        for link in links if type(links) is list else ():
            self._add_link(link)
        self.undrawn = everywhere.links(drawn, self.nodes, self.links)

    def _add_link(self, link: Any) -> None:
        # [id, from node, from slot, to node, to slot, type], or an object inside subgraphs
        if type(link) is list and len(link) >= 5:
            number, origin, slot, target, target_slot = link[:5]
        elif type(link) is dict:
            number, origin, slot = link.get("id"), link.get("origin_id"), link.get("origin_slot")
            target, target_slot = link.get("target_id"), link.get("target_slot")
        else:
            return
        if all(type(part) in (int, str) for part in (number, origin, slot, target, target_slot)):
            self.links[number] = (origin, slot)
            if target == _OUTPUT_NODE:
                self.results[target_slot] = number

    def inside(self, node: Node) -> _Scope | None:
        """What a subgraph node holds; None for an ordinary node."""
        node_id = node["id"]
        if node_id not in self.inner:
            drawn = self.known.of(node)
            scope = None if drawn is None else _Scope(drawn, self.known, f"{self.prefix}{node_id}:", self, node)
            self.inner[node_id] = scope
        return self.inner[node_id]

    def emit(self, graph: dict[str, Any], depth: int) -> None:
        """Add this level's nodes and those below it to `graph`."""
        for node_id, node in self.nodes.items():
            if node.get("mode") in (MUTED, BYPASSED) or len(graph) >= limits.GRAPH_STEPS:
                continue
            scope = self.inside(node) if depth < _NESTING else None
            if scope is not None:
                scope.emit(graph, depth + 1)
            elif type(node.get("type")) is str and node["type"] not in _DRAWN_ONLY:
                inputs = self._inputs(node)
                graph[f"{self.prefix}{node_id}"] = {"class_type": node["type"], "inputs": inputs}

    def _inputs(self, node: Node) -> dict[str, Any]:
        inputs = widgets.named(node)
        for index, entry in enumerate(sockets(node, "inputs")):
            name, link = entry.get("name"), entry.get("link")
            if type(name) is not str:
                continue
            place = (str(node["id"]), index)
            if link is not None:
                value = self.origin(link, 0)
            elif place in self.undrawn:
                value = self._leads(*self.undrawn[place], 0)
            else:
                continue
            if value is not None or name not in inputs:
                inputs[name] = value
        return inputs

    def origin(self, link: Any, hops: int) -> Any:
        """Where a link really comes from: `[id, slot]` of a node that ran, a literal, or None."""
        if type(link) not in (int, str) or link not in self.links or hops > 64:
            return None
        return self._leads(*self.links[link], hops)

    def _leads(self, node_id: Any, slot: Any, hops: int) -> Any:
        if node_id == _INPUT_NODE:
            return self._from_outside(slot, hops)
        node = self.nodes.get(node_id)
        if node is None or node.get("mode") == MUTED:
            return None
        if node.get("mode") == BYPASSED:
            return self.origin(self._same_type(node, slot), hops + 1)
        scope = self.inside(node)
        if scope is not None:
            return scope.origin(scope.results.get(slot), hops + 1)
        return self._through(node, slot, hops)

    def _through(self, node: Node, slot: Any, hops: int) -> Any:
        kind = _kind(node)
        if kind == "PrimitiveNode":
            values = node.get("widgets_values")
            return values[0] if type(values) is list and values and type(values[0]) is not list else None
        if kind in _GETTERS:
            node = self.setters.get(_channel(node), node)
        if kind == "Reroute" or kind in _SETTERS or kind in _GETTERS:
            inputs = sockets(node, "inputs")
            return self.origin(inputs[0].get("link"), hops + 1) if inputs else None
        return [f"{self.prefix}{node['id']}", slot]

    def _from_outside(self, slot: Any, hops: int) -> Any:
        """A subgraph's own input: the link into its node, or the widget that stands for it there."""
        declared = self.declared
        if self.parent is None or self.outer is None or type(slot) is not int or not 0 <= slot < len(declared):
            return None
        name = declared[slot].get("name")
        for entry in sockets(self.outer, "inputs"):
            if entry.get("name") == name and entry.get("link") is not None:
                return self.parent.origin(entry["link"], hops + 1)
        if self.outer_values is None:
            self.outer_values = widgets.named(self.outer)
        value = self.outer_values.get(name) if type(name) is str else None
        return None if type(value) is list else value

    @staticmethod
    def _same_type(node: Node, slot: Any) -> Any:
        outputs, inputs = sockets(node, "outputs"), sockets(node, "inputs")
        if type(slot) is not int or not 0 <= slot < len(outputs):
            return None
        same = [entry.get("link") for entry in inputs if entry.get("type") == outputs[slot].get("type")]
        # Two conditionings in and two out keep their order.
        before = [entry.get("type") for entry in outputs[:slot]].count(outputs[slot].get("type"))
        return same[min(before, len(same) - 1)] if same else None
