"""A workflow out of a file from anywhere, read into a graph that can be worked with: bounded in nodes, values and
depth, text throughout, and every node with a title of its own."""

from __future__ import annotations

import json
from typing import Any

from . import graph as edits
from .errors import InvalidPreset

_MOST_NODES = 2000
_MOST_VALUES = 50_000  # with those inside of others
_DEEPEST = 32
_LARGEST = 4 * 2**20  # bytes of the file that is kept, which is what the next start reads again
_LONGEST_CLASS, _LONGEST_TITLE = 200, 100  # characters


def is_workflow(content: object) -> bool:
    """Whether this JSON value is a workflow, in either of ComfyUI's formats, rather than something else."""
    if not isinstance(content, dict) or not content:
        return False
    if isinstance(content.get("nodes"), list) and "links" in content:
        return True
    return all(isinstance(n, dict) and "class_type" in n for n in content.values())


def read_graph(content: object) -> edits.Graph:
    """A copy in which all is well. Raises InvalidPreset with a sentence on what is wrong."""
    if isinstance(content, dict) and isinstance(content.get("nodes"), list):
        raise InvalidPreset(
            "This is ComfyUI's editor format, which no server runs. Export it with Workflow → Export (API) instead."
        )
    if not isinstance(content, dict) or not is_workflow(content):
        raise InvalidPreset("This is not a workflow in API format (ComfyUI: Workflow → Export (API)).")
    if len(content) > _MOST_NODES:
        raise InvalidPreset(f"This workflow has {len(content)} nodes; at most {_MOST_NODES} are taken.")
    _check_extent(content)
    if not all(isinstance(n.get("inputs"), dict) and _is_class(n["class_type"]) for n in content.values()):
        raise InvalidPreset("This workflow is damaged: one of its nodes has no inputs or no class.")
    graph = _titled(edits.copy_graph(content))
    _check_text(graph)
    return graph


def _is_class(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_CLASS


def _check_extent(content: object) -> None:
    level, count = [content], 0
    for _ in range(_DEEPEST):
        level = [
            inside
            for value in level
            if isinstance(value, dict | list)
            for inside in (value.values() if isinstance(value, dict) else value)
        ]
        count += len(level)
        if count > _MOST_VALUES:
            raise InvalidPreset(f"This workflow holds more than {_MOST_VALUES} values; that is too much for a preset.")
        if not level:
            return
    raise InvalidPreset("This workflow is damaged: its values lie too deep inside each other.")


def _check_text(graph: edits.Graph) -> None:
    """That the graph can be written down and read again."""
    try:
        size = len(json.dumps(graph, indent=2, ensure_ascii=False).encode())
    except UnicodeEncodeError as error:
        raise InvalidPreset("This workflow is damaged: one of its texts is not valid Unicode.") from error
    if size > _LARGEST:
        raise InvalidPreset(f"This workflow is larger than {_LARGEST // 2**20} MiB.")


def _titled(graph: edits.Graph) -> edits.Graph:
    """Every node with a title of its own, since titles are what a table's targets name."""
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    for node_id, node in graph.items():
        title = wanted = edits.title_of(graph, node_id)[:_LONGEST_TITLE]
        while title in seen:
            numbers[wanted] = numbers.get(wanted, 1) + 1
            title = f"{wanted} {numbers[wanted]}"
        seen.add(title)
        meta: Any = node.get("_meta")
        node["_meta"] = {**(meta if isinstance(meta, dict) else {}), "title": title}
    return graph
