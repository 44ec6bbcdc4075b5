"""A template: a workflow that a server offers by name, as its list tells of it.

Source: `/templates/index.json` of a ComfyUI; what is missing there is empty here."""

from __future__ import annotations

from dataclasses import dataclass

from .tool import Tool


@dataclass(frozen=True, slots=True)
class Template:
    """`output` is "video", "image", "audio", "3d" or "" where the list does not say. `size` and `memory` are bytes of
    its model files and of the GPU that it wants, 0 where the list does not say; `uses` is how often people ran it,
    `date` when it came (ISO). `is_open` is False for what runs on paid nodes of somebody else's. `pictures` are how
    many pictures of it there are to show."""

    name: str
    title: str
    description: str = ""
    output: str = ""
    tags: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    date: str = ""
    uses: int = 0
    size: int = 0
    memory: int = 0
    is_open: bool = True
    pictures: int = 1
    picture_type: str = "webp"
    needs_version: str = ""


@dataclass(frozen=True, slots=True)
class TemplateList:
    """What a server offers, in its order. While `mark` is the same so are the workflows."""

    templates: tuple[Template, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TemplateModel:
    """A model file that it loads. `state` is "there", "missing" or "misplaced" (then `found` is the folder where it
    lies), "" while that is not known. `loaders` are (class, input) of the nodes that load it."""

    file: str
    folder: str
    url: str = ""
    size: int = 0
    state: str = ""
    found: str = ""
    loaders: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """What its workflow tells, once it was read beside what the server has. `tools` are those it fits, the likeliest
    first; `takes` are words for what goes in ("Picture", "Prompt", "Size" …); `lacking` are node classes that the
    server does not have, `fault` is why no preset can be made of it ("" if one can)."""

    tools: tuple[Tool, ...] = ()
    takes: tuple[str, ...] = ()
    models: tuple[TemplateModel, ...] = ()
    has_sound: bool = False
    lacking: tuple[str, ...] = ()
    fault: str = ""

    @property
    def missing(self) -> tuple[TemplateModel, ...]:
        return tuple(model for model in self.models if model.state in ("missing", "misplaced"))

    @property
    def is_ready(self) -> bool:
        return not self.fault and not self.lacking and not self.missing
