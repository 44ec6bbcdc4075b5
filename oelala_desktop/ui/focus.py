"""The order in which Tab goes. Qt appends whatever is made later to the window's end; here it is put in its place."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def stops(container: QWidget) -> list[QWidget]:
    """The widgets inside `container` at which Tab stops, in the order they were made; itself if it is one."""
    return [w for w in _inside(container) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.focusProxy() is None]


def _inside(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not child.isWindow():  # a combo box holds a list in one, with all that a list is made of
            yield from _inside(child)


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


def go_round(container: QWidget, following: bool) -> None:
    """From one stop inside `container` to the next that can be seen, and from the last to the first: for what lies over
    a window that must not be reached."""
    able = [w for w in stops(container) if w is not container and w.isVisible() and w.isEnabled()]
    if able:
        focused = QApplication.focusWidget()
        at = able.index(focused) if focused in able else (-1 if following else 0)
        reason = Qt.FocusReason.TabFocusReason if following else Qt.FocusReason.BacktabFocusReason
        able[(at + (1 if following else -1)) % len(able)].setFocus(reason)


def enter(container: QWidget) -> None:
    """The keyboard goes to where it was last inside `container`, else to its first stop."""
    last = container.focusWidget()
    able = [w for w in stops(container) if w.isVisible() and w.isEnabled()]
    target = last if last in able else next(iter(able), None)
    if target is not None:
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
