"""Presets made from workflows of the user's own: read, looked through, written as two files, offered. Blocking."""

from __future__ import annotations

import contextlib
import itertools
import json
from pathlib import Path

import tomli_w

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopt_table import preset_table, slug
from oelala_desktop.domain.errors import CannotSave, InvalidInput, InvalidPreset
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import Tool

from .json_file import read_json
from .tools import ToolRegistry


def read_workflow(path: Path) -> Adoption:
    """Raises InvalidInput with a sentence that names the file and its fault."""
    try:
        return adopt(read_json(path))
    except InvalidPreset as error:
        raise InvalidInput(f"{path.name}: {error.message}") from error


def save_preset(
    registry: ToolRegistry, folder: Path, adoption: Adoption, tool: Tool, name: str, kept: frozenset[str]
) -> Preset:
    """A new preset of that tool in the user's own `folder` of presets. A name that is taken gets a number.

    Raises InvalidPreset or CannotSave; then nothing is left behind."""
    table = preset_table(adoption, name, kept)
    taken = {preset.short_id for preset in registry.presets(tool)}
    stems = (slug(name) if n == 1 else f"{slug(name)}-{n}" for n in itertools.count(1))
    short_id = next(stem for stem in stems if stem not in taken)
    preset = parse_preset(short_id, tool, table, adoption.graph)
    path = folder / tool.id / f"{short_id}.toml"
    # the graph first: the table is what the next start looks for
    _write(path.with_suffix(".json"), json.dumps(adoption.graph, indent=2, ensure_ascii=False))
    _write(path, tomli_w.dumps(table))
    registry.offer(preset)
    return preset


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, "utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise CannotSave(f"The preset cannot be saved in {path.parent}: {error.strerror}.") from error
