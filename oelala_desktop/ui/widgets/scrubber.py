"""The position bar of a video, drawn over the picture."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style.slider import SliderFace
from oelala_desktop.ui.widgets.slider import Slider

_FINE = 100_000  # notches, more than there are pixels
_STEPS = {Qt.Key.Key_Left: -_FINE // 20, Qt.Key.Key_Right: _FINE // 20}


class Scrubber(Slider):
    """`sought` is sent with the share of the length (0 to 1) that a person drags, clicks or steps to."""

    sought = Signal(float)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(0, 1, 1 / _FINE, "Position in the video", on_stage=True, parent=parent)
        self.face = SliderFace(on_stage=True, knob=13)
        self.number_changed.connect(self.sought)

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def set_share(self, share: float, words: str = "") -> None:
        """Where the video is; ignored while a person drags. `words` say it to screen readers."""
        if not self.isSliderDown():
            self.set_number(max(0.0, min(1.0, share)))
            self.setAccessibleDescription(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS:
            self.setValue(self.value() + _STEPS[Qt.Key(event.key())])
        else:
            event.ignore()  # the player has use for the others
