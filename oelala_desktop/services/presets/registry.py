"""Presets from disk: those that come with the program and the user's own, which work the same way."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from oelala_desktop.domain.errors import InvalidPreset, NotFound
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.sentences import say
from oelala_desktop.domain.spelling import nearest
from oelala_desktop.domain.tool import TOOLS, Tool
from oelala_desktop.storage.plain_file import read_plain

_SIZE_LIMIT = 4 * 2**20  # bytes of one preset file


class ToolRegistry:
    """`faults` are sentences on presets of the user's own that could not be read; the others are there."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._presets: dict[str, Preset] = {}
        self._tables: dict[str, Path] = {}
        self._offered: tuple[Preset, ...] = ()
        self._places: dict[str, int] = {}
        self._off: frozenset[str] = frozenset()
        self._broken: dict[str, str] = {}

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(self._broken.values())

    def load(self) -> None:
        """Reads all folders (blocking). A later folder's preset replaces one of the same id."""
        found: dict[str, Preset] = {}
        tables: dict[str, Path] = {}
        broken: dict[str, str] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*/*.toml")):
                try:
                    preset = _read(path)
                except InvalidPreset as error:
                    broken[f"{path.parent.name}.{path.stem}"] = error.message
                else:
                    found[preset.id], tables[preset.id] = preset, path
        self._tables = tables
        self._take(found)
        self._broken = broken

    def offer(self, preset: Preset, table: Path | None = None) -> None:
        """Takes in one more, without reading the folders again. `table` is where a new one lies."""
        if table is not None:
            self._tables[preset.id] = table
        self._take(self._presets | {preset.id: preset})

    def arrange(self, order: list[str], off: list[str]) -> None:
        """The user's own order of preference, by ids, before those that it does not name; and what is switched off."""
        self._places = {preset_id: place for place, preset_id in enumerate(order)}
        self._off = frozenset(off)
        self._take(self._presets)

    def _take(self, found: dict[str, Preset]) -> None:
        last = len(self._places)

        def rank(preset: Preset) -> tuple[int, int, str]:
            return self._places.get(preset.id, last), preset.order, preset.id

        self._presets = {preset.id: preset for preset in sorted(found.values(), key=rank)}
        on = [preset for preset in self._presets.values() if preset.id not in self._off]
        live = {preset.tool.id for preset in on}  # a tool keeps its page, though all that it has were switched off
        self._offered = tuple(p for p in self._presets.values() if p in on or p.tool.id not in live)

    def presets(self, tool: Tool | None = None) -> tuple[Preset, ...]:
        """Those that are offered, in the order of preference: the user's, else the declared one."""
        return tuple(p for p in self._offered if tool is None or p.tool.id == tool.id)

    def every(self, tool: Tool | None = None) -> tuple[Preset, ...]:
        """Those that are switched off too, in the same order."""
        return tuple(p for p in self._presets.values() if tool is None or p.tool.id == tool.id)

    def table(self, preset: Preset) -> Path | None:
        """Where it was read; None for one that was never on the disk."""
        return self._tables.get(preset.id)

    def find(self, name: str, tool: Tool | None = None) -> Preset:
        """By full id, or by the short one inside a tool. Raises NotFound, with the nearest or with what is wrong with
        the files of that name."""
        preset = self._presets.get(name) or (self._presets.get(f"{tool.id}.{name}") if tool else None)
        if preset is None or (tool and preset.tool.id != tool.id):
            fault = self._broken.get(name) or (self._broken.get(f"{tool.id}.{name}") if tool else None)
            if fault:
                raise NotFound(f"The preset {name} cannot be used. {fault}")
            known = [p.short_id if tool else p.id for p in self.presets(tool)]
            near = nearest(name, known)
            hint = f" Did you mean {near}?" if near else ""
            where = f" of {tool.name}" if tool else ""
            raise NotFound(f"There is no preset{where} named {name}.{hint} Presets: {', '.join(known) or 'none'}.")
        return preset

    def require(self, tool: Tool) -> tuple[Preset, ...]:
        """The tool's presets. Raises NotFound if it has none."""
        presets = self.presets(tool)
        if not presets:
            raise NotFound(say("no_preset", {"tool": tool.name}))
        return presets

    def by_tool(self) -> tuple[Preset, ...]:
        """All presets, tool by tool as the window shows them."""
        return tuple(preset for tool in self.live_tools() for preset in self.presets(tool))

    def live_tools(self) -> tuple[Tool, ...]:
        """Tools that have at least one preset."""
        return tuple(t for t in TOOLS.values() if self.presets(t))


def _read(path: Path) -> Preset:
    tool = TOOLS.get(path.parent.name)
    if tool is None:
        raise InvalidPreset(f"{path}: there is no tool named {path.parent.name}.")
    graph_path = path.with_suffix(".json")
    try:
        if max(path.stat().st_size, graph_path.stat().st_size) > _SIZE_LIMIT:
            raise InvalidPreset(f"{path}: a preset's file is larger than {_SIZE_LIMIT // 2**20} MiB.")
        table = tomllib.loads(read_plain(path).decode())
        graph = json.loads(read_plain(graph_path))
    except FileNotFoundError as error:
        raise InvalidPreset(f"{path}: {Path(error.filename).name} is missing; a preset has both files.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidPreset(f"{path}: {error}.") from error
    if not isinstance(graph, dict) or not all(
        isinstance(n, dict) and isinstance(n.get("inputs"), dict) and isinstance(n.get("class_type"), str)
        for n in graph.values()
    ):
        raise InvalidPreset(f"{graph_path}: this is not a workflow in API format (ComfyUI: Workflow → Export (API)).")
    try:
        return parse_preset(path.stem, tool, table, graph)
    except InvalidPreset as error:
        # its own sentence may name a node alone, as it does for a graph that is still to become a preset
        raise InvalidPreset(f"{path}: {error.message}") from error
