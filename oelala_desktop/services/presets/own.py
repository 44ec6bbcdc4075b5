"""Presets made from workflows of the user's own: read, looked through, written as two files, offered. Blocking."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopt_table import as_kept, preset_table, slug, with_own_words
from oelala_desktop.domain.adopting.exposure import Exposure
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import CannotSave, InvalidInput, InvalidPreset
from oelala_desktop.domain.graph import by_title, copy_graph
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.domain.workflow import is_workflow
from oelala_desktop.services.files.json_file import read_json
from oelala_desktop.storage.plain_file import read_plain
from oelala_desktop.storage.whole_file import write_whole

from .portable import PresetFile, document_of, is_preset_file, unpack
from .registry import ToolRegistry


def read_dropped(path: Path, catalog: Catalog | None = None) -> Adoption | PresetFile | Mapping[str, Any]:
    """What a JSON file is to become: a preset, or one that it holds whole, or else settings, of which there may be
    none. Raises InvalidInput with a sentence that names the file and its fault."""
    content = read_json(path)
    if is_preset_file(content):
        return unpack(content, path.name)
    if is_workflow(content):
        return adopt_file(path, content, catalog)
    return content if isinstance(content, dict) else {}


def adopt_file(path: Path, content: object, catalog: Catalog | None) -> Adoption:
    """What a preset could be made of, of what that file holds. Raises InvalidInput with a sentence that names it."""
    try:
        return adopt(content, catalog)
    except InvalidPreset as error:
        raise InvalidInput(f"{path.name}: {error.message}") from error


def save_preset(
    registry: ToolRegistry,
    folder: Path,
    adoption: Adoption,
    tool: Tool,
    name: str,
    kept: Iterable[Exposure] | None = None,
) -> Preset:
    """A new preset of that tool in the user's own `folder` of presets, with the settings of `kept` under their labels
    and in their order; without, those that the adoption suggests. A name that is taken gets a number.

    Raises InvalidPreset or CannotSave; then nothing is left behind."""
    table = preset_table(adoption, name, adoption.suggested if kept is None else kept)
    return add_preset(registry, folder, PresetFile(tool, table, adoption.graph, adoption.document))


def add_preset(registry: ToolRegistry, folder: Path, file: PresetFile) -> Preset:
    """As `save_preset`, of a table and a graph."""
    tool, table, wish = file.tool, dict(file.table), slug(str(file.table["name"]))
    taken = {preset.short_id for preset in registry.every(tool)}
    parse_preset(wish, tool, table, file.graph)
    with saying(f"The preset cannot be saved in {folder / tool.id}"):
        path = _claim(folder / tool.id, wish, taken)
        try:
            # the table last: it is what the next start looks for
            _write(path.with_suffix(".json"), file.graph)
            if file.document is not None:
                _write(document_of(path), file.document, None)
            write_whole(path, tomli_w.dumps(table).encode())
        except BaseException:
            path.with_suffix(".json").unlink(missing_ok=True)
            document_of(path).unlink(missing_ok=True)
            raise
    preset = parse_preset(path.stem, tool, table, file.graph)
    registry.offer(preset, path)
    return preset


def reopened(folder: Path, preset: Preset, catalog: Catalog | None) -> Adoption:
    """An adopted preset as it was taken in, with what was kept of it, and under which names. The editor's file says
    most of it, where the engine makes the same nodes of it as the one it was taken in with. Raises InvalidInput."""
    path = folder / preset.tool.id / f"{preset.short_id}.toml"
    document = document_of(path)
    adoption, titles = None, by_title(preset.template).keys()
    if catalog is not None and document.exists():
        with contextlib.suppress(InvalidInput):
            adoption = adopt_file(document, read_json(document), catalog)
    if adoption is None or by_title(adoption.graph).keys() != titles:
        source = path.with_suffix(".json")
        adoption = adopt_file(source, read_json(source), catalog)
    return as_kept(replace(adoption, graph=copy_graph(preset.template)), preset)


def change_preset(
    registry: ToolRegistry, folder: Path, preset: Preset, adoption: Adoption, name: str, kept: Iterable[Exposure]
) -> Preset:
    """The same preset with another name and other settings. Its graph stays, and so does what somebody wrote into its
    table. Raises InvalidPreset or CannotSave; then it is as before."""
    path = folder / preset.tool.id / f"{preset.short_id}.toml"
    plain = preset_table(adoption, name, kept)
    table = with_own_words(plain, _table(path))
    try:
        changed = parse_preset(preset.short_id, preset.tool, table, preset.template)
    except InvalidPreset:  # what was written does not fit the settings that are kept now
        table, changed = plain, parse_preset(preset.short_id, preset.tool, plain, preset.template)
    with saying(f"The preset cannot be saved in {path.parent}"):
        _write(path.with_suffix(".json"), preset.template)  # it may have gone since it was read
        write_whole(path, tomli_w.dumps(table).encode())
    registry.offer(changed)
    return changed


def _table(path: Path) -> dict[str, Any]:
    """Empty where none can be read."""
    try:
        return tomllib.loads(read_plain(path).decode())
    except (OSError, ValueError, RecursionError):
        return {}


def _write(path: Path, content: Mapping[str, Any], indent: int | None = 2) -> None:
    write_whole(path, json.dumps(content, indent=indent, ensure_ascii=False).encode())


@contextlib.contextmanager
def saying(what: str) -> Iterator[None]:
    """What goes wrong with files inside of it becomes CannotSave with a sentence that begins so."""
    try:
        yield
    except (OSError, UnicodeEncodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds text that is not valid Unicode"
        raise CannotSave(f"{what}: {why}.") from error


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
