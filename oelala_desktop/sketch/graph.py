"""Reading a graph in ComfyUI's API format: links, order, and what a node's result depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes.definition import NodeClass

#: node id → `{"class_type", "inputs", …}`
Graph = dict[str, dict[str, Any]]


def is_link(value: Any) -> bool:
    """Whether an input's value points at another node's output: `[node id, slot]`."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)


def links(graph: Graph, node_id: str, catalog: Mapping[str, NodeClass]) -> dict[str, tuple[str, int]]:
    """Of a node's declared inputs those that take another node's output: name → node id and slot.

    What a saver passes on is taken where the saver has it from, so that no saver holds it.
    """
    node_class = catalog[graph[node_id]["class_type"]]
    found = {}
    for name, value in graph[node_id]["inputs"].items():
        if node_class.input(name) is None:
            continue
        while is_link(value) and (passed := catalog[graph[value[0]]["class_type"]].passes) is not None:
            value = graph[value[0]]["inputs"][passed]
        if is_link(value):
            found[name] = (value[0], value[1])
    return found


def sources(graph: Graph, node_id: str, catalog: Mapping[str, NodeClass]) -> list[str]:
    """The nodes that a node takes values from, in the order of its declared inputs."""
    node_class = catalog[graph[node_id]["class_type"]]
    found = links(graph, node_id, catalog)
    return [found[name][0] for name in (*node_class.required, *node_class.optional) if name in found]


def order(graph: Graph, outputs: Iterable[str], catalog: Mapping[str, NodeClass], have: set[str]) -> list[str]:
    """What must run, sources first, to make these outputs when the nodes in `have` need not run.

    Outputs themselves are always listed. The graph must have no cycle (validation sees to that). It walks with
    a stack of its own, so that a long chain cannot exhaust Python's.
    """
    listed: dict[str, None] = {}
    for output in outputs:
        stack = [(output, False)]
        while stack:
            node_id, ready = stack.pop()
            if node_id in listed:
                continue
            if ready:
                listed[node_id] = None
                continue
            stack.append((node_id, True))
            if node_id in have:
                continue
            needed = [source for source in sources(graph, node_id, catalog) if source not in have]
            stack.extend((source, False) for source in reversed(needed))
    return list(listed)


class Signatures:
    """What each node's result depends on, as a hash: its class, its values, and its sources' hashes."""

    def __init__(self, graph: Graph, catalog: Mapping[str, NodeClass], folders: Folders) -> None:
        self._graph = graph
        self._catalog = catalog
        self._folders = folders
        self._known: dict[str, str] = {}

    def of(self, node_id: str) -> str:
        """The node's signature. A node whose file has gone gets one that no result has."""
        for needed in order(self._graph, [node_id], self._catalog, set(self._known)):
            if needed not in self._known:
                self._known[needed] = self._digest(needed)
        return self._known[node_id]

    def _digest(self, node_id: str) -> str:
        node = self._graph[node_id]
        node_class = self._catalog[node["class_type"]]
        found = links(self._graph, node_id, self._catalog)
        parts: list[Any] = [node["class_type"]]
        for name, value in sorted(node["inputs"].items()):
            if name in found:
                source, slot = found[name]
                parts.append([name, self._known[source], slot])
            else:
                parts.append([name, "=", value])
        if node_class.fingerprint is not None:
            try:
                parts.append(node_class.fingerprint(self._folders, node["inputs"]))
            except (OSError, KeyError, TypeError):
                parts.append(["unreadable", id(self)])
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
