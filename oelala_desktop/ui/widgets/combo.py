"""A list of which one is chosen. Long lists get a search field; a choice that the server lacks says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.combo import ComboFace
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.control import Control, fold_states

if TYPE_CHECKING:
    from oelala_desktop.ui.widgets.combo_popup import Popup


class ComboBox(Control, QComboBox):
    """Shows the label of the chosen value. A value that no choice has is kept and marked as missing.

    With an `icon` it is a filter for a toolbar: outlined, and no wider than its label needs."""

    value_changed = Signal(str)
    spoken_role = "ComboBox"  # of Qt's own the name would be the value, and the list another

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "Choose",
        dense: bool = False,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.face = ComboFace(icon, theme.DENSE_HEIGHT if dense else theme.HEIGHT)
        self._name = name
        self._choices: tuple[Choice, ...] = ()
        self._value = ""
        self._popup: Popup | None = None
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        across = QSizePolicy.Policy.Maximum if icon else QSizePolicy.Policy.Expanding
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda row: self._take(self.itemData(row)))

    def value(self) -> str:
        return self._value

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self._choices = tuple(choices)
        self.clear()
        for choice in self._choices:
            self.addItem(choice.label, choice.value)
        if any(choice.why_not for choice in self._choices):
            self._disable()
        self._show()

    def _disable(self) -> None:
        from PySide6.QtGui import QStandardItemModel

        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for row, choice in enumerate(self._choices):
            model.item(row).setEnabled(not choice.why_not)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self._choices

    def set_value(self, value: str) -> None:
        """Take `value` without a signal, known or not."""
        self._value = value
        self._show()

    @property
    def is_missing(self) -> bool:
        """Whether a value is set that the list does not have."""
        return bool(self._value) and self._row() < 0 and bool(self._choices)

    def open_list(self) -> None:
        if self._popup is None:
            from oelala_desktop.ui.widgets.combo_popup import Popup  # nothing that is shown first has one open

            self._popup = Popup(self._name)
            self._popup.picked.connect(self._take)
        self._popup.fill(self._choices, self._value)
        self._popup.open_at(self, match_width=not self.face.icon)
        self._popup.take_focus()

    showPopup = open_list

    def spoken_value(self) -> str:
        return self.currentText() or self.placeholderText()

    def spoken_states(self) -> dict[str, bool]:
        return fold_states(self._popup is not None and self._popup.is_open) | {"hasPopup": True}

    def _row(self) -> int:
        """Of the value, among the choices; -1 if it is not there."""
        return next((row for row, choice in enumerate(self._choices) if choice.value == self._value), -1)

    def _show(self) -> None:
        while self.count() > len(self._choices):  # a value that was missing
            self.removeItem(self.count() - 1)
        row = self._row()
        if row < 0 and self._value:  # the last row is for a value that no choice has
            self.addItem(self._value, self._value)
            row = self.count() - 1
        self.setCurrentIndex(row)
        missing = self.face.missing = self.is_missing
        text = f"{self._value} is not on this server." if missing else self.spoken_value()
        self.setAccessibleDescription(text if missing else "")
        self.set_hint(text if missing or len(text) > 28 else "")
        self.updateGeometry()
        self.update()

    def _take(self, value: str) -> None:
        if value != self._value:
            self.set_value(value)
            self.value_changed.emit(value)

    def _step(self, by: int) -> None:
        able = [choice.value for choice in self._choices if not choice.why_not]
        if able:
            at = able.index(self._value) + by if self._value in able else 0
            self._take(able[max(0, min(len(able) - 1, at))])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_list()  # Qt would make its own list first
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), not event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.open_list()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Down:
            self.open_list()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a form must not change it

    def sizeHint(self) -> QSize:
        return self.face.size(self)  # Qt would measure every label

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.face.height)
