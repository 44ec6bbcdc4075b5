"""Nodes that no server is given, since they say or do something in the editor alone."""

from __future__ import annotations

from oelala_desktop.domain.errors import InvalidPreset

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
_GROUPS = ("workflow>", "workflow/")
_LONGEST_NAME = 60  # characters of it in a sentence
#: whose links a document holds as if they had been drawn
_SENDING = ("Anything Everywhere", "Prompts Everywhere")


def is_unseen(node: Node) -> bool:
    """Whether it is one, if the server has no class of that name."""
    if node.type.endswith(_SUFFIX):
        return node.type.removesuffix(_SUFFIX) in _ACTING or all(slot.link is None for slot in node.inputs)
    return node.type in _NOTES or node.type.startswith(_SENDING)


def refuse_group(node: Node) -> None:
    """Raises InvalidPreset for what the editor had before subgraphs: no server has a class of that name."""
    if node.type.startswith(_GROUPS):
        raise InvalidPreset(
            f"The node “{(node.title or node.type)[:_LONGEST_NAME]}” is a group node of the editor's older kind. Open"
            " the workflow in ComfyUI, convert it to nodes or to a subgraph, and save it again."
        )
