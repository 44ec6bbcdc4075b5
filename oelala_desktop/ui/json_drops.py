"""Workflows that become presets, on a sheet or at once: those of files dropped on the window, which may hold settings
for the page of their tool instead, those that media carry, and those that are handed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.adopting.exposure import Exposure
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.events import PresetsChanged
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.making import read_media
from oelala_desktop.services.presets.own import change_preset, read_dropped, reopened, save_preset
from oelala_desktop.services.presets.portable import PresetFile
from oelala_desktop.ui.presets.workflow_sheet import WorkflowSheet
from oelala_desktop.ui.studio import Studio

Found = TypeVar("Found")


class JsonDrops:
    """`settle` shows a new preset on its tool's page; `take_settings` gets a file's name and what it holds."""

    def __init__(
        self,
        studio: Studio,
        settle: Callable[[Preset], object],
        take_settings: Callable[[str, Mapping[str, Any]], object],
    ) -> None:
        self._studio = studio
        self._settle = settle
        self._take_settings = take_settings
        self.sheet: WorkflowSheet | None = None

    def take(self, path: Path) -> None:
        self._studio.actions.start(self._explained(read_dropped, path), done=partial(self._read, path))

    def take_carried(self, path: Path) -> None:
        """The workflow that a picture or video was made with."""
        self._studio.actions.start(
            self._explained(read_media, path), done=lambda adoption: self.offer(path.stem, adoption)
        )

    async def _explained(self, read: Callable[[Path, Catalog | None], Found], path: Path) -> Found:
        """By what the engine has: a file that comes with the start of the window comes before the engine's answer."""
        catalog = await self._studio.services.current.engine.catalog_soon()
        return await asyncio.to_thread(read, path, catalog)

    def _read(self, path: Path, found: Adoption | PresetFile | Mapping[str, Any]) -> None:
        if isinstance(found, Adoption):
            self.offer(path.stem, found)
        elif isinstance(found, PresetFile):
            self._studio.actions.start(self._studio.services.shelf.add(found), done=partial(self._tell, True))
        elif found:
            self._take_settings(path.name, found)
        else:
            self._studio.notify(f"{path.name} holds neither a workflow nor settings.", "warning")

    def edit(self, preset: Preset) -> None:
        """An adopted preset on the sheet it was made on."""

        def read(folder: Path, catalog: Catalog | None) -> Adoption:
            return reopened(folder, preset, catalog)

        work = self._explained(read, self._studio.services.paths.own_presets)
        self._studio.actions.start(work, done=lambda adoption: self.offer(preset.name, adoption, preset))

    def take_as_it_is(self, name: str, adoption: Adoption) -> None:
        """A preset with all that the workflow suggests, at once."""
        services = self._studio.services
        work = asyncio.to_thread(
            save_preset, services.registry, services.paths.own_presets, adoption, adoption.tools[0], name
        )
        self._studio.actions.start(work, done=partial(self._saved, True))

    def offer(self, name: str, adoption: Adoption, changed: Preset | None = None) -> None:
        """A sheet to choose its settings on; `changed` is the preset that is opened again."""
        if self.sheet is not None:
            self.sheet.close_sheet()
        shown = name if changed else name.replace("_", " ").strip() or "Workflow"
        tool = changed.tool.id if changed else ""
        sheet = self.sheet = WorkflowSheet(self._studio.shell, adoption, shown, tool=tool)
        sheet.added.connect(partial(self._save, sheet, adoption, changed))
        sheet.closed.connect(partial(self._closed, sheet))
        sheet.open_sheet()

    def _closed(self, sheet: WorkflowSheet) -> None:
        self.sheet = None if self.sheet is sheet else self.sheet
        sheet.deleteLater()

    def _save(
        self,
        sheet: WorkflowSheet,
        adoption: Adoption,
        changed: Preset | None,
        name: str,
        tool: str,
        kept: tuple[Exposure, ...],
    ) -> None:
        services = self._studio.services
        registry, folder = services.registry, services.paths.own_presets

        def refused(error: OelalaError) -> bool:
            sheet.show_error(error.message)
            return True

        def done(preset: Preset) -> None:
            sheet.close_sheet()
            self._saved(changed is None, preset)

        if changed is None:
            work = asyncio.to_thread(save_preset, registry, folder, adoption, TOOLS[tool], name, kept)
        else:
            work = asyncio.to_thread(change_preset, registry, folder, changed, adoption, name, kept)
        self._studio.actions.start(work, done=done, failed=refused)

    def _saved(self, is_new: bool, preset: Preset) -> None:
        self._studio.services.bus.publish(PresetsChanged())
        self._tell(is_new, preset)

    def _tell(self, is_new: bool, preset: Preset) -> None:
        said = f"“{preset.name}” is a preset of {preset.tool.name} now."
        if not is_new:  # whoever changes one may have others to change, where it was opened
            said = f"“{preset.name}” is changed."
        elif preset.tool.has_page:
            self._settle(preset)
        else:
            said += f" No page shows what it makes: run it by oelala generate other --preset {preset.short_id}"
        self._studio.notify(said)
