"""Rows that are pressed: the head of a fold, the pages of the sidebar and the titles of their groups."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.badge import badge_width, draw_badge
from oelala_desktop.ui.style.face import Face, is_ringed

#: width of the sidebar when it is only icons, in pixels
NARROW = 64
_ROW, _ICON, _SIDE = 36, 18, 10
_HEAD = 32  # of a group; in the narrow form rows and groups are lower, so that all fit into a low window
_LOW_ROW, _LEAST_ROW, _LOW_HEAD = 32, 29, 8
_SHOWS = 0.3  # of the sidebar's width, from which on there are words


class FoldFace(Face[QAbstractButton]):
    """Chevron, icon, title, and at the right a summary of what is inside; `turn` runs from 0 (shut) to 1 (open). With
    `room` the chevron stands at the right, that many pixels before it left free; `departs` is marked by a dot."""

    __slots__ = ("departs", "height", "icon", "pad", "room", "strong", "summary", "turn")

    def __init__(self, icon: str, strong: bool, pad: int, height: int, room: int = 0) -> None:
        self.room = room
        self.departs = False
        self.icon = icon
        self.strong = strong
        self.pad = pad
        self.height = height
        self.summary = ""
        self.turn = 0.0

    def size(self, widget: QAbstractButton) -> QSize:
        width = painting.text_width(theme.font(theme.BODY, 600), widget.text()) + 2 * self.pad + 64
        return QSize(width, self.height)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        hovered, middle = widget.underMouse(), widget.height() / 2
        x = float(self.pad)
        painter.save()
        painter.translate(widget.width() - x - 8 if self.room else x + 6, middle)
        painter.rotate(90 * self.turn)
        icons.draw(painter, "chevron-right", QRectF(-7, -7, 14, 14), t.text if hovered else t.text2)
        painter.restore()
        x += 0 if self.room else 22
        if self.icon:
            icons.draw(painter, self.icon, QRectF(x, round(middle - 8), 16, 16), t.text)
            x += 24
        font = theme.font(theme.BODY, 600 if self.strong else 400)
        painter.setFont(font)
        painter.setPen(QColor(t.text if self.strong or hovered else t.text2))
        painter.drawText(
            QRectF(x, 0, widget.width() - x, widget.height()), Qt.AlignmentFlag.AlignVCenter, widget.text()
        )
        x += painting.text_width(font, widget.text()) + 16
        if self.departs:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent))
            painter.drawEllipse(QRectF(x - 9, middle - 3, 6, 6))
            x += 10
        if self.summary and self.turn < 1:
            right = self.pad + (self.room + 24 if self.room else 0)
            self._draw_summary(painter, QRectF(x, 0, widget.width() - right - x, widget.height()), t)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), theme.CARD_RADIUS if self.strong else 6, t.accent)

    def _draw_summary(self, painter: QPainter, box: QRectF, t: theme.Tokens) -> None:
        painter.setOpacity(1 - self.turn)
        font = theme.font(theme.CAPTION)
        painter.setFont(font)
        painter.setPen(QColor(t.text2))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box, flags, painting.elided(font, self.summary, box.width()))
        painter.setOpacity(1)


class PageFace(Face[QAbstractButton]):
    """A page in the sidebar; `spread` runs from 0 (icon only) to 1 (all of it), `low` is in a window of little
    height."""

    __slots__ = ("active", "badge", "icon", "low", "spread")

    def __init__(self, icon: str) -> None:
        self.icon = icon
        self.badge = ""
        self.active = False
        self.low = False
        self.spread = 1.0

    def size(self, widget: QAbstractButton) -> QSize:
        if self.spread > _SHOWS:
            return QSize(NARROW, _LOW_ROW if self.low else _ROW)
        return QSize(NARROW, _LEAST_ROW if self.low else _LOW_ROW)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        box = QRectF(widget.rect()).adjusted(_SIDE, 1, -_SIDE, -1)
        middle = widget.height() / 2
        lit = self.active or widget.underMouse()
        if lit:
            painting.rounded(painter, box, theme.RADIUS, t.input)
        if self.active:
            painting.rounded(painter, QRectF(-3, middle - 9, 6, 18), 3, t.accent)
        # in the narrow form the icon stands in the middle of the bar
        icon_x = (NARROW - _ICON) / 2 + self.spread * (22 - (NARROW - _ICON) / 2)
        tone = t.text if lit else t.text2
        icons.draw(painter, self.icon, QRectF(round(icon_x), round(middle - _ICON / 2), _ICON, _ICON), tone)
        if self.spread > _SHOWS:
            painter.setOpacity((self.spread - _SHOWS) / (1 - _SHOWS))
            self._draw_words(painter, widget, tone)
            painter.setOpacity(1)
        if is_ringed(widget):
            painting.ring(painter, box, theme.RADIUS, t.accent)

    def _draw_words(self, painter: QPainter, widget: QAbstractButton, tone: str) -> None:
        right = widget.width() - _SIDE - 10.0
        if self.badge:
            width = badge_width(self.badge)
            place = QRectF(right - width, widget.height() / 2 - 10, width, 20)
            if self.badge[0].isdigit():  # how many there are is no news
                painter.setFont(theme.font(theme.CAPTION))
                painter.setPen(QColor(theme.tokens().muted))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.badge)
            else:
                draw_badge(painter, place, self.badge, "quiet" if self.badge == "soon" else "accent")
            right -= width + 8
        font = theme.font(theme.BODY, 600 if self.active else 400)
        painter.setFont(font)
        painter.setPen(QColor(tone))
        text = painting.elided(font, widget.text(), right - 50)
        painter.drawText(QRectF(50, 0, right - 50, widget.height()), Qt.AlignmentFlag.AlignVCenter, text)


class GroupFace(Face[QAbstractButton]):
    """Capitals and a chevron over the pages of a group; a line where there is no room for words."""

    __slots__ = ("spread", "turn")

    def __init__(self) -> None:
        self.spread = 1.0
        self.turn = 1.0

    def size(self, widget: QAbstractButton) -> QSize:
        return QSize(NARROW, _HEAD if self.spread > _SHOWS else _LOW_HEAD)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        if self.spread < _SHOWS:
            painter.setPen(QColor(t.border))
            painter.drawLine(20, widget.height() // 2, widget.width() - 20, widget.height() // 2)
        else:
            painter.save()
            painter.setOpacity((self.spread - _SHOWS) / (1 - _SHOWS))
            self._draw_words(painter, widget, t)
            painter.restore()
        if is_ringed(widget):
            painting.ring(painter, QRectF(widget.rect()).adjusted(_SIDE, 2, -_SIDE, -2), theme.RADIUS, t.accent)

    def _draw_words(self, painter: QPainter, widget: QAbstractButton, t: theme.Tokens) -> None:
        tone = t.text2 if widget.underMouse() else t.muted
        font = theme.font(theme.CAPTION, 600)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
        painter.setFont(font)
        painter.setPen(QColor(tone))
        box = QRectF(20, 0, widget.width() - 56, widget.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, widget.text().upper())
        painter.translate(widget.width() - 27, widget.height() / 2)
        painter.rotate(90 * (self.turn - 1))
        icons.draw(painter, "chevron-down", QRectF(-7, -7, 14, 14), tone)


class BrandFace(Face[QWidget]):
    """The mark, and beside it the name."""

    __slots__ = ("spread",)

    def __init__(self) -> None:
        self.spread = 1.0

    def draw(self, painter: QPainter, widget: QWidget) -> None:
        x = 19 + (1 - self.spread) * (NARROW / 2 - 13 - 19)
        painter.drawPixmap(round(x), 15, icons.app_pixmap(26, widget.devicePixelRatioF()))
        if self.spread > _SHOWS:
            painter.setOpacity((self.spread - _SHOWS) / (1 - _SHOWS))
            painter.setFont(theme.font(theme.SECTION, 600))
            painter.setPen(QColor(theme.tokens().text))
            painter.drawText(QRectF(55, 0, 160, widget.height()), Qt.AlignmentFlag.AlignVCenter, "Oelala")


class HeadFace(Face[QAbstractButton]):
    """The head of a column; `way` is "asc", "desc", or empty when the list is in another order."""

    __slots__ = ("way",)

    def __init__(self) -> None:
        self.way = ""

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        font = theme.font(theme.CAPTION, 600)
        tone = t.text if self.way or widget.underMouse() else t.muted
        painter.setFont(font)
        painter.setPen(QColor(tone))
        painter.drawText(widget.rect(), Qt.AlignmentFlag.AlignVCenter, widget.text())
        if self.way:
            x = painting.text_width(font, widget.text()) + 4
            place = QRectF(x, widget.height() / 2 - 7, 14, 14)
            icons.draw(painter, "chevron-up" if self.way == "asc" else "chevron-down", place, tone)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), 6, t.accent)
