"""A switch that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.motion import Glide
from oelala_desktop.ui.painting import blend
from oelala_desktop.ui.widgets.control import Control

_WIDTH, _HEIGHT = 34, 20


class Toggle(Control, QCheckBox):
    """`name` is read out; `text` stands beside the switch and may be empty."""

    def __init__(self, name: str, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._glide = Glide(self, 0.0, lambda _value: self.update())
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(theme.font(theme.BODY))
        self.toggled.connect(lambda on: self._glide.to(1.0 if on else 0.0))

    def sizeHint(self) -> QSize:
        width = _WIDTH + 4
        if self.text():
            width += 8 + painting.text_width(self.font(), self.text())
        return QSize(width, 24)

    minimumSizeHint = sizeHint

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(2, (self.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        on = self._glide.value
        rest = t.border_strong if self.underMouse() else t.track
        painting.rounded(painter, box, _HEIGHT / 2, blend(rest, t.accent if self.isEnabled() else t.border_strong, on))
        painter.setPen(QPen(QColor(t.border_strong), 1) if t.name == "light" else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.knob if self.isEnabled() else t.muted))
        reach = _WIDTH - _HEIGHT
        painter.drawEllipse(QPointF(box.x() + _HEIGHT / 2 + reach * on, box.center().y()), 7, 7)
        if self.text():
            painter.setFont(self.font())
            painter.setPen(QColor(t.text if self.isEnabled() else t.muted))
            area = QRectF(box.right() + 8, 0, self.width(), self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.shows_ring:
            painting.ring(painter, box.adjusted(-2, -2, 2, 2), _HEIGHT / 2 + 2, t.accent)
