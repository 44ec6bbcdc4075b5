"""The bar on top: the page's title, and the chips that open queue, engine and activity."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.chip import BellChip, Chip
from oelala_desktop.ui.widgets.label import ElidedLabel

_DOTS = {"online": "ok", "connecting": "accent", "offline": "error", "": "muted"}


def queue_words(running: int, waiting: int, paused: bool = False, failed: int = 0) -> str:
    """ "1 running · 2 waiting", "Paused · 4 waiting", "1 failed" or "Queue empty"."""
    counts = ((running, "running"), (waiting, "waiting"), (failed, "failed"))
    parts = ["Paused"] if paused else []
    parts += [f"{count:,} {word}" for count, word in counts if count]
    return " · ".join(parts) or "Queue empty"


class TopBar(QFrame):
    panel_requested = Signal(str)  # queue, engine or activity
    command_wished = Signal(str)  # id of the command that the engine chip offers
    spoken_role = "ToolBar"

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
        self._offers = ""
        self.engine.offered.connect(lambda: self.command_wished.emit(self._offers))
        self.queue.set_hint(keys.hint("queue"))
        self.set_queue(0, 0)
        self.set_engine("No engine yet", "connecting")

    def set_title(self, text: str) -> None:
        self._title.setText(text)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_queue(
        self, running: int, waiting: int, fraction: float | None = None, paused: bool = False, failed: int = 0
    ) -> None:
        """`fraction` (0 to 1) of the running job is drawn at its foot; nobody has looked at `failed` jobs."""
        self.queue.set_text(queue_words(running, waiting, paused, failed))
        self.queue.set_icon("pause" if paused else "triangle-alert" if failed else "list-video")
        self.queue.set_tone("error" if failed else "")
        self.queue.set_progress(fraction)

    def set_engine(self, text: str, state: str, *, fallback: bool = False) -> None:
        """`state` as in EngineState: online, connecting or offline. `fallback`: it is Sketch for want of a ComfyUI."""
        chip = self.engine
        chip.set_text(text)
        chip.set_tone("warning" if fallback else "")
        chip.set_icon("triangle-alert" if fallback else "")
        chip.set_dot("" if fallback else _DOTS.get(state, "muted"))
        self._offers = "connect" if fallback else "reconnect" if state == "offline" else ""
        if fallback:
            chip.set_offer(ROWS["connect"].text, ROWS["connect"].icon)
        else:
            chip.set_offer("Try again" if self._offers else "", hint=ROWS["reconnect"].text)

    def set_notices(self, unseen: int) -> None:
        self.bell.set_count(unseen)
