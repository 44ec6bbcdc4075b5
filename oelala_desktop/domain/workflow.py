"""A workflow out of a file from anywhere, read into a graph that can be worked with: bounded in nodes, values and
depth, text throughout, and every node with a title of its own."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import graph as edits
from .catalog import Catalog
from .editor.conversion import Missing, Shown
from .editor.converter import convert
from .editor.document import Document, is_document, read_document
from .editor.replacing import replaced_in_graph
from .errors import InvalidPreset

_MOST_NODES = 2000
_MOST_VALUES = 50_000  # with those inside of others
_MOST_IN_EDITOR = 200_000  # a file of the editor holds places, colours and sizes of all its nodes
_DEEPEST = 32
_WRAPPED = 4  # times
_LARGEST = 4 * 2**20  # bytes of the file that is kept, which is what the next start reads again
_LONGEST_CLASS, _LONGEST_TITLE = 200, 100  # characters


@dataclass(frozen=True, slots=True)
class Workflow:
    """`graph` is what a server runs. `document` is what the editor has of it, None where the file holds the graph
    alone; `lacking` are classes that the server does not have; `shown` and `chosen` as in a Conversion."""

    graph: edits.Graph
    document: Document | None = None
    lacking: tuple[Missing, ...] = ()
    shown: tuple[Shown, ...] = ()
    chosen: tuple[Shown, ...] = ()


def is_workflow(content: object) -> bool:
    """Whether this JSON value is a workflow, in any form, rather than something else."""
    content = unwrapped(content)
    return is_document(content) or _is_graph(content)


def unwrapped(content: object) -> object:
    """The workflow inside of what a server, a picture or a script wraps around one; the editor's before a graph."""
    for _ in range(_WRAPPED):
        if not isinstance(content, Mapping) or is_document(content) or _is_graph(content):
            break
        inside = next((content[key] for key in ("workflow", "prompt") if _holds_one(content.get(key))), None)
        if inside is None:
            break
        content = inside
    return content


def _holds_one(value: object) -> bool:
    return (
        is_document(value)
        or _is_graph(value)
        or (isinstance(value, Mapping) and bool({"workflow", "prompt"} & value.keys()))
    )


def _is_graph(content: object) -> bool:
    return (
        isinstance(content, dict)
        and bool(content)
        and all(isinstance(n, dict) and "class_type" in n for n in content.values())
    )


def read_workflow(content: object, catalog: Catalog | None) -> Workflow:
    """Without a catalog a file of the editor cannot be read, since it does not name its nodes' settings. Where the
    graph that was run lies beside it, as in a picture, that is taken then.
    Raises InvalidPreset with a sentence on what is wrong."""
    whole = unwrapped(content)
    if not isinstance(whole, Mapping) or not is_document(whole):
        return _of_graph(whole, catalog)
    try:
        return _of_document(whole, catalog)
    except InvalidPreset:
        beside = content.get("prompt") if isinstance(content, Mapping) else None
        if not _is_graph(beside):
            raise
        return _of_graph(beside, catalog)


def _of_graph(content: object, catalog: Catalog | None) -> Workflow:
    graph = read_graph(content)
    if catalog is None:
        return Workflow(graph)
    graph = replaced_in_graph(graph, catalog)
    return Workflow(graph, None, _lacking(graph, catalog))


def _of_document(content: Mapping[str, Any], catalog: Catalog | None) -> Workflow:
    if catalog is None:
        raise InvalidPreset(
            "This is a workflow of ComfyUI's editor, which only a connected ComfyUI can explain. Connect one, and"
            " try again."
        )
    _check_extent(content, _MOST_IN_EDITOR)
    _check_text(content, None)
    document = read_document(content)
    made = convert(document, catalog)
    if not made.graph:
        raise InvalidPreset("This workflow has no node that does anything.")
    return Workflow(read_graph(made.graph), document, made.missing, made.shown, made.chosen)


def _lacking(graph: edits.Graph, catalog: Catalog) -> tuple[Missing, ...]:
    names = dict.fromkeys(node["class_type"] for node in graph.values())
    return tuple(Missing(name) for name in names if not catalog.has(name))


def read_graph(content: object) -> edits.Graph:
    """A copy in which all is well. Raises InvalidPreset with a sentence on what is wrong."""
    if not isinstance(content, dict) or not _is_graph(content):
        raise InvalidPreset(
            "This is no workflow: neither one that ComfyUI's editor saves nor one that it exports for its API."
        )
    if len(content) > _MOST_NODES:
        raise InvalidPreset(f"This workflow has {len(content)} nodes; at most {_MOST_NODES} are taken.")
    _check_extent(content, _MOST_VALUES)
    if not all(isinstance(n.get("inputs"), dict) and _is_class(n["class_type"]) for n in content.values()):
        raise InvalidPreset("This workflow is damaged: one of its nodes has no inputs or no class.")
    graph = _titled(edits.copy_graph(content))
    _check_numbers(graph)
    _check_text(graph, 2)
    return graph


def _is_class(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_CLASS


def _check_extent(content: object, most: int) -> None:
    level, count = [content], 0
    for _ in range(_DEEPEST):
        level = [
            inside
            for value in level
            if isinstance(value, dict | list)
            for inside in (value.values() if isinstance(value, dict) else value)
        ]
        count += len(level)
        if count > most:
            raise InvalidPreset(f"This workflow holds more than {most} values; that is too much for a preset.")
        if not level:
            return
    raise InvalidPreset("This workflow is damaged: its values lie too deep inside each other.")


def _check_numbers(graph: edits.Graph) -> None:
    """That JSON has them, and 64 bits hold those that are whole: others can be neither stored nor sent."""
    for node_id, node in graph.items():
        if any(isinstance(value, int | float) and not _is_sendable(value) for value in _inside(node)):
            title = edits.title_of(graph, node_id)
            raise InvalidPreset(f"The node “{title}” holds a number that no server can read.")


def _inside(value: object) -> Iterator[object]:
    """A value with all that lies in it."""
    ahead = [value]
    while ahead:
        here = ahead.pop()
        yield here
        if isinstance(here, dict | list):
            ahead += here.values() if isinstance(here, dict) else here


def _is_sendable(number: float) -> bool:
    return -(2**63) <= number < 2**64 if isinstance(number, int) else math.isfinite(number)


def _check_text(content: Mapping[str, Any], indent: int | None) -> None:
    """That it can be written down and read again."""
    try:
        size = len(json.dumps(content, indent=indent, ensure_ascii=False).encode())
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
