"""A slider over numbers of any step. The wheel moves it only while it has the focus."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from oelala_desktop.ui.style.slider import SliderFace
from oelala_desktop.ui.widgets.control import Control


def _is_whole(minimum: float, step: float, scale: int) -> bool:
    return all(math.isclose(number * scale, round(number * scale), abs_tol=1e-9) for number in (minimum, step))


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
        self._scale = next((10**power for power in range(5) if _is_whole(minimum, step, 10**power)), 10**5)
        self._quiet = False
        # what Qt has as its value is the number itself where that is whole, since screen readers say it
        self.setRange(round(minimum * self._scale), round(maximum * self._scale))
        self.setSingleStep(round(step * self._scale))
        self.setPageStep(max(1, round((maximum - minimum) / step) // 10) * self.singleStep())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._tell)

    def number(self) -> float:
        return round(self.value() / self._scale, 6)

    def set_number(self, number: float) -> None:
        """Take `number` without a signal, at the nearest step."""
        self._quiet = True
        self.setValue(self._nearest(number * self._scale))
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
        self.setValue(self._nearest(self.face.value_at(x, self)))

    def _nearest(self, value: float) -> int:
        """The nearest value that is a step."""
        low, step = self.minimum(), self.singleStep()
        return low + round((value - low) / step) * step
