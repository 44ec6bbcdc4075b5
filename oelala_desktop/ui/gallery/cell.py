"""How a cell of the grid looks. What does not change under the pointer is drawn once and kept."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from oelala_desktop.ui.gallery.items import GridItem
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

RADIUS = 8
_BUTTON, _KIND = 26.0, 22.0
_INSET = 7.0
_MARK = 12.0


def render(item: GridItem, picture: QPixmap | None, width: int, height: int, ratio: float) -> QPixmap:
    """The cell at rest, as a pixmap: picture cropped to the centre, badges, heart. No picture: a placeholder."""
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(theme.tokens().root))  # opaque: corners need no blending when the cell is drawn
    painter = QPainter(made)
    painting.begin(painter)
    box = QRectF(0, 0, width, height)
    if picture is None or picture.isNull():
        paint_placeholder(painter, box, RADIUS, "film" if item.kind == "video" else "image")
    else:
        painting.cover(painter, box, picture, RADIUS)
    _paint_badges(painter, box, item)
    painter.end()
    return made


def _paint_badges(painter: QPainter, box: QRectF, item: GridItem) -> None:
    t = theme.tokens()
    font = theme.font(theme.CAPTION, 500)
    right, bottom = box.right() - _INSET, box.bottom() - _INSET
    if item.badge:
        pill = painting.pill(painter, right, bottom, item.badge, font, (t.scrim, t.on_stage))
        right = pill.x() - 4
    if item.has_sound:
        place = sound_box(right, bottom, font)
        painting.rounded(painter, place, 5, t.scrim)
        mark = QRectF(0, 0, _MARK, _MARK)
        mark.moveCenter(place.center())
        icons.draw(painter, "volume-2", mark, t.on_stage)
    place = kind_box(box)
    painting.rounded(painter, place, 6, t.scrim)
    icons.draw(painter, "video" if item.kind == "video" else "image", place.adjusted(4, 4, -4, -4), t.on_stage)
    if item.sketch:  # beside the place of the tick, which covers the kind
        width, height = painting.text_width(font, "Sketch") + 12, QFontMetrics(font).height() + 3
        right, bottom = check_box(box).right() + 4 + width, place.center().y() + height / 2
        painting.pill(painter, right, bottom, "Sketch", font, (t.scrim, t.on_stage))
    if item.favorite:
        icons.draw(painter, "heart", heart_box(box).adjusted(4, 4, -4, -4), t.heart, filled=True)


def sound_box(right: float, bottom: float, font: QFont) -> QRectF:
    """As high as the length beside it; its bottom right corner is given."""
    height = QFontMetrics(font).height() + 3.0
    return QRectF(right - _MARK - 8, bottom - height, _MARK + 8, height)


def heart_box(box: QRectF) -> QRectF:
    return QRectF(box.x() + _INSET - 3, box.bottom() - _BUTTON - _INSET + 3, _BUTTON, _BUTTON)


def prompt_box(box: QRectF) -> QRectF:
    return QRectF(box.right() - _BUTTON - _INSET, box.y() + _INSET, _BUTTON, _BUTTON)


def kind_box(box: QRectF) -> QRectF:
    return QRectF(box.x() + _INSET, box.y() + _INSET, _KIND, _KIND)


def check_box(box: QRectF) -> QRectF:
    return QRectF(box.x() + _INSET, box.y() + _INSET, _BUTTON, _BUTTON)


def paint_hover(painter: QPainter, box: QRectF, item: GridItem, picture: QPixmap | None, *, whole: bool) -> None:
    """What the pointer brings out: the whole picture letter-boxed, and the buttons that are not set yet."""
    t = theme.tokens()
    if whole and picture is not None and not picture.isNull():
        painting.rounded(painter, box, RADIUS, t.stage)
        painter.save()
        painter.setClipPath(painting.rounded_path(box, RADIUS))
        place = painting.contained(QSizeF(picture.size()), box)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
        painter.restore()
        _paint_badges(painter, box, item)
    if item.has_prompt:
        place = prompt_box(box)
        painting.rounded(painter, place, 6, t.scrim)
        icons.draw(painter, "message-square-text", place.adjusted(5, 5, -5, -5), t.on_stage)
    if not item.favorite:
        place = heart_box(box)
        painting.rounded(painter, place.adjusted(1, 1, -1, -1), 6, t.scrim)
        icons.draw(painter, "heart", place.adjusted(5, 5, -5, -5), t.on_stage)


def paint_selected(painter: QPainter, box: QRectF) -> None:
    t = theme.tokens()
    painting.rounded(painter, box.adjusted(-2, -2, 2, 2), RADIUS + 2, None, t.accent, 3)
    place = check_box(box)
    painting.rounded(painter, place, 6, t.primary)
    icons.draw(painter, "check", place.adjusted(5, 5, -5, -5), t.on_primary)


def paint_ring(painter: QPainter, box: QRectF) -> None:
    t = theme.tokens()
    painting.rounded(painter, box.adjusted(-4, -4, 4, 4), RADIUS + 4, None, t.accent, 2)


def paint_heading(painter: QPainter, box: QRectF, text: str) -> None:
    painter.setFont(theme.font(theme.BODY, 600))
    painter.setPen(QColor(theme.tokens().text2))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
