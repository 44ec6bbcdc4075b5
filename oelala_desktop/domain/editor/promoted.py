"""What a subgraph's node says of the controls that it has taken over from the nodes inside of it.

Such a control is an input of the subgraph that leads to a control inside. The node's values are those of these inputs,
in their order. Files of before mid 2026 have a list `proxyWidgets` of (inner node, its control), with -1 for an input
of the subgraph, and the node's values are in its order; where it has none, what the inner nodes say holds. What the
editor could not carry over from these it keeps aside with its value, which counts before the others.

Source: the documents on promoted widgets in the editor's repository (docs, architecture), and its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import Canvas, Node

_OWN = "-1"


@dataclass(frozen=True, slots=True)
class Told:
    """`ports` by the name of the subgraph's input, `controls` by inner node and its control."""

    ports: Mapping[str, Any] = field(default_factory=dict)
    controls: Mapping[tuple[str, str], Any] = field(default_factory=dict)


NOTHING = Told()


def told(host: Node, inner: Canvas) -> Told:
    ports: dict[str, Any] = {}
    controls: dict[tuple[str, str], Any] = {}
    names = inner.by_name
    taken = taken_over(host)
    if isinstance(host.values, Mapping):
        ports |= {name: value for name, value in host.values.items() if name in names}
    elif taken:
        for (node_id, control), value in zip(taken, host.values, strict=False):
            port_name = control if node_id == _OWN else inner.ports.get((node_id, control), "")
            if port_name in names:
                ports[port_name] = value
            elif node_id in inner.nodes:
                controls[node_id, control] = value
    else:
        ports |= dict(zip(inner.controls, host.values, strict=False))
    ports |= {name: value for name, value in _kept_aside(host) if name in names}
    return Told(ports, controls)


def taken_over(host: Node) -> list[tuple[str, str]]:
    """The list of older files: (inner node, its control)."""
    return list(_listed(host.properties.get("proxyWidgets")))


def _listed(rows: object) -> Iterator[tuple[str, str]]:
    if isinstance(rows, str):
        try:
            rows = json.loads(rows)
        except (ValueError, RecursionError):
            return
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list) and len(row) >= 2 and isinstance(row[1], str):
            yield str(row[0]), row[1]


def _kept_aside(host: Node) -> Iterator[tuple[str, Any]]:
    rows = host.properties.get("proxyWidgetErrorQuarantine")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and "hostValue" in row:
            for node_id, name in _listed([row.get("originalEntry")]):
                if node_id == _OWN:
                    yield name, row["hostValue"]
