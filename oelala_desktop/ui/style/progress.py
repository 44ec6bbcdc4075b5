"""A bar coloured by pass."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QProgressBar

from oelala_desktop.domain.job import Progress
from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.style.face import Face


def tone_of(pass_: str | None, t: theme.Tokens) -> str:
    """The colour of a pass: accent for the first, violet for the second, teal for what comes around them."""
    return {"high": t.accent, "low": t.pass_low}.get(pass_ or "", t.pass_other)


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


class ProgressFace(Face[QProgressBar]):
    """Four pixels high."""

    __slots__ = ("bands",)

    def __init__(self) -> None:
        self.bands = Bands()

    def size(self, widget: QProgressBar) -> QSize:
        return QSize(80, 4)

    def draw(self, painter: QPainter, widget: QProgressBar) -> None:
        self.bands.draw(painter, QRectF(widget.rect()), theme.tokens().track)
