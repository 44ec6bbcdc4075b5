"""The presets there are, and what a user does with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.domain.events import PresetsChanged
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.presets.shelf import ADOPTED, SHIPPED, WRITTEN, Deleted
from oelala_desktop.ui import wording
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.gallery.toolbar import SearchBox
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.templates.presets_list import PresetList
from oelala_desktop.ui.templates.presets_model import Heading, Line, Row
from oelala_desktop.ui.templates.words import takes_of
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import Label

_ORIGINS = {SHIPPED: "Comes with Oelala", ADOPTED: "From a workflow", WRITTEN: "Written by hand"}
_MENU = (
    ("preset.edit", "preset.show"),
    ("preset.switch", "preset.up", "preset.down"),
    ("preset.duplicate", "preset.export"),
    ("preset.delete",),
)


class PresetsView(QWidget):
    """`show_preset` shows one on its tool's page; `edit_preset` opens an adopted one with what was chosen of it."""

    def __init__(
        self,
        studio: Studio,
        show_preset: Callable[[Preset], object],
        edit_preset: Callable[[Preset], object],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._shelf = studio.services.shelf
        self._registry = studio.services.registry
        self._show_preset = show_preset
        self._edit_preset = edit_preset
        self.search = SearchBox("Search presets")
        self.search.setMinimumWidth(160)
        self._count = Label("", tone="muted")
        self.head = QWidget()  # stands beside the tabs of the page
        line = QHBoxLayout(self.head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.search, 1)
        line.addWidget(self._count)
        self.list = PresetList()
        self.empty = EmptyState("search", "Nothing fits", "Try fewer words.", action="Clear the search")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setFocusProxy(self.list)
        self._add_commands()
        self.search.searched.connect(lambda _text: self._fill())
        self.search.left_down.connect(lambda: self.list.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.empty.acted.connect(self.search.clear)
        self.list.switched.connect(self._switch)
        self.list.moved.connect(self._move)
        self.list.menu_wanted.connect(self._menu)
        self.list.entered_row.connect(lambda _index: self.list.show_menu())
        self.list.doubleClicked.connect(lambda _index: self._on_current(self._show_preset))
        listen(studio.services.bus, self, PresetsChanged, lambda _event: self._fill())
        self._fill()

    def _add_commands(self) -> None:
        commands, here = self.list.commands, self.list.current

        def own() -> bool:
            line = here()
            return line is not None and line.is_own

        def editable() -> bool:
            line = here()
            return line is not None and line.origin == _ORIGINS[ADOPTED]

        commands.add("preset.show", lambda: self._on_current(self._show_preset), lambda: self._can_show(here()))
        commands.add("preset.edit", lambda: self._on_current(self._edit_preset), editable)
        commands.add("preset.switch", self._switch_current, lambda: here() is not None)
        commands.add("preset.up", lambda: self._step(-1), lambda: self._neighbour(-1) is not None)
        commands.add("preset.down", lambda: self._step(1), lambda: self._neighbour(1) is not None)
        commands.add("preset.duplicate", lambda: self._on_current(self._duplicate), lambda: here() is not None)
        commands.add("preset.export", lambda: self._on_current(self._export), lambda: here() is not None)
        commands.add("preset.delete", lambda: self._on_current(self._delete), own)
        commands.read.connect(self._tell_commands)

    def _tell_commands(self) -> None:
        line = self.list.current()
        self.list.commands.set_on("preset.switch", line is not None and line.is_on)

    @staticmethod
    def _can_show(line: Line | None) -> bool:
        return line is not None and line.is_on and line.preset.tool.has_page

    # what is shown

    def _fill(self) -> None:
        current = self.list.current()
        words = self.search.text().casefold().split()
        rows: list[Row] = []
        total = 0
        for tool in self._registry.live_tools():
            every = self._registry.every(tool)
            total += len(every)
            lines = [self._line(preset) for preset in every if _fits(preset, words)]
            if lines:
                rows += [Heading(tool, len(lines)), *lines]
        at = self.list.verticalScrollBar().value()
        self.list.presets.show_rows(rows)
        self.list.verticalScrollBar().setValue(at)
        if current is not None:
            self.list.go_to(current.preset.id)
        shown = sum(isinstance(row, Line) for row in rows)
        self._count.setText(f"{wording.count(shown)} of {wording.count(total)}" if words else f"{total} presets")
        self._stack.setCurrentWidget(self.list if rows else self.empty)

    def _line(self, preset: Preset) -> Line:
        origin = self._shelf.origin(preset)
        return Line(preset, _ORIGINS[origin], takes_of(preset), origin != SHIPPED, self._shelf.is_on(preset))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _menu(self, preset_id: str, where: QPoint) -> None:
        self.list.go_to(preset_id)
        self.list.commands.fill(theme.make_menu(self), _MENU).popup(where)

    # acts

    def _on_current(self, act: Callable[[Preset], object]) -> None:
        line = self.list.current()
        if line is not None:
            act(line.preset)

    def _switch_current(self) -> None:
        self._on_current(lambda preset: self._switch(preset.id))

    def _switch(self, preset_id: str) -> None:
        preset = self._registry.find(preset_id)
        try:
            self._shelf.switch(preset, not self._shelf.is_on(preset))
        except InvalidInput as error:
            self._studio.notify(error.message, "warning")

    def _neighbour(self, by: int) -> Line | None:
        line = self.list.current()
        if line is None:
            return None
        lines = self.list.presets.lines_of(line.preset.tool)
        at = lines.index(line) + by
        return lines[at] if 0 <= at < len(lines) else None

    def _step(self, by: int) -> None:
        line, other = self.list.current(), self._neighbour(by)
        if line is None or other is None:
            return
        if by < 0:
            self._shelf.move(line.preset, other.preset)
        else:
            every = self._registry.every(line.preset.tool)
            after = every.index(other.preset) + 1
            self._shelf.move(line.preset, every[after] if after < len(every) else None)

    def _move(self, preset_id: str, before: str) -> None:
        self._shelf.move(self._registry.find(preset_id), self._registry.find(before) if before else None)
        self.list.go_to(preset_id)

    def _duplicate(self, preset: Preset) -> None:
        def done(copy: Preset) -> None:
            self.list.go_to(copy.id)
            self._studio.notify(f"“{copy.name}” is a preset of {copy.tool.name} now.")

        self._studio.actions.start(self._shelf.duplicate(preset), done=done)

    def _export(self, preset: Preset) -> None:
        dialog = QFileDialog(self.window(), "Export the preset", f"{preset.short_id}.json", "Presets (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda path: self.export_to(preset, Path(path)))
        dialog.finished.connect(lambda _code: dialog.deleteLater())
        dialog.open()

    def export_to(self, preset: Preset, path: Path) -> None:
        def told(_: object) -> None:
            self._studio.notify(f"“{preset.name}” is in {path.name}. Dropped on this window it is a preset again.")

        self._studio.actions.start(self._shelf.export(preset, path), done=told)

    def _delete(self, preset: Preset) -> None:
        def undo(gone: Deleted) -> None:
            self._studio.actions.start(self._shelf.restore(gone), done=lambda _: self.list.go_to(preset.id))

        def done(gone: Deleted) -> None:
            self._studio.notify(f"“{gone.name}” is deleted.", action="Undo", act=lambda: undo(gone))

        self._studio.actions.start(self._shelf.delete(preset), done=done)


def _fits(preset: Preset, words: list[str]) -> bool:
    text = f"{preset.name} {preset.tool.name} {preset.description}".casefold()
    return all(word in text for word in words)
