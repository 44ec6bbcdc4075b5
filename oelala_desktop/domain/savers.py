"""The nodes of a graph that save, and where their files lie on a server: under a prefix that only this job has, with
numbers from 1 on that all savers of that prefix share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .engine import ServerFile

Graph = Mapping[str, Mapping[str, Any]]
#: class of saver -> what it puts behind its prefix and the number
_ENDINGS = {
    "SaveImage": "_.png",
    "SaveVideo": "_.mp4",
    "SaveWEBM": "_.webm",
    "SaveAnimatedWEBP": "_.webp",
    "SaveAnimatedPNG": "_.png",
}
#: savers of what is no picture: it may come beside the result, but is not what was asked for
_OTHER_ENDINGS = {
    "SaveAudio": "_.flac",
    "SaveAudioMP3": "_.mp3",
    "SaveAudioOpus": "_.opus",
    "SaveLatent": "_.latent",
    "SaveText": "_.txt",
}
#: savers of what was trained, which report nothing: their files are known by their names alone
_MODEL_ENDINGS = {"SaveLoRA": "_.safetensors"}
#: what only shows what a node has, in a file that its server drops
_SHOWING = frozenset({"LossGraphNode"})
#: classes whose files are what they are asked for
VIDEOS = frozenset({"SaveVideo", "SaveWEBM", "SaveAnimatedWEBP", "SaveAnimatedPNG", "VHS_VideoCombine"})
SAVERS = frozenset({*_ENDINGS, *_OTHER_ENDINGS, *_MODEL_ENDINGS, *VIDEOS})
_VHS_SUFFIXES = {"image/gif": "gif", "image/webp": "webp", "video/webm": "webm", "video/ProRes": "mov"}


@dataclass(frozen=True, slots=True)
class Saver:
    """`is_asked_for`: without a file of it the job came to nothing."""

    node: str
    prefix: str
    ending: str
    saves_many: bool
    is_asked_for: bool

    def file(self, number: int = 1) -> ServerFile:
        subfolder, _, stem = self.prefix.rpartition("/")
        return ServerFile(f"{stem}_{number:05}{self.ending}", subfolder, "output", self.node)


def prefix_input(saver: str) -> str:
    """The input of that class which says how its files are called."""
    return "prefix" if saver in _MODEL_ENDINGS else "filename_prefix"


def savers_of(graph: Graph, unique: str) -> tuple[Saver, ...]:
    """Those whose prefix begins with the job's `unique` one, what was asked for first; empty if one is of an unknown
    class."""
    found = []
    for node, row in graph.items():
        inputs = row.get("inputs", {})
        saver = str(row.get("class_type"))
        prefix = inputs.get(prefix_input(saver))
        if saver in _SHOWING or not isinstance(prefix, str) or not prefix.startswith(unique):
            continue
        ending = _ending(saver, str(inputs.get("format")))
        if ending is None:
            return ()
        is_asked_for = saver not in _OTHER_ENDINGS or not saves_pictures(graph)
        found.append(Saver(node, prefix, ending, saver == "SaveImage", is_asked_for))
    return tuple(sorted(found, key=lambda saver: not saver.is_asked_for))


def _ending(saver: str, wanted: str) -> str | None:
    if saver == "VHS_VideoCombine":
        return f".{_VHS_SUFFIXES.get(wanted, 'webm' if 'webm' in wanted else 'mp4')}"
    return _ENDINGS.get(saver) or _OTHER_ENDINGS.get(saver) or _MODEL_ENDINGS.get(saver)


def saves_pictures(graph: Graph) -> bool:
    """Whether the graph has a saver that is known to make pictures or videos."""
    classes = {row.get("class_type") for row in graph.values()}
    return bool(classes & {*_ENDINGS, "VHS_VideoCombine"})


def saves_models(graph: Graph) -> bool:
    """Whether what comes of it is weights."""
    return any(row.get("class_type") in _MODEL_ENDINGS for row in graph.values())


def only_shows(graph: Graph, node: str) -> bool:
    """Whether nothing that is kept comes of that node."""
    return graph.get(node, {}).get("class_type") in _SHOWING


def untold_files(graph: Graph, unique: str) -> tuple[ServerFile, ...]:
    """What savers that report nothing have made, under the first name that is theirs."""
    savers = savers_of(graph, unique) if saves_models(graph) else ()
    return tuple(saver.file() for saver in savers if graph[saver.node].get("class_type") in _MODEL_ENDINGS)
