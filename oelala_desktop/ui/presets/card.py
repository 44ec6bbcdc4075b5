"""Which workflow makes the result. Presets that the engine cannot run say what is missing and how to get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.label import Label


class PresetChoice(NamedTuple):
    """`missing` has a line for each thing the engine lacks, `fixes` what to do about it, ready to copy, `note` a word
    or two on it for the list; `runs` is None while nobody knows. `needs` names the files that it must have."""

    id: str
    name: str
    description: str = ""
    missing: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    note: str = ""
    runs: bool | None = None
    needs: str = ""


class PresetChooser(QWidget):
    """What shows the presets that there are, in `_offer`, over what is to be said of the chosen one."""

    chosen = Signal(str)  # preset id

    def __init__(self, shown: QWidget) -> None:
        super().__init__()
        self._presets: tuple[PresetChoice, ...] = ()
        self._about = Label("", tone="text2", size=theme.CAPTION, wrap=True)
        self._lacking = Label("", tone="warning", size=theme.CAPTION, wrap=True)
        self._copy = Button("Copy the commands", icon="copy", height=theme.DENSE_HEIGHT)
        self._copy.clicked.connect(self._copy_fixes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (shown, self._about, self._lacking, self._copy):
            column.addWidget(widget)

    def set_presets(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        """Those that cannot run stay in the list, so that what they lack can be read."""
        self._presets = tuple(presets)
        self._offer(presets, chosen)
        self._show()

    def _offer(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        raise NotImplementedError

    @property
    def value(self) -> str:
        raise NotImplementedError

    def _choose(self, preset_id: str) -> None:
        self._show()
        self.chosen.emit(preset_id)

    def _current(self) -> PresetChoice | None:
        return next((preset for preset in self._presets if preset.id == self.value), None)

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


class PresetCard(PresetChooser):
    def __init__(self) -> None:
        self.combo = ComboBox("Preset", placeholder="No preset yet")
        super().__init__(self.combo)
        self.combo.value_changed.connect(self._choose)
        self._show()

    def _offer(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        self.combo.set_choices([Choice(p.id, p.name, note=p.note) for p in presets])
        self.combo.set_value(chosen)

    @property
    def value(self) -> str:
        return self.combo.value()
