"""The order in which Tab goes. Qt appends whatever is made later to the window's end; here it is put in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stops(container: QWidget) -> list[QWidget]:
    """The widgets inside `container` at which Tab stops, in the order they were made; itself if it is one."""
    inside, window = [container, *container.findChildren(QWidget)], container.window()
    able = [w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.focusProxy() is None]
    return [w for w in able if w.window() is window]  # a combo box holds a list in a window of its own


def place_after(anchor: QWidget, container: QWidget) -> None:
    """Let Tab go from `anchor` through everything in `container`, and on to what came after `anchor`."""
    first, policy = anchor, anchor.focusPolicy()
    first.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt orders nothing after a widget that takes no focus
    for stop in stops(container):
        QWidget.setTabOrder(anchor, stop)
        anchor = stop
    first.setFocusPolicy(policy)


def place_before(target: QWidget, container: QWidget) -> None:
    """Let Tab go through everything in `container` before it comes to `target`."""
    anchor = target.previousInFocusChain()
    while anchor is not None and (anchor.isAncestorOf(target) or container.isAncestorOf(anchor)):
        anchor = anchor.previousInFocusChain()  # Qt takes a container for all that is in it
    if anchor is not None:
        place_after(anchor, container)
