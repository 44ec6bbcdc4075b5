"""Asked before the program ends while jobs run or wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from oelala_desktop.ui.question import Answer, ask


class QuitQuestion:
    """One at a time: asked again it comes to the front."""

    def __init__(self) -> None:
        self._box: QMessageBox | None = None

    def ask(self, parent: QWidget | None, count: int, leave: Callable[[], object]) -> None:
        """`count` jobs are not finished; `leave` is called if they do not matter."""
        if self._box is not None:
            self._box.raise_()
            self._box.activateWindow()
            return
        jobs = "1 job is" if count == 1 else f"{count} jobs are"
        quit_ = Answer("Quit", QMessageBox.ButtonRole.AcceptRole, leave)
        stay = Answer("Stay", QMessageBox.ButtonRole.RejectRole)
        more = "What the server has goes on there; everything is taken up again at the next start."
        self._box = ask(parent, "Quit Oelala?", f"{jobs} not finished.", (quit_, stay), default=1, more=more)
        self._box.finished.connect(self._answered)

    def _answered(self) -> None:
        self._box = None
