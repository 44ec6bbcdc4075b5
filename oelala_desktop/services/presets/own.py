"""Presets made from workflows of the user's own: read, looked through, written as two files, offered. Blocking."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopt_table import preset_table, slug
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import CannotSave, InvalidInput, InvalidPreset
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.domain.workflow import is_workflow
from oelala_desktop.services.files.json_file import read_json
from oelala_desktop.storage.whole_file import write_whole

from .registry import ToolRegistry


def read_workflow(path: Path, catalog: Catalog | None = None) -> Adoption:
    """Raises InvalidInput with a sentence that names the file and its fault."""
    return _adopted(path, read_json(path), catalog)


def read_dropped(path: Path, catalog: Catalog | None = None) -> Adoption | Mapping[str, Any]:
    """What a JSON file is to become: a preset, or else settings, of which there may be none. Raises InvalidInput with a
    sentence that names the file and its fault."""
    content = read_json(path)
    if is_workflow(content):
        return _adopted(path, content, catalog)
    return content if isinstance(content, dict) else {}


def _adopted(path: Path, content: object, catalog: Catalog | None) -> Adoption:
    try:
        return adopt(content, catalog)
    except InvalidPreset as error:
        raise InvalidInput(f"{path.name}: {error.message}") from error


def save_preset(
    registry: ToolRegistry, folder: Path, adoption: Adoption, tool: Tool, name: str, kept: frozenset[str]
) -> Preset:
    """A new preset of that tool in the user's own `folder` of presets. A name that is taken gets a number.

    Raises InvalidPreset or CannotSave; then nothing is left behind."""
    table = preset_table(adoption, name, kept)
    taken = {preset.short_id for preset in registry.presets(tool)}
    parse_preset(slug(name), tool, table, adoption.graph)
    try:
        path = _claim(folder / tool.id, slug(name), taken)
        try:
            # the graph first: the table is what the next start looks for
            graph = json.dumps(adoption.graph, indent=2, ensure_ascii=False)
            write_whole(path.with_suffix(".json"), graph.encode())
            write_whole(path, tomli_w.dumps(table).encode())
        except BaseException:
            path.with_suffix(".json").unlink(missing_ok=True)
            raise
    except (OSError, UnicodeEncodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds text that is not valid Unicode"
        raise CannotSave(f"The preset cannot be saved in {folder / tool.id}: {why}.") from error
    preset = parse_preset(path.stem, tool, table, adoption.graph)
    registry.offer(preset)
    return preset


def _claim(folder: Path, wish: str, taken: set[str]) -> Path:
    """Where the table goes, under a name that neither a preset has nor a file: one that does not load, or that another
    process is writing, is somebody's too. The graph's file is there when this returns, and ours. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem in (wish if n == 1 else f"{wish}-{n}" for n in itertools.count(1)):
        path = folder / f"{stem}.toml"
        if stem in taken or os.path.lexists(path):
            continue
        with contextlib.suppress(FileExistsError):
            path.with_suffix(".json").open("x").close()
            return path
    raise AssertionError  # there is always a next number
