"""Round buttons: the top bar's, a state in few words, and filters that are on or off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed

_PAD, _GAP, _ICON, _DOT = 12, 8, 16, 8
#: pixels from an offer at the right of a chip to its edge
EDGE = 4


class ChipFace(Face[QAbstractButton]):
    """An icon or a dot (`dot` names a token), and words: what stands before the first " · " is the chief of them.
    `tone` is "", "warning" or "error"; `progress` (0 to 1) fills a thin line along the bottom; `offer` is the width of
    what lies at its right end."""

    __slots__ = ("dot", "icon", "offer", "progress", "tone")

    def __init__(self, icon: str = "") -> None:
        self.icon = icon
        self.dot = ""
        self.tone = ""
        self.offer = 0
        self.progress: float | None = None

    def size(self, widget: QAbstractButton) -> QSize:
        width = 2 * _PAD + sum(painting.text_width(font, words) for words, font in _parts(widget.text())) + 2
        if self.icon:
            width += _ICON + _GAP
        if self.dot:
            width += _DOT + _GAP
        if self.offer:
            width += _GAP + self.offer + EDGE - _PAD
        return QSize(width, theme.DENSE_HEIGHT)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        hovered = widget.underMouse() or widget.isDown()
        width, height = widget.width(), widget.height()
        radius = middle = height / 2
        border = getattr(t, self.tone) if self.tone else t.border_strong if hovered else t.border
        painting.rounded(painter, widget.rect(), radius, t.input if hovered else t.panel, border)
        if self.tone == "warning":
            painting.rounded(painter, widget.rect(), radius, _tint(t.warning))
        x = float(_PAD)
        if self.icon:
            tone = getattr(t, f"{self.tone}_text") if self.tone else t.text2
            icons.draw(painter, self.icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), tone)
            x += _ICON + _GAP
        if self.dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(t, self.dot)))
            painter.drawEllipse(QPointF(x + _DOT / 2, middle), _DOT / 2, _DOT / 2)
            x += _DOT + _GAP
        chief = t.warning_text if self.tone == "warning" else t.text
        for (words, font), tone in zip(_parts(widget.text()), (chief, t.text2), strict=True):
            painter.setFont(font)
            painter.setPen(QColor(tone))
            painter.drawText(QRectF(x, 0, width, height), Qt.AlignmentFlag.AlignVCenter, words)
            x += painting.text_width(font, words)
        if self.progress is not None:
            span = QRectF(radius, height - 2, (width - 2 * radius) * self.progress, 2)
            painting.rounded(painter, span, 1, t.accent)
        if is_ringed(widget):
            painting.ring(painter, widget.rect(), radius, t.accent)


def _parts(text: str) -> tuple[tuple[str, QFont], tuple[str, QFont]]:
    chief, dot, rest = text.partition(" · ")
    return (chief, theme.font(theme.BODY, 500)), (dot + rest, theme.font(theme.BODY))


def _tint(tone: str) -> str:
    """A breath of it."""
    color = QColor(tone)
    color.setAlpha(28)
    return color.name(QColor.NameFormat.HexArgb)


class OfferFace(Face[QAbstractButton]):
    """What a chip offers to do: a pill of its warning with an icon, or the words alone as a link."""

    __slots__ = ("icon",)

    def __init__(self, icon: str = "") -> None:
        self.icon = icon

    def _font(self) -> QFont:
        return theme.font(theme.CAPTION, 600) if self.icon else theme.font(theme.BODY, 500)

    def size(self, widget: QAbstractButton) -> QSize:
        words = painting.text_width(self._font(), widget.text()) + 2
        return QSize(words + (3 * _GAP + 14 if self.icon else 2 * EDGE), theme.DENSE_HEIGHT - 2 * EDGE)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t, box = theme.tokens(), QRectF(widget.rect())
        tone, x = t.accent_text, float(EDGE)
        if self.icon:
            tone = t.on_warning
            painting.rounded(painter, box, box.height() / 2, t.warning)
            icons.draw(painter, self.icon, QRectF(_GAP, box.center().y() - 7, 14, 14), tone)
            x = 1.5 * _GAP + 14
        font = self._font()
        font.setUnderline(not self.icon and widget.underMouse())
        painter.setFont(font)
        painter.setPen(QColor(tone))
        painter.drawText(box.adjusted(x, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, widget.text())
        if is_ringed(widget):
            painting.ring(painter, box, box.height() / 2, t.text if self.icon else t.accent)


class BellFace(Face[QAbstractButton]):
    """A bell with the number of what is new."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def size(self, widget: QAbstractButton) -> QSize:
        return QSize(theme.DENSE_HEIGHT + 8, theme.DENSE_HEIGHT)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        hovered = widget.underMouse() or widget.isDown()
        box = QRectF(0, 0, theme.DENSE_HEIGHT, theme.DENSE_HEIGHT)
        radius = box.width() / 2
        border = t.border_strong if hovered else t.border
        painting.rounded(painter, box, radius, t.input if hovered else t.panel, border)
        icons.draw(painter, "bell", QRectF(8, 8, 16, 16), t.text if hovered else t.text2)
        if self.count:
            text = str(self.count) if self.count < 100 else "99+"
            font = theme.font(theme.CAPTION, 600)
            width = max(18, painting.text_width(font, text) + 8)
            dot = QRectF(widget.width() - width, 0, width, 18)
            painting.rounded(painter, dot, 9, t.primary, t.root, 1.5)
            painter.setFont(font)
            painter.setPen(QColor(t.on_primary))
            painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, text)
        if is_ringed(widget):
            painting.ring(painter, box, radius, t.accent)


class FilterFace(Face[QAbstractButton]):
    """A filter: tinted and with a cross behind its words while it is on."""

    __slots__ = ("icon",)

    def __init__(self, icon: str) -> None:
        self.icon = icon

    def size(self, widget: QAbstractButton) -> QSize:
        width = painting.text_width(theme.font(theme.BODY, 500), widget.text()) + 2 * _PAD + 2
        width += _ICON + _GAP if self.icon else 0
        return QSize(width + (14 + _GAP if widget.isChecked() else 0), theme.DENSE_HEIGHT)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t, box = theme.tokens(), QRectF(widget.rect())
        on, hovered = widget.isChecked(), widget.underMouse() or widget.isDown()
        radius = box.height() / 2
        draw_pill(painter, box, on, hovered)
        tone = t.accent_text if on else t.text if widget.isEnabled() else t.muted
        x = float(_PAD)
        if self.icon:
            icons.draw(painter, self.icon, QRectF(x, box.center().y() - 8, _ICON, _ICON), tone if on else t.text2)
            x += _ICON + _GAP
        painter.setFont(theme.font(theme.BODY, 500))
        painter.setPen(QColor(tone))
        painter.drawText(box.adjusted(x, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, widget.text())
        if on:
            icons.draw(painter, "x", QRectF(box.right() - _PAD - 14, box.center().y() - 7, 14, 14), tone)
        if is_ringed(widget):
            painting.ring(painter, box, radius, t.accent)


def draw_pill(painter: QPainter, box: QRectF, on: bool, hovered: bool) -> None:
    """The ground of a filter."""
    t = theme.tokens()
    fill = t.accent_soft if on else t.input if hovered else t.panel
    edge = t.accent if on else t.border_strong if hovered else t.border
    painting.rounded(painter, box, box.height() / 2, fill, edge)
