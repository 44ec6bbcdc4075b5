"""A template as it stands in the grid, and how that is drawn."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPainterPath, QPixmap, QTransform

from oelala_desktop.domain.template import Template, TemplateFacts
from oelala_desktop.domain.template_search import has_sound, standing
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.templates import words
from oelala_desktop.ui.templates.words import Sign

RADIUS = theme.CARD_RADIUS
#: height of a picture for a width of one, and of what stands below it in pixels
RATIO, TEXT, FOOT = 0.52, 84, 36
_PAD, _INSET, _ICON = 12.0, 8.0, 14.0
_LINE = 160  # characters of a description, more than a card has room for: to cut it takes as long as it is


class Card(NamedTuple):
    """`key` is the template's name; `picture` says whether there is one to show."""

    key: str
    title: str
    line: str
    output: Sign
    sound: bool
    size: str
    uses: str
    foot: Sign
    picture: bool

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        sound = "with sound" if self.sound else ""
        return ", ".join(filter(None, (self.title, self.output.text, sound, self.size, self.uses, self.foot.text)))


def card_of(template: Template, facts: TemplateFacts | None, version: str, *, checks: bool) -> Card:
    """`checks`: somebody finds out what is not known yet."""
    return Card(
        template.name,
        template.title,
        " ".join(template.description[:_LINE].split()),
        words.output_of(template.output),
        has_sound(template, facts),
        words.size(template, facts),
        words.uses(template),
        words.standing_words(standing(template, facts, version), checks=checks),
        template.pictures > 0,
    )


def height_for(width: int) -> int:
    return picture_height(width) + TEXT + FOOT


def picture_height(width: int) -> int:
    return round(width * RATIO)


def paint(
    painter: QPainter, box: QRectF, card: Card, picture: QPixmap | None, *, hovered: bool, chosen: bool, ringed: bool
) -> None:
    """`picture` is drawn as large as its place; until it has come there is a quiet ground."""
    t = theme.tokens()
    edge = t.accent if chosen else t.border_strong if hovered else t.border
    painting.rounded(painter, box, RADIUS, t.input if hovered and t.name == "dark" else t.panel)
    place = QRectF(box.x(), box.y(), box.width(), picture_height(round(box.width())))
    _paint_picture(painter, place, card, picture)
    _paint_badges(painter, place, card)
    _paint_text(painter, QRectF(box.x() + _PAD, place.bottom(), box.width() - 2 * _PAD, TEXT), card)
    foot = QRectF(box.x(), place.bottom() + TEXT, box.width(), FOOT)
    painter.fillRect(QRectF(foot.x() + 1, foot.y(), foot.width() - 2, 1), QColor(t.border))
    said(painter, foot.adjusted(_PAD, 0, -_PAD, 0), card.foot, weight=500)
    painting.rounded(painter, box, RADIUS, None, edge, 2 if chosen else 1)
    if ringed:
        painting.rounded(painter, box.adjusted(-4, -4, 4, 4), RADIUS + 4, None, t.accent, 2)


def _paint_picture(painter: QPainter, box: QRectF, card: Card, picture: QPixmap | None) -> None:
    """Corners are round at its top alone."""
    t = theme.tokens()
    path = QPainterPath()
    path.addRoundedRect(box.adjusted(0, 0, 0, RADIUS), RADIUS, RADIUS)
    top = QPainterPath()
    top.addRect(box)
    path = path.intersected(top)
    if picture is None or picture.isNull():
        painter.fillPath(path, QColor(t.input))
        mark = QRectF(round(box.center().x() - 14), round(box.center().y() - 14), 28, 28)
        icons.draw(painter, card.output.icon, mark, t.border_strong, stroke=1.5)
        return
    brush = QBrush(picture)
    scale = box.width() / picture.width()  # it has the shape of its place, in the pixels of the screen
    brush.setTransform(QTransform.fromTranslate(box.x(), box.y()).scale(scale, box.height() / picture.height()))
    painter.fillPath(path, brush)


def _paint_badges(painter: QPainter, box: QRectF, card: Card) -> None:
    t = theme.tokens()
    font = theme.font(theme.CAPTION, 500)
    width = _ICON + 6 + painting.text_width(font, card.output.text) + 14
    pill = QRectF(box.x() + _INSET, box.y() + _INSET, width, 22)
    painting.rounded(painter, pill, 6, t.scrim)
    icons.draw(painter, card.output.icon, QRectF(pill.x() + 7, pill.y() + 4, _ICON, _ICON), t.on_stage)
    painter.setFont(font)
    painter.setPen(QColor(t.on_stage))
    painter.drawText(pill.adjusted(_ICON + 13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, card.output.text)
    if card.sound and card.output.icon != "volume-2":
        mark = QRectF(box.right() - _INSET - 24, box.y() + _INSET, 24, 22)
        painting.rounded(painter, mark, 6, t.scrim)
        icons.draw(painter, "volume-2", QRectF(mark.x() + 5, mark.y() + 4, _ICON, _ICON), t.on_stage)


def _paint_text(painter: QPainter, box: QRectF, card: Card) -> None:
    t = theme.tokens()
    lines = ((card.title, theme.font(theme.CONTROL, 600), t.text), (card.line, theme.font(theme.CAPTION), t.text2))
    y = box.y() + 10
    for text, font, tone in lines:
        painter.setFont(font)
        painter.setPen(QColor(tone))
        shown = painting.elided(font, text, box.width())
        painter.drawText(QRectF(box.x(), y, box.width(), 20), Qt.AlignmentFlag.AlignVCenter, shown)
        y += 20
    line = QRectF(box.x(), y + 4, box.width(), 20)
    for icon, text in (("hard-drive", card.size), ("trending-up", card.uses)):
        if text:
            line.setLeft(said(painter, line, Sign(icon, text)) + 14)


def said(painter: QPainter, box: QRectF, what: Sign, *, weight: int = 400) -> float:
    """An icon and words in the middle of the height of `box`, from its left; returns where they end."""
    tone = getattr(theme.tokens(), what.tone)
    font = theme.font(theme.CAPTION, weight)
    x = box.x()
    if what.icon:
        icons.draw(painter, what.icon, QRectF(x, round(box.center().y() - _ICON / 2), _ICON, _ICON), tone)
        x += _ICON + 6
    painter.setFont(font)
    painter.setPen(QColor(tone))
    text = painting.elided(font, what.text, box.right() - x)
    painter.drawText(QRectF(x, box.y(), box.right() - x, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
    return x + QFontMetrics(font).horizontalAdvance(text)
