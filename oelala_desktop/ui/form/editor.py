"""What all editors of fields have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.domain.field import Field
from oelala_desktop.ui.widgets.choice import Choice


class Editor(QWidget):
    """Holds one value. `edited` is sent for changes made by a person, `problem_changed` with a sentence or ""."""

    edited = Signal(object)
    problem_changed = Signal(str)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def set_value(self, value: Any) -> None:
        """Show `value` without `edited`."""
        raise NotImplementedError

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """What the server offers for this field; editors without a list ignore it."""

    def set_default(self, name: str) -> None:
        """What the preset takes where nothing is chosen; only models have such a thing."""

    def set_words(self, words: str) -> None:
        """What its value comes to ("5 s · 81 frames"), for screen readers; on screen it stands beside the label."""

    def _hold(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        self.setFocusProxy(widget)
