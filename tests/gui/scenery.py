"""Pictures for tests and screenshots: misty mountains over a lake, drawn from a seed."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPolygonF, QRadialGradient

PALETTES = {
    "harbour": (("#6f9cc4", "#b9d3da"), "#fff6e0", ("#7d939b", "#65808c", "#4a6272", "#31465a", "#1d3048"), "#56799a"),
    "dawn": (("#f0803c", "#ffc06a"), "#fff1d6", ("#b3894a", "#8f6a3c", "#74472f", "#57302b", "#3a1424"), "#8a3f36"),
    "forest": (("#2f7f78", "#a5cdb6"), "#f3fff0", ("#6f9a86", "#4d8474", "#346a63", "#20504f", "#0d3a41"), "#2d6f70"),
    "dusk": (("#7a3a6a", "#e2736e"), "#ffe9d8", ("#a2694f", "#7d5349", "#5b3c50", "#402a4d", "#171338"), "#5a3560"),
    "violet": (("#50358c", "#b45c9a"), "#ffe3ea", ("#9a4a63", "#7d3557", "#5b2a55", "#3b2250", "#171338"), "#4c3374"),
    "sea": (("#5aa0ad", "#d8e6d2"), "#fffbe8", ("#a09a76", "#7d8a72", "#547a79", "#356473", "#1c4861"), "#3f8297"),
}


def _ridge(rng: random.Random, width: int, base: float, height: float, rough: float) -> QPolygonF:
    phases = [(rng.uniform(0.6, 1.6) * 2**k, rng.uniform(0, 6.28), rough**k) for k in range(7)]
    points = [QPointF(0, 4096)]
    step = max(1, width // 240)
    for x in range(0, width + step, step):
        u = x / width * math.pi
        lift = sum(weight * (1 - abs(math.sin(u * rate + phase))) for rate, phase, weight in phases)
        points.append(QPointF(x, base - height * lift / 1.7))
    points.append(QPointF(width + step, 4096))
    return QPolygonF(points)


def mountains(width: int, height: int, seed: int = 1, palette: str = "harbour") -> QImage:
    """A picture of `width` × `height` pixels."""
    sky, sun, layers, water = PALETTES[palette]
    rng = random.Random(seed)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    gradient = QLinearGradient(0, 0, 0, height * 0.6)
    gradient.setColorAt(0, QColor(sky[0]))
    gradient.setColorAt(1, QColor(sky[1]))
    painter.fillRect(image.rect(), gradient)
    centre = QPointF(width * rng.uniform(0.2, 0.8), height * rng.uniform(0.24, 0.34))
    glow = QRadialGradient(centre, width * 0.4)
    light = QColor(sun)
    light.setAlpha(150)
    glow.setColorAt(0, light)
    light.setAlpha(0)
    glow.setColorAt(1, light)
    painter.fillRect(image.rect(), glow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(sun))
    painter.drawEllipse(centre, width * 0.03, width * 0.03)
    for depth, tone in enumerate(layers):
        base = height * (0.52 + 0.1 * depth)
        painter.setBrush(QColor(tone))
        painter.drawPolygon(_ridge(rng, width, base, height * (0.3 - 0.035 * depth), 0.52))
    lake = QRectF(0, height * 0.88, width, height * 0.12)
    shade = QLinearGradient(lake.topLeft(), lake.bottomLeft())
    shade.setColorAt(0, QColor(water))
    shade.setColorAt(1, QColor(water).darker(130))
    painter.fillRect(lake, shade)
    painter.end()
    return image


def blurred(image: QImage, factor: int = 24) -> QImage:
    """What a preview after the first steps looks like: the same picture from a handful of pixels."""
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(image.width() // factor, image.height() // factor, mode=smooth)
    return small.scaled(image.size(), mode=smooth)
