"""What a template's workflow tells beside what a server has: the tools it fits, what goes in, the files it loads and
how these stand there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from . import graph as edits
from .adopt import Adoption, adopt
from .adopting.exposure import Exposure
from .adopting.files import told_files
from .catalog import Catalog, NodeInput
from .editor.conversion import Missing
from .editor.document import is_document, read_document
from .errors import InvalidPreset
from .spelling import base_name, normalised
from .template import TemplateFacts, TemplateModel
from .tool import VOCABULARY
from .workflow import read_workflow, unwrapped

_MOST_MODELS, _MOST_LACKING, _MOST_TAKEN = 100, 50, 30
_SHOWN_GROUPS = frozenset({"picture", "prompt", "size"})
#: settings that are one thing to who looks at a template
_AS_ONE = {"width": "Size", "height": "Size", "resolution": "Size", "aspect_ratio": "Size"}
_AS_ONE |= {"num_frames": "Length", "duration": "Length", "fps": "Rate"}


def read_facts(content: object, catalog: Catalog) -> TemplateFacts:
    """Without how its files stand, which `settled` adds. Never raises for a workflow that cannot be used: that is a
    fact as well."""
    told = _told(content)
    try:
        adoption = adopt(content, catalog)
    except InvalidPreset as error:
        lacking, has_sound = _read_alone(content, catalog)
        return TemplateFacts((), (), tuple(told.values())[:_MOST_MODELS], has_sound, lacking, error.message)
    models = tuple(_models(adoption, told))[:_MOST_MODELS]
    lacking, has_sound = _lacking(adoption.missing), _is_heard(adoption.graph)
    return TemplateFacts(adoption.tools, _takes(adoption), models, has_sound, lacking)


def _read_alone(content: object, catalog: Catalog) -> tuple[tuple[str, ...], bool]:
    """What a workflow tells of which no preset can be made: the classes that are lacking, and whether it is heard."""
    try:
        workflow = read_workflow(content, catalog)
    except InvalidPreset:
        return (), False
    return _lacking(workflow.lacking), _is_heard(workflow.graph)


def _lacking(missing: Iterable[Missing]) -> tuple[str, ...]:
    return tuple(map(str, missing))[:_MOST_LACKING]


def _is_heard(graph: edits.Graph) -> bool:
    """Whether a sound goes into something that is saved."""
    return any(
        edits.is_link(node["inputs"].get("audio"))
        and (node["class_type"] == "CreateVideo" or "filename_prefix" in node["inputs"])
        for node in graph.values()
    )


def _takes(adoption: Adoption) -> tuple[str, ...]:
    words = (_word(exposure) for exposure in adoption.exposures if exposure.kept)
    return tuple(dict.fromkeys(filter(None, words)))[:_MOST_TAKEN]


def _word(exposure: Exposure) -> str:
    if exposure.key in _AS_ONE:
        return _AS_ONE[exposure.key]
    known = VOCABULARY.get(exposure.key)
    if known is not None:
        return known.label if known.group in _SHOWN_GROUPS else ""
    is_size = exposure.row.get("group") == "size"
    return exposure.label if exposure.is_input or exposure.kind == "text" or is_size else ""


# model files


def _told(content: object) -> dict[str, TemplateModel]:
    """By file, what its nodes say of the files they want."""
    whole = unwrapped(content)
    if not isinstance(whole, Mapping) or not is_document(whole):
        return {}
    try:
        document = read_document(whole)
    except InvalidPreset:
        return {}
    found: dict[str, TemplateModel] = {}
    for name, source in told_files(document):
        found.setdefault(_key(name), TemplateModel(name, source.folder, source.url))
    return found


def _models(adoption: Adoption, told: Mapping[str, TemplateModel]) -> Iterator[TemplateModel]:
    """Those that its nodes load; what is only told of comes after them, as some loader we do not know may want it."""
    titles = edits.by_title(adoption.graph)
    found: dict[str, TemplateModel] = {}
    for row in adoption.models:
        base = _key(row["file"])
        loaders = tuple(_loaders(row["into"], adoption.graph, titles))
        known = found.get(base) or told.get(base) or TemplateModel(row["file"], row["folder"])
        found[base] = replace(known, loaders=tuple(dict.fromkeys((*known.loaders, *loaders))))
    return iter({**found, **{base: model for base, model in told.items() if base not in found}}.values())


def _loaders(targets: Iterable[str], graph: edits.Graph, titles: edits.Titles) -> Iterator[tuple[str, str]]:
    for title, name in map(edits.split_target, targets):
        for node_id in titles.get(title, ()):
            yield str(graph[node_id]["class_type"]), name


def _key(path: str) -> str:
    """A file's own name for comparing."""
    return base_name(normalised(path))


@dataclass(frozen=True, slots=True)
class Shelves:
    """Which model files a server has: `lists` by folder, and what its nodes offer to load."""

    catalog: Catalog
    lists: Mapping[str, tuple[str, ...]]
    _known: dict[object, frozenset[str]] = field(default_factory=dict)

    def settled(self, facts: TemplateFacts) -> TemplateFacts:
        """With the state of every file."""
        return replace(facts, models=tuple(map(self._settled, facts.models)))

    def _settled(self, model: TemplateModel) -> TemplateModel:
        base = _key(model.file)
        if base in self._in(model.folder) or any(base in self._offered(*loader) for loader in model.loaders):
            return replace(model, state="there", found="")
        other = next((folder for folder in self.lists if base in self._in(folder)), "")
        return replace(model, state="misplaced" if other else "missing", found=other)

    def _offered(self, class_type: str, name: str) -> frozenset[str]:
        key = (class_type, name)
        if key not in self._known:
            self._known[key] = frozenset(map(_key, self.catalog.choices(class_type, name) or ()))
        return self._known[key]

    def _in(self, folder: str) -> frozenset[str]:
        if folder not in self._known:
            self._known[folder] = frozenset(map(_key, self.lists.get(folder, ())))
        return self._known[folder]


def mark_of_nodes(catalog: Catalog) -> str:
    """Of what facts depend on in a catalog: the classes and their inputs, and not the files to choose from."""
    told = hashlib.blake2b(digest_size=16)
    for name in sorted(catalog.classes):
        known = catalog.classes[name]
        told.update(repr((name, known.outputs, known.is_output, _shape(known.inputs))).encode("utf-8", "replace"))
    told.update(repr(sorted(catalog.replacements.items())).encode("utf-8", "replace"))
    return told.hexdigest()


def _shape(inputs: Mapping[str, NodeInput]) -> list[tuple[object, ...]]:
    return [(name, one.type, one.required, one.is_widget, one.has_control, one.grows) for name, one in inputs.items()]
