"""Models and LoRAs: the way from a sampler's `model` input back to the files it was loaded from."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects import lora_tags, strings
from oelala_desktop.metadata.dialects.graph import PIPES, Graph, Inputs, name_of

#: inputs that name a model file
_NAME_KEYS = frozenset(
    {
        "unet_name",
        "ckpt_name",
        "model_name",
        "gguf_name",
        "checkpoint",
        "base_ckpt_name",
        "base_model",
        "model_path",
        "model",
    }
)
#: inputs that carry a model or a stack of LoRAs onwards
_FOLLOWED = frozenset(
    {"model", "model1", "model2", "lora", "prev_lora", "lora_stack", "optional_lora_stack", "prev_lora_stack", "loras",
     "any", "input", "value", "anything", "MODEL", ""}
)  # fmt: skip
#: inputs of nodes with a model in which a LoRA may be named
_WORDS = (*strings.RESOLVED, "text", "wildcard_text", "prompt", "positive", "lora_string", "prompt_text")
_NOT_MODELS = frozenset({"clip", "vae", "image", "images", "text", "latent", "samples", "positive", "negative", "mask"})
_NUMBERED = re.compile(r"(?:lora_name|lora_path|lora)_0*(\d{1,3})(?:_name)?")
_STRENGTHS = (
    "strength_model",
    "strength",
    "lora_strength",
    "model_strength",
    "strengthModel",
    "lora_model_strength",
    "lora_wt",
    "weight",
)
_NUMBERED_STRENGTHS = (
    "strength_{}", "lora_{}_strength", "model_weight_{}", "lora_wt_{}", "model_str_{}", "lora_weight_{}",
    "strength_model_{}", "weight_{}", "lora_{}_model_strength", "lora_strength_{}",
)  # fmt: skip
_ADVANCED_STRENGTHS = ("model_str_{}", "lora_{}_model_strength", *_NUMBERED_STRENGTHS)
_OFF = (False, "Off", "off", "disabled", "None")
#: inputs that turn a node off: by what they say, or by being set
_SWITCHES = ("toggle", "switch", "enabled")
_BYPASS = "bypass"
_NO_FILE = frozenset({"", "none"})

#: classes with one model in, one out
_SINGLE = frozenset(
    {"LoraLoaderModelOnly", "LoraLoader", "ModelSamplingSD3", "ModelSamplingAuraFlow", "PathchSageAttentionKJ",
     "TorchCompileModel", "CFGZeroStar", "ModelSamplingDiscrete"}
)  # fmt: skip

#: classes that load one model and take none
_LOADERS = frozenset({"UNETLoader", "UnetLoaderGGUF", "UnetLoaderGGUFAdvancedDisTorch2MultiGPU"})

LoraUse = tuple[str, float]


class ModelChain:
    """What was found between a sampler and its model files: `models` in the order they were met, `stacks` (the LoRAs of
    a node and which node it is) in the order they were applied, `shift` of the sampling node nearest to the sampler."""

    __slots__ = ("models", "shift", "stacks")

    def __init__(self) -> None:
        self.models: list[str] = []
        self.stacks: list[tuple[str, list[LoraUse]]] = []
        self.shift: float | None = None


def follow(graph: Graph, link: Any) -> ModelChain:
    """Walk back along `link`."""
    chain = ModelChain()
    stacks = chain.stacks
    pending: list[Any] = [link]
    nodes = graph.nodes
    seen: set[str] = set()
    while pending and len(seen) < limits.GRAPH_STEPS and len(stacks) < limits.GRAPH_PARTS:
        value = pending.pop()
        # the usual link without a call in between
        if type(value) is not list or len(value) != 2:
            continue
        node_id = value[0] if type(value[0]) is str else graph.target(value)
        if node_id is None or node_id in seen or node_id not in nodes:
            continue
        seen.add(node_id)
        node = nodes[node_id]
        inputs = node.get("inputs")
        if type(inputs) is not dict:
            continue
        kind = node["class_type"]
        # The usual nodes first: one model in and out, one thing to tell.
        if kind in _SINGLE:
            if "lora_name" in inputs:
                stacks.append((node_id, loras_of(graph, inputs)))
            elif "shift" in inputs:
                _take_shift(graph, inputs, chain)
            pending.append(inputs.get("model"))
        elif kind in _LOADERS and type(inputs.get("unet_name")) is str:
            _name(chain, inputs["unet_name"])
        else:
            pending += _visit(graph, node_id, chain)
    stacks.reverse()
    return chain


def _take_shift(graph: Graph, inputs: Inputs, chain: ModelChain) -> None:
    if chain.shift is None:
        shift = inputs["shift"]
        chain.shift = jsontext.number(graph.literal(shift, "shift") if type(shift) is list else shift)


def _visit(graph: Graph, node_id: str, chain: ModelChain) -> list[Any]:
    """Take what one node tells; the links that lead on from it, the one to take first last."""
    inputs = graph.inputs(node_id)
    onwards = []
    named = stacked = False
    for key, value in inputs.items():
        kind = type(value)
        if kind is list:
            # a model of its own replaces the one in the pipe
            if key in _FOLLOWED or (key in PIPES and "model" not in inputs):
                onwards.append(value)
        elif key in _NAME_KEYS and type(name := name_of(value)) is str:
            named = _name(chain, name) or named
        stacked = stacked or "lora" in key
    uses = loras_of(graph, inputs) if stacked and not _is_off(graph, inputs) else []
    if not uses and "loras" not in inputs:
        uses = _of_words(graph, node_id, inputs)
    if uses:
        chain.stacks.append((node_id, uses))
    if "shift" in inputs:
        _take_shift(graph, inputs, chain)
    if not onwards and not named:
        onwards = [value for key, value in inputs.items() if type(value) is list and key not in _NOT_MODELS]
    if len(onwards) > 1:
        onwards.reverse()
    return onwards


def _of_words(graph: Graph, node_id: str, inputs: Inputs) -> list[LoraUse]:
    """The LoRAs that a node loads because its words name them."""
    words = next((inputs[key] for key in _WORDS if inputs.get(key)), "")
    if type(words) is list and ("ora" in graph.class_type(node_id) or "ildcard" in graph.class_type(node_id)):
        words = strings.of(graph, "positive").at(words)
    if type(words) is not str or not any(mark in words for mark in lora_tags.MARKS):
        return []
    return lora_tags.loras(words)[: limits.GRAPH_PARTS]


def _file(value: str) -> str | None:
    """The name of a file; None for what a list offers as its empty choice (`None`, `none`, nothing at all)."""
    # names of files are longer, so most need no second look
    if len(value) < 8 and value.strip().casefold() in _NO_FILE:
        return None
    return jsontext.string(value)


def _name(chain: ModelChain, value: str) -> bool:
    name = _file(value)
    if name is None:
        return False
    if name not in chain.models and len(chain.models) < limits.GRAPH_PARTS:
        chain.models.append(name)
    return True


def loras_of(graph: Graph, inputs: Inputs) -> list[LoraUse]:
    """The LoRAs that one node applies, whichever of the known ways it names them."""
    name, strength = inputs.get("lora_name"), inputs.get("strength_model")
    if type(name) is str and type(strength) is float and (file := _file(name)) is not None:
        return [(file, strength)]
    found: list[LoraUse] = []
    if _is_off(graph, inputs):
        return found
    name = name_of(graph.literal(inputs.get("lora_name", inputs.get("lora")), "lora_name"))
    if type(name) is str:
        _add(found, name, _strength(graph, inputs, _STRENGTHS))
    for key, value in inputs.items():
        if type(value) is dict:
            _add_entries(found, [value] if "lora" in value else value.get("__value__"))
        elif type(value) is list and key == "loras":
            _add_entries(found, value)
        elif key[:4] == "lora" and type(value) is str and (match := _NUMBERED.fullmatch(key)):
            _add_numbered(found, graph, inputs, match[1], key, value)
    return found


def _is_off(graph: Graph, inputs: Inputs) -> bool:
    """Whether a node hands on what it is given as it is."""
    if _BYPASS in inputs and graph.literal(inputs[_BYPASS], "value") is True:
        return True
    return any(key in inputs and graph.literal(inputs[key], "value") in _OFF for key in _SWITCHES)


def _add(found: list[LoraUse], name: str, strength: float | None) -> None:
    file = _file(name)
    if file is not None and len(found) < limits.GRAPH_PARTS:
        found.append((file, 1.0 if strength is None else strength))


def _strength(graph: Graph, inputs: Inputs, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        if key in inputs:
            return jsontext.number(graph.literal(inputs[key], key))
    return None


def _add_entries(found: list[LoraUse], entries: Any) -> None:
    """Power Lora Loader's `{on, lora, strength}` and the LoRA manager's `{name, strength, active}`."""
    if type(entries) is not list:
        return
    for entry in entries:
        if type(entry) is not dict or entry.get("on", entry.get("active", True)) is False:
            continue
        name = entry.get("lora", entry.get("name"))
        if type(name) is str:
            _add(found, name, jsontext.number(entry.get("strength")))


def _add_numbered(found: list[LoraUse], graph: Graph, inputs: Inputs, index: str, key: str, name: str) -> None:
    """Stack nodes: `lora_name_1`, `lora_wt_1`, `switch_1`, `lora_count`; or `lora_1_name`, `num_loras`."""
    count = jsontext.integer(inputs.get("lora_count", inputs.get("num_loras")))
    if (count is not None and int(index) > count) or inputs.get(f"switch_{index}") in _OFF:
        return
    # such a node has the strengths of both modes and uses one
    advanced = "advanced" in (inputs.get("input_mode"), inputs.get("mode"))
    stems = _ADVANCED_STRENGTHS if advanced else _NUMBERED_STRENGTHS
    padded = key.removesuffix("_name").rpartition("_")[2]
    keys = tuple(stem.format(number) for stem in stems for number in (padded, index))
    _add(found, name, _strength(graph, inputs, keys))
