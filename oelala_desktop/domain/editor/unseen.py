"""Nodes that no server is given, since they say or do something in the editor alone."""

from __future__ import annotations

from .document import Node

_NOTES = frozenset({"Note", "MarkdownNote"})
_SUFFIX = " (rgthree)"
#: of that pack: wired to nodes, to mute and bypass them
_ACTING = frozenset(
    {
        *("Fast Muter", "Fast Bypasser", "Fast Actions Button", "Node Collector", "Random Unmuter"),
        *("Mute / Bypass Relay", "Mute / Bypass Repeater"),
    }
)
#: whose links a document holds as if they had been drawn
_SENDING = ("Anything Everywhere", "Prompts Everywhere")


def is_unseen(node: Node) -> bool:
    """Whether it is one, if the server has no class of that name."""
    if node.type.endswith(_SUFFIX):
        return node.type.removesuffix(_SUFFIX) in _ACTING or all(slot.link is None for slot in node.inputs)
    return node.type in _NOTES or node.type.startswith(_SENDING)
