"""A slider over numbers of any step. The wheel moves it only while it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from oelala_desktop.ui.style.slider import KNOB, SliderFace
from oelala_desktop.ui.widgets.control import Control


class Slider(Control, QSlider):
    """From `minimum` to `maximum` in steps of `step`; `on_stage`: over a dark ground in both palettes. `number_changed`
    is sent for changes made by a person."""

    number_changed = Signal(float)

    def __init__(
        self,
        minimum: float,
        maximum: float,
        step: float,
        name: str,
        *,
        on_stage: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.face = SliderFace(on_stage)
        self._low = minimum
        self._step = step
        self._quiet = False
        self.setRange(0, round((maximum - minimum) / step))
        self.setSingleStep(1)
        self.setPageStep(max(1, self.maximum() // 10))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._tell)

    def number(self) -> float:
        return round(self._low + self.value() * self._step, 6)

    def set_number(self, number: float) -> None:
        """Take `number` without a signal, at the nearest step."""
        self._quiet = True
        self.setValue(round((number - self._low) / self._step))
        self._quiet = False

    def _tell(self, _value: int) -> None:
        if not self._quiet:
            self.number_changed.emit(self.number())

    def sizeHint(self) -> QSize:
        return self.face.size(self)

    minimumSizeHint = sizeHint

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._seek(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _seek(self, x: float) -> None:
        share = (x - KNOB / 2) / max(1, self.width() - KNOB)
        self.setValue(round(share * self.maximum()))
