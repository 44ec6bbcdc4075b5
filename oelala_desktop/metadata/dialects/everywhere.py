"""Links that are not drawn: "Use Everywhere" nodes hand what they are given to every free input of the same type.

The editor saves the links that it made of it (`ue_links`); where it did not, they are made here from the nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects.editor import BYPASSED, MUTED, Node, sockets

#: a node, by its id as text, and the number of its input
Place = tuple[str, int]
#: node and output that a link comes from
Origin = tuple[Any, Any]

_SIMPLE = re.compile(r"\w+")
_SIDES = ("pos", "neg")


def links(drawn: Node, nodes: dict[Any, Node], known: dict[Any, Origin]) -> dict[Place, Origin]:
    """What free inputs are given without a drawn link; `known` are the drawn links by number."""
    senders = [node for node in nodes.values() if "verywhere" in jsontext.word(node.get("type"))]
    extra = drawn.get("extra")
    saved = extra.get("ue_links") if type(extra) is dict else None
    if type(saved) is list and saved:
        by_text = {str(node_id): node_id for node_id in nodes}
        return {place: origin for entry in saved[: limits.PARTS] for place, origin in _saved(entry, by_text)}
    if not senders:
        return {}
    offers = [offer for node in senders[: limits.GRAPH_PARTS] for offer in _offers(node, known)]
    return {place: origin for place, origin in _taken(nodes.values(), offers[: limits.GRAPH_PARTS])}


def _saved(entry: Any, by_text: dict[str, Any]) -> Iterator[tuple[Place, Origin]]:
    if type(entry) is dict:
        slot, origin = entry.get("downstream_slot"), by_text.get(jsontext.word(entry.get("upstream")))
        from_slot = entry.get("upstream_slot")
        if type(slot) is int and origin is not None and type(from_slot) is int:
            yield (jsontext.word(entry.get("downstream")), slot), (origin, from_slot)


def _offers(node: Node, known: dict[Any, Origin]) -> Iterator[tuple[str, str, Origin]]:
    """Type, a part of the name that an input must have, and where it comes from."""
    if node.get("mode") in (MUTED, BYPASSED):
        return
    kind = jsontext.word(node.get("type"))
    if kind.startswith("Seed"):
        yield "INT", "seed", (node.get("id"), 0)
    values = node.get("widgets_values")
    wanted = values[1] if kind.endswith("?") and type(values) is list and len(values) > 1 else ""
    if type(wanted) is not str or (wanted not in ("", ".*") and not _SIMPLE.fullmatch(wanted)):
        return
    wanted = "" if wanted == ".*" else wanted
    for index, entry in enumerate(sockets(node, "inputs")):
        link, type_ = entry.get("link"), entry.get("type")
        if type(link) in (int, str) and link in known and type(type_) is str:
            part = _SIDES[index] if kind.startswith("Prompts") and index < len(_SIDES) else wanted
            yield type_, part, known[link]


def _taken(nodes: Iterable[Node], offers: list[tuple[str, str, Origin]]) -> Iterator[tuple[Place, Origin]]:
    for node in nodes:
        if "verywhere" in jsontext.word(node.get("type")):
            continue
        for index, entry in enumerate(sockets(node, "inputs")):
            name, type_ = entry.get("name"), entry.get("type")
            if entry.get("link") is not None or type(name) is not str:
                continue
            for offered, part, origin in offers:
                if offered == type_ and part in name and origin[0] != node.get("id"):
                    yield (jsontext.word(node.get("id")), index), origin
                    break
