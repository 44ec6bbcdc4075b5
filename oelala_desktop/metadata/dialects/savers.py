"""Which output of a graph a file is: by the name that the output gives its files, else by the size of what it saves."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.metadata import jsontext, limits
from oelala_desktop.metadata.dialects.graph import Graph
from oelala_desktop.metadata.dialects.sizes import of_picture
from oelala_desktop.metadata.dialects.written import Written

_PREFIXES = ("filename_prefix", "save_prefix", "filename")
_CONTENT = ("images", "image", "video", "frames", "samples")
RATES = ("frame_rate", "fps")
_FOLDERS = re.compile(r"[\\/]")
#: sides that are the same but for the rounding of a latent
_NEAR = 0.02


def is_video(graph: Graph, node_id: str) -> bool:
    """Whether an output makes a video."""
    inputs = graph.inputs(node_id)
    return "Video" in graph.class_type(node_id) or any(key in inputs for key in RATES)


def find(graph: Graph, outputs: list[str], written: Written) -> str | None:
    """The one output that this file is; None if several may be it, or there is only one."""
    savers = [node_id for node_id in outputs[: limits.GRAPH_PARTS] if _prefix(graph, node_id) is not None]
    if len(savers) < 2:
        return None
    of_kind = [node_id for node_id in savers if is_video(graph, node_id) == written.moving] or savers
    named = _longest(graph, of_kind, written.name)
    if len(named) > 1:
        named = _of_size(graph, named, written)
    return named[0] if len(named) == 1 else None


def _prefix(graph: Graph, node_id: str) -> str | None:
    """How the names of an output's files begin: folders go before it, and what is filled in later is behind it."""
    inputs = graph.inputs(node_id)
    value = next((graph.literal(inputs[key], "filename_prefix") for key in _PREFIXES if key in inputs), None)
    return _FOLDERS.split(jsontext.word(value))[-1].partition("%")[0] if type(value) is str else None


def _longest(graph: Graph, savers: list[str], name: str) -> list[str]:
    """Those whose prefix the name begins with, the longest one; all of them if there is none."""
    fitting = [(len(prefix), node_id) for node_id in savers if name.startswith(prefix := _prefix(graph, node_id) or "")]
    most = max((length for length, _ in fitting), default=0)
    return [node_id for length, node_id in fitting if length == most] if most else savers


def _of_size(graph: Graph, savers: list[str], written: Written) -> list[str]:
    """Those that save pictures of the file's size, or else of its proportion."""
    if not written.width or not written.height:
        return savers
    sizes = {node_id: of_picture(graph, _content(graph, node_id)) for node_id in savers}
    same = [node_id for node_id, size in sizes.items() if size == (written.width, written.height)]
    ratio = written.width / written.height
    near = [node_id for node_id, size in sizes.items() if size and abs(size[0] / size[1] / ratio - 1) < _NEAR]
    return same or near or savers


def _content(graph: Graph, node_id: str) -> Any:
    inputs = graph.inputs(node_id)
    return next((inputs[key] for key in _CONTENT if key in inputs), None)
