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
        self._broken: dict[str, str] = {}

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(self._broken.values())

    def load(self) -> None:
        """Reads all folders (blocking). A later folder's preset replaces one of the same id."""
        found: dict[str, Preset] = {}
        broken: dict[str, str] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*/*.toml")):
                try:
                    preset = _read(path)
                except InvalidPreset as error:
                    broken[f"{path.parent.name}.{path.stem}"] = error.message
                else:
                    found[preset.id] = preset
        self._take(found)
        self._broken = broken

    def offer(self, preset: Preset) -> None:
        """Takes in one more, without reading the folders again."""
        self._take(self._presets | {preset.id: preset})

    def _take(self, found: dict[str, Preset]) -> None:
        self._presets = dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))

    def presets(self, tool: Tool | None = None) -> tuple[Preset, ...]:
        """In the declared order of preference."""
        return tuple(p for p in self._presets.values() if tool is None or p.tool.id == tool.id)

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
