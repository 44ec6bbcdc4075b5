"""What screen readers are told that Qt does not tell of its stock controls: what folds, which page is shown, and what a
panel is. A widget with a `spoken_role` (a name of QAccessible.Role) is told of from here alone: its `spoken_states`
(names of QAccessible.State), its `spoken_value`; to press it is to `click` it or to show its list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QFrame, QLabel, QWidget


class Spoken(QAccessibleWidget):
    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self._widget: Any = widget

    def state(self) -> QAccessible.State:
        state = super().state()
        told = getattr(self._widget, "spoken_states", None)
        for name, holds in (told() if told is not None else {}).items():
            setattr(state, name, holds)
        return state

    def text(self, what: QAccessible.Text) -> str:
        told = getattr(self._widget, "spoken_value", None)
        return str(told()) if told is not None and what == QAccessible.Text.Value else super().text(what)

    def actionNames(self) -> list[str]:
        names = super().actionNames()
        return [self.pressAction(), *names] if self._press() is not None else names

    def doAction(self, name: str) -> None:
        press = self._press()
        if press is not None and name == self.pressAction():
            press()
        else:
            super().doAction(name)

    def _press(self) -> Callable[[], object] | None:
        press: Callable[[], object] | None = getattr(self._widget, "click", None)
        return press or getattr(self._widget, "showPopup", None)


def _spoken(kind: str, thing: QObject) -> QAccessibleInterface | None:
    """Qt asks for each class that `thing` is of, its own first."""
    if not isinstance(thing, QWidget) or kind != type(thing).__name__:
        return None
    role = getattr(thing, "spoken_role", None)
    framed = isinstance(thing, QFrame) and hasattr(thing, "face")
    if role is None and framed and not isinstance(thing, (QLabel, QAbstractScrollArea)):
        role = "Grouping"  # Qt takes each for a border
    return None if role is None else Spoken(thing, QAccessible.Role[role])


def install() -> None:
    """Once an application, after its first paint: none of this is needed for it."""
    QAccessible.installFactory(_spoken)
