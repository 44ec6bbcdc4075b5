"""What a user does with presets: switch them off and on, put them in order, copy, export and delete them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave, InvalidInput
from oelala_desktop.domain.events import PresetsChanged
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.settings.known import PRESET_ORDER, PRESETS_OFF
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.plain_file import read_plain
from oelala_desktop.storage.whole_file import write_whole

from .own import add_preset, saying
from .portable import PresetFile, document_of, pack, read_files
from .registry import ToolRegistry

SHIPPED, ADOPTED, WRITTEN = "shipped", "adopted", "written"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A preset that was deleted, with all that brings it back."""

    name: str
    table: Path
    contents: tuple[tuple[Path, bytes], ...]


class PresetShelf:
    """`folder` is where the user's own presets lie. Every change is announced by PresetsChanged."""

    def __init__(self, registry: ToolRegistry, settings: Settings, folder: Path, bus: Bus) -> None:
        self._registry = registry
        self._settings = settings
        self._folder = folder
        self._bus = bus

    def arrange(self) -> None:
        """Has the registry offer them as the settings say."""
        self._registry.arrange(self._settings.get(PRESET_ORDER), self._settings.get(PRESETS_OFF))

    def origin(self, preset: Preset) -> str:
        """SHIPPED with the program, ADOPTED from a workflow, or WRITTEN by hand."""
        table = self._registry.table(preset)
        if table is None or not table.is_relative_to(self._folder):
            return SHIPPED
        return ADOPTED if preset.adopted else WRITTEN

    # off and on, and their order

    def is_on(self, preset: Preset) -> bool:
        return preset.id not in self._settings.get(PRESETS_OFF)

    def switch(self, preset: Preset, on: bool) -> None:
        """One that is off is offered nowhere; jobs that were made with it know it still. Raises InvalidInput for the
        last one of a tool."""
        if not on and not any(self.is_on(other) for other in self._registry.every(preset.tool) if other != preset):
            raise InvalidInput(f"{preset.tool.name} needs at least one preset.")
        off = [preset_id for preset_id in self._settings.get(PRESETS_OFF) if preset_id != preset.id]
        self._settings.set(PRESETS_OFF, off if on else [*off, preset.id])
        self._changed()

    def move(self, preset: Preset, before: Preset | None) -> None:
        """To the place before another one of the same tool, or to the end. What stands first is what "auto" takes."""
        ids = [other.id for other in self._registry.every(preset.tool) if other.id != preset.id]
        ids.insert(ids.index(before.id) if before is not None else len(ids), preset.id)
        others = [preset_id for preset_id in self._settings.get(PRESET_ORDER) if preset_id not in ids]
        self._settings.set(PRESET_ORDER, [*others, *ids])
        self._changed()

    # files

    async def add(self, file: PresetFile) -> Preset:
        """Raises InvalidPreset or CannotSave; then nothing is left behind."""
        preset = await asyncio.to_thread(add_preset, self._registry, self._folder, file)
        self._changed()
        return preset

    async def duplicate(self, preset: Preset) -> Preset:
        """A copy of the user's own, behind it. Raises CannotSave."""
        file = await asyncio.to_thread(read_files, preset.tool, self._table(preset))
        copy = await self.add(replace(file, table={**file.table, "name": f"{preset.name} copy"}))
        every = self._registry.every(preset.tool)
        behind = every[every.index(preset) + 1]
        if behind != copy:
            self.move(copy, behind)
        return copy

    async def export(self, preset: Preset, path: Path) -> None:
        """Graph and table in one file. Raises CannotSave."""
        file = await asyncio.to_thread(read_files, preset.tool, self._table(preset))
        with saying(f"{path} cannot be written"):
            await asyncio.to_thread(lambda: write_whole(path, pack(file)))

    async def delete(self, preset: Preset) -> Deleted:
        """One of the user's own. Raises InvalidInput for another, CannotSave where the disk refuses."""
        if self.origin(preset) == SHIPPED:
            raise InvalidInput(f"{preset.name} comes with the program; it can be switched off.")
        gone = await asyncio.to_thread(_delete, preset.name, self._table(preset))
        await asyncio.to_thread(self._registry.load)  # it may have stood before one that came with the program
        self._changed()
        return gone

    async def restore(self, gone: Deleted) -> None:
        """Raises CannotSave where another lies there now, or the disk refuses."""
        await asyncio.to_thread(_restore, gone)
        await asyncio.to_thread(self._registry.load)
        self._changed()

    def _table(self, preset: Preset) -> Path:
        table = self._registry.table(preset)
        if table is None:
            raise CannotSave(f"The preset {preset.name} has no files.")
        return table

    def _changed(self) -> None:
        self.arrange()
        self._bus.publish(PresetsChanged())


def _delete(name: str, table: Path) -> Deleted:
    """The table goes first: it is what a start looks for."""
    document = document_of(table)
    paths = (table, table.with_suffix(".json"), *((document,) if document.exists() else ()))
    with saying(f"The preset {name} cannot be deleted"):
        contents = tuple((path, read_plain(path)) for path in paths)
        for path in paths:
            path.unlink()
    return Deleted(name, table, contents)


def _restore(gone: Deleted) -> None:
    if gone.table.exists():
        raise CannotSave(f"Another preset lies at {gone.table} now.")
    with saying(f"The preset {gone.name} cannot be restored"):
        for path, content in reversed(gone.contents):
            write_whole(path, content)
