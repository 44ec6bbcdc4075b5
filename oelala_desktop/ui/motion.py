"""How things move: 150 ms ease-out, or not at all when the system asks for less motion."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QApplication, QStyle, QWidget

DURATION_MS = 150
#: property of the application that turns motion off whatever the system says
REDUCED = "reducedMotion"


def allowed(widget: QWidget) -> bool:
    """Whether `widget` may animate: it is on screen and nobody asked for less motion."""
    app = QApplication.instance()
    if app is None or app.property(REDUCED) or not widget.isVisible():
        return False
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


class Glide(QVariantAnimation):
    """Moves one number of `widget` to a goal; `step` hears every value on the way, `arrived` the end."""

    def __init__(
        self,
        widget: QWidget,
        value: float,
        step: Callable[[float], None],
        arrived: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._step = step
        self._arrived = arrived
        self.value = value
        self.setDuration(DURATION_MS)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._take)
        self.finished.connect(self._end)

    def to(self, goal: float) -> None:
        self.stop()
        if not allowed(self._widget):
            self._take(goal)
            self._end()
            return
        self.setStartValue(float(self.value))
        self.setEndValue(float(goal))
        self.start(QAbstractAnimation.DeletionPolicy.KeepWhenStopped)

    def _take(self, value: float) -> None:
        self.value = float(value)
        self._step(self.value)

    def _end(self) -> None:
        if self._arrived is not None:
            self._arrived()
