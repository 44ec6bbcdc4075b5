"""Prompts: the way from a sampler's conditioning back to the words that were encoded."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects import strings
from oelala_desktop.metadata.dialects.graph import BUNDLES, PIPES, Graph, Inputs, bundle

#: literals of text encoders, in the order they are shown
_TEXT_KEYS = (
    "text", "prompt", "text_g", "text_l", "prompt_g", "prompt_l", "clip_l", "clip_g", "t5xxl", "bert", "mt5xl",
    "llama", "positive_prompt", "caption", "tags", "wildcard_text", "user_prompt",
)  # fmt: skip
_SKIPPED = frozenset(
    {"clip", "model", "vae", "image", "images", "pixels", "latent", "samples", "mask", "control_net", "noise",
     "clip_vision", "clip_vision_output", "start_image", "end_image", "style_model", "delimiter",
     "nag_text_embeds"}
)  # fmt: skip
_TEXT_NAMES = frozenset(_TEXT_KEYS)
#: inputs of nodes whose first output is no conditioning
_GIVEN_FIRST = PIPES | {"model", "ckpt_name", "base_ckpt_name", "unet_name"}
_NEGATIVE_WORDS = re.compile(
    r"\b(?:worst|bad|ugly|blurry|low[ -]quality|lowres|deformed|disfigured|mutated|watermark)\b", re.IGNORECASE
)
NEGATIVE = "negative"
POSITIVE = "positive"


def looks_negative(text: str) -> bool:
    """Whether the words are those of negative prompts. A guess, for texts that no link places."""
    return _NEGATIVE_WORDS.search(text) is not None


def _sides_by_slot(inputs: Inputs) -> bool:
    """Whether a node with both sides gives them out first. One that loads or takes a model gives that first, and one
    with a pipe gives the pipe."""
    return _GIVEN_FIRST.isdisjoint(inputs)


def words(graph: Graph, link: Any, side: str) -> tuple[str | None, bool]:
    """The words at the end of a conditioning link, and whether the link settles it (words found, or set to zero)."""
    at = link
    for _ in range(4):
        # The usual way first: through nodes with both sides to an encoder with one literal text.
        node_id = graph.target(at)
        if node_id is None:
            break
        inputs = graph.inputs(node_id)
        if POSITIVE in inputs and _sides_by_slot(inputs):
            at = inputs.get(NEGATIVE if at[1] == 1 else POSITIVE) if at[1] in (0, 1) else None
        elif graph.nodes[node_id]["class_type"] == "CLIPTextEncode" and type(inputs.get("text")) is str:
            return jsontext.string(inputs["text"]), True
        else:
            break
    return _walked(graph, link, side)


def _walked(graph: Graph, link: Any, side: str) -> tuple[str | None, bool]:
    walk = Words(graph, side).follow(link)
    text = walk.text()
    return text, text is not None or walk.settled


class Words:
    """One walk towards the words of one side (`positive` or `negative`)."""

    __slots__ = ("_graph", "_seen", "_side", "_strings", "found", "settled")

    def __init__(self, graph: Graph, side: str) -> None:
        self._graph = graph
        self._side = side
        self._strings = strings.of(graph, side)
        self._seen: set[tuple[str, Any]] = set()
        self.found: list[str] = []
        #: that there are no words is known: the conditioning was set to zero, or its text was made and not kept
        self.settled = False

    def text(self) -> str | None:
        """What was found; several texts one below the other."""
        if not self.found:
            return None
        return self.found[0] if len(self.found) == 1 else "\n".join(dict.fromkeys(filter(None, self.found)))

    def follow(self, link: Any) -> Words:
        """Walk back along a conditioning link."""
        pending = [link]
        while pending and len(self._seen) < limits.GRAPH_STEPS and len(self.found) < limits.GRAPH_PARTS:
            link = pending.pop()
            node_id = self._graph.target(link)
            if node_id is None:
                continue
            slot = link[1] if type(link[1]) in (int, str) else None
            if (node_id, slot) in self._seen:
                continue
            self._seen.add((node_id, slot))
            if self._graph.class_type(node_id) == "ConditioningZeroOut":
                self.settled = True
                continue
            pending += reversed(self._step(self._graph.inputs(node_id), slot))
        return self

    def _step(self, inputs: Inputs, slot: Any) -> list[Any]:
        """Take the words of a node, or the links that lead on from it."""
        if NEGATIVE in inputs and POSITIVE in inputs:
            return self._two_sided(inputs, slot)
        if self._side == NEGATIVE and "negative_prompt" in inputs:
            self._take(inputs["negative_prompt"])
            return []
        for key in strings.RESOLVED:
            if inputs.get(key) and self._take(inputs[key]):
                return []
        taken = False
        for key in _TEXT_KEYS:
            if key in inputs:
                taken = self._take(inputs[key]) or taken
                self.settled = self.settled or self._graph.target(inputs[key]) is not None
        if taken:
            return []
        links = {key: value for key, value in inputs.items() if type(value) is list and key not in _TEXT_NAMES}
        for mark in (self._side, "cond"):
            onwards = [value for key, value in links.items() if mark in key]
            if onwards:
                return onwards
        # a side that is given beside a pipe replaces that side of the pipe alone
        other = None if BUNDLES.isdisjoint(links) else POSITIVE if self._side == NEGATIVE else NEGATIVE
        skipped = _SKIPPED | {other}
        return [bundle(value) if key in BUNDLES else value for key, value in links.items() if key not in skipped]

    def _two_sided(self, inputs: Inputs, slot: Any) -> list[Any]:
        """A node with both sides: texts are chosen by side, conditionings by the slot that the link comes from."""
        mine = inputs[self._side]
        if type(mine) is not list:
            self._take(mine)
            return []
        if not _sides_by_slot(inputs):
            # its sides are texts or conditionings
            return [] if self._take(mine) else [mine]
        if type(slot) is int and slot in (0, 1):
            mine = inputs[NEGATIVE if slot else POSITIVE]
        return [mine]

    def _take(self, value: Any) -> bool:
        """Keep a text, written out or at the end of a link."""
        text = self._strings.at(value)
        if text is None:
            return False
        if text not in self.found:
            self.found.append(text)
        return True


def loose_texts(graph: Graph) -> list[str]:
    """Texts of all encoders, for a graph in which no sampler leads to them."""
    texts: list[str] = []
    for node_id in list(graph.nodes)[: limits.GRAPH_STEPS]:
        kind = graph.class_type(node_id)
        if "Encode" not in kind and "rompt" not in kind:
            continue
        inputs = graph.inputs(node_id)
        resolved = next((key for key in strings.RESOLVED if inputs.get(key)), None)
        if resolved is None and strings.makes_text(kind, inputs):
            continue
        for key in (*_TEXT_KEYS, "negative_prompt") if resolved is None else (resolved,):
            text = jsontext.string(graph.literal(inputs.get(key), "text"))
            if text and text not in texts and len(texts) < limits.GRAPH_PARTS:
                texts.append(text)
    return texts
