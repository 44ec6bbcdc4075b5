"""In which order a graph's nodes run: as ComfyUI picks them, so that results show up as early as there."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Set

from oelala_desktop.sketch.graph import Graph, links, sources
from oelala_desktop.sketch.nodes.definition import NodeClass


def schedule(graph: Graph, outputs: Iterable[str], catalog: Mapping[str, NodeClass], have: Set[str]) -> list[str]:
    """What must run to make these outputs when the nodes in `have` need not run. Outputs themselves are always listed.

    Of the nodes that can run, an output comes first, then one that leads to an output in one step, then one that does
    in two, then the one that was found first on the way back from the outputs. The graph must have no cycle."""
    return _Schedule(graph, catalog, have).of(outputs)


class _Schedule:
    """`blocking` are the nodes that wait for one, in the order in which they were found; `waits_for` counts the
    other way; `place` is the order in which nodes were found."""

    def __init__(self, graph: Graph, catalog: Mapping[str, NodeClass], have: Set[str]) -> None:
        self._graph = graph
        self._catalog = catalog
        self._have = have
        self._blocking: dict[str, dict[str, None]] = {}
        self._waits_for: dict[str, int] = {}
        self._place: dict[str, int] = {}

    def of(self, outputs: Iterable[str]) -> list[str]:
        for output in outputs:
            self._add(output)
        ready = [(place, node_id) for node_id, place in self._place.items() if not self._waits_for[node_id]]
        listed: list[str] = []
        while ready:
            picked = self._pick([node_id for _, node_id in ready])
            ready.remove((self._place[picked], picked))
            listed.append(picked)
            for follower in self._blocking[picked]:
                self._waits_for[follower] -= 1
                if not self._waits_for[follower]:
                    insort(ready, (self._place[follower], follower))
        return listed

    def _add(self, output: str) -> None:
        """An output and all that it needs. A stack of our own bears any depth."""
        stack = [output]
        while stack:
            node_id = stack.pop()
            if node_id in self._place:
                continue
            self._place[node_id] = len(self._place)
            self._waits_for[node_id] = 0
            self._blocking.setdefault(node_id, {})
            for source in self._needed(node_id):
                stack.append(source)
                followers = self._blocking.setdefault(source, {})
                if node_id not in followers:
                    followers[node_id] = None
                    self._waits_for[node_id] += 1

    def _needed(self, node_id: str) -> list[str]:
        if node_id in self._have:
            return []
        needed = set(sources(self._graph, node_id, self._catalog)) - self._have
        # as the graph has them, which need not be the order in which the class declares them
        return [source for source, _ in links(self._graph, node_id, self._catalog).values() if source in needed]

    def _pick(self, ready: list[str]) -> str:
        for steps in range(3):
            for node_id in ready:
                if self._leads_to_output(node_id, steps):
                    return node_id
        return ready[0]

    def _leads_to_output(self, node_id: str, steps: int) -> bool:
        if steps == 0:
            return self._catalog[self._graph[node_id]["class_type"]].output_node
        return any(self._leads_to_output(follower, steps - 1) for follower in self._blocking[node_id])
