"""A mask while it is painted: white is inside. Large ones are painted on a smaller copy."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRadialGradient

from oelala_desktop.ui.style import theme

#: of the copy that is painted on, in pixels
LONGEST = 2048
#: each is what a rectangle held before, packed: some kB for a stroke, never more than the whole copy
STEPS = 40
_GREY = QImage.Format.Format_Grayscale8
#: share of the tint's colour where the mask is white
TINT = 0.45
#: how much of the brush is left at shares of its soft edge
_FALL = ((0.0, 255), (0.25, 215), (0.5, 128), (0.75, 40), (1.0, 0))


class Brush(NamedTuple):
    """`size` across in pixels of the picture, `soft` the share (0 to 1) of its radius that is edge."""

    size: float = 64.0
    soft: float = 0.25
    erases: bool = False


class _Step(NamedTuple):
    rect: QRect
    packed: bytes


class MaskImage:
    """`size` is that of the picture; `image` the copy, of at most LONGEST pixels a side. Places are in the picture's
    pixels; what methods return is where the copy was changed."""

    def __init__(self, size: QSize) -> None:
        self.size = size
        small = size.scaled(LONGEST, LONGEST, Qt.AspectRatioMode.KeepAspectRatio)
        fits = max(size.width(), size.height()) <= LONGEST
        self.image = QImage(size if fits else small.expandedTo(QSize(1, 1)), _GREY)
        self.image.fill(0)
        self.scale = self.image.width() / max(1, size.width())
        self._given: QImage | None = None  # as long as nothing is painted
        self._undone: deque[_Step] = deque(maxlen=STEPS)
        self._done: deque[_Step] = deque(maxlen=STEPS)
        self._before: QImage | None = None
        self._touched = QRectF()

    def load(self, mask: QImage) -> None:
        """Begin with `mask`, of any size and format; there is nothing to undo then."""
        grey = mask.convertToFormat(_GREY)
        self._given = grey if grey.size() == self.size else None
        self.image = reduced(grey, self.image.size())
        self._done.clear()
        self._undone.clear()

    def whole(self) -> QImage:
        """8 bits of grey in the size of the picture. Takes about 0.15 s for 50 megapixels."""
        if self._given is not None:
            return self._given
        if self.image.size() == self.size:
            return self.image.copy()
        made = QImage(self.size, _GREY)
        painter = QPainter(made)  # scaled() would take four bytes a pixel on the way
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QRectF(made.rect()), self.image)
        painter.end()
        return made

    @property
    def is_empty(self) -> bool:
        blank = QImage(self.image.size(), _GREY)
        blank.fill(0)
        return self.image == blank

    # strokes

    def stroke(self, start: QPointF, end: QPointF, brush: Brush) -> QRect:
        """A piece of a stroke; `finish` ends it, and makes it one step to undo."""
        if self._before is None:
            self._before, self._touched = self.image.copy(), QRectF()
        line = QLineF(start * self.scale, end * self.scale)
        radius = max(0.5, brush.size * self.scale / 2)
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if brush.soft * radius < 1:
            tone = Qt.GlobalColor.black if brush.erases else Qt.GlobalColor.white
            painter.setPen(QPen(tone, 2 * radius, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QLineF(line.p1(), line.p2() + QPointF(0.01, 0)))
        else:
            self._dab(painter, line, radius, brush)
        painter.end()
        touched = QRectF(line.p1(), line.p2()).normalized().adjusted(-radius, -radius, radius, radius)
        self._touched = self._touched.united(touched)
        return self._inside(touched)

    def _dab(self, painter: QPainter, line: QLineF, radius: float, brush: Brush) -> None:
        """The lighter, of an eraser the darker, of what is there and what comes: edges stay soft however often."""
        modes = QPainter.CompositionMode
        painter.setCompositionMode(modes.CompositionMode_Darken if brush.erases else modes.CompositionMode_Lighten)
        painter.setPen(Qt.PenStyle.NoPen)
        count = max(1, round(line.length() / max(1.0, radius / 6)))
        for at in range(count + 1 if line.length() else 1):
            centre = line.pointAt(at / count)
            painter.setBrush(_fall(centre, radius, brush))
            painter.drawEllipse(centre, radius, radius)

    def finish(self) -> bool:
        """Whether the stroke changed anything."""
        before, self._before = self._before, None
        if before is None:
            return False
        return self._keep(before, self._inside(self._touched))

    def clear(self) -> bool:
        return self._all(lambda image: image.fill(0))

    def invert(self) -> bool:
        return self._all(QImage.invertPixels)

    def _all(self, change: Callable[[QImage], object]) -> bool:
        self.finish()
        before = self.image.copy()
        change(self.image)
        return self._keep(before, self.image.rect())

    # steps

    def _keep(self, before: QImage, rect: QRect) -> bool:
        old = before.copy(rect)
        if old == self.image.copy(rect):
            return False
        self._done.append(_pack(old, rect))
        self._undone.clear()
        self._given = None
        return True

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> QRect:
        return self._swap(self._done, self._undone)

    def redo(self) -> QRect:
        return self._swap(self._undone, self._done)

    def _swap(self, taken: deque[_Step], kept: deque[_Step]) -> QRect:
        self.finish()
        if not taken:
            return QRect()
        rect, packed = taken.pop()
        kept.append(_pack(self.image.copy(rect), rect))
        painter = QPainter(self.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        content = zlib.decompress(packed)
        painter.drawImage(rect.topLeft(), QImage(content, rect.width(), rect.height(), _line(rect), _GREY))
        painter.end()
        self._given = None
        return rect

    def _inside(self, touched: QRectF) -> QRect:
        return touched.adjusted(-1, -1, 1, 1).toAlignedRect().intersected(self.image.rect())


def _line(rect: QRect) -> int:
    """Bytes of a line: Qt's images have lines of whole words."""
    return (rect.width() + 3) // 4 * 4


def _pack(image: QImage, rect: QRect) -> _Step:
    return _Step(rect, zlib.compress(bytes(image.constBits()), 1))


def _fall(centre: QPointF, radius: float, brush: Brush) -> QRadialGradient:
    gradient = QRadialGradient(centre, radius)
    core = 1 - min(1.0, brush.soft)
    for share, tone in _FALL:
        tone = 255 - tone if brush.erases else tone
        gradient.setColorAt(core + share * (1 - core), QColor.fromRgb(tone, tone, tone))
    return gradient


def reduced(image: QImage, size: QSize) -> QImage:
    """Smooth, by way of a copy that is no larger than it must be."""
    if image.size() == size:
        return image.copy()
    whole = Qt.AspectRatioMode.IgnoreAspectRatio
    if image.width() > 2 * size.width() and image.height() > 2 * size.height():
        image = image.scaled(size * 2, whole)
    made = image.scaled(size, whole, Qt.TransformationMode.SmoothTransformation)
    return made if made.format() == image.format() else made.convertToFormat(image.format())


def tinted(mask: QImage, part: QRect | None = None) -> QImage:
    """The accent colour as far as the mask (8 bits of grey) is white, to be laid over the picture."""
    made = mask.copy(part if part is not None else mask.rect())
    made.reinterpretAsFormat(QImage.Format.Format_Indexed8)
    tone = QColor(theme.tokens().accent)
    table = []
    for grey in range(256):
        tone.setAlpha(round(grey * TINT))
        table.append(tone.rgba())
    made.setColorTable(table)
    return made
