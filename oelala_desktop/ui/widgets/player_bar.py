"""The controls of a player. A file with sound has its waveform above them, in the place of the plain position bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui import wording
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.scrubber import Scrubber
from oelala_desktop.ui.widgets.sound_controls import SoundControls
from oelala_desktop.ui.widgets.waveform import Waveform

_ROW, _WAVE = 48, 28
#: of a sound that is alone on its stage
_TALLEST = 160
#: pixels of width below which there is no room for the volume
_NARROW = 400


class PlayerBar(QWidget):
    """Over the foot of the picture, unless a subclass has a place of its own."""

    play_pressed = Signal()
    loop_pressed = Signal()
    step_pressed = Signal()
    full_pressed = Signal()
    sought = Signal(float)  # share of the length

    def __init__(self, loudness: Loudness, *, can_fill_screen: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.has_sound = False
        self.is_alone = False
        self._can_fill_screen = can_fill_screen
        self._play = self._button("play", "Play", self.play_pressed)
        self.loop = self._button("repeat", "Play in a loop", self.loop_pressed)
        self.loop.setCheckable(True)
        self.loop.setChecked(True)
        self._step = self._button("step-forward", "Next frame", self.step_pressed)
        self._full = self._button("maximize-2", "Full screen", self.full_pressed)
        self._scrubber = Scrubber()
        self._gap = QWidget()
        self.wave = Waveform()
        for seek in (self._scrubber, self.wave):
            seek.sought.connect(self.sought)
        self._sound = SoundControls(loudness)
        self._time = Label("", size=theme.CAPTION)
        self._time.setForegroundRole(self._time.palette().ColorRole.HighlightedText)
        self._build()
        self.set_sound(False)

    def _button(self, icon: str, name: str, pressed: object) -> IconButton:
        button = IconButton(icon, name, "glass")
        button.clicked.connect(pressed)
        return button

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._play)
        row.addWidget(self._sound)
        row.addSpacing(4)
        row.addWidget(self._scrubber, 1)
        row.addWidget(self._gap, 1)
        row.addSpacing(8)
        row.addWidget(self._time)
        row.addSpacing(4)
        for button in (self.loop, self._step, self._full):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self.wave)
        column.addStretch(1)
        column.addLayout(row)

    # values

    def set_sound(self, has_sound: bool, *, alone: bool = False) -> None:
        """`alone`: there is nothing to see, the waveform stands for it."""
        self.has_sound, self.is_alone = has_sound, has_sound and alone
        self.wave.setVisible(has_sound)
        self._gap.setVisible(has_sound)
        self._scrubber.setVisible(not has_sound)
        self._sound.setVisible(has_sound)
        self._step.setVisible(not self.is_alone)
        self._full.setVisible(self._can_fill_screen and not self.is_alone)
        if not has_sound:
            self.wave.set_peaks(())

    def set_peaks(self, peaks: Sequence[float]) -> None:
        self.wave.set_peaks(peaks)

    def set_position(self, seconds: float, length: float) -> None:
        share = seconds / length if length else 0.0
        self._time.setText(f"{wording.clock(seconds)} / {wording.seconds(length)}")
        self._scrubber.set_share(share, self.time)
        self.wave.set_position(share)

    @property
    def time(self) -> str:
        return self._time.text()

    def set_playing(self, playing: bool) -> None:
        name = "Pause" if playing else "Play"
        self._play.set_icon("pause" if playing else "play")
        self._play.setAccessibleName(name)
        self._play.set_hint(keys.hint("play", name))

    def toggle_mute(self) -> None:
        if self.has_sound:
            self._sound.toggle()

    # looks

    @property
    def covers(self) -> bool:
        """Whether it lies over a part of the picture."""
        return not self.isHidden()

    def set_there(self, there: bool) -> None:
        """Whether there is something to play."""
        self.setVisible(there)

    def lie_in(self, width: int, height: int) -> None:
        """At the foot of a stage of that size, or over all of it where the waveform stands for what is played."""
        tall = min(_TALLEST, max(_WAVE, height - 2 * _ROW)) if self.is_alone else _WAVE
        self.wave.setFixedHeight(tall)
        needed = height - 8 if self.is_alone else _ROW + (_WAVE + 4 if self.has_sound else 0)
        self.setGeometry(4, height - needed - 4, width - 8, needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sound.set_narrow(self.width() < _NARROW)
