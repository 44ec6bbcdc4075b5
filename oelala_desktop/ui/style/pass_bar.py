"""A bar of how far a job is, in a part for each pass of its graph."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import Part
from oelala_desktop.ui.style import painting, theme

#: between two parts, in pixels
GAP = 3.0
#: how much of its colour a part has that is still to come
_AHEAD = 0.26
_LEAST = 4.0  # pixels of a part, however small its share
_NAMES = {"high": "High noise", "low": "Low noise", "main": "Sampling", "train": "Training", "rest": "Decode, save"}


def tone_of(part: Part, t: theme.Tokens) -> str:
    """The colour of a pass: accent for the first, violet for the second, teal for what comes after them."""
    return {"low": t.pass_low, "rest": t.pass_other}.get(part.kind, t.accent)


def names_of(parts: Sequence[Part]) -> list[str]:
    """What stands under each part; nothing under the only one."""
    return [_NAMES[part.kind] for part in parts] if len(parts) > 1 else [""]


def widths(parts: Sequence[Part], room: float, gap: float = GAP) -> list[float]:
    """Of each part in `room`, gaps taken off: by their shares, none too small to be seen."""
    inside = max(0.0, room - gap * (len(parts) - 1))
    least = min(_LEAST, inside / len(parts))
    spare = inside - least * len(parts)
    return [least + spare * part.share for part in parts]


def standing(parts: Sequence[Part], progress: Progress) -> tuple[int, float]:
    """(the part that runs, how much of it is done). The pass that the engine names counts more than the fraction of the
    whole, for models are loaded before whichever pass."""
    begins = [sum(part.share for part in parts[:at]) for at in range(len(parts))]
    fraction = max(0.0, min(1.0, progress.fraction))
    at = max(at for at, begin in enumerate(begins) if begin <= fraction + 1e-9 or at == 0)
    named = [n for n, part in enumerate(parts) if part.kind == progress.pass_]
    if named and parts[at].kind != progress.pass_:
        at = min(named, key=lambda n: abs(n - at))
    return at, max(0.0, min(1.0, (fraction - begins[at]) / parts[at].share if parts[at].share else 1.0))


def tone_at(parts: Sequence[Part], progress: Progress | None, t: theme.Tokens) -> str:
    """The colour of the pass that runs."""
    return tone_of(parts[standing(parts, progress)[0] if progress else 0], t)


def blocks(parts: Sequence[Part], box: QRectF, gap: float = GAP) -> list[QRectF]:
    """Where the parts lie in `box`."""
    x, made = box.x(), []
    for width in widths(parts, box.width(), gap):
        made.append(QRectF(x, box.y(), width, box.height()))
        x += width + gap
    return made


def draw(painter: QPainter, box: QRectF, parts: Sequence[Part], progress: Progress | None) -> None:
    t = theme.tokens()
    running, done = standing(parts, progress) if progress else (0, 0.0)
    for at, (part, block) in enumerate(zip(parts, blocks(parts, box), strict=True)):
        ahead = QColor(tone_of(part, t))
        ahead.setAlphaF(_AHEAD)
        radius = min(block.height(), block.width()) / 2
        painting.rounded(painter, block, radius, ahead.name(QColor.NameFormat.HexArgb))
        share = 1.0 if at < running else done if at == running else 0.0
        if share > 0:
            painter.save()
            painter.setClipRect(QRectF(block.x(), block.y(), block.width() * share, block.height()))
            painting.rounded(painter, block, radius, tone_of(part, t))
            painter.restore()
