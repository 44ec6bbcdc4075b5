"""The prompts of a workflow: the texts that reach what a sampler is to make, and those of what it is to avoid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from oelala_desktop.domain import graph as edits

from .surface import Spot, Surface

_TEXTS = ("text", "prompt", "positive_prompt", "value", "string", "caption", "lyrics", "tags", "text_g", "text_l")
#: inputs of text that direct a node, and say nothing of what is made
_DIRECTING = frozenset(
    {"find", "replace", "delimiter", "separator", "system_prompt", "expression", "language", "voice"}
)
_DIRECTING |= {
    "filename_prefix",
    "format",
    "mode",
    "regex",
    "regex_pattern",
    "pattern",
    "reference_text",
    "key",
    "speaker",
}
#: nodes whose texts are a form that others are put into
_FORMING = re.compile(r"Replace|Regex|Json|Format|Template", re.IGNORECASE)
_SIDES = ("positive", "negative")
#: what gives a sampler nothing of the text that goes in
_EMPTYING = frozenset({"ConditioningZeroOut"})


def positives(surface: Surface) -> list[Spot]:
    """The likeliest prompt first; of a workflow that samples nothing, what its language model or voice is told."""
    found = dict.fromkeys(_reached(surface, "positive"))
    if not found:
        avoided = set(_reached(surface, "negative"))
        found = dict.fromkeys(spot for spot in _asking(surface) if spot not in avoided)
    return sorted(found, key=lambda spot: _rank(surface, spot))


def negatives(surface: Surface) -> list[Spot]:
    wanted = set(_reached(surface, "positive"))
    return [spot for spot in dict.fromkeys(_reached(surface, "negative")) if spot not in wanted]


def _reached(surface: Surface, side: str) -> Iterator[Spot]:
    """From every node that is given that side: of guiders without sides, the one that they have is the positive."""
    seen: set[str] = set()
    for node in surface.alive:
        inputs = surface.inputs(node)
        if side in inputs and edits.is_link(inputs[side]):
            yield from _from(surface, Spot(node, side), side, seen)
        elif side == "positive" and not inputs.keys() & set(_SIDES) and surface.is_guider(node):
            yield from _from(surface, Spot(node, "conditioning"), side, seen)
        for name in (f"{side}_prompt", f"text_{side}", side):
            if isinstance(inputs.get(name), str) or (name != side and edits.is_link(inputs.get(name))):
                yield from _texts(surface, node, name)


def _from(surface: Surface, start: Spot, side: str, seen: set[str]) -> Iterator[Spot]:
    """All texts behind a conditioning, through whatever lies between, but for the nodes that were `seen` before."""
    ahead = [start]
    while ahead:
        value = surface.value(ahead.pop())
        if not edits.is_link(value) or value[0] in seen or value[0] not in surface.graph:
            continue
        source = value[0]
        seen.add(source)
        if surface.type(source) in _EMPTYING:
            continue
        inputs = surface.inputs(source)
        texts = [n for n in inputs if _is_text(surface, Spot(source, n))]
        for text in _of(texts, side, inputs):
            yield from _texts(surface, source, text)
        onwards = [side] if side in inputs and edits.is_link(inputs[side]) else []
        ahead += [Spot(source, n) for n in onwards or inputs if onwards or _leads_on(surface, source, n)]


def _leads_on(surface: Surface, node: str, name: str) -> bool:
    """Whether a conditioning goes in there."""
    if not edits.is_link(surface.inputs(node)[name]):
        return False
    known = surface.described(Spot(node, name))
    if known is not None and known.type not in ("*", "COMFY_MATCHTYPE_V3"):
        return "CONDITIONING" in known.type or known.type in ("GUIDER", "WANVIDEOTEXTEMBEDS")
    return name.startswith(("conditioning", "any", "input", "on_", "positive", "negative", "value", "cond"))


def _is_text(surface: Surface, spot: Spot) -> bool:
    """Whether a text of what is to be seen goes in there, as it is or by a link."""
    name = spot.input.rpartition(".")[2]
    if name in _DIRECTING:
        return False
    value = surface.inputs(spot.node)[spot.input]
    known = surface.described(spot)
    if known is not None:
        return known.type == "STRING" and known.choices is None and (known.is_multiline or _is_named(name))
    return _is_named(name) and (isinstance(value, str) or edits.is_link(value))


def _is_named(name: str) -> bool:
    return name in _TEXTS or name.endswith(("_prompt", "_text")) or name in _SIDES


def _of(texts: list[str], side: str, inputs: Mapping[str, object]) -> list[str]:
    """Those of that side, of an encoder with texts of both."""
    avoids = {n for n in inputs if n.rpartition(".")[2].startswith(("neg", "text_neg"))}
    return [n for n in texts if (n in avoids) == (side == "negative")] if avoids else texts


def _texts(surface: Surface, node: str, name: str) -> Iterator[Spot]:
    """The texts that one text is made of: those of the side taken first."""
    for one in sorted(surface.behind(node, name), key=lambda one: not one.is_taken):
        is_said = surface.kind(one.spot) in ("text", "line") and isinstance(surface.value(one.spot), str)
        if is_said and one.spot.input.rpartition(".")[2] not in _DIRECTING:
            yield one.spot


def _asking(surface: Surface) -> Iterator[Spot]:
    """Texts of several lines of a workflow that samples nothing: of language models and sounds."""
    for spot in surface.spots():
        if surface.kind(spot) == "text" and _is_text(surface, spot):
            yield spot


def directs(surface: Surface, spot: Spot) -> bool:
    """Whether a text tells a language model what to do, or is a form that others are put into, and not the prompt."""
    words = f"{surface.title(spot.node)} {spot.input}".casefold()
    return "system" in words or "instruction" in words or bool(_FORMING.search(surface.type(spot.node)))


def _rank(surface: Surface, spot: Spot) -> tuple[bool, bool, bool]:
    """An empty text seldom is the prompt, and what is called so is it before others."""
    words = f"{surface.title(spot.node)} {spot.input}".casefold()
    named = "prompt" in words or spot.input in ("text", "value", "positive_prompt")
    return directs(surface, spot), not named, not surface.value(spot)
