"""A card that is chosen: what it does, in a line, and whether it can be done here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed

_HIGH, _LEAST, _PAD, _MARK = 74, 150, 12, 14


class IntentFace(Face[QAbstractButton]):
    """`about` is a line on it, `note` whether it runs here, with a mark of how well that is; `runs` None while nobody
    knows."""

    __slots__ = ("about", "note", "runs")

    def __init__(self) -> None:
        self.about = ""
        self.note = ""
        self.runs: bool | None = None

    def size(self, widget: QAbstractButton) -> QSize:
        return QSize(_LEAST, _HIGH)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        chosen = widget.isChecked()
        edge = t.accent if chosen else t.border_strong if widget.underMouse() else t.border
        fill = t.accent_soft if chosen else t.input if widget.underMouse() else None
        painting.rounded(painter, widget.rect(), theme.RADIUS, fill, edge, 2 if chosen else 1)
        room = QRectF(widget.rect()).adjusted(_PAD, 0, -_PAD, 0)
        strong, plain = theme.font(theme.BODY, 600), theme.font(theme.CAPTION)
        for top, font, tone, text in (
            (8.0, strong, t.text, widget.text()),
            (29.0, plain, t.text2 if chosen else t.muted, self.about),
        ):
            painter.setFont(font)
            painter.setPen(QColor(tone))
            line = QRectF(room.x(), top, room.width(), 18)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, text, room.width()))
        self._draw_note(painter, QRectF(room.x(), 48, room.width(), 18), t)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), theme.RADIUS, t.accent)

    def _draw_note(self, painter: QPainter, line: QRectF, t: theme.Tokens) -> None:
        x = line.x()
        if self.runs is not None:
            icon, tone = ("circle-check", t.ok) if self.runs else ("circle-arrow-down", t.warning)
            icons.draw(painter, icon, QRectF(x, round(line.center().y() - _MARK / 2), _MARK, _MARK), tone)
            x += _MARK + 6
        font, width = theme.font(theme.CAPTION), line.right() - x
        painter.setFont(font)
        painter.setPen(QColor(t.warning_text if self.runs is False else t.text2))
        text = painting.elided(font, self.note, width)
        painter.drawText(QRectF(x, line.y(), width, line.height()), Qt.AlignmentFlag.AlignVCenter, text)
