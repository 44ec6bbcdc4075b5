"""Lucide icons as crisp pixmaps in any colour, and the application's own icon.

An icon is rendered when it is first painted, once per name, size, colour and pixel ratio.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPixmap

from oelala_desktop.ui.style.icon_shapes import SHAPES
from oelala_desktop.ui.style.theme import LIGHT, MARK

if TYPE_CHECKING:  # for menus and the desktop: nothing that is painted first has one
    from PySide6.QtGui import QIcon

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="{fill}" '
    'stroke="currentColor" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round">'
)


def svg(name: str, *, filled: bool = False, stroke: float = 2.0) -> str:
    """The SVG text of a Lucide icon, its colour still `currentColor`."""
    shape = SHAPES.get(name)
    if shape is None:
        import lucide  # opens a database and imports urllib: only for icons outside the shapes file

        return str(lucide.lucide_icon(name, stroke_width=stroke, fill="currentColor" if filled else "none"))
    return _HEAD.format(fill="currentColor" if filled else "none", width=stroke) + shape + "</svg>"


@lru_cache(maxsize=1024)
def pixmap(name: str, size: int, tone: str, ratio: float = 1.0, filled: bool = False, stroke: float = 2.0) -> QPixmap:
    """`name` in colour `tone`, `size` device-independent pixels square, sharp at `ratio` device pixels each."""
    from PySide6.QtSvg import QSvgRenderer  # costs milliseconds that a process without icons need not pay

    text = svg(name, filled=filled, stroke=stroke).replace("currentColor", QColor(tone).name())
    renderer = QSvgRenderer(QByteArray(text.encode()))
    side = round(size * ratio)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(QColor(tone).alphaF())
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def draw(painter: QPainter, name: str, rect: QRectF, tone: str, *, filled: bool = False, stroke: float = 2.0) -> None:
    """Paint an icon into a square `rect`, sharp on the device being painted."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawPixmap(rect.topLeft(), pixmap(name, round(rect.width()), tone, ratio, filled, stroke))


def icon(name: str, tone: str, size: int = 18) -> QIcon:
    """For menus and other places that take only a QIcon."""
    from PySide6.QtGui import QIcon

    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, size, tone, ratio))
    return made


def draw_app_icon(painter: QPainter, rect: QRectF) -> None:
    """The application's mark: a clapperboard on a rounded square that runs from blue to violet."""
    gradient = QLinearGradient(rect.topLeft(), rect.bottomRight())
    for position, tone in zip((0.0, 0.55, 1.0), MARK, strict=True):
        gradient.setColorAt(position, QColor(tone))
    path = QPainterPath()
    radius = rect.width() * 0.25
    path.addRoundedRect(rect, radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, gradient)
    side = rect.width() * 0.6
    inner = QRectF(0, 0, side, side)
    inner.moveCenter(rect.center())
    draw(painter, "clapperboard", inner, LIGHT.on_primary)


@lru_cache(maxsize=8)
def app_pixmap(size: int, ratio: float = 1.0) -> QPixmap:
    side = round(size * ratio)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw_app_icon(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def app_icon() -> QIcon:
    from PySide6.QtGui import QIcon

    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(app_pixmap(size))
    return made
