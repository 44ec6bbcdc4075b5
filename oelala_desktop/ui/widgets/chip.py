"""The round buttons of the top bar: a state in few words that opens its panel."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.widgets.control import Control

_PAD, _GAP, _ICON, _DOT = 12, 8, 16, 8


class Chip(Control, QAbstractButton):
    """An icon or a state dot, and words. `progress` (0 to 1) fills a thin arc of accent along the bottom edge."""

    def __init__(self, name: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._icon = icon
        self._dot = ""
        self._progress: float | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}" if text else self._name)
        self.updateGeometry()
        self.update()

    def set_dot(self, tone: str) -> None:
        """The state dot: "ok", "warning", "error", "muted", or "" for none."""
        self._dot = tone
        self.updateGeometry()
        self.update()

    def set_progress(self, fraction: float | None) -> None:
        self._progress = fraction
        self.update()

    def sizeHint(self) -> QSize:
        width = 2 * _PAD + painting.text_width(theme.font(theme.BODY), self.text()) + 2
        if self._icon:
            width += _ICON + _GAP
        if self._dot:
            width += _DOT + _GAP
        return QSize(width, theme.DENSE_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        hovered = self.underMouse() or self.isDown()
        radius = self.height() / 2
        border = t.border_strong if hovered else t.border
        painting.rounded(painter, self.rect(), radius, t.input if hovered else t.panel, border)
        middle = self.height() / 2
        x = float(_PAD)
        if self._icon:
            icons.draw(painter, self._icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), t.text2)
            x += _ICON + _GAP
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(t, self._dot)))
            painter.drawEllipse(QPointF(x + _DOT / 2, middle), _DOT / 2, _DOT / 2)
            x += _DOT + _GAP
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(t.text if hovered else t.text2))
        painter.drawText(QRectF(x, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._progress is not None:
            span = QRectF(radius, self.height() - 2, (self.width() - 2 * radius) * self._progress, 2)
            painting.rounded(painter, span, 1, t.accent)
        if self.shows_ring:
            painting.ring(painter, self.rect(), radius, t.accent)


class BellChip(Control, QAbstractButton):
    """The activity bell with the number of notices nobody has looked at yet."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(theme.DENSE_HEIGHT + 8, theme.DENSE_HEIGHT)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        self._count = count
        name = f"Activity, {count} new" if count else "Activity"
        self.setAccessibleName(name)
        self.set_hint(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        hovered = self.underMouse() or self.isDown()
        box = QRectF(0, 0, theme.DENSE_HEIGHT, theme.DENSE_HEIGHT)
        painting.rounded(
            painter, box, box.width() / 2, t.input if hovered else t.panel, t.border_strong if hovered else t.border
        )
        icons.draw(painter, "bell", QRectF(8, 8, 16, 16), t.text if hovered else t.text2)
        if self._count:
            text = str(self._count) if self._count < 100 else "99+"
            font = theme.font(theme.CAPTION, 600)
            width = max(18, painting.text_width(font, text) + 8)
            dot = QRectF(self.width() - width, 0, width, 18)
            painting.rounded(painter, dot, 9, t.primary, t.root, 1.5)
            painter.setFont(font)
            painter.setPen(QColor(t.on_primary))
            painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, text)
        if self.shows_ring:
            painting.ring(painter, box, box.width() / 2, t.accent)
