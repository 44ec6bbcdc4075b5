"""Several pictures dropped at once: one job each, if that is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from oelala_desktop.services.jobs import Refused


def ask_for_each(window: QWidget, count: int, each: Callable[[], object], first: Callable[[], object]) -> None:
    """Calls `each` and then `first`, `first` alone, or neither."""
    box = QMessageBox(window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Several pictures")
    box.setText(f"Make {count} jobs, one for each picture, with the settings on this page?")
    yes = box.addButton(f"Make {count} jobs", QMessageBox.ButtonRole.AcceptRole)
    only = box.addButton("Use the first only", QMessageBox.ButtonRole.ActionRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(yes)

    def answered() -> None:
        if box.clickedButton() is yes:
            each()
        if box.clickedButton() in (yes, only):
            first()
        box.deleteLater()

    box.finished.connect(lambda _code: answered())
    box.open()


def words_for(refused: Sequence[Refused], made: int) -> str:
    """What became of the pictures that no job was made of."""
    count = len(refused)
    of_all = f"{count} of {count + made} pictures {'was' if count == 1 else 'were'} not taken."
    return f"{of_all} {refused[0].error.message}"
