"""A workflow in the format of ComfyUI's editor, read into values that can be walked through.

A workflow is a canvas of nodes and links; a subgraph is a canvas of its own whose inputs and outputs are two nodes of
it (ids -10 and -20), and whose id is the class of the nodes that stand for it. Links are lists (id, origin, its output,
target, its input, type) or objects; those that "Use Everywhere" makes without drawing them stand beside the others, and
are taken for drawn ones. What has another form is left out, as the editor does.

Source: the workflow JSON schema of ComfyUI's documentation, and the files of the official templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from oelala_desktop.domain.errors import InvalidPreset

#: the nodes of a subgraph that stand for its own inputs and outputs
INPUTS, OUTPUTS = "-10", "-20"
ALWAYS, MUTED, BYPASSED = 0, 2, 4
_MOST_INPUTS = 256  # of a node


@dataclass(frozen=True, slots=True)
class Slot:
    """An input of a node. `widget` names the control that it stands for, "" for none."""

    name: str
    type: str
    link: int | None = None
    widget: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    origin: str
    slot: int


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a subgraph, with the links that lead on from it, or to it. `label` is what it is called."""

    name: str
    links: tuple[int, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """`values` are those of its controls, in order or by name; `named` the same by name, where a file tells both."""

    id: str
    type: str
    mode: int = ALWAYS
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[str, ...] = ()
    values: tuple[Any, ...] | Mapping[str, Any] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    _by_name: Mapping[str, Slot] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {slot.name: slot for slot in reversed(self.inputs)})

    def input(self, name: str) -> Slot | None:
        """The first of that name."""
        return self._by_name.get(name)


@dataclass(frozen=True, slots=True)
class Canvas:
    """`controls` has by the name of one of its own inputs the first control that it leads to, `ports` by node and
    control the name of the input that leads there."""

    nodes: Mapping[str, Node]
    links: Mapping[int, Link]
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    by_name: Mapping[str, Port] = field(init=False, repr=False, compare=False)
    controls: Mapping[str, tuple[Node, Slot]] = field(init=False, repr=False, compare=False)
    ports: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = ((node, slot) for node in self.nodes.values() for slot in node.inputs)
        ends = {slot.link: (node, slot) for node, slot in rows if slot.link is not None}
        controls: dict[str, tuple[Node, Slot]] = {}
        ports: dict[tuple[str, str], str] = {}
        for port in self.inputs:
            for node, slot in (ends[link] for link in port.links if link in ends):
                ports[node.id, slot.widget] = port.name
                if slot.widget:
                    controls.setdefault(port.name, (node, slot))
        by_name = {port.name: port for port in reversed(self.inputs)}
        for name, value in (("by_name", by_name), ("controls", controls), ("ports", ports)):
            object.__setattr__(self, name, value)

    def input(self, name: str) -> Port | None:
        """The first of its own of that name."""
        return self.by_name.get(name)

    def first_control(self, port: Port) -> tuple[Node, Slot] | None:
        return self.controls.get(port.name)


@dataclass(frozen=True, slots=True)
class Document:
    """`subgraphs` by their id."""

    canvas: Canvas
    subgraphs: Mapping[str, Canvas]
    extra: Mapping[str, Any]


def is_document(content: object) -> bool:
    """Whether this JSON value is a workflow of the editor's."""
    return isinstance(content, Mapping) and isinstance(content.get("nodes"), list) and "links" in content


def read_document(content: Mapping[str, Any]) -> Document:
    """Raises InvalidPreset for a node that cannot be one."""
    definitions = _mapping(content.get("definitions")).get("subgraphs")
    subgraphs = {
        row["id"]: _canvas(row)
        for row in (definitions if isinstance(definitions, list) else ())
        if isinstance(row, Mapping) and isinstance(row.get("id"), str)
    }
    return Document(_canvas(content), subgraphs, _mapping(content.get("extra")))


def _canvas(row: Mapping[str, Any]) -> Canvas:
    nodes = {node.id: node for node in map(_node, _rows(row.get("nodes"))) if node is not None}
    inputs, outputs = (tuple(map(_port, _limited(row.get(key)))) for key in ("inputs", "outputs"))
    links = dict(_links(row.get("links")))
    for key, taken in _undrawn(_mapping(row.get("extra")).get("ue_links"), max(links, default=0) + 1).items():
        if key in nodes:
            slots = nodes[key].inputs
            joined = tuple(
                replace(slot, link=taken[at][0]) if slot.link is None and at in taken else slot
                for at, slot in enumerate(slots)
            )
            nodes[key] = replace(nodes[key], inputs=joined)
            links |= taken.values()
    return Canvas(nodes, links, inputs, outputs)


def _undrawn(rows: object, number: int) -> dict[str, dict[int, tuple[int, Link]]]:
    """By node and number of its input: the links, which get numbers from that one on."""
    found: dict[str, dict[int, tuple[int, Link]]] = {}
    for key, row in enumerate(_rows(rows), number):
        place, slot = row.get("downstream_slot"), row.get("upstream_slot")
        if _is_number(place) and _is_number(slot):
            link = Link(str(row.get("upstream")), slot)
            found.setdefault(str(row.get("downstream")), {}).setdefault(place, (key, link))
    return found


def _node(row: Mapping[str, Any]) -> Node | None:
    key, kind = row.get("id"), row.get("type")
    if not isinstance(key, int | str) or isinstance(key, bool) or not isinstance(kind, str):
        return None
    mode, values, title = row.get("mode"), row.get("widgets_values"), row.get("title")
    inputs = tuple(map(_slot, _limited(row.get("inputs"))))
    return Node(
        str(key),
        kind,
        mode if isinstance(mode, int) else ALWAYS,
        inputs,
        tuple(_text(output.get("type"), "*") for output in _rows(row.get("outputs"))),
        tuple(values) if isinstance(values, list) else _mapping(values),
        _mapping(row.get("widgets_values_named")),
        title if isinstance(title, str) else "",
        _mapping(row.get("properties")),
    )


def _slot(row: Mapping[str, Any]) -> Slot:
    link = row.get("link")
    widget = _mapping(row.get("widget")).get("name")
    return Slot(_text(row.get("name")), _text(row.get("type"), "*"), link if _is_number(link) else None, _text(widget))


def _port(row: Mapping[str, Any]) -> Port:
    links = row.get("linkIds")
    found = tuple(link for link in links if _is_number(link)) if isinstance(links, list) else ()
    name = _text(row.get("name"))
    label = next((row[key] for key in ("label", "localized_name") if _text(row.get(key))), name)
    return Port(name, found, label)


def _links(rows: object) -> Iterator[tuple[int, Link]]:
    for row in rows if isinstance(rows, list) else rows.values() if isinstance(rows, Mapping) else ():
        if isinstance(row, Mapping):
            key, origin, slot = row.get("id"), row.get("origin_id"), row.get("origin_slot")
        elif isinstance(row, list) and len(row) >= 3:
            key, origin, slot = row[:3]
        else:
            continue
        if _is_number(key) and isinstance(origin, int | str) and _is_number(slot):
            yield key, Link(str(origin), slot)


def _limited(rows: object) -> list[Mapping[str, Any]]:
    found = list(_rows(rows))
    if len(found) > _MOST_INPUTS:
        raise InvalidPreset(f"A node of this workflow has {len(found)} inputs; at most {_MOST_INPUTS} are taken.")
    return found


def _rows(rows: object) -> Iterator[Mapping[str, Any]]:
    return (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping))


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object, other: str = "") -> str:
    return value if isinstance(value, str) else other
