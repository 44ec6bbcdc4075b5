"""Buttons: primary (one a page), outlined, plain, danger (only while confirming), link (words among words), and over
pictures stage (on a dark ground of its own) and glass (on nothing)."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.face import Face, is_ringed
from oelala_desktop.ui.style.painting import blend

Kind = Literal["primary", "outlined", "plain", "danger", "link", "stage", "glass"]
_GAP, _PAD, _ICON = 8, 12, 16


def _tones(kind: Kind, t: theme.Tokens) -> tuple[str, str, str, str | None, str]:
    """(fill, fill when hovered, fill when pressed, border, text) of a kind of button."""
    clear = "#00" + t.panel[1:]
    return {
        "primary": (t.primary, t.primary_hover, t.primary_pressed, None, t.on_primary),
        "outlined": (t.panel, t.input, t.pressed, t.border, t.text),
        "plain": (clear, t.input, t.pressed, None, t.text2),
        "danger": (t.panel, t.input, t.pressed, t.error, t.error_text),
        "link": (clear, clear, clear, None, t.accent_text),
        "stage": (t.scrim, t.stage, t.stage, None, t.on_stage),
        "glass": ("#00ffffff", t.stage_track, t.stage_track, None, t.on_stage),
    }[kind]


class ButtonFace(Face[QAbstractButton]):
    """`cap` is the shortcut shown behind the words; `hover` runs from 0 to 1 as the pointer comes."""

    __slots__ = ("cap", "filled", "height", "hover", "icon", "kind", "pad", "pixels", "weight")

    def __init__(self, kind: Kind = "outlined", icon: str = "", cap: str = "", height: int = theme.HEIGHT) -> None:
        self.kind: Kind = kind
        self.icon = icon
        self.filled = False
        self.cap = cap
        self.height = height
        self.hover = 0.0
        self.pixels = theme.CONTROL if kind == "primary" and height >= theme.HEIGHT else theme.BODY
        self.weight = 600 if kind == "primary" else 500
        self.pad = 0 if kind == "link" else _PAD

    def size(self, widget: QAbstractButton) -> QSize:
        text, width = widget.text(), 0
        if text:
            width = painting.text_width(theme.font(self.pixels, self.weight), text) + 2 * self.pad + 2
        if self.icon:
            width = width + _ICON + _GAP if width else self.height
        if self.cap:
            width += painting.text_width(theme.font(theme.CAPTION), self.cap) + 12 + _GAP
        return QSize(width, self.height)

    def draw(self, painter: QPainter, widget: QAbstractButton) -> None:
        t = theme.tokens()
        rest, hover, pressed, border, tone = _tones(self.kind, t)
        fill = pressed if widget.isDown() else blend(rest, hover, self.hover)
        if widget.isChecked():
            fill, border, tone = (pressed, None, tone) if self.kind == "glass" else (t.accent_soft, t.accent, t.text)
        if not widget.isEnabled():
            fill, tone = (t.input if self.kind == "primary" else rest), t.muted
        radius = theme.RADIUS if self.height > 28 else 6
        painting.rounded(painter, widget.rect(), radius, fill, border)
        self._draw_content(painter, widget, tone)
        if is_ringed(widget):
            self._draw_ring(painter, widget, radius, t)

    def _draw_ring(self, painter: QPainter, widget: QAbstractButton, radius: int, t: theme.Tokens) -> None:
        painting.ring(painter, widget.rect(), radius, t.accent)
        if self.kind == "primary":  # accent on accent would not be seen
            inner = QRectF(widget.rect()).adjusted(2, 2, -2, -2)
            painting.rounded(painter, inner, radius - 2, None, t.on_primary, 1.5)

    def _draw_content(self, painter: QPainter, widget: QAbstractButton, tone: str) -> None:
        text_font, cap_font = theme.font(self.pixels, self.weight), theme.font(theme.CAPTION)
        cap_width = painting.text_width(cap_font, self.cap) + 12 if self.cap else 0
        width, height = widget.width(), widget.height()
        room = width - 2 * self.pad - (_ICON + _GAP if self.icon else 0) - (cap_width + _GAP if cap_width else 0)
        text = painting.elided(text_font, widget.text(), room + 2)
        text_width = painting.text_width(text_font, text) if text else 0
        parts = [w for w in (_ICON if self.icon else 0, text_width, cap_width) if w]
        x = (width - sum(parts) - _GAP * (len(parts) - 1)) / 2
        middle = height / 2
        if self.icon:
            box = QRectF(round(x), round(middle - _ICON / 2), _ICON, _ICON)
            icons.draw(painter, self.icon, box, tone, filled=self.filled)
            x += _ICON + _GAP
        painter.setPen(QColor(tone))
        if text:
            text_font.setUnderline(self.kind == "link" and widget.underMouse())
            painter.setFont(text_font)
            painter.drawText(QRectF(x, 0, text_width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
            x += text_width + _GAP
        if self.cap:
            box = QRectF(round(x), round(middle - 9), cap_width, 18)
            painting.rounded(painter, box, 4, None, blend(tone, "#00" + tone[1:], 0.4))
            painter.setFont(cap_font)
            painter.setPen(QColor(tone))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.cap)
