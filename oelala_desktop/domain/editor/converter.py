"""A workflow of ComfyUI's editor → the graph that a server runs, as the editor makes it.

Subgraphs are opened (a node "5" inside of a node "12" becomes "12:5"), nodes that only the editor knows are resolved
(Reroute, Primitive, Set and Get), bypassed nodes are passed through by matching types, muted ones and what hangs on
them left out, and what a subgraph's node sets stands where it is used. Checked against what the editor makes of the
official templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.graph import Graph

from .conversion import Conversion, Missing, Shown
from .document import BYPASSED, INPUTS, MUTED, Canvas, Document, Node, Port, Slot
from .promoted import NOTHING, Told, taken_over, told
from .replacing import replaced
from .unseen import is_unseen, refuse_group
from .widgets import Unreadable, defaults_of, settled_text, values_of

_MOST_NODES = 2000
_MOST_INPUTS = 50_000  # of all nodes
_DEEPEST = 24
_LONGEST_NAME = 60  # characters of it in a sentence
_NO_INPUTS: Mapping[str, Any] = {"inputs": {}}


def convert(document: Document, catalog: Catalog) -> Conversion:
    """Raises InvalidPreset with the node and the reason where it cannot be done."""
    return _Conversion(replaced(document, catalog), catalog).whole()


@dataclass(slots=True)
class _Place:
    """A canvas where it is used: `path` are the ids of the nodes around it, `host` is the innermost of them, on the
    canvas of `around`. `kept` are its Set nodes by name."""

    canvas: Canvas
    path: str = ""
    host: Node | None = None
    around: _Place | None = None
    inside: dict[str, _Place] = field(default_factory=dict)
    told: Told = NOTHING
    depth: int = 0
    kept: dict[object, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Value:
    value: Any


class _Step(NamedTuple):
    """An input that another is given what it is given."""

    place: _Place
    node: Node
    slot: Slot


#: where an input's value comes from: (id of a node in the graph, output), a value, or nothing
_Source = tuple[str, int] | _Value | None


class _Conversion:
    def __init__(self, document: Document, catalog: Catalog) -> None:
        self._document = document
        self._catalog = catalog
        self._count = 0
        self._active: set[str] = set()
        self._used: dict[str, list[_Place]] = {}
        self._sources: dict[tuple[str, Slot], _Source] = {}
        self._root = self._place(document.canvas, _Place(document.canvas))

    def whole(self) -> Conversion:
        graph: Graph = {}
        missing: dict[str, Missing] = {}
        nodes, count = list(self._nodes(self._root)), 0
        self._active = {f"{place.path}{node.id}" for place, node in nodes}
        for place, node in nodes:
            known = self._catalog.classes.get(node.type)
            if known is None:
                refuse_group(node)
                missing.setdefault(node.type, Missing(node.type, _pack(node)))
            made = graph[f"{place.path}{node.id}"] = self._made(place, node, known)
            count += len(made["inputs"])
            if count > _MOST_INPUTS:
                raise InvalidPreset(f"The nodes of this workflow have more than {_MOST_INPUTS} inputs in all.")
        shown = [one for one in self._shown() if one.input in graph.get(one.node, _NO_INPUTS)["inputs"]]
        labels = {(one.node, one.input): one.label for one in shown}
        chosen = [one for one in self._chosen(graph, labels) if one.input in graph.get(one.node, _NO_INPUTS)["inputs"]]
        return Conversion(graph, tuple(missing.values()), tuple(shown), tuple(chosen))

    # what its author shows

    def _shown(self) -> Iterator[Shown]:
        for node_id, inside in self._root.inside.items():
            host = self._root.canvas.nodes[node_id]
            for port in inside.canvas.inputs:
                outer = host.input(port.name)
                found = self._control(inside, port) if outer is None or outer.link is None else None
                if found is not None:
                    yield Shown(
                        *found, "" if re.fullmatch(rf"{re.escape(found[1])}(_\d+)?", port.label) else port.label
                    )
            for inner, control in taken_over(host):
                if inner in inside.canvas.nodes and not control.startswith("$"):
                    yield Shown(*self._inner(inside, inner, control))

    def _chosen(self, graph: Graph, labels: Mapping[tuple[str, str], str]) -> Iterator[Shown]:
        """Source: `extra.linearData.inputs`: rows of (node, control), a node by its id or as "canvas:node:control",
        where the canvas is the whole file's or a subgraph's."""
        told = self._document.extra.get("linearData")
        rows = told.get("inputs") if isinstance(told, Mapping) else None
        last: dict[str, list[str]] = {}
        for node_id in graph:
            last.setdefault(node_id.rpartition(":")[2], []).append(node_id)
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, list) or len(row) < 2 or not isinstance(row[1], str):
                continue
            canvas, colon, rest = str(row[0]).partition(":")
            key = rest.removesuffix(f":{row[1]}") if colon and rest.endswith(f":{row[1]}") else str(row[0])
            if key != str(row[0]) and canvas in self._document.subgraphs:
                found = self._inside_of(canvas, key, row[1])
            else:
                found = self._named(graph, last, key, row[1])
            if found is not None:
                yield Shown(*found, labels.get(found, ""))

    def _inside_of(self, canvas: str, key: str, control: str) -> tuple[str, str] | None:
        places = self._used.get(canvas, [])
        return self._inner(places[0], key, control) if len(places) == 1 else None

    def _named(self, graph: Graph, last: Mapping[str, list[str]], key: str, control: str) -> tuple[str, str] | None:
        if key in self._root.inside:
            return self._inner(self._root, key, control)
        if key in graph:
            return key, control
        found = last.get(key, [])
        return (found[0], control) if len(found) == 1 else None

    def _inner(self, place: _Place, node_id: str, control: str) -> tuple[str, str]:
        """The node of the graph that a control belongs to, which a subgraph's node may have taken over."""
        inside = place.inside.get(node_id)
        port = inside.canvas.input(control) if inside is not None else None
        found = self._control(inside, port) if inside is not None and port is not None else None
        return found or (f"{place.path}{node_id}", control)

    def _control(self, place: _Place, port: Port) -> tuple[str, str] | None:
        found = place.canvas.first_control(port)
        return None if found is None else self._inner(place, found[0].id, found[1].name)

    # places

    def _place(self, canvas: Canvas, place: _Place) -> _Place:
        self._count += len(canvas.nodes)
        if self._count > _MOST_NODES:
            raise InvalidPreset(f"This workflow has more than {_MOST_NODES} nodes, those of its subgraphs counted.")
        if place.depth > _DEEPEST:
            raise InvalidPreset(f"The subgraphs of this workflow lie more than {_DEEPEST} deep inside each other.")
        for node in canvas.nodes.values():
            if node.type in _SETTERS and node.inputs and isinstance(name := _first(node), str):
                place.kept.setdefault(name, node)
            inner = self._document.subgraphs.get(node.type)
            if inner is not None and node.mode not in (MUTED, BYPASSED):
                inside = _Place(inner, f"{place.path}{node.id}:", node, place, depth=place.depth + 1)
                inside.told = told(node, inner)
                self._used.setdefault(node.type, []).append(inside)
                place.inside[node.id] = self._place(inner, inside)
        return place

    def _nodes(self, place: _Place) -> Iterator[tuple[_Place, Node]]:
        """All that a server is given."""
        for node in place.canvas.nodes.values():
            if node.mode in (MUTED, BYPASSED) or self._is_virtual(node):
                continue
            if node.type in self._document.subgraphs:
                yield from self._nodes(place.inside[node.id])
            else:
                yield place, node

    def _is_virtual(self, node: Node) -> bool:
        if node.type in self._catalog.classes:
            return False
        return node.type in _FOLLOWED or is_unseen(node)

    # one node

    def _made(self, place: _Place, node: Node, known: NodeClass | None) -> dict[str, Any]:
        inputs = self._plain(place, node, known)
        for slot in node.inputs:
            source = self._source(_Step(place, node, slot))
            if isinstance(source, _Value):
                inputs[slot.name] = _settled(known, slot.name, source.value)
            elif source is not None and source[0] in self._active:
                inputs[slot.name] = [source[0], source[1]]
            elif source is not None:
                inputs.pop(slot.name, None)  # what it hangs on is not there
        title = node.title or (known.title if known is not None else "") or node.type
        return {"class_type": node.type, "inputs": inputs, "_meta": {"title": title}}

    def _plain(self, place: _Place, node: Node, known: NodeClass | None) -> dict[str, Any]:
        try:
            values = values_of(node, known)
        except Unreadable:
            raise InvalidPreset(
                f"The node “{_said(node.title or node.type)}” ({_said(place.path + node.id)}) is of a class that the"
                " server lacks, and the file does not name its settings. Install its pack, or connect a server that has"
                " it."
            ) from None
        values |= {name: value for (inner, name), value in place.told.controls.items() if inner == node.id}
        if known is not None:
            values |= defaults_of(known, values)
        return {name: _settled(known, name, value) for name, value in values.items()}

    # links

    def _source(self, step: _Source | _Step) -> _Source:
        """What an input is given, through all that no server knows."""
        way: dict[tuple[str, Slot], None] = {}
        while isinstance(step, _Step):
            key = (f"{step.place.path}{step.node.id}", step.slot)
            if key in way:
                raise InvalidPreset(f"The links of this workflow go in a circle at the node {_said(key[0])}.")
            way[key] = None
            step = self._sources[key] if key in self._sources else self._before(*step)
        self._sources |= dict.fromkeys(way, step)
        return step

    def _before(self, place: _Place, node: Node, slot: Slot) -> _Source | _Step:
        link = place.canvas.links.get(slot.link) if slot.link is not None else None
        if link is None:
            return None
        if link.origin == INPUTS and place.host is not None and place.around is not None:
            if not 0 <= link.slot < len(place.canvas.inputs):
                return None
            port = place.canvas.inputs[link.slot]
            outer = place.host.input(port.name)
            if outer is not None and outer.link is not None:
                return _Step(place.around, place.host, outer)
            return self._taken_over(place, port, (node.id, slot.name))
        return self._output(place, link.origin, link.slot, slot.type)

    def _taken_over(self, place: _Place, port: Port, asking: tuple[str, str] = ("", "")) -> _Value | None:
        """What an input of a subgraph is that nothing leads to: what its node says, else what stands in the first
        control that it leads to, which is the same for all others that it leads to."""
        if port.name in place.told.ports:
            return _Value(place.told.ports[port.name])
        found = place.canvas.first_control(port)
        if found is None:
            return None
        node, slot = found
        if node.id in place.inside:
            inside = place.inside[node.id]
            inner = inside.canvas.input(slot.name)
            return None if inner is None else self._taken_over(inside, inner)
        if (node.id, slot.name) == asking:
            return None
        values = self._plain(place, node, self._catalog.classes.get(node.type))
        return _Value(values[slot.name]) if slot.name in values else None

    def _output(self, place: _Place, node_id: str, number: int, wanted: str) -> _Source | _Step:
        node = place.canvas.nodes.get(node_id)
        if node is None:
            return None
        key = f"{place.path}{node_id}"
        if node.mode == MUTED:
            return (key, number)
        if node.mode == BYPASSED:
            through = _bypass(node, number, wanted)
            return None if through is None else _Step(place, node, through)
        if node.type in self._document.subgraphs:
            return self._from_inside(place.inside[node_id], number, wanted)
        if node.type in self._catalog.classes:
            return (key, number)
        follow = _FOLLOWED.get(node.type)
        return (key, number) if follow is None else follow(self, place, node)

    def _from_inside(self, inside: _Place, number: int, wanted: str) -> _Source | _Step:
        if not 0 <= number < len(inside.canvas.outputs):
            return None
        links = inside.canvas.links
        link = next((links[key] for key in inside.canvas.outputs[number].links if key in links), None)
        if link is None:
            return None
        if link.origin == INPUTS and inside.host is not None and inside.around is not None:
            if not 0 <= link.slot < len(inside.canvas.inputs):
                return None
            outer = inside.host.input(inside.canvas.inputs[link.slot].name)
            return None if outer is None else _Step(inside.around, inside.host, outer)
        return self._output(inside, link.origin, link.slot, wanted)

    def _reroute(self, place: _Place, node: Node) -> _Source | _Step:
        return _Step(place, node, node.inputs[0]) if node.inputs else None

    def _primitive(self, place: _Place, node: Node) -> _Source | _Step:
        return _Value(_first(node)) if node.values else None

    def _get(self, place: _Place, node: Node) -> _Source | _Step:
        """What the Set node of the same name is given, on this canvas or one around it."""
        name = _first(node)
        here: _Place | None = place if isinstance(name, str) else None
        while here is not None:
            if name in here.kept:
                return _Step(here, here.kept[name], here.kept[name].inputs[0])
            here = here.around
        return None


_SETTERS = ("SetNode", "easy setNode")
#: nodes that only the editor knows, and what stands behind them
_FOLLOWED = {
    "Reroute": _Conversion._reroute,
    "Reroute (rgthree)": _Conversion._reroute,
    **dict.fromkeys(_SETTERS, _Conversion._reroute),
    **dict.fromkeys(("GetNode", "easy getNode"), _Conversion._get),
    "PrimitiveNode": _Conversion._primitive,
}


def _first(node: Node) -> object:
    values = list(node.values.values()) if isinstance(node.values, Mapping) else node.values
    return values[0] if values else None


def _bypass(node: Node, number: int, wanted: str) -> Slot | None:
    """The input whose value a bypassed node hands on: the one beside the output if its type fits, else the first of
    the same type, else the first that could be."""
    made = node.outputs[number] if 0 <= number < len(node.outputs) else wanted
    beside = node.inputs[number] if 0 <= number < len(node.inputs) else None
    if wanted in ("*", ""):
        return beside or next(iter(node.inputs), None)
    if beside is not None and _fits(beside.type, made) and _fits(beside.type, wanted):
        return beside
    exact = next((slot for slot in node.inputs if slot.type == wanted), None)
    return exact or next((s for s in node.inputs if _fits(s.type, made) and _fits(s.type, wanted)), None)


def _fits(one: str, other: str) -> bool:
    """As the editor compares types: lists of names, in any case, and a star for anything."""
    if {one, other} & {"*", ""}:
        return True
    return bool(set(one.lower().split(",")) & set(other.lower().split(",")))


def _settled(known: NodeClass | None, name: str, value: Any) -> Any:
    kind = known.inputs.get(name) if known is not None else None
    if kind is not None and kind.is_dynamic_prompt and isinstance(value, str):
        value = settled_text(value)
    return {"__value__": value} if isinstance(value, list) else value


def _said(text: str) -> str:
    """A name as a sentence has room for it."""
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def _pack(node: Node) -> str:
    told = (node.properties.get(key) for key in ("cnr_id", "aux_id"))
    return next((name for name in told if isinstance(name, str) and name), "")
