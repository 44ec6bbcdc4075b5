"""LoRAs: any number of rows of a high-noise file, a low-noise file, a strength and a switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.models import display_name, folder_of
from oelala_desktop.ui import focus
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import FrameFace
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.slider import Slider
from oelala_desktop.ui.widgets.toggle import Toggle

DEFAULT_STRENGTH = 1.5
_SAME, _NONE = "\x00same", "\x00none"


def by_folder(files: Sequence[str]) -> list[Choice]:
    """Files as choices under the names of their folders, those of no folder first."""
    ordered = sorted(files, key=lambda file: (folder_of(file).casefold(), file.casefold()))
    return [Choice(file, display_name(file), folder_of(file) or "LoRAs") for file in ordered]


class LoraRow(QFrame):
    """One LoRA: its file for each pass, how strong it is, and whether it is on."""

    changed = Signal()
    removed = Signal()
    words_wished = Signal(str)  # the file whose trigger words are to go into the prompt

    def __init__(self, number: int, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = FrameFace("", "border", theme.RADIUS)
        self.high = ComboBox(f"LoRA {number}, high noise", placeholder="Choose a LoRA", dense=True)
        self.low = ComboBox(f"LoRA {number}, low noise", dense=True)
        self.strength = Slider(0, 2, 0.05, f"LoRA {number}, strength")
        self.enabled = Toggle(f"LoRA {number} on")
        self._figure = Label("", tone="text2", size=theme.BODY)
        self._figure.setFixedWidth(32)
        remove = IconButton("trash", f"Remove LoRA {number}", height=28)
        self.words = Button("Trigger words", "plain", icon="quote", name=f"Trigger words of LoRA {number}", height=28)
        self.words.set_hint("Puts the words that it listens to into the prompt")
        self.words.clicked.connect(lambda: self.words_wished.emit(self._file()))
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(Label("High", tone="muted", size=theme.CAPTION), 0, 0)
        grid.addWidget(self.high, 0, 1)
        grid.addWidget(self.enabled, 0, 2)
        grid.addWidget(Label("Low", tone="muted", size=theme.CAPTION), 1, 0)
        grid.addWidget(self.low, 1, 1)
        grid.addWidget(remove, 1, 2)
        grid.addWidget(Label("Strength", tone="muted", size=theme.CAPTION), 2, 0)
        measure = QHBoxLayout()
        measure.setSpacing(8)
        measure.addWidget(self.strength, 1)
        measure.addWidget(self._figure)
        grid.addLayout(measure, 2, 1)
        grid.addWidget(self.words, 3, 1, Qt.AlignmentFlag.AlignLeft)
        self.strength.number_changed.connect(lambda _number: self._changed())
        self.high.value_changed.connect(lambda _value: self._changed())
        self.low.value_changed.connect(lambda _value: self._changed())
        self.enabled.clicked.connect(lambda _on: self._changed())
        remove.clicked.connect(self.removed)

    def set_files(self, files: Sequence[str]) -> None:
        choices = by_folder(files)
        self.high.set_choices([Choice(_NONE, "None"), *choices])
        self.low.set_choices([Choice(_SAME, "Same as high"), Choice(_NONE, "None"), *choices])

    def set_config(self, config: Mapping[str, Any]) -> None:
        high = config.get("high", "")
        self.high.set_value(_NONE if high is None else str(high))
        low = config.get("low", _SAME)
        self.low.set_value(_NONE if low is None else str(low))
        self.strength.set_number(float(config.get("strength", DEFAULT_STRENGTH)))
        self.enabled.setChecked(bool(config.get("enabled", True)))
        self._show()

    def config(self) -> dict[str, object]:
        """As in settings: `low` absent means the low half of the high file, or that file itself; None means none."""
        high = self.high.value()
        made: dict[str, object] = {"high": None if high in (_NONE, "") else high}
        low = self.low.value()
        if low != _SAME:
            made["low"] = None if low == _NONE else low
        return made | {"strength": self.strength.number(), "enabled": self.enabled.isChecked()}

    @property
    def is_blank(self) -> bool:
        """A row just added, in which no file was chosen yet."""
        return self.high.value() == "" and self.low.value() in ("", _SAME, _NONE)

    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _file(self) -> str:
        """The one of the two that is chosen."""
        return next((v for v in (self.high.value(), self.low.value()) if v not in ("", _SAME, _NONE)), "")

    def _show(self) -> None:
        self.words.setVisible(bool(self._file()))
        self._figure.setText(f"{self.strength.number():.2f}")
        self.strength.setAccessibleDescription(self._figure.text())


class LoraRows(QWidget):
    """`configs()` has the form of the settings key lora_configs; rows without a file are left out of it."""

    changed = Signal()
    words_wished = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: tuple[str, ...] = ()
        self._rows: list[LoraRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._empty = Label("No LoRA files were found on this server.", tone="muted", size=theme.CAPTION, wrap=True)
        add = Button("Add LoRA", "outlined", icon="plus", height=theme.DENSE_HEIGHT)
        add.clicked.connect(lambda: self.add_row())
        self._add = add
        foot = QHBoxLayout()
        foot.addWidget(add)
        foot.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._column)
        outer.addWidget(self._empty)
        outer.addLayout(foot)

    def set_files(self, files: Sequence[str]) -> None:
        self._files = tuple(files)
        self._empty.setVisible(not files)
        for row in self._rows:
            row.set_files(self._files)

    def configs(self) -> list[dict[str, object]]:
        return [row.config() for row in self._rows if not row.is_blank]

    def set_configs(self, configs: Sequence[Mapping[str, Any]]) -> None:
        for row in list(self._rows):
            self._drop(row)
        for config in configs:
            self.add_row(config)

    def add_row(self, config: Mapping[str, Any] | None = None) -> LoraRow:
        row = LoraRow(len(self._rows) + 1)
        row.set_files(self._files)
        row.set_config(config or {})
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        row.words_wished.connect(self.words_wished)
        self._rows.append(row)
        self._column.addWidget(row)
        focus.place_before(self._add, row)
        return row

    @property
    def rows(self) -> tuple[LoraRow, ...]:
        return tuple(self._rows)

    def _remove(self, row: LoraRow) -> None:
        self._drop(row)
        self.changed.emit()

    def _drop(self, row: LoraRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
