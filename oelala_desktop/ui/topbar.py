"""The bar on top: the page's title, and the chips that open queue, engine and activity."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from oelala_desktop.ui import theme
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.chip import BellChip, Chip
from oelala_desktop.ui.widgets.label import ElidedLabel

_DOTS = {"online": "ok", "connecting": "warning", "offline": "error", "": "muted"}


def queue_words(running: int, waiting: int) -> str:
    """ "1 running · 2 waiting" or "Queue empty"."""
    parts = [f"{running} running"] if running else []
    if waiting:
        parts.append(f"{waiting} waiting")
    return " · ".join(parts) or "Queue empty"


class TopBar(QFrame):
    panel_requested = Signal(str)  # queue, engine or activity
    spoken_role = QAccessible.Role.ToolBar

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = GroundFace("", "bottom")
        self.setFixedHeight(56)
        self._title = ElidedLabel("", size=theme.TITLE, weight=600)
        self.queue = Chip("Queue", icon="list-video")
        self.engine = Chip("Engine")
        self.bell = BellChip()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 1)
        row.setSpacing(12)
        row.addWidget(self._title, 1)
        row.addWidget(self.queue)
        row.addWidget(self.engine)
        row.addWidget(self.bell)
        for name, chip in (("queue", self.queue), ("engine", self.engine), ("activity", self.bell)):
            chip.clicked.connect(partial(self.panel_requested.emit, name))
        self.set_queue(0, 0)
        self.set_engine("No engine yet", "connecting")

    def set_title(self, text: str) -> None:
        self._title.setText(text)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_queue(self, running: int, waiting: int, fraction: float | None = None, paused: bool = False) -> None:
        """`fraction` (0 to 1) of the running job is drawn at the foot of the chip."""
        words = queue_words(running, waiting)
        self.queue.set_text(f"Paused · {words}" if paused else words)
        self.queue.set_progress(fraction)

    def set_engine(self, text: str, state: str) -> None:
        """`state` as in EngineState: online, connecting or offline."""
        self.engine.set_text(text)
        self.engine.set_dot(_DOTS.get(state, "muted"))

    def set_notices(self, unseen: int) -> None:
        self.bell.set_count(unseen)
