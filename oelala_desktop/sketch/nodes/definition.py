"""What a node class is: its schema as clients see it, and the function that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.frames import PreviewSource

Values = dict[str, Any]
#: the type of a choice each of whose options brings inputs of its own, which clients name `choice.input`
CHOICE = "COMFY_DYNAMICCOMBO_V3"


class Work(Protocol):
    """What a running node may ask of the engine."""

    @property
    def folders(self) -> Folders: ...

    @property
    def metadata(self) -> dict[str, Any]:
        """What savers write into files: every `extra_pnginfo` key, and `prompt`."""
        ...

    def check(self) -> None:
        """Raise Interrupted if this job was asked to stop."""

    def progress(self, value: int, total: int, preview: PreviewSource | None = None) -> None:
        """Report how far the node is, with a picture to show; raises Interrupted like `check`."""

    def take(self, name: str) -> bool:
        """Whether what is linked to this input is the node's to change: nobody else needs it, now or in a later job."""
        ...


@dataclass(frozen=True)
class Result:
    """A node's outputs in order, and what it shows in the client (`images`, `gifs`, …), if anything."""

    values: tuple[Any, ...] = ()
    ui: dict[str, Any] | None = None


@dataclass(frozen=True)
class Input:
    """One input: its type name or list of choices, its options, or a function that lists today's choices."""

    type: str | list[str]
    options: dict[str, Any] | None = None
    choices: Callable[[Folders], list[str]] | None = None

    def resolved(self, folders: Folders) -> tuple[str | list[str], dict[str, Any]]:
        """Type and options with the choices filled in."""
        options = self.options or {}
        if self.choices is None:
            return self.type, options
        if self.type == "COMBO":
            return "COMBO", {**options, "options": self.choices(folders)}
        return self.choices(folders), options

    def spec(self, folders: Folders) -> list[Any]:
        """The input as `/object_info` writes it: type alone, or type and options."""
        kind, options = self.resolved(folders)
        return [kind] if self.options is None else [kind, options]


@dataclass(frozen=True)
class NodeClass:
    """A node class under ComfyUI's own name.

    `check` (with the inputs named in `checked`) replaces the list and range checks for those inputs and
    returns a complaint or None. `fingerprint` stands for what the inputs point at (a file's content), so that
    a changed file is not taken from the cache. `passes` is the input that a saver gives on as its one output.
    `modern` picks the richer `/object_info` layout that ComfyUI uses for nodes written in its newer style.
    """

    name: str
    run: Callable[[Work, Values], Result]
    required: Mapping[str, Input] = field(default_factory=dict)
    optional: Mapping[str, Input] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    output_names: tuple[str, ...] | None = None
    display_name: str | None = None
    category: str = "image"
    description: str = ""
    module: str = "nodes"
    output_node: bool = False
    takes_metadata: bool = False
    modern: bool = False
    checked: tuple[str, ...] = ()
    check: Callable[[Folders, Values], str | None] | None = None
    fingerprint: Callable[[Folders, Values], str] | None = None
    passes: str | None = None

    def input(self, name: str) -> Input | None:
        return self.required.get(name) or self.optional.get(name)

    def describe(self, folders: Folders) -> dict[str, Any]:
        """The entry for `/object_info`."""
        groups: dict[str, dict[str, Any]] = {"required": _specs(self.required, folders)}
        if self.optional:
            groups["optional"] = _specs(self.optional, folders)
        if self.takes_metadata:
            hidden = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}
            groups["hidden"] = {key: [kind] if self.modern else kind for key, kind in hidden.items()}
        entry: dict[str, Any] = {
            "input": groups,
            "input_order": {group: list(names) for group, names in groups.items()},
            "output": list(self.outputs),
            "output_is_list": [False] * len(self.outputs),
            "output_name": list(self.output_names or self.outputs),
        }
        if self.modern:
            entry |= {"output_tooltips": [None] * len(self.outputs), "output_matchtypes": None}
        entry |= {
            "name": self.name,
            "display_name": self.display_name if self.modern else self.display_name or self.name,
            "description": self.description,
            "python_module": self.module,
            "category": self.category,
            "output_node": self.output_node,
        }
        if self.modern:
            entry |= {"deprecated": False, "experimental": False, "api_node": False}
        return entry


def _specs(inputs: Mapping[str, Input], folders: Folders) -> dict[str, Any]:
    return {name: item.spec(folders) for name, item in inputs.items()}


def integer(default: int, low: int, high: int, **more: Any) -> Input:
    return Input("INT", {"default": default, "min": low, "max": high, **more})


def number(default: float, low: float, high: float | None = None, **more: Any) -> Input:
    bounds = {"min": low} if high is None else {"min": low, "max": high}
    return Input("FLOAT", {"default": default, **bounds, **more})


def combo(*options: str, **more: Any) -> Input:
    return Input("COMBO", {**more, "multiselect": False, "options": list(options)})


def choice(options: Mapping[str, Mapping[str, Input]], **more: Any) -> Input:
    """An input of type CHOICE: the inputs that each option brings."""
    listed = [
        {"key": key, "inputs": {"required": {name: [item.type, item.options or {}] for name, item in inputs.items()}}}
        for key, inputs in options.items()
    ]
    return Input(CHOICE, {**more, "options": listed})
