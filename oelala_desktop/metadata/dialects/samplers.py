"""Samplers: which nodes sampled the result, in which order, with what."""

from __future__ import annotations

from collections.abc import Iterator
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
    "video_latent",
    "av_latent",
    *PIPE_KEYS,
    "any",
    "input",
    "",
)
_LATENT_NAMES = frozenset(_LATENT_KEYS)
#: inputs by which pictures go from one pass to the next: decoded, enlarged, encoded again
_PIXEL_KEYS = ("pixels", "image", "images", "image_to_latent", "frames", "image_target", "destination")
_SIGMA_KEYS = frozenset({"sigmas", "sigmas_1", "high_sigmas", "low_sigmas", "any", "input", ""})
_PARAMETERS = frozenset({"parameters"})
_SPLITTING = frozenset({"start_at_step", "start_step", "end_step"})
#: inputs by which a sampler is handed settings from other nodes
_PARTS = ("guider", "scheduler")
#: what a sampler works on, where nothing else tells it from a node with settings
_FED = PIPES | {"latent_image"}
#: inputs of samplers that take their conditioning in one piece
_RUNS = frozenset({"steps", "sigmas", "scheduler"})
#: the ways on from a sampler that another one is wrapped around
_WRAPPED = ("sampler", "any", "input", "")
#: model inputs of samplers that do both passes themselves
_BOTH_MODELS = {
    "model_high_noise": "high", "model_low_noise": "low", "high_noise_model": "high", "low_noise_model": "low",
    "model_high": "high", "model_low": "low", "high_model": "high", "low_model": "low",
}  # fmt: skip
_SHIFT_KEYS = ("shift", "sigma_shift")
_CFG_KEYS = ("cfg", "cfg_conds", "cfg_high_noise", "cfg_high", "guidance_scale", "cfg_scale", "video_cfg", "true_gs")
#: an end step at or beyond this means "to the last step" (KSamplerAdvanced's default is 10000)
_TO_THE_END = 10_000


class Pass:
    """One sampler node. Links and values as the graph has them, resolved only when asked for."""

    __slots__ = ("_given", "graph", "inputs", "node_id")

    def __init__(self, graph: Graph, node_id: str) -> None:
        self.graph = graph
        self.node_id = node_id
        self.inputs = graph.inputs(node_id)
        #: its own inputs, and those of the nodes that hold its settings
        self._given: tuple[Inputs, ...] = (self.inputs,)
        for key in _PARTS:
            if type(self.inputs.get(key)) is list and (part := graph.target(self.inputs[key])) is not None:
                self._given = (*self._given, graph.inputs(part))

    def link(self, *keys: str) -> Any:
        """The first of the given inputs that the sampler, or else a node with settings for it, has."""
        for inputs in self._given:
            for key in keys:
                if key in inputs:
                    return inputs[key]
        return None

    def _value(self, key: str) -> Any:
        value = self.inputs.get(key)
        if value is not None and type(value) is not list:
            return value
        for inputs in self._given:
            if key in inputs:
                value = self.graph.literal(inputs[key], key) if type(inputs[key]) is list else inputs[key]
                if value is not None:
                    return value
        return None

    def _number(self, keys: tuple[str, ...]) -> float | None:
        for inputs in self._given:
            for key in keys:
                if key in inputs:
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
        """None for what stands for "another one each time"."""
        seed = None
        for key in ("noise_seed", "seed"):
            if seed is None and key in self.inputs:
                seed = jsontext.integer(self._value(key))
        if seed is None and "noise" in self.inputs:
            seed = jsontext.integer(self.graph.literal(self.inputs["noise"], "noise_seed"))
        return None if seed is None or seed < 0 else seed

    def cfg(self) -> float | None:
        cfg = self._number(_CFG_KEYS)
        return self._of_modality() if cfg is None else cfg

    def _of_modality(self) -> float | None:
        """That of the picture, where picture and sound have nodes of their own for it."""
        for node_id in self.graph.upstream(self.link("parameters"), _PARAMETERS):
            inputs = self.graph.inputs(node_id)
            if inputs.get("modality") == "VIDEO":
                return jsontext.number(self.graph.literal(inputs.get("cfg"), "cfg"))
        return None

    def steps(self) -> int | None:
        value = self._value("steps")
        return jsontext.integer(self._of_sigmas("steps") if value is None else value)

    def scheduler(self) -> str | None:
        value = self._value("scheduler")
        return jsontext.string(self._of_sigmas("scheduler") if value is None else value)

    def sampler(self) -> str | None:
        value = self._value("sampler_name")
        return jsontext.string(self._selected() if value is None else value)

    def _selected(self) -> Any:
        """The name at the end of a chain of samplers, each wrapped around the next."""
        link = self.inputs.get("sampler")
        for _ in range(8):
            node_id = self.graph.target(link)
            if node_id is None:
                return None if type(link) is list else link
            inputs = self.graph.inputs(node_id)
            if "sampler_name" in inputs:
                return self.graph.literal(inputs["sampler_name"], "sampler_name")
            link = next((inputs[key] for key in _WRAPPED if type(inputs.get(key)) is list), None)
            if link is None:
                return _sampler_of(self.graph.class_type(node_id))
        return None

    def shift(self) -> float | None:
        return self._number(_SHIFT_KEYS)

    def start(self) -> int:
        """The step it starts at; a second pass starts later than the first."""
        step = self._step(("start_at_step", "start_step"))
        if step is not None:
            return step
        return 1 if self.inputs.get("add_noise") in ("disable", False) else 0

    def end(self) -> int | None:
        """The step it stops before, None when it goes on to the last."""
        step = self._step(("end_at_step", "end_step", "steps_to_run"))
        if step is not None:
            return step if 0 <= step < _TO_THE_END else None
        return jsontext.integer(self._of_sigmas("step"))

    def _step(self, keys: tuple[str, ...]) -> int | None:
        for key in keys:
            step = jsontext.integer(self._value(key))
            if step is not None:
                return step
        return None

    def splits(self) -> bool:
        """Whether it does only a part of the steps."""
        if not _SPLITTING.isdisjoint(self.inputs):
            return True
        if any(not _SPLITTING.isdisjoint(inputs) for inputs in self._given[1:]):
            return True
        if "steps_to_run" in self.inputs:
            return self._step(("steps_to_run",)) != -1 or self.inputs.get("sampler_mode") == "resample"
        return "sigmas" in self.inputs and any("plit" in self.graph.class_type(node_id) for node_id in self._sigmas())

    def _sigmas(self) -> Iterator[str]:
        return self.graph.upstream(self.inputs.get("sigmas"), _SIGMA_KEYS)

    def _of_sigmas(self, key: str) -> Any:
        for node_id in self._sigmas():
            inputs = self.graph.inputs(node_id)
            if key in inputs:
                return self.graph.literal(inputs[key], key)
            written = inputs.get("sigmas", inputs.get("string"))
            if key == "steps" and type(written) is str:
                # one number more than there are steps
                return len(written[:10_000].strip(" ,").split(",")) - 1 or None
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
        return not _RUNS.isdisjoint(inputs)
    if "positive" in inputs:
        return "steps" in inputs or "sigmas" in inputs or "denoise" in inputs
    if "steps_to_run" in inputs:
        return "latent_image" in inputs
    named = "sampler_name" in inputs or "conditioning" in inputs
    return named and "steps" in inputs and not _FED.isdisjoint(inputs)


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
        # a detailer works on its picture; the pipe beside it is no latent
        link = _pixel_link(inputs) if node_id in samplers and "image" in inputs else None
        latent = latent and link is None
        link = link or latent_link(inputs)
        # What makes latents of a width of its own begins anew: its picture is a first frame, not an earlier pass.
        if link is None and not (latent and "width" in inputs):
            link, latent = _pixel_link(inputs), False
    found.reverse()
    return found, origin
