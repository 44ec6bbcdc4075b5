"""Preset: one workflow of a tool. A graph with titled nodes and a table that says which setting goes into which input.

`plan.plan` turns what a user gave into a Request in which every value is settled; `Preset.graph` turns the Request into
the graph to send. Both are pure; what the server offers comes in as a Catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from . import graph as edits
from .catalog import Catalog
from .choices import fit_choices
from .field import Field
from .fitting import fit_version
from .frame_rule import WAN, FrameRule
from .framing import Frame
from .graph_inputs import InputFile, give_inputs
from .model_file import ModelFile, choose, lacks
from .models import noise_pass
from .size_rule import SHORT_SIDE, SizeRule
from .times import Times
from .tool import Tool

_MOST_TOLD = 40  # things that a server lacks
#: what to do about whatever Sketch lacks
NEEDS_COMFYUI = "Start ComfyUI, or give its address with --engine http://HOST:PORT."
_MEND_IMPORT = (
    "Install what the pack needs into ComfyUI's own Python (pip install -r requirements.txt in the pack's folder), "
    "then start ComfyUI anew; its log has the whole error."
)
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_LORA_LOADERS = ("LoraLoaderModelOnly", "LoraLoader")


@dataclass(frozen=True, slots=True)
class Pack:
    """A node pack to install: its name, its address and the node classes that come with it."""

    name: str
    address: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """Nodes that are taken out when the setting `key` is off or the server lacks `class_type`."""

    key: str
    class_type: str
    nodes: tuple[str, ...]
    through: str


@dataclass(frozen=True, slots=True)
class LoraTargets:
    """Where LoRA chains go: `high` and `low` for two passes, or `high` alone with `clip` for checkpoints."""

    high: str
    low: str | None = None
    clip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndPicture:
    """How a last frame enters: node `node` becomes `class_type` and gets the picture at `input`."""

    node: str
    class_type: str
    input: str


@dataclass(frozen=True, slots=True)
class Clips:
    """What chaining needs: titles of the start picture's node and of the node that gives the frames."""

    start: str
    frames: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the server lacks. `fix` is what to do about it, ready to copy."""

    kind: str  # "engine", "nodes" or "model"
    name: str
    where: str
    fix: str

    def __str__(self) -> str:
        return f"{self.name} ({self.where})"


@dataclass(frozen=True, slots=True)
class Request:
    """A job's values, all settled: models by the server's own names, seed drawn, size and frames computed (0 where
    the preset leaves them to its graph). `frame` are the margins round what is given, where the preset makes some."""

    preset: str
    tool: str
    values: Mapping[str, Any]
    width: int
    height: int
    num_frames: int
    fps: float
    seed: int
    frame: Frame | None = None

    def with_seed(self, seed: int) -> Request:
        return replace(self, seed=seed, values={**self.values, "seed": str(seed)})

    def params(self) -> dict[str, Any]:
        """The part of `oelala_params` that the request knows: every key with the value used. The seed is text
        because it may exceed what other readers' numbers hold. What was given as a file is named by who knows it."""
        out = {k: v for k, v in self.values.items() if v is not None and k != "variations"}
        out |= {"tool": self.tool, "workflow": self.preset, "preset": self.preset.split(".", 1)[1]}
        sizes = {"width": self.width, "height": self.height, "num_frames": self.num_frames}
        return out | {k: v for k, v in sizes.items() if v} | {"seed": str(self.seed)}


@dataclass(frozen=True, slots=True)
class Preset:
    """`fields` are the settings that this preset really uses, with its own defaults, in the tool's order; `also` are
    node classes that others of the graph cannot do without. `rate` is the one rate that it makes, where no setting
    chooses it, or the key of the input whose rate is taken. `sound` says that what it makes can be heard, `output`
    whether that is a "video", an "image", a "model" or a "file"; `tips` say how its model likes to be prompted.
    `outputs` are inputs with the type of what they take of another node, `newer` those that older servers lack."""

    id: str
    tool: Tool
    name: str
    description: str
    order: int
    template: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Field]
    into: Mapping[str, tuple[str, ...]]
    models: tuple[ModelFile, ...] = ()
    packs: tuple[Pack, ...] = ()
    optional: tuple[OptionalPart, ...] = ()
    loras: LoraTargets | None = None
    end_picture: EndPicture | None = None
    clips: Clips | None = None
    times: Times | None = None
    devices: tuple[str, ...] = ()
    size: SizeRule = SHORT_SIDE
    frames: FrameRule = WAN
    rate: float | str | None = None
    sound: bool = False
    output: str = ""
    tips: tuple[str, ...] = ()
    sketch: bool = False
    also: tuple[str, ...] = ()
    adopted: bool = False
    outputs: Mapping[str, str] = field(default_factory=dict)
    newer: tuple[str, ...] = ()

    @property
    def short_id(self) -> str:
        return self.id.split(".", 1)[1]

    @property
    def inputs(self) -> tuple[Field, ...]:
        """What it takes as files, in the order of its table."""
        return tuple(field for field in self.fields.values() if field.is_input)

    def times_in(self, values: Mapping[str, Any]) -> int:
        """So many frames are made of each with these settings."""
        return self.times.count(values, self.fields[self.times.key].default) if self.times else 1

    def _idle(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Titles of nodes that have nothing to do with these settings."""
        return self.times.nodes if self.times and self.times_in(values) == 1 else ()

    def missing(self, catalog: Catalog, given: Mapping[str, Any] = _NOTHING) -> tuple[Missing, ...]:
        """Everything this preset needs for these settings and `catalog` does not have, node packs first. Models that
        are chosen in `given` (by setting) are not missed."""
        dropped = {t for part in self.optional for t in part.nodes} | set(self._idle(given))
        needed = {
            str(node["class_type"])
            for i, node in self.template.items()
            if edits.title_of(self.template, i) not in dropped
        } | set(self.also)
        lacking = sorted(c for c in needed if not catalog.has(c))
        if lacking and catalog.sketch:
            return (self._needs_comfyui(lacking),)
        out = []
        for pack in self.packs:
            mine = [c for c in lacking if c in pack.classes]
            lacking = [c for c in lacking if c not in mine]
            if mine:
                out.append(Missing("nodes", f"node pack {pack.name}", *_of_pack(pack, mine, catalog)))
        if lacking:
            out += [Missing("nodes", f"node {c}", *self._source_of_nodes(catalog)) for c in lacking]
        return _first_of((*out, *self.missing_models(catalog, given)))

    def _needs_comfyui(self, lacking: list[str]) -> Missing:
        """On Sketch no node pack and no download helps."""
        why = "runs no AI model" if self.models else f"lacks {', '.join(lacking)}"
        return Missing("engine", "ComfyUI", f"the built-in Sketch engine {why}", NEEDS_COMFYUI)

    def _source_of_nodes(self, catalog: Catalog) -> tuple[str, str]:
        """Where nodes come from that no pack of the table brings, and how to get them."""
        if self.sketch:
            return "only the built-in Sketch engine has it", "oelala generate … --engine sketch"
        if self.adopted and catalog.broken:
            names = ", ".join(sorted(catalog.broken))
            return f"perhaps from a node pack that is there but failed to import: {names}", _MEND_IMPORT
        if self.adopted:
            manager = "ComfyUI-Manager: Install Missing Custom Nodes"
            return "from a newer ComfyUI or a node pack", f"Update ComfyUI; for nodes of a pack, {manager}."
        return "part of a newer ComfyUI", "Update ComfyUI to its newest version."

    def missing_models(self, catalog: Catalog, given: Mapping[str, Any] = _NOTHING) -> tuple[Missing, ...]:
        lists, idle = self._model_lists(catalog), self._idle(given)
        return tuple(
            self._missing(model) for model in lacks(lists, given) if edits.split_target(model.into[0])[0] not in idle
        )

    def _missing(self, model: ModelFile) -> Missing:
        folder = f"models/{model.folder}"
        if not model.source:
            return Missing("model", model.file, folder, f"Put {model.file} into ComfyUI/{folder}/")
        fix = f"Download {model.file} from {model.source} into ComfyUI/{folder}/"
        return Missing("model", model.file, f"{folder}, from {model.source}", fix)

    def chosen_models(self, catalog: Catalog, given: Mapping[str, Any] = _NOTHING) -> dict[ModelFile, str]:
        """What each model is by itself, where `given` (by setting) does not choose it."""
        return choose(self._model_lists(catalog), given)

    def _model_lists(self, catalog: Catalog) -> dict[ModelFile, tuple[str, ...]]:
        """What the server offers for each; without those whose loader it lacks."""
        known = edits.by_title(self.template)
        lists = {model: self.model_choices(model, catalog, known) for model in self.models}
        return {model: choices for model, choices in lists.items() if choices is not None}

    def _class_at(self, target: str, known: edits.Titles | None = None) -> tuple[str, str]:
        title, name = edits.split_target(target)
        node = self.template[edits.find_node(self.template, title, known)]
        return str(node["class_type"]), name

    def class_at(self, target: str) -> str:
        return self._class_at(target)[0]

    def model_choices(
        self, model: ModelFile, catalog: Catalog, known: edits.Titles | None = None
    ) -> tuple[str, ...] | None:
        class_type, name = self._class_at(model.into[0], known)
        if not catalog.has(class_type):
            return None
        return catalog.choices(class_type, name) or ()

    def choices(self, key: str, catalog: Catalog) -> tuple[str, ...]:
        """What may be chosen for `key` on that server: its list, else the field's own. Files that lie there are not
        offered for an input: it takes any other."""
        if key in self.fields and self.fields[key].is_input:
            return ()
        targets = self.into.get(key) or next((m.into for m in self.models if m.key == key), ())
        if targets:
            found = catalog.choices(*self._class_at(targets[0]))
            if found is not None:
                return found
        return self.fields[key].choices if key in self.fields else ()

    def server_devices(self, catalog: Catalog) -> tuple[str, ...]:
        """The device names that the server offers to this preset's loaders; empty if they have no such input."""
        return (catalog.choices(*self._class_at(self.devices[0])) or ()) if self.devices else ()

    def graph(
        self, request: Request, *, files: Mapping[str, Sequence[InputFile]], prefix: str, catalog: Catalog | None
    ) -> edits.Graph:
        """The graph to send. `files` are what was given, by settings key; `prefix` is the savers' unique
        filename_prefix. Without a catalog all that it needs is taken to be there, under the names that it has here."""
        graph = edits.copy_graph(self.template)
        computed = {
            "width": request.width or None,
            "height": request.height or None,
            "num_frames": request.num_frames or None,
            "seed": request.seed,
            "filename": prefix,
            **(request.frame.entries() if request.frame else {}),
        }
        plain = {field.key for field in self.fields.values() if field.keeps}
        values = dict(request.values) | {key: value for key, value in computed.items() if key not in plain}
        known = edits.by_title(graph)
        self._choose_models(graph, request, catalog, known)
        if catalog is not None:
            self._fit_devices(graph, catalog)
            fit_version(graph, self.outputs, self.newer, catalog)
        inputs = {field.key for field in self.inputs}
        for key, targets in self.into.items():
            for target in targets if key not in inputs and values.get(key) is not None else ():
                edits.set_input(graph, target, values[key], known)
        if catalog is not None and self.adopted:
            fit_choices(graph, self.template, catalog)
        for part in self.optional:
            if not values.get(part.key) or not (catalog is None or catalog.has(part.class_type)):
                for title in part.nodes:
                    edits.bypass(graph, title, part.through)
        if self.times is not None:
            self.times.apply(graph, self.times_in(request.values), request.fps)
        self._add_loras(graph, values.get("lora_configs") or ())
        give_inputs(graph, self.inputs, files)
        end = next(iter(files.get("end_image", ())), None)
        self._extend(graph, int(values.get("clip_count") or 1), request.num_frames, end.name if end else None)
        return graph

    def fixed_loras(self, graph: edits.Graph) -> list[dict[str, Any]]:
        """The LoRAs that are part of the preset itself, as sent, as rows of `lora_configs` marked `fixed`."""
        rows: list[dict[str, Any]] = []
        for node_id in sorted(self.template.keys() & graph.keys()):
            node = graph[node_id]
            name, strength = node["inputs"].get("lora_name"), node["inputs"].get("strength_model")
            if node["class_type"] not in _LORA_LOADERS or not isinstance(name, str):
                continue
            side = noise_pass(edits.title_of(graph, node_id)) or noise_pass(name)
            files = {"high": None, "low": None, side: name} if side else {"high": name}
            rows.append({**files, "strength": strength, "enabled": True, "fixed": True})
        return rows

    def _choose_models(
        self, graph: edits.Graph, request: Request, catalog: Catalog | None, known: edits.Titles
    ) -> None:
        found = self.chosen_models(catalog, request.values) if catalog is not None else {}
        for model in self.models:
            chosen = request.values.get(model.key) if model.key else found.get(model)
            for target in model.into if chosen else ():
                edits.set_input(graph, target, chosen, known)

    def _fit_devices(self, graph: edits.Graph, catalog: Catalog) -> None:
        """Device names are the server's: where it lacks the one in the template, its first GPU, else its first."""
        for target in self.devices:
            title, name = edits.split_target(target)
            node = graph[edits.find_node(graph, title)]
            listed = catalog.choices(node["class_type"], name) or ()
            if listed and node["inputs"].get(name) not in listed:
                node["inputs"][name] = next((d for d in listed if d != "cpu"), listed[0])
                if "virtual_vram_gb" in node["inputs"] and all(d == "cpu" for d in listed):
                    node["inputs"]["virtual_vram_gb"] = 0.0

    def _add_loras(self, graph: edits.Graph, rows: Any) -> None:
        if self.loras is None:
            return
        rows = [r for r in rows if r.get("enabled", True)]
        high = [(r["high"], r["strength"]) for r in rows if r.get("high")]
        low_names = [(r.get("low", r.get("high")), r["strength"]) for r in rows]
        if high:
            edits.splice_loras(graph, self.loras.high, high, clip_targets=self.loras.clip)
        low = [(name, strength) for name, strength in low_names if name]
        if low and self.loras.low:
            edits.splice_loras(graph, self.loras.low, low)

    def _extend(self, graph: edits.Graph, clips: int, frames: int, end_image: str | None) -> None:
        node = edits.find_node(graph, self.end_picture.node) if self.end_picture else ""
        if clips > 1 and self.clips:
            node = edits.chain_clips(graph, self.clips.start, self.clips.frames, clips, frames).get(node, node)
        if end_image and self.end_picture:
            loader = edits.add_node(graph, "LoadImage", "End picture", {"image": end_image})
            graph[node]["class_type"] = self.end_picture.class_type
            graph[node]["inputs"][self.end_picture.input] = [loader, 0]


def _of_pack(pack: Pack, classes: list[str], catalog: Catalog) -> tuple[str, str]:
    """What a server lacks of a pack, and what to do."""
    why = catalog.why_broken(pack.name, pack.address)
    if why is None:
        return f"nodes {', '.join(classes)}", f"cd ComfyUI/custom_nodes && git clone {pack.address}"
    return "it is there, but failed to import" + (f": {why}" if why else ""), _MEND_IMPORT


def _first_of(found: tuple[Missing, ...]) -> tuple[Missing, ...]:
    """What a person can read of it: a workflow of the user's own may lack thousands."""
    if len(found) <= _MOST_TOLD:
        return found
    rest = found[_MOST_TOLD - 1 :]
    return (
        *found[: _MOST_TOLD - 1],
        Missing(rest[0].kind, f"{len(rest)} more", "of its nodes and models", rest[0].fix),
    )
