"""What a tool's page saves by name, and takes again: its settings, or its prompts alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from oelala_desktop.services.settings.named import Kind, NamedSets
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.saved_sheet import SavedSheet

_PROMPTS = ("prompt", "negative_prompt")
_TITLES: Mapping[Kind, str] = {"settings": "Saved settings", "prompts": "Saved prompts"}
_NOTHING: Mapping[Kind, str] = {
    "settings": "Nothing is saved yet. Type a name above: everything on this page but its files is kept under it.",
    "prompts": "Nothing is saved yet. Type a name above: the prompt and its negative are kept under it.",
}


class Saved:
    """`values` gives what is on the page now; `take` gets the name and values of what is taken again."""

    def __init__(
        self,
        studio: Studio,
        tool: str,
        inputs: Callable[[], frozenset[str]],
        values: Callable[[], Mapping[str, Any]],
        take: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._studio = studio
        self._tool = tool
        self._inputs = inputs
        self._values = values
        self._take = take
        self.sheet: SavedSheet | None = None

    @property
    def _sets(self) -> NamedSets:
        return self._studio.services.named

    def open(self, kind: Kind, window: QWidget) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        sheet = self.sheet = SavedSheet(window, _TITLES[kind], _NOTHING[kind])
        sheet.saved.connect(partial(self._save, sheet, kind))
        sheet.taken.connect(partial(self._use, kind))
        sheet.deleted.connect(partial(self._delete, sheet, kind))
        sheet.closed.connect(sheet.deleteLater)
        sheet.closed.connect(partial(self._closed, sheet))
        self._fill(sheet, kind, then=sheet.open_sheet)

    def _closed(self, sheet: SavedSheet) -> None:
        self.sheet = None if self.sheet is sheet else self.sheet

    def _fill(self, sheet: SavedSheet, kind: Kind, then: Callable[[], object] = lambda: None) -> None:
        def show(names: tuple[str, ...]) -> None:
            sheet.show_names(names)
            then()

        self._studio.actions.start(asyncio.to_thread(self._sets.names, kind, self._tool), done=show, owner=sheet)

    def _save(self, sheet: SavedSheet, kind: Kind, name: str) -> None:
        values = {key: value for key, value in self._values().items() if value is not None}
        if kind == "prompts":
            values = {key: values[key] for key in _PROMPTS if key in values}
        values = {key: value for key, value in values.items() if key not in self._inputs()}

        def told(kept: str) -> None:
            if self.sheet is sheet:  # else it was closed meanwhile, and is gone
                sheet.close_sheet()
            self._studio.notify(f"Saved as “{kept}”.")

        self._studio.actions.start(asyncio.to_thread(self._sets.save, kind, self._tool, name, values), done=told)

    def _use(self, kind: Kind, name: str) -> None:
        work = asyncio.to_thread(self._sets.get, kind, self._tool, name)
        self._studio.actions.start(work, done=partial(self._take, name))

    def _delete(self, sheet: SavedSheet, kind: Kind, name: str) -> None:
        def undo(held: Mapping[str, Any]) -> None:
            self._studio.actions.start(asyncio.to_thread(self._sets.save, kind, self._tool, name, held))

        def told(held: Mapping[str, Any]) -> None:
            if self.sheet is sheet:
                self._fill(sheet, kind)
            self._studio.notify(f"“{name}” is deleted.", action="Undo", act=partial(undo, held))

        self._studio.actions.start(asyncio.to_thread(self._sets.delete, kind, self._tool, name), done=told)
