"""What comes of a workflow of the editor's: the graph, what a server lacks for it, and what its author shows of it."""

from __future__ import annotations

from dataclasses import dataclass

from oelala_desktop.domain.graph import Graph

_OWN_PACK = "comfy-core"


@dataclass(frozen=True, slots=True)
class Missing:
    """A class that the server lacks; `pack` as the file names it, "" if it does not."""

    class_type: str
    pack: str = ""

    def __str__(self) -> str:
        """With the pack that brings it; what is ComfyUI's own is so in another version, or switched off."""
        pack = "part of ComfyUI" if self.pack == _OWN_PACK else self.pack
        return f"{self.class_type} ({pack})" if pack else self.class_type


@dataclass(frozen=True, slots=True)
class Shown:
    """An input of a node of the graph, and what its author calls it ("" where the node says it)."""

    node: str
    input: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """`shown` are the controls that the nodes of subgraphs show, `chosen` those that the author put before all others
    (the editor's app mode), in their order."""

    graph: Graph
    missing: tuple[Missing, ...] = ()
    shown: tuple[Shown, ...] = ()
    chosen: tuple[Shown, ...] = ()
