"""The actions of one place of the window, made from its rows by the widget that carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.style import icons, theme

Act = Callable[[], object]


class Carrier(Protocol):
    commands: Commands


def is_own(event: QEvent, widget: Carrier) -> bool:
    """Whether Qt asks if this key is wanted here, before a shortcut of the window takes it: accept the event then."""
    asked = event.type() == QEvent.Type.ShortcutOverride
    return asked and isinstance(event, QKeyEvent) and widget.commands.takes(event)


class Keyed(QWidget):
    """One with commands, asked for their keys after what has the focus inside it and before the window: so Esc closes
    what is nearest."""

    commands: Commands

    def event(self, event: QEvent) -> bool:
        if is_own(event, self):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.commands.press(event):
            super().keyPressEvent(event)


def _always() -> bool:
    return True


class Commands(QObject):
    """One QAction for each command of `widget`, by the id of its row.

    With `everywhere` their keys are shortcuts of the whole window while `widget` is to be seen. Else they are keys of
    the widget alone: it is asked after what has the focus inside it (a button keeps its Space) and before the window;
    so it calls `takes` on a ShortcutOverride and `press` on a KeyPress."""

    read = Signal()  # somebody is about to read texts and states of its actions

    def __init__(self, widget: QWidget, place: str, *, everywhere: bool = False) -> None:
        super().__init__(widget)
        self.widget = widget
        self.place = place
        self._everywhere = everywhere
        self._acts: dict[str, tuple[Act, Callable[[], bool]]] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, row_id: str, act: Act, holds: Callable[[], bool] = _always) -> QAction:
        """`holds` says whether there is anything to do it with now."""
        row = ROWS[row_id]
        if self.place not in row.places:
            raise ValueError(f"{row_id} is no command of {self.place}")
        action = QAction(row.text, self)
        action.setObjectName(row_id)
        action.setAutoRepeat(row.repeats)
        action.setShortcuts(keys.sequences(row_id))
        action.triggered.connect(partial(self._carry_out, row_id))
        self._acts[row_id], self._actions[row_id] = (act, holds), action
        if self._everywhere:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self.widget.addAction(action)
        return action

    def __getitem__(self, row_id: str) -> QAction:
        return self._actions[row_id]

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._actions

    def holds(self, row_id: str) -> bool:
        return self._acts[row_id][1]()

    def set_on(self, row_id: str, on: bool) -> None:
        """Whether what the command switches is on: its text says what it would do next."""
        row = ROWS[row_id]
        self._actions[row_id].setText(row.on if on else row.text)

    def listed(self) -> list[QAction]:
        """What there is to do here now, in its order."""
        self.read.emit()
        return [action for row_id, action in self._actions.items() if self.holds(row_id)]

    def fill(self, menu: QMenu, groups: Iterable[Iterable[str]]) -> QMenu:
        """With those that hold, a line between groups."""
        self.read.emit()
        for group in groups:
            actions = [self._actions[row_id] for row_id in group if row_id in self and self.holds(row_id)]
            for action in actions:
                action.setIcon(icons.icon(ROWS[action.objectName()].icon, theme.tokens().text2))
            if actions and menu.actions():
                menu.addSeparator()
            menu.addActions(actions)
        return menu

    def takes(self, event: QKeyEvent) -> bool:
        return self._pressed(event) is not None

    def press(self, event: QKeyEvent) -> bool:
        """Does what the key stands for; False if it stands for nothing here. What is greyed in a menu is done all the
        same, so that it says why it cannot be."""
        row_id = self._pressed(event)
        if row_id is None:
            return False
        if ROWS[row_id].repeats or not event.isAutoRepeat():
            self._carry_out(row_id)
        return True

    def _carry_out(self, row_id: str, _checked: bool = False) -> None:
        act, holds = self._acts[row_id]
        if holds():
            act()

    def _pressed(self, event: QKeyEvent) -> str | None:
        mine = (row_id for row_id in self._actions if ROWS[row_id].keys and keys.presses(event, row_id))
        return next((row_id for row_id in mine if self.holds(row_id)), None)
