"""Drawing shared by widgets that paint themselves. Lengths are device-independent pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

RING = 2.0


def begin(painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: str | None = None,
    border: str | None = None,
    width: float = 1.0,
) -> None:
    """A rounded rectangle whose border lies wholly inside `rect`."""
    box = QRectF(rect)
    if border is not None:
        half = width / 2
        box = box.adjusted(half, half, -half, -half)
        painter.setPen(QPen(QColor(border), width))
        radius = max(0.0, radius - half)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, radius, radius)


def ring(painter: QPainter, rect: QRect | QRectF, radius: float, tone: str) -> None:
    """The keyboard focus ring, two pixels, inside `rect`."""
    rounded(painter, rect, radius, None, tone, RING)


def blend(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from `first` to `second`, alpha too."""
    a, b = QColor(first), QColor(second)
    parts = (
        a.alpha() + (b.alpha() - a.alpha()) * share,
        a.red() + (b.red() - a.red()) * share,
        a.green() + (b.green() - a.green()) * share,
        a.blue() + (b.blue() - a.blue()) * share,
    )
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def covering(picture: QSizeF, box: QSizeF) -> QRectF:
    """The centre part of a picture of size `picture` that fills `box` without distortion."""
    if picture.isEmpty() or box.isEmpty():
        return QRectF(QPointF(0, 0), picture)
    scale = max(box.width() / picture.width(), box.height() / picture.height())
    width, height = box.width() / scale, box.height() / scale
    return QRectF((picture.width() - width) / 2, (picture.height() - height) / 2, width, height)


def contained(picture: QSizeF, box: QRectF) -> QRectF:
    """Where a picture of size `picture` lies when it is letter-boxed into `box`."""
    if picture.isEmpty() or box.isEmpty():
        return QRectF(box)
    scale = min(box.width() / picture.width(), box.height() / picture.height())
    width, height = picture.width() * scale, picture.height() * scale
    return QRectF(box.x() + (box.width() - width) / 2, box.y() + (box.height() - height) / 2, width, height)


def rounded_path(rect: QRect | QRectF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), radius, radius)
    return path


def cover(painter: QPainter, rect: QRect | QRectF, pixmap: QPixmap, radius: float) -> None:
    """Fill `rect` with the centre of `pixmap`, corners rounded and smooth."""
    if pixmap.isNull():
        return
    box = QRectF(rect)
    source = covering(QSizeF(pixmap.size()), box.size())
    if radius <= 0:
        painter.drawPixmap(box, pixmap, source)
        return
    brush = QBrush(pixmap)
    scale = box.width() / source.width()
    transform = brush.transform()
    transform.translate(box.x() - source.x() * scale, box.y() - source.y() * scale)
    transform.scale(scale, scale)
    brush.setTransform(transform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(box, radius, radius)


def aspect_mark(painter: QPainter, box: QRectF, size: tuple[int, int], tone: str) -> None:
    """The shape of an aspect, outlined, as large as `box` has room for."""
    shape = contained(QSizeF(*size), box)
    rounded(painter, shape.adjusted(0.5, 0.5, -0.5, -0.5), 2, None, tone, 1.5)


def elided(font: QFont, text: str, width: float) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(width)))


def text_width(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)


def pill(painter: QPainter, right: float, bottom: float, text: str, font: QFont, tones: tuple[str, str]) -> QRectF:
    """A small label whose bottom right corner is given; `tones` are fill and text. Returns its box."""
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + 12.0, metrics.height() + 3.0
    box = QRectF(right - width, bottom - height, width, height)
    rounded(painter, box, 5, tones[0])
    painter.setFont(font)
    painter.setPen(QColor(tones[1]))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box
