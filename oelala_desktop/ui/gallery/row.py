"""How an item looks as a row of the list: thumbnail, name, marks, facts, date."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.gallery.items import GridItem
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

RADIUS = 6
_PICTURE, _BUTTON = 44.0, 28.0
_DATE, _FACTS = 150.0, 170.0


def picture_box(box: QRectF) -> QRectF:
    return QRectF(box.x() + 6, box.y() + (box.height() - _PICTURE) / 2, _PICTURE * 1.4, _PICTURE)


def heart_box(box: QRectF) -> QRectF:
    return QRectF(box.right() - _BUTTON - 8, box.center().y() - _BUTTON / 2, _BUTTON, _BUTTON)


def prompt_box(box: QRectF) -> QRectF:
    return heart_box(box).translated(-_BUTTON - 4, 0)


def paint(
    painter: QPainter, box: QRectF, item: GridItem, picture: QPixmap | None, *, hovered: bool, chosen: bool
) -> None:
    t = theme.tokens()
    if chosen:
        painting.rounded(painter, box, theme.RADIUS, t.accent_soft, t.accent)
    elif hovered:
        painting.rounded(painter, box, theme.RADIUS, t.input)
    place = picture_box(box)
    if picture is None or picture.isNull():
        paint_placeholder(painter, place, RADIUS, "film" if item.kind == "video" else "image")
    else:
        painting.cover(painter, place, picture, RADIUS)
    right = _paint_marks(painter, box, item, hovered or chosen)
    for text, width in ((item.date, _DATE), (item.facts, _FACTS), (item.badge, 56.0)):
        right -= width
        if right > place.right() + 160:
            _write(painter, QRectF(right, box.y(), width - 12, box.height()), text, t.text2)
        else:
            right += width
    left = place.right() + 12
    if item.sketch:
        font = theme.font(theme.CAPTION, 500)
        width = painting.text_width(font, "Sketch") + 12.0
        right -= width + 12
        painting.pill(painter, right + width, box.center().y() + 9, "Sketch", font, (t.input, t.text2))
    _write(painter, QRectF(left, box.y(), right - left - 12, box.height()), item.name, t.text, 500)


def _paint_marks(painter: QPainter, box: QRectF, item: GridItem, active: bool) -> float:
    """Heart and 💬; returns where the room for texts ends."""
    t = theme.tokens()
    if item.favorite:
        icons.draw(painter, "heart", heart_box(box).adjusted(6, 6, -6, -6), t.heart, filled=True)
    elif active:
        icons.draw(painter, "heart", heart_box(box).adjusted(6, 6, -6, -6), t.text2)
    if item.has_prompt:
        tone = t.text2 if active else t.muted
        icons.draw(painter, "message-square-text", prompt_box(box).adjusted(6, 6, -6, -6), tone)
    return prompt_box(box).x() - 8


def _write(painter: QPainter, box: QRectF, text: str, tone: str, weight: int = 400) -> None:
    font = theme.font(theme.BODY, weight)
    painter.setFont(font)
    painter.setPen(QColor(tone))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, text, box.width()))
