"""How far a job is, as a bar coloured by pass and as words."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from oelala_desktop.domain.job import Progress
from oelala_desktop.ui import wording
from oelala_desktop.ui.style.progress import Bands as Bands
from oelala_desktop.ui.style.progress import ProgressFace

PASSES = {"high": "High noise pass", "low": "Low noise pass"}


def pass_words(progress: Progress) -> tuple[str, str]:
    """("High noise pass 2 of 3", "KSampler"): what runs now, and the node it runs in."""
    if progress.ahead:
        return f"Behind {progress.ahead} {'job' if progress.ahead == 1 else 'jobs'} of others", ""
    name = PASSES.get(progress.pass_ or "", "")
    steps = f"{progress.step} of {progress.steps}" if progress.step and progress.steps else ""
    if not name:
        return (progress.node or "Starting"), (f"step {steps}" if steps else "")
    node = "" if _plain(progress.node) == _plain(name) else progress.node or ""
    return f"{name} {steps}".strip(), node


def _plain(title: str | None) -> str:
    return "".join(filter(str.isalnum, (title or "").casefold()))


def short_words(progress: Progress) -> str:
    """ "High noise 2/3", for rows and tooltips."""
    title, _ = pass_words(progress)
    return title.replace(" pass", "").replace(" of ", "/")


def time_words(progress: Progress) -> str:
    """ "31 % · about 2 min 10 s left"; without an estimate only the percentage."""
    parts = (wording.percent(progress.fraction), wording.remaining(progress.eta))
    return " · ".join(part for part in parts if part)


class ProgressLine(QProgressBar):
    """A thin bar, four pixels high, coloured by pass."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = ProgressFace()
        self.setAccessibleName("Progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setValue(0)

    def sizeHint(self) -> QSize:
        return self.face.size(self)

    minimumSizeHint = sizeHint

    def set_progress(self, progress: Progress | None) -> None:
        """None starts over."""
        if progress is None:
            self.face.bands = Bands()
        else:
            self.face.bands.take(progress)
            self.setAccessibleDescription(wording.percent(progress.fraction))
        self.setValue(int(self.face.bands.fraction * 100))
        self.update()
