"""Asked before the program ends while jobs run or wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget


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
        box = self._box = QMessageBox(parent)
        box.setWindowTitle("Quit Oelala?")
        jobs = "1 job is" if count == 1 else f"{count} jobs are"
        box.setText(f"{jobs} not finished.")
        box.setInformativeText("What the server has goes on there; everything is taken up again at the next start.")
        quit_ = box.addButton("Quit", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)

        def answered() -> None:
            self._box = None
            if box.clickedButton() is quit_:
                leave()
            box.deleteLater()

        box.finished.connect(lambda _code: answered())
        box.open()
