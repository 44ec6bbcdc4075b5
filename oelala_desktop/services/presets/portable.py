"""A preset in one file: graph and table together, to be given to others. Dropped on the window it is a preset again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import CannotSave, InvalidInput, InvalidPreset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS, Tool
from oelala_desktop.storage.plain_file import read_plain

_MARK = "oelala_preset"
_FORM = 1


@dataclass(frozen=True, slots=True)
class PresetFile:
    """What the files of a preset hold; `document` is the editor's own workflow that it was made of, if there is one."""

    tool: Tool
    table: Mapping[str, Any]
    graph: Mapping[str, Any]
    document: Mapping[str, Any] | None = None


def document_of(table: Path) -> Path:
    """Where the editor's own file of a preset lies, beside its table."""
    return table.with_suffix(".workflow.json")


def read_files(tool: Tool, table: Path) -> PresetFile:
    """Of a preset that was loaded from there. Raises CannotSave where its files are gone since. Blocking."""
    try:
        graph = json.loads(read_plain(table.with_suffix(".json")))
        document = json.loads(read_plain(document_of(table))) if document_of(table).exists() else None
        return PresetFile(tool, tomllib.loads(read_plain(table).decode()), graph, document)
    except (OSError, ValueError, RecursionError) as error:
        raise CannotSave(f"The preset's files in {table.parent} cannot be read any more.") from error


def pack(file: PresetFile) -> bytes:
    content = {_MARK: _FORM, "tool": file.tool.id, "table": file.table, "graph": file.graph}
    content |= {"document": file.document} if file.document is not None else {}
    return json.dumps(content, indent=2, ensure_ascii=False).encode()


def is_preset_file(content: object) -> bool:
    return isinstance(content, dict) and _MARK in content


def unpack(content: object, name: str) -> PresetFile:
    """Of the JSON value that a file of that name holds. Raises InvalidInput with a sentence that names it."""
    row = content if isinstance(content, dict) else {}
    tool, table, graph = TOOLS.get(str(row.get("tool"))), row.get("table"), row.get("graph")
    if row.get(_MARK) != _FORM:
        raise InvalidInput(f"{name} is a preset that a newer Oelala wrote.")
    if tool is None or not isinstance(table, dict) or not isinstance(graph, dict) or not _is_plain(table):
        raise InvalidInput(f"{name} is not a whole preset.")
    if not isinstance(table.get("name"), str) or not table["name"].strip():
        raise InvalidInput(f"{name} is a preset without a name.")
    nodes = graph.values()
    if not all(isinstance(node, dict) and isinstance(node.get("inputs"), dict) for node in nodes):
        raise InvalidInput(f"{name} holds a graph that is not in API format.")
    try:
        parse_preset("preset", tool, table, graph)
    except InvalidPreset as error:
        raise InvalidInput(f"{name}: {error.message}") from error
    document = row.get("document")
    return PresetFile(tool, table, graph, document if isinstance(document, dict) else None)


def _is_plain(value: Any) -> bool:
    """Whether a table can hold it: a table has no empty value."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return isinstance(value, str | int | float | bool)
