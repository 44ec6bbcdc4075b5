"""The losses of a training as a curve on the stage."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from oelala_desktop.domain.training import Losses
from oelala_desktop.ui.style import painting, theme

SIZE = QSize(640, 360)
_LEFT, _TOP, _RIGHT, _BOTTOM = 72, 48, 28, 44
_RIGHTMOST = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # left of it stands what the stage says
_SMOOTH = 0.15  # of a new loss in the smooth curve


def curve_image(losses: Losses, steps: int) -> QImage:
    """Every loss as it came, and what it comes to over time; `steps` is how many there will be."""
    t = theme.tokens()
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(t.stage))
    painter = QPainter(image)
    painting.begin(painter)
    box = QRectF(_LEFT, _TOP, SIZE.width() - _LEFT - _RIGHT, SIZE.height() - _TOP - _BOTTOM)
    values = [loss for _, loss in losses]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = (high - low) or 1.0
    last = max(steps, losses[-1][0] if losses else 1, 2)
    painter.setPen(QPen(QColor(t.stage_track), 1))
    painter.setFont(theme.font(theme.BODY))
    for share in (0.0, 0.5, 1.0):
        y = box.bottom() - share * box.height()
        painter.setPen(QPen(QColor(t.stage_track), 1))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(QColor(t.on_stage2))
        label = QRectF(0, y - 12, _LEFT - 12, 24)
        painter.drawText(
            label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{low + share * span:.3g}"
        )
    foot = QRectF(box.left(), box.bottom() + 12, box.width(), 24)
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "step 1")
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"step {last:,}")
    painter.setFont(theme.font(theme.CONTROL, 600))
    painter.setPen(QColor(t.on_stage))
    now = f"Loss {values[-1]:.4g}" if values else "Loss"
    painter.drawText(QRectF(box.left(), 0, box.width(), _TOP), _RIGHTMOST, now)

    def place(step: int, loss: float) -> QPointF:
        return QPointF(
            box.left() + (step - 1) / (last - 1) * box.width(), box.bottom() - (loss - low) / span * box.height()
        )

    painter.setPen(QPen(QColor(t.on_stage2), 1))
    painter.drawPolyline(QPolygonF([place(step, loss) for step, loss in losses]))
    painter.setPen(QPen(QColor(t.accent), 2.5))
    painter.drawPolyline(QPolygonF([place(step, loss) for step, loss in smooth(losses)]))
    painter.end()
    return image


def smooth(losses: Losses) -> Losses:
    """A running mean that leans on what came last, and at the beginning on nothing."""
    out, mean, weight = [], 0.0, 0.0
    for step, loss in losses:
        mean += _SMOOTH * (loss - mean)
        weight += _SMOOTH * (1 - weight)
        out.append((step, mean / weight))
    return tuple(out)
