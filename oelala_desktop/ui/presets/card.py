"""Which workflow makes the result. Presets that the engine cannot run say what is missing and how to get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.label import Label


class PresetChoice(NamedTuple):
    """`missing` has a line for each thing the engine lacks, `fixes` what to do about it, ready to copy, `note` a word
    or two on it for the list."""

    id: str
    name: str
    description: str = ""
    missing: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    note: str = ""


class PresetCard(QWidget):
    chosen = Signal(str)  # preset id

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets: tuple[PresetChoice, ...] = ()
        self.combo = ComboBox("Preset", placeholder="No preset yet")
        self.combo.value_changed.connect(self._choose)
        self._about = Label("", tone="text2", size=theme.CAPTION, wrap=True)
        self._lacking = Label("", tone="warning", size=theme.CAPTION, wrap=True)
        self._copy = Button("Copy the commands", icon="copy", height=theme.DENSE_HEIGHT)
        self._copy.clicked.connect(self._copy_fixes)
        row = QHBoxLayout()
        row.addWidget(self._copy)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.combo)
        column.addWidget(self._about)
        column.addWidget(self._lacking)
        column.addLayout(row)
        self._show()

    def set_presets(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        """Those that cannot run stay in the list, so that what they lack can be read."""
        self._presets = tuple(presets)
        self.combo.set_choices([Choice(p.id, p.name, note=p.note) for p in presets])
        self.combo.set_value(chosen)
        self._show()

    @property
    def value(self) -> str:
        return self.combo.value()

    def _choose(self, preset_id: str) -> None:
        self._show()
        self.chosen.emit(preset_id)

    def _current(self) -> PresetChoice | None:
        return next((preset for preset in self._presets if preset.id == self.combo.value()), None)

    def _show(self) -> None:
        preset = self._current()
        self._about.setText(preset.description if preset else "")
        self._about.setVisible(bool(preset and preset.description))
        lacking = preset.missing if preset else ()
        self._lacking.setText("This engine lacks:\n" + "\n".join(lacking))
        self._lacking.setVisible(bool(lacking))
        self._copy.setVisible(bool(preset and preset.fixes))

    def _copy_fixes(self) -> None:
        preset = self._current()
        if preset is not None:
            QGuiApplication.clipboard().setText("\n".join(preset.fixes))
