"""What a connected server can run and choose from, as pure values (read off its /object_info by comfy.catalog)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NodeInput:
    """One input of a node class, in the order that an editor shows. `choices` is None unless the server gives a list
    to choose from; `options` are the inputs that come with each choice. `is_widget`: an editor has a control for it,
    whose value it writes into a workflow, and a second value behind it if `has_control` (what becomes of a seed
    after each run). `upload` is what kind of file is given to it ("image", "video", "audio", "file"; "" for none).
    `grows` are the names that a growing input has, or may have, one after the other, each of `grown`, and `least` how
    many of them there must be."""

    type: str
    required: bool
    choices: tuple[str, ...] | None = None
    default: object = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    is_widget: bool = False
    has_control: bool = False
    is_dynamic_prompt: bool = False
    is_multiline: bool = False
    upload: str = ""
    options: Mapping[str, Mapping[str, NodeInput]] = field(default_factory=dict)
    grows: tuple[str, ...] = ()
    least: int = 0
    grown: NodeInput | None = None


@dataclass(frozen=True, slots=True)
class NodeClass:
    """`title` is what an editor calls its nodes."""

    name: str
    inputs: Mapping[str, NodeInput]
    outputs: tuple[str, ...] = ()
    is_output: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The class that a server has in place of one that it lacks. `controls` are the old one's inputs in the order of
    their values. `inputs` are the new one's, each with that of the old one that goes there, `values` those that are
    the same for all; `inputs` is None where they kept their names. `outputs` are numbers of the old one's -> the
    new."""

    becomes: str
    controls: tuple[str, ...] = ()
    inputs: Mapping[str, str] | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    outputs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Node classes by name. `folders` holds model lists that were read from /models, by folder. `sketch` marks the
    built-in engine, which runs no AI model. `broken` are node packs that are there but could not be imported (folder ->
    why), `unable` node classes that are there but fail (class -> why). `upload_limit` is the most bytes
    that it takes in one request, None where it does not say. `replacements` are, by class, what may stand for it, best
    first."""

    classes: Mapping[str, NodeClass]
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sketch: bool = False
    broken: Mapping[str, str] = field(default_factory=dict)
    unable: Mapping[str, str] = field(default_factory=dict)
    upload_limit: int | None = None
    replacements: Mapping[str, tuple[Replacement, ...]] = field(default_factory=dict)

    def why_broken(self, *names: str) -> str | None:
        """Why the pack of one of these names, or addresses, could not be imported; None if it was, or is not there."""
        wanted = {_pack_key(name) for name in names}
        return next((why for folder, why in self.broken.items() if _pack_key(folder) in wanted), None)

    def has(self, class_type: str) -> bool:
        return class_type in self.classes

    def replacement(self, class_type: str) -> Replacement | None:
        """What stands for a class that the server lacks."""
        if self.has(class_type):
            return None
        return next((r for r in self.replacements.get(class_type, ()) if self.has(r.becomes)), None)

    def can_run(self, class_type: str) -> bool:
        return self.has(class_type) and class_type not in self.unable

    def choices(self, class_type: str, input_name: str) -> tuple[str, ...] | None:
        """The values that the server accepts there, or None if it accepts anything of the type (or lacks it)."""
        node = self.classes.get(class_type)
        found = node.inputs.get(input_name) if node else None
        return found.choices if found else None

    def most(self, class_type: str, input_name: str) -> float | None:
        """The largest number that the server accepts there; None where it names none."""
        node = self.classes.get(class_type)
        found = node.inputs.get(input_name) if node else None
        return found.maximum if found else None

    @property
    def loras(self) -> tuple[str, ...]:
        return self.choices("LoraLoaderModelOnly", "lora_name") or self.folders.get("loras", ())


def _pack_key(name: str) -> str:
    """A pack's folder, name or address for comparing; archives unpack with their branch behind the name."""
    last = name.rstrip("/").rsplit("/", 1)[-1].casefold().replace("_", "-").removesuffix(".git")
    return last.removesuffix("-main").removesuffix("-master")
