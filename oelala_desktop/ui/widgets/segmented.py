"""A row of choices of which one is taken, like radio buttons in one frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QGroupBox, QRadioButton, QSizePolicy, QWidget

from oelala_desktop.ui.style.segment import SegmentFace, TrackFace
from oelala_desktop.ui.widgets.control import Control

_INSET = 3


class Segment(NamedTuple):
    """`name` is read out instead of the label where the label is only an icon."""

    value: str
    label: str
    icon: str = ""
    name: str = ""


class SegmentButton(Control, QRadioButton):
    def __init__(self, segment: Segment, dense: bool, parent: QWidget) -> None:
        super().__init__(segment.label, parent)
        self.face = SegmentFace(segment.icon, dense)
        self.segment = segment
        self.setAccessibleName(segment.name or segment.label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not segment.label:
            self.set_hint(segment.name)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)


class Segmented(QGroupBox):
    """Choices in one frame, `columns` to a row (0: all in one). Arrow keys move the choice."""

    value_changed = Signal(str)

    def __init__(
        self,
        segments: Sequence[Segment],
        name: str,
        *,
        columns: int = 0,
        dense: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.face = TrackFace()
        self.setContentsMargins(0, 0, 0, 0)  # Qt made room for a title before there was a face
        self._buttons: dict[str, SegmentButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.setAccessibleName(name)
        grid = QGridLayout(self)
        grid.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
        grid.setSpacing(2)
        across = columns or len(segments)
        for index, segment in enumerate(segments):
            button = SegmentButton(segment, dense, self)
            button.setAccessibleDescription(name)
            self._buttons[segment.value] = button
            self._group.addButton(button)
            grid.addWidget(button, index // across, index % across)
        if columns:
            for column in range(across):
                grid.setColumnStretch(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._group.buttonClicked.connect(self._clicked)
        self._keep_one_stop()

    def value(self) -> str:
        button = self._group.checkedButton()
        return button.segment.value if isinstance(button, SegmentButton) else ""

    def set_value(self, value: str) -> None:
        """Take `value` without a signal; an unknown one leaves nothing chosen."""
        button = self._buttons.get(value)
        if button is None:
            self._group.setExclusive(False)
            for other in self._buttons.values():
                other.setChecked(False)
            self._group.setExclusive(True)
        else:
            button.setChecked(True)
        self._keep_one_stop()

    def _keep_one_stop(self) -> None:
        """Tab stops at the choice alone; from there the arrows go on."""
        stop = self._group.checkedButton() or next(iter(self._buttons.values()), None)
        for button in self._buttons.values():
            able = Qt.FocusPolicy.StrongFocus if button is stop else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(able)

    def set_reason(self, value: str, why: str) -> None:
        """Disable one choice and say why; an empty reason enables it."""
        self._buttons[value].set_reason(why)

    def button(self, value: str) -> SegmentButton:
        return self._buttons[value]

    def _clicked(self, button: QAbstractButton) -> None:
        self._keep_one_stop()
        if isinstance(button, SegmentButton):
            self.value_changed.emit(button.segment.value)
