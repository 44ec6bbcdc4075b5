"""Several files dropped at once where a job takes one: one job each, if that is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMessageBox, QWidget

from oelala_desktop.services.queue.jobs import Refused
from oelala_desktop.ui.question import Answer, ask


def ask_for_each(
    window: QWidget, word: str, count: int, each: Callable[[], object], first: Callable[[], object]
) -> None:
    """`word` is what each of them is, "picture". Calls `each` and then `first`, `first` alone, or neither."""

    def both() -> None:
        each()
        first()

    yes = Answer(f"Make {count} jobs", QMessageBox.ButtonRole.AcceptRole, both)
    only = Answer("Use the first only", QMessageBox.ButtonRole.ActionRole, first)
    cancel = Answer("Cancel", QMessageBox.ButtonRole.RejectRole)
    text = f"Make {count} jobs, one for each {word}, with the settings on this page?"
    ask(window, f"Several {word}s", text, (yes, only, cancel), default=0)


def words_for(refused: Sequence[Refused], words: str, made: int) -> str:
    """What became of the `words` ("pictures") that no job was made of."""
    count = len(refused)
    of_all = f"{count} of {count + made} {words} {'was' if count == 1 else 'were'} not taken."
    return f"{of_all} {refused[0].error.message}"
