"""How far a job is, as a bar coloured by pass and as words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.domain.job import Progress
from oelala_desktop.ui import painting, theme, wording

PASSES = {"high": "High noise pass", "low": "Low noise pass"}


def tone_of(pass_: str | None, t: theme.Tokens) -> str:
    """The colour of a pass: accent for the first, violet for the second, teal for what comes around them."""
    return {"high": t.accent, "low": t.pass_low}.get(pass_ or "", t.pass_other)


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


class Bands:
    """Remembers at which fraction each pass began, so that a bar can show them in their colours."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self._starts: list[tuple[float, str | None]] = []

    def take(self, progress: Progress) -> None:
        if not self._starts or self._starts[-1][1] != progress.pass_:
            self._starts.append((self.fraction, progress.pass_))
        self.fraction = max(self.fraction, min(1.0, progress.fraction))

    def draw(self, painter: QPainter, box: QRectF, track: str) -> None:
        t = theme.tokens()
        radius = box.height() / 2
        painting.rounded(painter, box, radius, track)
        painter.save()
        painter.setClipPath(
            painting.rounded_path(QRectF(box.x(), box.y(), box.width() * self.fraction, box.height()), radius)
        )
        ends = [start for start, _ in self._starts[1:]] + [self.fraction]
        for (start, pass_), end in zip(self._starts, ends, strict=False):  # before the first step there is no start
            span = QRectF(box.x() + box.width() * start, box.y(), box.width() * (end - start) + 1, box.height())
            painting.rounded(painter, span, 0, tone_of(pass_, t))
        painter.restore()


class ProgressLine(QWidget):
    """A thin bar, four pixels high."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bands = Bands()
        self.setAccessibleName("Progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, 4)

    def set_progress(self, progress: Progress | None) -> None:
        """None starts over."""
        if progress is None:
            self._bands = Bands()
        else:
            self._bands.take(progress)
            self.setAccessibleDescription(wording.percent(progress.fraction))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        self._bands.draw(painter, QRectF(self.rect()), theme.tokens().track)
