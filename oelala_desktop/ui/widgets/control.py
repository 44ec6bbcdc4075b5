"""What every control shares: a focus ring for the keyboard alone, and a reason for being disabled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.wording import tooltip

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # a mixin beside a Qt class, which brings QWidget itself

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


def is_escape(event: QEvent) -> bool:
    """Whether Qt asks if Esc is wanted here, before a shortcut of the window takes it: accept the event to have it."""
    asked = event.type() == QEvent.Type.ShortcutOverride
    return asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape


def set_tip(widget: QWidget, text: str) -> None:
    """A tooltip of plain text. A screen reader is told the same as the description, unless the widget has one of its
    own: left to itself, Qt would read out the tooltip with its markup."""
    if widget.accessibleDescription() in ("", widget.property("tip")):
        widget.setAccessibleDescription(text)
    widget.setProperty("tip", text)
    widget.setToolTip(tooltip(text))


def fold_states(is_open: bool) -> dict[str, bool]:
    """What screen readers are told of what folds or drops down, by the names of QAccessible.State."""
    return {"expandable": True, "expanded": is_open, "collapsed": not is_open}


class Control(_Widget):
    """Mixin for controls: class Button(Control, QPushButton)."""

    _by_keyboard = False
    _hint = ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in _KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = False
        self.update()
        super().focusOutEvent(event)

    @property
    def shows_ring(self) -> bool:
        return self._by_keyboard and self.hasFocus()

    def tell(self, *changed: str) -> None:
        """Screen readers hear at once that these states are others now, by their names in QAccessible.State."""
        if not self.isVisible():
            return  # as at start, when there is no time for what is imported here
        from PySide6.QtGui import QAccessible, QAccessibleStateChangeEvent

        if QAccessible.isActive():
            state = QAccessible.State()
            for name in changed:
                setattr(state, name, True)
            QAccessible.updateAccessibility(QAccessibleStateChangeEvent(self, state))

    def set_hint(self, text: str) -> None:
        """The tooltip in force while the control is enabled; plain text."""
        self._hint = text
        if self.isEnabled():
            set_tip(self, text)

    def set_reason(self, why: str) -> None:
        """Disable the control and say why in its tooltip; an empty reason enables it again."""
        self.setEnabled(not why)
        set_tip(self, why or self._hint)
