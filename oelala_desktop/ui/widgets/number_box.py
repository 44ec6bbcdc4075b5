"""A number one can type or step. What cannot be taken is explained, never silently changed."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.line_edit import LineEdit

_STEPPER = 26


def mark_wrong(editor: QWidget, wrong: bool) -> None:
    """Give an editor the red border of a wrong value, or take it away."""
    if bool(editor.property("wrong")) != wrong:
        editor.setProperty("wrong", wrong)
        editor.style().unpolish(editor)
        editor.style().polish(editor)


def figure(number: float, decimals: int) -> str:
    """With so many decimals, or with as many as it has."""
    text = f"{number:.{decimals}f}"
    return text if math.isclose(float(text), number, abs_tol=1e-9) else f"{number:.6g}"


class NumberBox(LineEdit):
    """A number from `minimum` to `maximum`; whole numbers if `decimals` is 0. Up, Down and the wheel step it."""

    number_changed = Signal(float)
    problem_changed = Signal(str)

    def __init__(
        self,
        minimum: float,
        maximum: float,
        step: float,
        name: str,
        *,
        decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._step, self._decimals = minimum, maximum, step, decimals
        self._name = name
        self._number = minimum
        self._problem = ""
        theme.dress(self, "field")
        self.setAccessibleName(name)
        self.setFixedHeight(theme.HEIGHT)
        self.setFont(theme.font(theme.BODY))
        self.setTextMargins(0, 0, 2 * _STEPPER - 8, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._down = self._stepper("minus", f"Less {name.lower()}", -1)
        self._up = self._stepper("plus", f"More {name.lower()}", 1)
        self.textEdited.connect(self._typed)
        self._show()

    def _stepper(self, icon: str, name: str, steps: int) -> IconButton:
        button = IconButton(icon, name, height=_STEPPER, parent=self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Up and Down do the same from the field itself
        button.setAutoRepeat(True)
        button.clicked.connect(lambda: self.step_by(steps))
        return button

    def number(self) -> float:
        return self._number

    @property
    def problem(self) -> str:
        """Why what is typed cannot be taken, as a sentence; empty if it can."""
        return self._problem

    def set_number(self, number: float) -> None:
        """Take `number` without number_changed."""
        self._number = number
        self._show()
        self._judge("")

    def step_by(self, steps: int) -> None:
        wanted = self._number + steps * self._step
        wanted = round(min(self._high, max(self._low, wanted)), 6)
        if wanted != self._number or self._problem:
            self.set_number(wanted)
            self.number_changed.emit(wanted)

    def sizeHint(self) -> QSize:
        return QSize(112, theme.HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, theme.HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = (self.height() - _STEPPER) // 2
        self._up.setGeometry(self.width() - _STEPPER - 5, top, _STEPPER, _STEPPER)
        self._down.setGeometry(self.width() - 2 * _STEPPER - 5, top, _STEPPER, _STEPPER)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers():
            event.ignore()  # Ctrl+Enter belongs to the page
        elif (by := steps.get(Qt.Key(event.key()))) is not None:
            self.step_by(by)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self.step_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self._problem:
            self._show()

    def _typed(self, text: str) -> None:
        number, problem = self._parse(text)
        self._judge(problem)
        if number is not None and number != self._number:
            self._number = number
            self.number_changed.emit(number)

    def _parse(self, text: str) -> tuple[float | None, str]:
        try:
            number = float(text.strip().replace(",", ".").replace("−", "-"))
        except ValueError:
            return None, f"{self._name} needs a number."
        if not math.isfinite(number) or not self._low <= number <= self._high:
            return None, f"{self._name} goes from {self._low:g} to {self._high:g}."
        if self._decimals == 0 and number != int(number):
            return None, f"{self._name} needs a whole number."
        return number, ""

    def _judge(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            mark_wrong(self, bool(problem))
            self.setAccessibleDescription(problem)
            self.problem_changed.emit(problem)

    def _show(self) -> None:
        self.setText(figure(self._number, self._decimals))
