"""How an item looks as a row of the list: thumbnail, name, marks, facts, date."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from oelala_desktop.ui.gallery.items import GridItem
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

RADIUS = 6
_PICTURE, _BUTTON, _MARK = 44.0, 28.0, 14.0
#: columns from the right, each by the order that it can be sorted by
_COLUMNS = (("date", 150.0), ("size", 170.0), ("duration", 88.0))


def picture_box(box: QRectF) -> QRectF:
    return QRectF(box.x() + 6, box.y() + (box.height() - _PICTURE) / 2, _PICTURE * 1.4, _PICTURE)


def heart_box(box: QRectF) -> QRectF:
    return QRectF(box.right() - _BUTTON - 8, box.center().y() - _BUTTON / 2, _BUTTON, _BUTTON)


def prompt_box(box: QRectF) -> QRectF:
    return heart_box(box).translated(-_BUTTON - 4, 0)


def columns(box: QRectF) -> dict[str, QRectF]:
    """Where the texts of a row stand, by what the list can be sorted by; what finds no room is left out."""
    left = picture_box(box).right() + 12
    right = prompt_box(box).x() - 8
    places = {}
    for key, width in _COLUMNS:
        if right - width > left + 148:
            right -= width
            places[key] = QRectF(right, box.y(), width - 12, box.height())
    return places | {"name": QRectF(left, box.y(), right - left - 12, box.height())}


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
    _paint_marks(painter, box, item, hovered or chosen)
    places = columns(box)
    for key, text in (("date", item.date), ("size", item.facts), ("duration", item.badge)):
        if key in places:
            _write(painter, places[key], text, t.text2)
    if item.has_sound and "duration" in places:
        after = painting.text_width(theme.font(theme.BODY), item.badge) + 6
        mark = QRectF(places["duration"].x() + after, box.center().y() - _MARK / 2, _MARK, _MARK)
        icons.draw(painter, "volume-2", mark, t.text2)
    name = places["name"]
    if item.sketch:
        font = theme.font(theme.CAPTION, 500)
        painting.pill(painter, name.right(), box.center().y() + 9, "Sketch", font, (t.input, t.text2))
        name.setRight(name.right() - painting.text_width(font, "Sketch") - 24)
    _write(painter, name, item.name, t.text, 500)


def _paint_marks(painter: QPainter, box: QRectF, item: GridItem, active: bool) -> None:
    """Heart and 💬."""
    t = theme.tokens()
    if item.favorite:
        icons.draw(painter, "heart", heart_box(box).adjusted(6, 6, -6, -6), t.heart, filled=True)
    elif active:
        icons.draw(painter, "heart", heart_box(box).adjusted(6, 6, -6, -6), t.text2)
    if item.has_prompt:
        tone = t.text2 if active else t.muted
        icons.draw(painter, "message-square-text", prompt_box(box).adjusted(6, 6, -6, -6), tone)


def _write(painter: QPainter, box: QRectF, text: str, tone: str, weight: int = 400) -> None:
    font = theme.font(theme.BODY, weight)
    painter.setFont(font)
    painter.setPen(QColor(tone))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, text, box.width()))
