"""One job of the queue: its picture, prompt, size, state, how far it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.ui import painting, theme, wording
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import ClampedLabel, ElidedLabel, Label
from oelala_desktop.ui.widgets.progress import ProgressLine, pass_words, short_words
from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage

#: states in which the server works on the job, so that there is progress to tell
_MOVING = (JobState.RUNNING, JobState.FETCHING)
_STATES = {
    JobState.QUEUED: ("Waiting", "text2"),
    JobState.SENT: ("Next on the server", "text2"),
    JobState.RUNNING: ("Running", "accent"),
    JobState.FETCHING: ("Fetching the result", "accent"),
    JobState.DONE: ("Done", "text2"),
    JobState.FAILED: ("Failed", "error"),
    JobState.CANCELLED: ("Cancelled", "text2"),
    JobState.LOST: ("Lost by the server", "warning"),
}
#: the buttons of a row by state, in order; the rest is in its menu
_BUTTONS = {
    "cancel": ("x", "Cancel this job"),
    "retry": ("rotate-ccw", "Run again"),
    "open": ("maximize-2", "Open the result"),
    "more": ("ellipsis", "More"),
}
_MENU = {
    "up": "Move up",
    "down": "Move down",
    "first": "Move to the front",
    "retry_new_seed": "Run again with a new seed",
    "reuse": "Reuse settings",
    "error": "Show the error",
    "copy_error": "Copy the error",
    "folder": "Show in folder",
    "remove": "Remove from the list",
}


def acts_of(state: JobState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(buttons, menu entries) that make sense in a state."""
    if state is JobState.QUEUED:
        return ("cancel", "more"), ("first", "up", "down", "reuse")
    if not state.is_final:
        return ("cancel", "more"), ("reuse",)
    if state is JobState.DONE:
        return ("open", "more"), ("folder", "retry_new_seed", "reuse", "remove")
    return ("retry", "more"), ("error", "copy_error", "retry_new_seed", "reuse", "remove")


def size_words(job: Job) -> str:
    """ "720 × 480 · 81 frames"; a still has no frames to tell, and of some only the result says how large it is."""
    parts = [wording.size(job.width, job.height)] if job.width else []
    if job.num_frames > 1:
        parts.append(wording.frames(job.num_frames))
    return " · ".join(parts)


class QueueRow(QWidget):
    """`acted` sends the job's id and one of: cancel, retry, retry_new_seed, open, up, down, first, reuse, error,
    copy_error, folder, remove."""

    acted = Signal(str, str)

    def __init__(self, job: Job, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._thumb = PlaceholderImage(72, 48, icon="film" if job.num_frames > 1 else "image")
        self._prompt = ElidedLabel("", weight=500)
        self._line = ElidedLabel("", tone="text2", size=theme.CAPTION)
        self._time = Label("", tone="text2", size=theme.CAPTION)
        self._problem = ClampedLabel("", tone="error", size=theme.CAPTION)
        self._size = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self._bar = ProgressLine()
        self._buttons = {key: IconButton(icon, name, height=28) for key, (icon, name) in _BUTTONS.items()}
        for key, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, key=key: self._press(key))
        self._build()
        self._gone = ""
        self.set_job(job)

    def _build(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._line, 1)
        words.addWidget(self._time)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addStretch(1)
        column.addWidget(self._prompt)
        column.addLayout(words)
        column.addWidget(self._problem)
        column.addWidget(self._size)
        column.addSpacing(4)
        column.addWidget(self._bar)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._thumb)
        row.addLayout(column, 1)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in self._buttons.values():
            tools.addWidget(button)
        row.addLayout(tools)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def job(self) -> Job:
        return self._job

    def set_job(self, job: Job) -> None:
        self._job = job
        prompt = str(job.values.get("prompt") or "") or job.title or "Without a prompt"
        self._prompt.setText(prompt[:400])
        state, tone = _STATES[job.state]
        problem = job.error.message if job.error and job.state is JobState.FAILED else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._line.set_tone(tone if tone != "accent" else "text2")
        self._say(problem or self._words(job, state))
        for label in (self._line, self._time):
            label.setVisible(not problem)
        moving = job.state in _MOVING
        if not moving:
            self._bar.set_progress(None)
        self._bar.setVisible(moving)
        self._size.setText(size_words(job))
        self._size.setVisible(moving)
        took = job.finished_at - job.started_at if job.finished_at and job.started_at else None
        self._time.setText(wording.span(took) if took is not None and job.state is JobState.DONE else "")
        shown, _ = acts_of(job.state)
        for key, button in self._buttons.items():
            button.setVisible(key in shown)
        self.setAccessibleName(f"{prompt[:80]}, {state}")

    def _say(self, words: str) -> None:
        """How the job stands; the row as a whole is described by it."""
        self._line.setText(words)
        self.setAccessibleDescription(words)

    @staticmethod
    def _words(job: Job, state: str) -> str:
        if job.state in (JobState.QUEUED, JobState.DONE):
            return size_words(job)  # the section it stands in says the rest
        return state if not job.state.is_final else f"{state} · {size_words(job)}"

    def set_progress(self, progress: Progress) -> None:
        if progress.ahead and not self._job.state.is_final:
            behind = f"behind {progress.ahead} job{'s' if progress.ahead > 1 else ''} of others"
            self._say(f"Waiting, {behind}")
        elif self._job.state in _MOVING:
            self._bar.set_progress(progress)
            self._say(f"{short_words(progress)} · {wording.percent(progress.fraction)}")
            self._time.setText(wording.remaining(progress.eta).removesuffix(" left"))
            node = pass_words(progress)[1]
            self._size.setText(" · ".join(filter(None, (node, size_words(self._job)))))

    def set_thumbnail(self, image: QImage | None) -> None:
        """The start picture, a live preview frame, or the result; about 160 px is enough."""
        self._thumb.set_image(image)

    def set_gone(self, reason: str) -> None:
        """Why the result cannot be opened, empty if it can."""
        self._gone = reason
        self._buttons["open"].set_reason(reason)

    def _press(self, key: str) -> None:
        if key != "more":
            self.acted.emit(self._job.id, key)
            return
        menu = theme.make_menu(self)
        for entry in acts_of(self._job.state)[1]:
            action = menu.addAction(_MENU[entry])
            action.setEnabled(not (self._gone and entry == "folder"))
            action.triggered.connect(lambda _checked=False, entry=entry: self.acted.emit(self._job.id, entry))
        self._buttons["more"].open_menu(menu)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painting.rounded(painter, self.rect(), theme.RADIUS, t.root if t.name == "dark" else t.panel, t.border)
