"""What the palette offers: every command that holds now, of what is to be seen and not covered."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.commands.rows import PLACES


def offered(window: QWidget) -> list[QAction]:
    """Those of the place in front first, each command once, the outermost that carries it out."""
    front, found = _front(window), window.findChildren(Commands)
    near = [c for c in found if c.widget.isVisible() and (c.widget is front or front.isAncestorOf(c.widget))]
    far = [c for c in found if c.widget is window]
    actions: dict[str, QAction] = {}
    for commands in (*near, *far):
        if PLACES[commands.place].has_palette:
            for action in commands.listed():
                if action.isEnabled():
                    actions.setdefault(action.objectName(), action)
    return list(actions.values())


def _front(window: QWidget) -> QWidget:
    """What covers the window: the last raised comes last among its children."""
    children = [child for child in window.children() if isinstance(child, QWidget) and child.isVisible()]
    return next((child for child in reversed(children) if child.geometry() == window.rect()), window)
