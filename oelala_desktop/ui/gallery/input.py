"""Mouse and keyboard of the grid: choosing, opening, dragging out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.ui.commands.carrier import Commands, is_own
from oelala_desktop.ui.gallery.items import GridProvider
from oelala_desktop.ui.gallery.layout import GridLayout
from oelala_desktop.ui.gallery.pixmaps import CellCache
from oelala_desktop.ui.gallery.selection import Selection
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.file_drag import drag_files

_MOST_STRETCHED = 200_000


class _Grid(Protocol):
    """What it asks of the grid whose part it is."""

    provider: GridProvider
    selection: Selection
    pixmaps: CellCache
    commands: Commands
    opened: SignalInstance
    selection_changed: SignalInstance
    select_all_requested: SignalInstance
    favorite_requested: SignalInstance
    prompt_requested: SignalInstance

    @property
    def layout_(self) -> GridLayout: ...
    def viewport(self) -> QWidget: ...
    def item_at(self, pos: QPoint) -> int: ...
    def cell_rect(self, index: int) -> QRectF: ...
    def button_boxes(self, box: QRectF) -> tuple[QRectF, QRectF]: ...
    def ensure_visible(self, index: int) -> None: ...
    def set_hovered(self, key: str) -> None: ...
    def zoom(self, by: int) -> None: ...


class GridInput(Control):
    """Mixin of the grid; its own state is only the press that may become a drag."""

    _pressed: QPoint | None = None
    _pending: str | None = None  # a press on a chosen item chooses it alone only if no drag follows

    @property
    def _view(self) -> _Grid:
        return self  # type: ignore[return-value]

    # choosing

    def select_only(self, key: str) -> None:
        self._view.selection.only(key)
        self._told()

    def _stretch_to(self, index: int) -> None:
        view = self._view
        start = view.provider.index_of(view.selection.anchor) if view.selection.anchor else index
        first, last = sorted((max(0, start), index))
        span = range(first, min(last, first + _MOST_STRETCHED) + 1)
        keys = [key for key in map(view.provider.key, span) if key is not None]
        current = view.provider.key(index)
        if current is not None:
            view.selection.stretch(keys, current)
            self._told()

    def _told(self) -> None:
        view = self._view
        current = view.selection.current
        index = view.provider.index_of(current) if current else -1
        item = view.provider.item(index) if index >= 0 else None
        chosen = f", {len(view.selection)} selected" if len(view.selection) else ""
        self.setAccessibleDescription(f"{item.name}{chosen}" if item else "")
        view.selection_changed.emit()
        view.viewport().update()

    def targets(self) -> list[str]:
        """What an act is meant for: the chosen items, shown or not, else the one the keyboard is on."""
        current = self.current()
        return list(self._view.selection.keys) or ([current] if current else [])

    def current(self) -> str | None:
        """What the keyboard is on, if it is to be seen."""
        view = self._view
        current = view.selection.current
        return current if current and view.provider.index_of(current) >= 0 else None

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self._view
        pos = event.position().toPoint()
        index = view.item_at(pos)
        key = view.provider.key(index) if index >= 0 else None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if key is None:
            if not event.modifiers() and len(view.selection):
                self._deselect()
            return
        if self._press_button(index, key, pos):
            return
        self._pressed = pos
        self._choose(index, key, event.modifiers())

    def _choose(self, index: int, key: str, modifiers: Qt.KeyboardModifier) -> None:
        selection = self._view.selection
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._stretch_to(index)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._toggle(key)
        elif key in selection:
            self._pending = key
        else:
            self.select_only(key)

    def _press_button(self, index: int, key: str, pos: QPoint) -> bool:
        """A press on 💬 or the heart of a cell."""
        view = self._view
        item = view.provider.item(index)
        speech, heart = view.button_boxes(view.cell_rect(index))
        if item is not None and item.has_prompt and speech.contains(pos):
            view.selection.only(key)
            self._told()
            view.prompt_requested.emit(key)
            return True
        if heart.contains(pos):
            view.favorite_requested.emit([key])
            return True
        return False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        view = self._view
        pos = event.position().toPoint()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if (pos - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = self._pending = None
                self._drag()
            return
        index = view.item_at(pos)
        view.set_hovered((view.provider.key(index) or "") if index >= 0 else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self._pending is not None:
            self.select_only(self._pending)
            self._pending = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        view = self._view
        index = view.item_at(event.position().toPoint())
        key = view.provider.key(index) if index >= 0 else None
        if key is not None and event.button() == Qt.MouseButton.LeftButton:
            view.opened.emit(key)

    def event(self, event: QEvent) -> bool:
        if is_own(event, self._view):
            event.accept()  # Esc lets go of the selection before it closes anything of the window
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._view.set_hovered("")
        return super().viewportEvent(event)  # type: ignore[misc, no-any-return]

    def _drag(self) -> None:
        view = self._view
        keys = [key for key in self.targets() if view.provider.index_of(key) >= 0]
        paths = [path for path in map(view.provider.path, keys) if path is not None]
        if paths:
            drag_files(self, paths, view.pixmaps.raw(keys[0]) or QPixmap())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    # keyboard

    def _make_commands(self) -> Commands:
        """The page adds what is done with the files themselves."""
        view, commands = self._view, Commands(self, "media")

        def on_current(act: Callable[[str], object]) -> tuple[Callable[[], object], Callable[[], bool]]:
            return lambda: act(self.current() or ""), lambda: self.current() is not None

        commands.add("open", *on_current(view.opened.emit))
        commands.add("prompt", *on_current(view.prompt_requested.emit))
        commands.add("select", *on_current(self._toggle))
        commands.add("select-all", view.select_all_requested.emit, lambda: view.layout_.count > 0)
        commands.add("deselect-all", self._deselect, lambda: len(view.selection) > 0)
        commands.add("larger", lambda: view.zoom(1))
        commands.add("smaller", lambda: view.zoom(-1))
        commands.read.connect(lambda: commands.set_on("select", (self.current() or "") in view.selection))
        return commands

    def _toggle(self, key: str) -> None:
        self._view.selection.toggle(key)
        self._told()

    def _deselect(self) -> None:
        self._view.selection.clear()
        self._told()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self._move(event) or self._view.commands.press(event)):
            super().keyPressEvent(event)

    def _move(self, event: QKeyEvent) -> bool:
        view = self._view
        count = view.layout_.count
        if not count:
            return False
        at = view.provider.index_of(view.selection.current) if view.selection.current else -1
        goal = self._goal(Qt.Key(event.key()), at)
        if goal is None:
            return False
        goal = max(0, min(count - 1, goal))
        key = view.provider.key(goal)
        view.ensure_visible(goal)
        if key is None:
            return True
        self._by_keyboard = True
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if view.selection.anchor is None:
                view.selection.anchor = key
            self._stretch_to(goal)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            view.selection.current = key
            self._told()
        else:
            self.select_only(key)
        return True

    def _goal(self, key: Qt.Key, at: int) -> int | None:
        grid = self._view.layout_
        page = max(1, self._view.viewport().height() // grid.pitch)
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            return 0 if key == Qt.Key.Key_Home else grid.count - 1
        if key in across:
            return at + across[key] if at >= 0 else 0
        if key in down:
            return grid.step(at, down[key]) if at >= 0 else 0
        return None
