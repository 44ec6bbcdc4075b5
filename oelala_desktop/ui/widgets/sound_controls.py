"""Mute and volume, over a dark stage."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.slider import Slider

_WIDTH = 84


class SoundControls(QWidget):
    def __init__(self, loudness: Loudness, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loudness = loudness
        self._mute = IconButton("volume-2", keys.hint("mute"), "glass")
        self._mute.clicked.connect(self.toggle)
        self._slider = Slider(0, 100, 5, "Volume", on_stage=True)
        self._slider.setFixedWidth(_WIDTH)
        self._slider.number_changed.connect(lambda volume: loudness.set_volume(round(volume)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._mute)
        row.addWidget(self._slider)
        loudness.changed.connect(self._show)
        self._show()

    def toggle(self) -> None:
        self._loudness.set_muted(not self._loudness.muted)

    def set_narrow(self, narrow: bool) -> None:
        """Without the slider."""
        self._slider.setVisible(not narrow)

    def set_reason(self, why: str) -> None:
        """Why there is nothing to hear, empty if there is."""
        self._mute.set_reason(why)
        self._slider.set_reason(why)

    def _show(self) -> None:
        muted = self._loudness.muted
        name = keys.hint("mute", ROWS["mute"].on if muted else ROWS["mute"].text)
        self._mute.set_icon("volume-x" if muted or not self._loudness.volume else "volume-2")
        self._mute.setAccessibleName(name)
        self._mute.set_hint(name)
        self._slider.set_number(0 if muted else self._loudness.volume)
        self._slider.setAccessibleDescription("muted" if muted else f"{self._loudness.volume} %")
