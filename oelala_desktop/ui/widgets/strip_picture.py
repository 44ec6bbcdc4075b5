"""What a trim strip shows: frames side by side, peaks below or alone; as it is, and dimmed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.waveform import paint_peaks

#: width of a grip, and of the room for it at both ends of the track
GRIP = 10
_WAVE, _INSET = 24, 4
_NARROWEST = 32
_EDGE = 2
_DIM = 0.62


class StripPicture:
    """Made once for a size and kept until what it shows changes. None is what has not come yet."""

    def __init__(self) -> None:
        self._frames: list[QPixmap] | None = None
        self._peaks: Sequence[float] | None = None
        self._made: tuple[object, QPixmap, QPixmap] | None = None

    def forget(self) -> None:
        self._frames = self._peaks = self._made = None

    def set_frames(self, images: Sequence[QImage]) -> None:
        self._frames = [QPixmap.fromImage(image) for image in images]
        self._made = None

    def set_peaks(self, peaks: Sequence[float]) -> None:
        self._peaks = tuple(peaks)
        self._made = None

    def repaint_soon(self) -> None:
        self._made = None

    @property
    def has_no_frames(self) -> bool:
        return self._frames == []

    def pixmaps(self, size: QSizeF, ratio: float, *, sound: bool) -> tuple[QPixmap, QPixmap]:
        """(as it is, dimmed), in device pixels, `size` being independent of them; without rounded corners."""
        key = (size.width(), size.height(), ratio, sound)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._draw(size, ratio, sound, dim=False), self._draw(size, ratio, sound, dim=True))
        return self._made[1], self._made[2]

    def _draw(self, size: QSizeF, ratio: float, sound: bool, *, dim: bool) -> QPixmap:
        t = theme.tokens()
        made = QPixmap((size * ratio).toSize())
        made.fill(QColor(t.stage))
        made.setDevicePixelRatio(ratio)
        painter = QPainter(made)
        painting.begin(painter)
        silent = self._peaks == ()
        box = QRectF(0, 0, size.width(), size.height() - (0 if silent else _WAVE))
        wave = box.adjusted(GRIP, 2 * _INSET, -GRIP, _WAVE - 2 * _INSET)
        if not sound:
            self._draw_frames(painter, box)
            wave = QRectF(GRIP, box.bottom() + _INSET, size.width() - 2 * GRIP, _WAVE - 2 * _INSET)
        if dim:
            shade = QColor(t.stage)
            shade.setAlphaF(_DIM)
            painter.fillRect(QRectF(0, 0, size.width(), size.height()), shade)
        if self._peaks:
            bright = t.accent if sound else t.on_stage2
            paint_peaks(painter, wave, self._peaks, t.stage_track if dim else bright)
        elif not silent or sound:
            line = QRectF(wave.x(), wave.center().y() - 1, wave.width(), 2)
            painting.rounded(painter, line, 1, t.stage_track)
        painter.end()
        made.setDevicePixelRatio(1.0)
        return made

    def _draw_frames(self, painter: QPainter, box: QRectF) -> None:
        """The outermost reach under the grips; what is between stands at its own time."""
        if not self._frames:
            painter.fillRect(box, QColor(theme.tokens().stage_track))
            return
        track = box.width() - 2 * GRIP
        count = max(1, min(len(self._frames), int(track // _NARROWEST)))
        for at in range(count):
            left = 0.0 if at == 0 else round(GRIP + at * track / count)
            right = box.width() if at == count - 1 else round(GRIP + (at + 1) * track / count)
            frame = self._frames[int((at + 0.5) / count * len(self._frames))]
            painting.cover(painter, QRectF(left, 0, right - left, box.height()), frame, 0)


def paint_frame(painter: QPainter, inside: QRectF) -> None:
    """The frame around the part that is used, with a grip outside each of its ends."""
    t = theme.tokens()
    outer = painting.rounded_path(inside.adjusted(-GRIP, 0, GRIP, 0), 6)
    hole = QPainterPath()
    hole.addRect(inside.adjusted(0, _EDGE, 0, -_EDGE))
    painter.fillPath(outer.subtracted(hole), QColor(t.on_stage))
    if t.name == "light":  # white on white would not be seen
        painting.rounded(painter, inside.adjusted(-GRIP, 0, GRIP, 0), 6, None, t.border_strong)
    for x in (inside.left() - GRIP / 2, inside.right() + GRIP / 2):
        painting.rounded(painter, QRectF(x - 1, inside.center().y() - 8, 2, 16), 1, t.stage)
