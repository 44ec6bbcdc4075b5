"""JSON files dropped on the window: a workflow becomes a preset, settings fill the page of their tool."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.own import read_dropped, save_preset
from oelala_desktop.ui.presets.workflow_sheet import WorkflowSheet
from oelala_desktop.ui.studio import Studio


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
        self._studio.actions.start(asyncio.to_thread(read_dropped, path), done=partial(self._read, path))

    def _read(self, path: Path, found: Adoption | Mapping[str, Any]) -> None:
        if isinstance(found, Adoption):
            self._ask(path.stem, found)
        elif found:
            self._take_settings(path.name, found)
        else:
            self._studio.notify(f"{path.name} holds neither a workflow nor settings.", "warning")

    def _ask(self, name: str, adoption: Adoption) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        sheet = self.sheet = WorkflowSheet(self._studio.shell, adoption, name.replace("_", " ").strip() or "Workflow")
        sheet.added.connect(partial(self._save, sheet, adoption))
        sheet.closed.connect(partial(self._closed, sheet))
        sheet.open_sheet()

    def _closed(self, sheet: WorkflowSheet) -> None:
        self.sheet = None if self.sheet is sheet else self.sheet
        sheet.deleteLater()

    def _save(self, sheet: WorkflowSheet, adoption: Adoption, name: str, tool: str, kept: frozenset[str]) -> None:
        services = self._studio.services
        folder = services.paths.own_presets

        def refused(error: OelalaError) -> bool:
            sheet.show_error(error.message)
            return True

        self._studio.actions.start(
            asyncio.to_thread(save_preset, services.registry, folder, adoption, TOOLS[tool], name, kept),
            done=partial(self._saved, sheet),
            failed=refused,
        )

    def _saved(self, sheet: WorkflowSheet, preset: Preset) -> None:
        sheet.close_sheet()
        self._settle(preset)
        self._studio.notify(f"“{preset.name}” is a preset of {preset.tool.name} now.")
