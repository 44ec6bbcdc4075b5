"""A number one can type or step. What cannot be taken is explained, never silently changed."""

from __future__ import annotations

import math

from PySide6.QtCore import Property, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.field import NumberFace
from oelala_desktop.ui.widgets.line_edit import LineEdit


def mark_wrong(editor: QWidget, wrong: bool) -> None:
    """Give an editor the red border of a wrong value, or take it away."""
    if bool(editor.property("wrong")) != wrong:
        editor.setProperty("wrong", wrong)
        editor.update()


def figure(number: float, decimals: int) -> str:
    """With so many decimals, or with as many as it has."""
    text = f"{number:.{decimals}f}"
    return text if math.isclose(float(text), number, abs_tol=1e-9) else f"{number:.6g}"


class NumberBox(QAbstractSpinBox):
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
        self.face = NumberFace()
        self._low, self._high, self._step, self._decimals = minimum, maximum, step, decimals
        self._name = name
        self._number = minimum
        self._problem = ""
        edit = LineEdit(parent=self)
        edit.setAccessibleName(name)
        edit.setTextMargins(0, 0, 0, 0)
        self.setLineEdit(edit)
        self.setAccessibleName(name)
        self.setFixedHeight(theme.HEIGHT)
        self.setFont(theme.font(theme.BODY))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        edit.textEdited.connect(self._typed)
        self._show()

    def number(self) -> float:
        return self._number

    # by these names Qt tells screen readers
    value = Property(float, number)
    minimum = Property(float, lambda self: self._low)
    maximum = Property(float, lambda self: self._high)
    singleStep = Property(float, lambda self: self._step)

    @property
    def problem(self) -> str:
        """Why what is typed cannot be taken, as a sentence; empty if it can."""
        return self._problem

    def set_number(self, number: float) -> None:
        """Take `number` without number_changed."""
        self._number = number
        self._show()
        self._judge("")

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        wanted = self._number + steps * self._step
        wanted = round(min(self._high, max(self._low, wanted)), 6)
        if wanted != self._number or self._problem:
            self.set_number(wanted)
            self.number_changed.emit(wanted)

    def sizeHint(self) -> QSize:
        return QSize(112, theme.HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, theme.HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers():
            event.ignore()  # Ctrl+Enter belongs to the page
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self.stepBy(1 if event.angleDelta().y() > 0 else -1)
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
        self.lineEdit().setText(figure(self._number, self._decimals))
