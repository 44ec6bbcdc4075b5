"""Words that a node was handed by other nodes: written there, joined, replaced, chosen, or made by a language model and
shown by a node that shows texts."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects.graph import Graph, Inputs
from oelala_desktop.metadata.dialects.text_nodes import Given, operation

#: inputs of nodes that only hold or join texts
_STRING_KEY = re.compile(
    r"(?:text|string|str|prompt|part|phrase|line|strings?\.\w+)_?(?:\d{1,2}|[a-h])?|value|prefix|suffix|wildcard_text"
    r"|user_prompt|input|any|anything|source|"
)
#: names of inputs that hold a text, where none of the usual ones is there
_HOLDS = re.compile("text|prompt|string|wildcard")
#: inputs that carry no text
_NO_TEXT = frozenset({"image", "images", "pixels", "mask", "samples", "latent", "model", "clip", "vae"})
#: inputs of one node that are looked at; no real one has as many
_INPUTS = 256
#: what a template or a model's answer became when the graph was run; what lies beside it was not used
RESOLVED = ("populated_text", "generated_text", "generated_prompt", "enhanced_prompt", "response", "result")
#: nodes whose text is made as they run, by a model, by chance or out of a file or picture
_MAKER = re.compile(
    r"llm|llama|ollama|gpt|gemini|claude|openai|groq|mistral|deepseek|qwen|florence|joy|caption|interrogat|tagger|vlm"
    r"|enhanc|expan[ds]|super_?prompt|random|wildcard|dynamic|translat|textgenerate|describe|moondream|grok|load.?line|line.?from",
    re.IGNORECASE,
)
_TEMPLATES = re.compile("wildcard|dynamic|random", re.IGNORECASE)
#: inputs that only a model's node has
_MAKER_KEYS = frozenset(
    {"system_prompt", "system_message", "system", "max_tokens", "max_new_tokens", "max_length", "temperature", "top_p",
     "keep_alive", "api_key", "num_predict", "custom_system_prompt", "instruction", "llm_model"}
)  # fmt: skip
_SHOWS = re.compile(
    r"(?:show|display|preview).{0,8}(?:text|any|string)|(?:text|string).{0,3}(?:show|display)", re.IGNORECASE
)
#: where nodes that show a text keep it
_SHOWN = ("text_0", "text_1", "text2", "preview_text", "preview_markdown", "preview", "shown_text", "displayed_text",
          "text", "string", "output", "value", "anything")  # fmt: skip
_TEMPLATE = re.compile(r"\{[^{}|]{0,2000}\|[^{}]{0,2000}\}|__[\w/*-]{1,100}?__")
#: classes that hold a text for each of their outputs, and where
_OUTPUTS = {
    "Text String": ("text", "text_b", "text_c", "text_d"),
    "CustomCombo": ("choice",),
    "DF_Text_Box": ("Text",),
}  # fmt: skip
#: the place of a part in the whole, by the end of its name
_PLACE = re.compile(r"(?:text|string|str|prompt|part|phrase|line|\.\w+?)_?(?:(\d{1,3})|([a-h]))")
_ENDS = {"prefix": -1, "suffix": _INPUTS}
_DEPTH = 64
#: characters that may be put together on the way to one prompt
_ROOM = 4 * limits.MIB


def makes_text(kind: str, inputs: Inputs) -> bool:
    """Whether a node's words are an instruction or a template, and not what it hands on."""
    return not _MAKER_KEYS.isdisjoint(inputs) or _MAKER.search(kind) is not None


def of(graph: Graph, side: str) -> Strings:
    """The one that a graph has for a side: what was found for one link need not be found again for another."""
    found = graph.strings.get(side)
    if found is None:
        found = graph.strings[side] = Strings(graph, side)
    return found


class Strings:
    """Texts at the ends of links, for one side (`positive` or `negative`) of the conditioning."""

    __slots__ = ("_given", "_graph", "_known", "_room", "_shown", "_side", "_unsure")

    def __init__(self, graph: Graph, side: str) -> None:
        self._graph = graph
        self._side = side
        self._known: dict[tuple[str, Any], tuple[str | None, bool]] = {}
        self._given = Given()
        self._shown: dict[tuple[str, Any], str] | None = None
        self._room = _ROOM
        #: what was found last is an instruction or a template, or lacks a part
        self._unsure = False

    def at(self, value: Any, depth: int = 0) -> str | None:
        """A literal text as it is, a link's as far as it can be told; None if there is none or it cannot be told."""
        if type(value) is str:
            return jsontext.string(value)
        node_id = self._graph.target(value)
        if node_id is None or depth > _DEPTH:
            return None
        slot = value[1] if type(value[1]) in (int, str) else None
        mark = (node_id, slot)
        if mark in self._known:
            text, unsure = self._known[mark]
            self._unsure = self._unsure or unsure
            return text
        # a link that leads back here finds nothing
        self._known[mark] = None, False
        before, self._unsure = self._unsure, False
        text = self._of_node(node_id, slot, depth)
        if text is None or self._unsure or _TEMPLATE.search(text[:20_000]):
            shown = self._shown_at(mark)
            text, self._unsure = (text, True) if shown is None else (shown, False)
        self._room -= len(text or "")
        text = text if self._room > 0 else None
        self._known[mark] = text, self._unsure
        self._unsure = self._unsure or before
        return text

    def _of_node(self, node_id: str, slot: Any, depth: int) -> str | None:
        kind, inputs = self._graph.class_type(node_id), self._graph.inputs(node_id)
        held = _OUTPUTS.get(kind)
        if held is not None:
            return self.at(inputs.get(held[slot]), depth + 1) if type(slot) is int and slot < len(held) else None
        for key in (f"{self._side}_prompt", self._side, f"text_{self._side}", f"prompt_{self._side}"):
            if key in inputs:
                return self.at(inputs[key], depth + 1)
        for key in RESOLVED:
            if inputs.get(key):
                return self.at(inputs[key], depth + 1)
        if _SHOWS.search(kind):
            return self._of_showing(inputs, depth)
        apply = operation(kind, inputs)
        if apply is not None:
            before, self._given.value = self._given.value, lambda key: self._value(inputs.get(key), depth + 1)
            try:
                return apply(inputs, self._given)
            finally:
                self._given.value = before
        if makes_text(kind, inputs):
            self._unsure = True
            return self._template(kind, inputs)
        return self._joined(inputs, depth)

    def _template(self, kind: str, inputs: Inputs) -> str | None:
        """A wildcard's template is at least what was typed; an instruction to a model is not the prompt."""
        if not _MAKER_KEYS.isdisjoint(inputs) or not _TEMPLATES.search(kind):
            return None
        template = next((inputs[k] for k in ("wildcard_text", "text", "prompt") if type(inputs.get(k)) is str), None)
        # of several lines one was taken
        return None if template is None or ("andom" in kind and "\n" in template) else template

    def _value(self, value: Any, depth: int) -> Any:
        """An input of an operation: a text, or a plain value such as a switch."""
        if type(value) is list:
            text = self.at(value, depth)
            return self._graph.literal(value, "value") if text is None else text
        return value

    def _of_showing(self, inputs: Inputs, depth: int) -> str | None:
        """What is shown is what came in, unless that is known better."""
        given = next((value for value in inputs.values() if type(value) is list and self._graph.target(value)), None)
        text = self.at(given, depth + 1)
        if text is None or self._unsure:
            shown = shown_text(inputs)
            if shown is not None:
                text, self._unsure = shown, False
        return text

    def _joined(self, inputs: Inputs, depth: int) -> str | None:
        parts = [key for key in islice(inputs, _INPUTS) if _STRING_KEY.fullmatch(key)]
        if len(parts) > 1:
            # the editor writes what was typed before what is linked
            parts.sort(key=_place)
        found = [self.at(inputs[key], depth + 1) for key in parts]
        texts = [text for text in found if text]
        if not found:
            # a node that only holds a text or hands something on, by whatever name
            held: list[Any] = [value for key, value in inputs.items() if type(value) is str and _HOLDS.search(key)]
            held = held or [value for key, value in inputs.items() if type(value) is list and key not in _NO_TEXT]
            return self.at(held[0], depth + 1) if len(held) == 1 else None
        if not texts:
            return "" if "" in found else None
        if len(texts) == 1:
            return texts[0]
        delimiter = self._value(inputs.get("delimiter", inputs.get("separator", " ")), depth + 1)
        delimiter = delimiter.replace("\\n", "\n") if type(delimiter) is str else " "
        if sum(map(len, texts)) > self._room:
            return None
        return delimiter.join(texts)[: limits.PROMPT]

    def _shown_at(self, mark: tuple[str, Any]) -> str | None:
        """The text of a node that hangs on the same output to show it."""
        if self._shown is None:
            self._shown = {}
            for node_id in islice(self._graph.nodes, limits.GRAPH_STEPS):
                if not _SHOWS.search(self._graph.class_type(node_id)):
                    continue
                inputs = self._graph.inputs(node_id)
                text = shown_text(inputs)
                for value in islice(inputs.values(), _INPUTS) if text else ():
                    target = self._graph.target(value)
                    if target is not None and text is not None and type(value[1]) in (int, str):
                        self._shown.setdefault((target, value[1]), text)
        return self._shown.get(mark)


def _place(key: str) -> int:
    match = _PLACE.fullmatch(key[key.find(".") :] if "." in key else key)
    if match is None:
        return _ENDS.get(key, 0)
    return int(match[1]) if match[1] else ord(match[2]) - ord("a")


def shown_text(inputs: Inputs) -> str | None:
    """What a node that shows a text has kept of it; a list is the texts of several runs, of which the first counts."""
    for key in _SHOWN:
        value = inputs.get(key)
        if type(value) is dict:
            value = value.get("__value__")
        if type(value) is list:
            value = next((part for part in value[:1] if type(part) is str and len(value) != 2), None)
        if type(value) is str and value:
            return jsontext.string(value)
    return None
