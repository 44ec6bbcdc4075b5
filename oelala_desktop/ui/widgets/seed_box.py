"""A seed: −1 for a new one each time, or any number up to 2⁶⁴−1, kept as text because it is exact."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.number_box import mark_wrong

RANDOM = -1


class SeedBox(QWidget):
    """Typing a number fixes the seed. The dice go back to random; the lock keeps the last seed that was used."""

    seed_changed = Signal(object)  # int, too large for a C++ integer
    problem_changed = Signal(str)

    def __init__(self, name: str = "Seed", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = RANDOM
        self._last: int | None = None
        self._problem = ""
        self._edit = LineEdit()
        self._edit.setAccessibleName(name)
        self._edit.setPlaceholderText("Random")
        self._edit.setFixedHeight(theme.HEIGHT)
        self._edit.textEdited.connect(self._typed)
        self._dice = IconButton("dices", "Random seed for each job", "outlined", height=theme.HEIGHT)
        self._dice.clicked.connect(lambda: self._take(RANDOM))
        self._lock = IconButton("lock", "Keep the seed of the last job", "outlined", height=theme.HEIGHT)
        self._lock.clicked.connect(self._keep)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._edit, 1)
        row.addWidget(self._dice)
        row.addWidget(self._lock)
        self.setFocusProxy(self._edit)
        self.set_last(None)

    @property
    def editor(self) -> QLineEdit:
        return self._edit

    def seed(self) -> int:
        return self._seed

    def set_seed(self, seed: int) -> None:
        """Take `seed` without a signal."""
        self._seed = seed
        self._edit.setText("" if seed == RANDOM else str(seed))
        self._judge("")

    def set_last(self, seed: int | None) -> None:
        """The seed of the newest job, for the lock; None if there is none yet."""
        self._last = seed
        self._lock.set_hint("" if seed is None else f"Keep {seed}, the seed of the last job")
        self._lock.set_reason("There is no job yet whose seed could be kept." if seed is None else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._edit.setCursorPosition(0)

    def _keep(self) -> None:
        if self._last is not None:
            self._take(self._last)

    def _take(self, seed: int) -> None:
        self.set_seed(seed)
        self.seed_changed.emit(seed)

    def _typed(self, text: str) -> None:
        bare = text.replace(" ", "").replace("\u202f", "").replace("−", "-").strip()
        if bare in ("", "-1"):
            seed, problem = RANDOM, ""
        elif bare.isascii() and bare.isdigit() and len(bare) <= 20 and int(bare) <= MAX_SEED:
            seed, problem = int(bare), ""
        else:
            seed, problem = self._seed, f"A seed is a whole number from 0 to {MAX_SEED}."
        self._judge(problem)
        if seed != self._seed:
            self._seed = seed
            self.seed_changed.emit(seed)

    def _judge(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            mark_wrong(self._edit, bool(problem))
            self.problem_changed.emit(problem)
