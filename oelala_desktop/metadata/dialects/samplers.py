"""Samplers: which nodes sampled the result, in which order, with what."""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects.graph import PIPE_KEYS, PIPES, Graph, Inputs

_LATENT_KEYS = (
    "latent_image",
    "samples",
    "latent",
    "latents",
    "latent_in",
    "samples1",
    "samples_to",
    *PIPE_KEYS,
    "any",
    "input",
    "",
)
_LATENT_NAMES = frozenset(_LATENT_KEYS)
#: inputs by which pictures go from one pass to the next: decoded, enlarged, encoded again
_PIXEL_KEYS = ("pixels", "image", "images", "image_to_latent", "frames", "image_target", "destination")
_SIGMA_KEYS = frozenset({"sigmas", "sigmas_1", "high_sigmas", "low_sigmas", "any", "input", ""})
_SPLITTING = frozenset({"start_at_step", "start_step", "end_step", "sigmas"})
#: model inputs of samplers that do both passes themselves
_BOTH_MODELS = {
    "model_high_noise": "high", "model_low_noise": "low", "high_noise_model": "high", "low_noise_model": "low",
    "model_high": "high", "model_low": "low", "high_model": "high", "low_model": "low",
}  # fmt: skip
_CFG_KEYS = ("cfg", "cfg_conds", "cfg_high_noise", "cfg_high", "guidance_scale", "cfg_scale")
_SHIFT_KEYS = frozenset({"shift", "sigma_shift"})
_NO_INPUTS: Inputs = {}
#: an end step at or beyond this means "to the last step" (KSamplerAdvanced's default is 10000)
_TO_THE_END = 10_000


class Pass:
    """One sampler node. Links and values as the graph has them, resolved only when asked for."""

    __slots__ = ("graph", "guider", "inputs", "node_id")

    def __init__(self, graph: Graph, node_id: str) -> None:
        self.graph = graph
        self.node_id = node_id
        self.inputs = graph.inputs(node_id)
        guider = graph.target(self.inputs["guider"]) if "guider" in self.inputs else None
        self.guider: Inputs = graph.inputs(guider) if guider is not None else _NO_INPUTS

    def link(self, *keys: str) -> Any:
        """The first of the given inputs that the sampler, or else its guider, has."""
        for inputs in (self.inputs, self.guider):
            for key in keys:
                if key in inputs:
                    return inputs[key]
        return None

    def _value(self, key: str) -> Any:
        value = self.inputs[key] if key in self.inputs else self.guider.get(key)
        return self.graph.literal(value, key) if type(value) is list else value

    def _number(self, keys: tuple[str, ...]) -> float | None:
        for key in keys:
            if key in self.inputs or key in self.guider:
                value = jsontext.number(self._value(key))
                if value is not None:
                    return value
        return None

    def models(self, name: str | None) -> list[tuple[str | None, Any]]:
        """The links to its models, each with the name of its pass; `name` is that of a sampler with one model."""
        if "model" in self.inputs:
            return [(name, self.inputs["model"])]
        both: list[tuple[str | None, Any]] = [
            (own, self.inputs[key]) for key, own in _BOTH_MODELS.items() if key in self.inputs
        ]
        return both or [(name, self.link("model", *PIPE_KEYS))]

    def seed(self) -> int | None:
        for key in ("noise_seed", "seed"):
            if key in self.inputs:
                seed = jsontext.integer(self._value(key))
                if seed is not None:
                    return seed
        noise = self.graph.target(self.inputs.get("noise"))
        if noise is None:
            return None
        inputs = self.graph.inputs(noise)
        key = "noise_seed" if "noise_seed" in inputs else "seed"
        return jsontext.integer(self.graph.literal(inputs.get(key), key))

    def cfg(self) -> float | None:
        return self._number(_CFG_KEYS)

    def steps(self) -> int | None:
        value = self._value("steps")
        return jsontext.integer(self._of_sigmas("steps") if value is None else value)

    def scheduler(self) -> str | None:
        value = self._value("scheduler")
        return jsontext.string(self._of_sigmas("scheduler") if value is None else value)

    def sampler(self) -> str | None:
        value = self._value("sampler_name")
        if value is None:
            selector = self.graph.target(self.inputs.get("sampler"))
            if selector is not None:
                value = self.graph.inputs(selector).get("sampler_name") or _sampler_of(self.graph.class_type(selector))
            else:
                value = self.inputs.get("sampler")
        return jsontext.string(value)

    def shift(self) -> float | None:
        return None if _SHIFT_KEYS.isdisjoint(self.inputs) else self._number(("shift", "sigma_shift"))

    def start(self) -> int:
        """The step it starts at; a second pass starts later than the first."""
        for key in ("start_at_step", "start_step"):
            if key in self.inputs:
                step = jsontext.integer(self._value(key))
                if step is not None:
                    return step
        return 1 if self.inputs.get("add_noise") in ("disable", False) else 0

    def end(self) -> int | None:
        """The step it stops before, None when it goes on to the last."""
        for key in ("end_at_step", "end_step"):
            if key in self.inputs:
                step = jsontext.integer(self._value(key))
                if step is not None:
                    return step if 0 <= step < _TO_THE_END else None
        return jsontext.integer(self._of_sigmas("step"))

    def splits(self) -> bool:
        """Whether it does only a part of the steps."""
        return not _SPLITTING.isdisjoint(self.inputs)

    def _of_sigmas(self, key: str) -> Any:
        for node_id in self.graph.upstream(self.inputs.get("sigmas"), _SIGMA_KEYS):
            inputs = self.graph.inputs(node_id)
            if key in inputs:
                return self.graph.literal(inputs[key], key)
        return None


def sides(chain: list[Pass]) -> list[str | None]:
    """The name of each pass: of those that do a part of the steps the last is `low`, the ones before it are `high`."""
    names: list[str | None] = ["high" if step.splits() else None for step in chain]
    if names.count("high") < 2:
        return [None] * len(chain)
    names[max(at for at, name in enumerate(names) if name)] = "low"
    return names


def _sampler_of(class_type: str) -> str | None:
    # SamplerEulerAncestral and its like are selectors that name the sampler in their class.
    name = class_type.removeprefix("Sampler")
    return name.lower() if name != class_type and name else None


def is_sampler(inputs: Inputs) -> bool:
    """Whether a node's inputs are those of something that samples."""
    if "guider" in inputs or "text_embeds" in inputs or "image_embeds" in inputs:
        return "steps" in inputs or "sigmas" in inputs
    if "positive" in inputs:
        return "steps" in inputs or "sigmas" in inputs or "denoise" in inputs
    return "steps" in inputs and "sampler_name" in inputs and not PIPES.isdisjoint(inputs)


def latent_link(inputs: Inputs) -> Any:
    """The input by which a node is handed latents."""
    for key in _LATENT_KEYS if not _LATENT_NAMES.isdisjoint(inputs) else ():
        value = inputs.get(key)
        if type(value) is list:
            return value
    return None


def _pixel_link(inputs: Inputs) -> Any:
    """The input by which a node is handed pictures to work on."""
    return next((inputs[key] for key in _PIXEL_KEYS if type(inputs.get(key)) is list), None)


def passes(graph: Graph, last: str, samplers: frozenset[str] | set[str]) -> tuple[list[Pass], str | None]:
    """The samplers that worked on one latent, first to last, and the node that made the latent. A latent that was
    decoded and encoded again between two of them counts as one."""
    found: list[Pass] = []
    seen: set[str] = set()
    link: Any = [last, 0]
    origin: str | None = None
    latent = True
    while (
        (node_id := graph.target(link)) is not None
        and node_id not in seen
        and len(seen) < 256
        and len(found) < limits.PASSES
    ):
        seen.add(node_id)
        inputs = graph.inputs(node_id)
        if node_id in samplers:
            found.append(Pass(graph, node_id))
            origin, latent = None, True
        elif latent:
            origin = node_id
        link = latent_link(inputs)
        # What makes latents of a width of its own begins anew: its picture is a first frame, not an earlier pass.
        if link is None and not (latent and "width" in inputs):
            link, latent = _pixel_link(inputs), False
    found.reverse()
    return found, origin
