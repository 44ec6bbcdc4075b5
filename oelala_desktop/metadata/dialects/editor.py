"""Parts of a graph as ComfyUI's editor saves it; nothing about them is certain."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]
#: what a node's `mode` says if it did not run
MUTED, BYPASSED = 2, 4
#: inputs or outputs of one node that are looked at, as many as any real one has
_SOCKETS = 256


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty if it is none."""
    return [entry for entry in value if type(entry) is dict] if type(value) is list else []


def sockets(node: Node, side: str) -> list[dict[str, Any]]:
    """The `inputs` or `outputs` of a node."""
    found = node.get(side)
    return objects(found[:_SOCKETS]) if type(found) is list else []
