"""The workflows that users saved on the server: found by their names, and made presets of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected
from oelala_desktop.ui import wording
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.gallery.toolbar import SearchBox
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.command_list import CommandModel, CommandRows, Find
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.quiet_list import QuietList

_Without = tuple[str, str, str, str]  # icon, title, text, what to do
_NONE = "What you save in its editor is listed here and becomes a preset at a press."
_NO_WORKFLOW: _Without = ("save", "No workflow is saved there", _NONE, "")
_NO_COMFYUI: _Without = (
    "plug",
    "No ComfyUI is connected",
    "What you save in its editor is listed here.",
    "Connect ComfyUI",
)


class SavedView(QWidget):
    """`offer` gets the name of a workflow and what a preset of it could be."""

    def __init__(
        self, studio: Studio, offer: Callable[[str, Adoption], object], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._offer = offer
        self._paths: tuple[str, ...] = ()
        self._asked: object = None  # the engine and its lists when it was asked
        self.search = SearchBox("Search saved workflows")
        self.search.setMinimumWidth(160)
        self.refresh = IconButton("refresh-cw", "Ask the server again", "outlined")
        self._count = Label("", tone="muted")
        self.head = QWidget()  # stands beside the tabs of the page
        line = QHBoxLayout(self.head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.search, 1)
        line.addWidget(self._count)
        line.addWidget(self.refresh)
        self.model = CommandModel(self)
        self.list = QuietList("Saved workflows")
        self.list.setModel(self.model)
        self.list.setItemDelegate(CommandRows(self.list))
        self.empty = EmptyState("save", "Saved workflows")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 6, 8)
        column.addWidget(self._stack)
        self.setFocusProxy(self.list)
        self.search.searched.connect(lambda _text: self._narrow())
        self.search.left_down.connect(lambda: self.list.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.refresh.clicked.connect(self.ask)
        self.list.entered_row.connect(self._take)
        self.list.clicked.connect(self._take)
        self.empty.acted.connect(self._mend)
        for event in (EngineChanged, EngineSelected):
            listen(studio.services.bus, self, event, lambda _event: self._follow())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        """Asks when another server answers, or the same one anew; only while somebody looks."""
        engine = self._studio.services.current.engine
        asked = (engine.ref.url, engine.is_online, engine.lists)
        if self.isVisible() and asked != self._asked:
            self.ask()

    def ask(self) -> None:
        """The server, for what is saved there now."""
        engine = self._studio.services.current.engine
        self._asked = (engine.ref.url, engine.is_online, engine.lists)

        def failed(error: OelalaError) -> bool:
            self._show((), ("circle-alert", "The saved workflows cannot be shown", error.message, "Try again"))
            return True

        self._studio.actions.start(
            self._studio.services.templates.saved(),
            done=lambda paths: self._show(paths, _NO_WORKFLOW if engine.state.is_ai else _NO_COMFYUI),
            failed=failed,
            owner=self,
        )

    def _show(self, paths: tuple[str, ...], without: _Without) -> None:
        self._paths = paths
        self.empty.set_words(*without)
        self.model.set_finds([self._find(path) for path in paths])
        self._narrow()

    def _find(self, path: str) -> Find:
        place = PurePosixPath(path)
        folder = "" if place.parent == PurePosixPath() else str(place.parent)
        return Find(place.stem, partial(self.use, path), "workflow", folder)

    def _narrow(self) -> None:
        words = self.search.text()
        self.model.narrow(words)
        shown, total = self.model.rowCount(), len(self._paths)
        if total and not shown:
            self.empty.set_words("search", "Nothing fits", "Try fewer words.", "Clear the search")
        self._stack.setCurrentWidget(self.list if shown else self.empty)
        self._count.setText(f"{wording.count(shown)} of {wording.count(total)}" if words and total else "")

    def _mend(self) -> None:
        if self._paths:
            self.search.clear()
        elif self._studio.services.current.engine.state.is_ai:
            self.ask()
        else:
            self._studio.shell.commands["connect"].trigger()

    def _take(self, index: QModelIndex) -> None:
        find = self.model.at(index.row())
        if find is not None:
            find.act()

    def use(self, path: str) -> None:
        """A sheet to choose the settings of a preset on."""
        work = self._studio.services.templates.saved_adoption(path)
        self._studio.actions.start(work, done=partial(self._given, path))

    def _given(self, path: str, adoption: Adoption) -> None:
        self._offer(PurePosixPath(path).stem, adoption)
