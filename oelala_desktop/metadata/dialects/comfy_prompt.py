"""ComfyUI's `prompt` block: the graph in API form that was run. What counts is what the sampler was given."""

from __future__ import annotations

from typing import Any

from oelala_desktop.domain.generation import UsedLora, UsedModel
from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects import conditioning, loaders, savers, sizes, strings, switches
from oelala_desktop.metadata.dialects.graph import BUNDLE_KEYS, Graph, Inputs, bundle, name_of
from oelala_desktop.metadata.dialects.samplers import Pass, is_sampler, passes, sides
from oelala_desktop.metadata.dialects.written import Written

_OUTPUT_KEYS = frozenset({"images", "image", "video", "frames", "filename_prefix", "samples"})


def is_graph(value: dict[str, Any]) -> bool:
    """Whether an object is a graph in API form: some of its values are nodes."""
    return any(type(node) is dict and "class_type" in node for node in value.values())


def read(nodes: dict[str, Any], written: Written) -> dict[str, Any]:
    """GenerationInfo's fields as far as the graph tells them; of several outputs the one that the file is counts."""
    graph = Graph(nodes)
    samplers, outputs = _survey(graph)
    fields: dict[str, Any] = {}
    for node_id in outputs[: limits.GRAPH_PARTS]:
        rate = _rate(graph, graph.inputs(node_id))
        if rate is not None:
            fields["fps"] = rate
            break
    if samplers:
        chain, origin = _chain(graph, outputs, samplers, written)
        _read_passes(graph, chain, fields)
        sizes.read(graph, chain, origin, fields)
    else:
        _read_loose(graph, fields)
        if not fields["prompt"]:
            _read_service(graph, outputs, fields)
    return fields


#: class names that neither sample nor write, by their names; a cache, since every file repeats the same few
_PLAIN: set[str] = set()
_PLAIN_LIMIT = 4096


def _survey(graph: Graph) -> tuple[list[str], list[str]]:
    """Ids of samplers and of nodes that write or show results, in the graph's order."""
    try:
        notable = [node_id for node_id, node in graph.nodes.items() if node["class_type"] not in _PLAIN]
    except (TypeError, KeyError, IndexError):
        graph.drop_malformed()
        return _survey(graph)
    samplers: list[str] = []
    outputs: list[str] = []
    chosen: list[str] = []
    for node_id in notable:
        kind = graph.nodes[node_id]["class_type"]
        if type(kind) is not str:
            graph.drop_malformed()
            return _survey(graph)
        # easy-use's preSampling holds the settings of a sampler that has none itself; detailers and tiled upscalers
        # sample over what they are given
        if "ampler" in kind or "preSampling" in kind or "etailer" in kind or "SDUpscale" in kind:
            samplers.append(node_id)
        elif "Video" in kind or "Save" in kind or "Preview" in kind:
            outputs.append(node_id)
        elif switches.is_switch(kind):
            chosen.append(node_id)
        elif len(_PLAIN) < _PLAIN_LIMIT and len(kind) < 200:
            _PLAIN.add(kind)
    if chosen:
        switches.settle(graph, chosen)
    samplers = [node_id for node_id in samplers if is_sampler(graph.inputs(node_id))]
    outputs = [node_id for node_id in outputs if not _OUTPUT_KEYS.isdisjoint(graph.inputs(node_id))]
    if not samplers:
        samplers = [node_id for node_id in graph.nodes if is_sampler(graph.inputs(node_id))]
    return samplers, outputs


def _chain(graph: Graph, outputs: list[str], samplers: list[str], written: Written) -> tuple[list[Pass], str | None]:
    """The passes that made this file, first to last, and the node that made their latent."""
    known = set(samplers)
    saver = savers.find(graph, outputs, written) if len(outputs) > 1 and len(samplers) > 1 else None
    if saver is not None:
        last = _nearest(graph, [saver], known)
        if last is not None:
            return passes(graph, last, known)
    if len(samplers) <= limits.PASSES:
        for node_id in reversed(samplers):
            found = passes(graph, node_id, known)
            if len(found[0]) == len(samplers):
                return found
    ranked = sorted(outputs[: limits.GRAPH_PARTS], key=lambda node: savers.is_video(graph, node) != written.moving)
    return passes(graph, _nearest(graph, ranked, known) or _sink(graph, known), known)


def _rate(graph: Graph, inputs: Inputs) -> float | None:
    for key in savers.RATES:
        if key in inputs:
            rate = jsontext.number(graph.literal(inputs[key], key))
            return rate if rate and rate > 0 else None
    return None


def _nearest(graph: Graph, outputs: list[str], samplers: set[str]) -> str | None:
    """The sampler nearest to the first of the outputs that has one."""
    seen: set[str] = set()
    for output in outputs:
        pending = [output]
        for node_id in pending:
            if node_id in samplers:
                return node_id
            if len(seen) > limits.GRAPH_STEPS:
                break
            for value in graph.inputs(node_id).values():
                target = graph.target(value) if type(value) is list else None
                if target is not None and target not in seen:
                    seen.add(target)
                    pending.append(target)
    return None


def _sink(graph: Graph, samplers: set[str]) -> str:
    """Without an output to start from: the sampler that the most others lead to."""
    return max(sorted(samplers)[: limits.GRAPH_PARTS], key=lambda node_id: len(passes(graph, node_id, samplers)[0]))


def _read_passes(graph: Graph, chain: list[Pass], fields: dict[str, Any]) -> None:
    first = chain[0]
    if len(chain) > 1 and (begin := first.start()) and chain[-1].start() < begin:
        first = min(chain, key=Pass.start)
    names = sides(chain)
    # Keyed by what makes them the same, in the order of the passes: two samplers behind one node share its LoRAs, while
    # a file applied by two nodes was applied twice.
    models: dict[tuple[str, str | None], UsedModel] = {}
    loras: dict[tuple[str, int, str | None], UsedLora] = {}
    shift = first.shift()
    for step, name in zip(chain, names, strict=True):
        for side, link in step.models(name):
            found = loaders.follow(graph, link)
            for file in found.models:
                models[file, side] = UsedModel(file, side)
            for node_id, uses in found.stacks:
                for place, (file, strength) in enumerate(uses):
                    loras[node_id, place, side] = UsedLora(file, strength, side)
            if step is first and shift is None:
                shift = found.shift
    fields |= {
        "seed": first.seed(), "steps": first.steps(), "cfg": first.cfg(), "sampler": first.sampler(),
        "scheduler": first.scheduler(), "shift": shift, "switch_step": first.end() if any(names) else None,
        "models": tuple(models.values()), "loras": tuple(loras.values()),
    }  # fmt: skip
    _read_words(graph, first, fields)


def _read_words(graph: Graph, step: Pass, fields: dict[str, Any]) -> None:
    """Both prompts. Texts that no link places are told apart by their words."""
    positive, negative = step.link("positive"), step.link("negative", "neg_conditioning")
    if positive is None:
        both = bundle(step.link(*BUNDLE_KEYS))
        positive, negative = both or step.link("conditioning", "cond1"), negative or both
    prompt, known = conditioning.words(graph, positive, conditioning.POSITIVE)
    against, against_known = conditioning.words(graph, negative, conditioning.NEGATIVE)
    if not known:
        prompt = _loose(graph, against, negative=False)
    if not against_known and negative is not None:
        against = _loose(graph, prompt, negative=True)
    fields["prompt"], fields["negative_prompt"] = prompt, against


def _loose(graph: Graph, other: str | None, *, negative: bool) -> str | None:
    for text in conditioning.loose_texts(graph):
        if text != other and conditioning.looks_negative(text) == negative:
            return text
    return None


def _read_loose(graph: Graph, fields: dict[str, Any]) -> None:
    """A graph without a sampler that we know: what its loaders and encoders tell."""
    texts = conditioning.loose_texts(graph)
    fields["prompt"] = next((text for text in texts if not conditioning.looks_negative(text)), None)
    fields["negative_prompt"] = next((text for text in texts if conditioning.looks_negative(text)), None)
    models: list[UsedModel] = []
    loras: list[UsedLora] = []
    for node_id in list(graph.nodes)[: limits.GRAPH_STEPS]:
        inputs = graph.inputs(node_id)
        for key in ("unet_name", "ckpt_name"):
            name = jsontext.string(name_of(inputs.get(key)))
            if name and len(models) < limits.GRAPH_PARTS:
                models.append(UsedModel(name))
        if "ora" in graph.class_type(node_id) and len(loras) < limits.GRAPH_PARTS:
            loras += [UsedLora(name, strength) for name, strength in loaders.loras_of(graph, inputs)]
        if "num_frames" not in fields and "atent" in graph.class_type(node_id):
            sizes.read(graph, [Pass(graph, node_id)], node_id, fields)
    fields["models"], fields["loras"] = tuple(models), tuple(loras)


def _read_service(graph: Graph, outputs: list[str], fields: dict[str, Any]) -> None:
    """What a node was asked that had the picture made elsewhere."""
    asking = {node_id for node_id in graph.nodes if "prompt" in graph.inputs(node_id)}
    node_id = _nearest(graph, outputs[: limits.GRAPH_PARTS], asking)
    if node_id is None:
        return
    inputs = graph.inputs(node_id)
    fields["prompt"] = strings.of(graph, conditioning.POSITIVE).at(inputs["prompt"])
    fields["negative_prompt"] = strings.of(graph, conditioning.NEGATIVE).at(inputs.get("negative_prompt"))
    seed, model = jsontext.integer(graph.literal(inputs.get("seed"), "seed")), jsontext.string(inputs.get("model"))
    fields["seed"] = None if seed is None or seed < 0 else seed
    if model:
        fields["models"] = (UsedModel(model),)
