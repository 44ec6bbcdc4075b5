"""A question with a few answers, each of which says what it does. Nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


class Answer(NamedTuple):
    text: str
    role: QMessageBox.ButtonRole
    act: Callable[[], object] = lambda: None


def ask(
    parent: QWidget | None, title: str, text: str, answers: Sequence[Answer], *, default: int, more: str = ""
) -> QMessageBox:
    """Asks at once. `default` is the answer that Enter gives, by its number; `more` stands below `text`."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(more)
    acts = {box.addButton(answer.text, answer.role): answer.act for answer in answers}
    buttons = list(acts)
    box.setDefaultButton(buttons[default])
    for button, answer in zip(buttons, answers, strict=True):
        if answer.role is QMessageBox.ButtonRole.RejectRole:
            box.setEscapeButton(button)

    def answered() -> None:
        chosen = box.clickedButton()
        next((act for button, act in acts.items() if button is chosen), lambda: None)()
        box.deleteLater()

    box.finished.connect(lambda _code: answered())
    box.open()
    return box
