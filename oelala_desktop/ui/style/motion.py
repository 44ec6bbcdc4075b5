"""How things move: 150 ms ease-out, or not at all when the system asks for less motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:  # Qt's animation classes cost start-up 5 ms, and nothing moves before the window is there
    from PySide6.QtCore import QVariantAnimation

DURATION_MS = 150
#: property of the application that turns motion off whatever the system says
REDUCED = "reducedMotion"


def allowed(widget: QWidget) -> bool:
    """Whether `widget` may animate: it is on screen and nobody asked for less motion."""
    app = QApplication.instance()
    if app is None or app.property(REDUCED) or not widget.isVisible():
        return False
    from PySide6.QtWidgets import QStyle

    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


class Glide:
    """Moves one number of `widget` to a goal; `step` hears every value on the way, `arrived` the end.

    The animation itself is made when something first moves: most widgets never do."""

    def __init__(
        self,
        widget: QWidget,
        value: float,
        step: Callable[[float], None],
        arrived: Callable[[], None] | None = None,
    ) -> None:
        self.value = value
        self._widget = widget
        self._step = step
        self._arrived = arrived
        self._run: QVariantAnimation | None = None

    @property
    def is_moving(self) -> bool:
        return self._run is not None and self._run.state() == self._run.State.Running

    def stop(self) -> None:
        if self._run is not None:
            self._run.stop()

    def to(self, goal: float) -> None:
        self.stop()
        if not allowed(self._widget):
            self._take(goal)
            self._end()
            return
        run = self._made()
        run.setStartValue(float(self.value))
        run.setEndValue(float(goal))
        run.start()

    def _made(self) -> QVariantAnimation:
        if self._run is None:
            from PySide6.QtCore import QEasingCurve, QVariantAnimation

            self._run = QVariantAnimation(self._widget)
            self._run.setDuration(DURATION_MS)
            self._run.setEasingCurve(QEasingCurve.Type.OutCubic)
            self._run.valueChanged.connect(self._take)
            self._run.finished.connect(self._end)
        return self._run

    def _take(self, value: float) -> None:
        self.value = float(value)
        self._step(self.value)

    def _end(self) -> None:
        if self._arrived is not None:
            self._arrived()
