"""Frames that are multiplied: of n come (n − 1) × m + 1, at m times the rate, so that the video lasts as long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import graph as edits
from .graph_inputs import take_out


@dataclass(frozen=True, slots=True)
class Times:
    """m is the setting `key`. The rate that comes of it goes into `rate`, which is as given where m is 1. `nodes` are
    titles of those that do it; they go where it is 1: what such a node was given at `through` goes on, and one without
    that input just goes."""

    key: str
    rate: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    through: str = ""

    def count(self, values: Mapping[str, Any], default: object) -> int:
        wished = values.get(self.key)
        return int(str(default if wished is None else wished))

    def apply(self, graph: edits.Graph, count: int, rate: float) -> None:
        """`rate` is that of the result, 0 while that is not known."""
        if count == 1:
            take_out(graph, {edits.find_node(graph, title): self.through for title in self.nodes})
            return
        for target in self.rate if rate else ():
            edits.set_input(graph, target, rate)
