"""Buttons: primary (one a page), outlined, plain, danger (only while confirming), link (words among words), and over
pictures stage (on a dark ground of its own) and glass (on nothing)."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.motion import Glide
from oelala_desktop.ui.widgets.control import Control

Kind = Literal["primary", "outlined", "plain", "danger", "link", "stage", "glass"]
_GAP, _PAD, _ICON = 8, 12, 16


def blend(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from `first` to `second`, alpha too."""
    a, b = QColor(first), QColor(second)
    parts = (
        a.alpha() + (b.alpha() - a.alpha()) * share,
        a.red() + (b.red() - a.red()) * share,
        a.green() + (b.green() - a.green()) * share,
        a.blue() + (b.blue() - a.blue()) * share,
    )
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _faces(kind: Kind, t: theme.Tokens) -> tuple[str, str, str, str | None, str]:
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


class Button(Control, QAbstractButton):
    """A verb, with an icon before it and the cap of its shortcut after it.

    `text` is also the accessible name unless `name` gives another (needed where there is only an icon)."""

    def __init__(
        self,
        text: str = "",
        kind: Kind = "outlined",
        *,
        icon: str = "",
        name: str = "",
        cap: str = "",
        height: int = theme.HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: Kind = kind
        self._icon = icon
        self._cap = cap
        self._filled_icon = False
        self._height = height
        self._size = theme.CONTROL if kind == "primary" and height >= theme.HEIGHT else theme.BODY
        self._weight = 600 if kind == "primary" else 500
        self._pad = 0 if kind == "link" else _PAD
        self._glide = Glide(self, 0.0, lambda _value: self.update())
        self.setText(text)
        self.setAccessibleName(name or text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not text:
            self.set_hint(name)

    def set_icon(self, icon: str, *, filled: bool = False) -> None:
        self._icon, self._filled_icon = icon, filled
        self.update()

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_kind(self, kind: Kind) -> None:
        self._kind = kind
        self.update()

    def open_menu(self, menu: QMenu) -> None:
        """Show `menu` under the button; it returns at once."""
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        width = 0
        if self.text():
            width = painting.text_width(theme.font(self._size, self._weight), self.text()) + 2 * self._pad + 2
        if self._icon:
            width = width + _ICON + _GAP if width else self._height
        if self._cap:
            width += painting.text_width(theme.font(theme.CAPTION), self._cap) + 12 + _GAP
        return QSize(width, self._height)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._glide.to(1.0)
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._glide.to(0.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        rest, hover, pressed, border, tone = _faces(self._kind, t)
        fill = pressed if self.isDown() else blend(rest, hover, self._glide.value)
        if self.isChecked():
            fill, border, tone = (pressed, None, tone) if self._kind == "glass" else (t.accent_soft, t.accent, t.text)
        if not self.isEnabled():
            fill, tone = (t.input if self._kind == "primary" else rest), t.muted
        radius = theme.RADIUS if self._height > 28 else 6
        painting.rounded(painter, self.rect(), radius, fill, border)
        self._paint_content(painter, tone)
        if self.shows_ring:
            self._paint_ring(painter, radius, t)

    def _paint_ring(self, painter: QPainter, radius: int, t: theme.Tokens) -> None:
        painting.ring(painter, self.rect(), radius, t.accent)
        if self._kind == "primary":  # accent on accent would not be seen
            inner = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            painting.rounded(painter, inner, radius - 2, None, t.on_primary, 1.5)

    def _paint_content(self, painter: QPainter, tone: str) -> None:
        text_font, cap_font = theme.font(self._size, self._weight), theme.font(theme.CAPTION)
        cap_width = painting.text_width(cap_font, self._cap) + 12 if self._cap else 0
        room = (
            self.width() - 2 * self._pad - (_ICON + _GAP if self._icon else 0) - (cap_width + _GAP if cap_width else 0)
        )
        text = painting.elided(text_font, self.text(), room + 2)
        text_width = painting.text_width(text_font, text) if text else 0
        parts = [w for w in (_ICON if self._icon else 0, text_width, cap_width) if w]
        x = (self.width() - sum(parts) - _GAP * (len(parts) - 1)) / 2
        middle = self.height() / 2
        if self._icon:
            box = QRectF(round(x), round(middle - _ICON / 2), _ICON, _ICON)
            icons.draw(painter, self._icon, box, tone, filled=self._filled_icon)
            x += _ICON + _GAP
        painter.setPen(QColor(tone))
        if text:
            text_font.setUnderline(self._kind == "link" and self.underMouse())
            painter.setFont(text_font)
            box = QRectF(x, 0, text_width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            x += text_width + _GAP
        if self._cap:
            box = QRectF(round(x), round(middle - 9), cap_width, 18)
            painting.rounded(painter, box, 4, None, blend(tone, "#00" + tone[1:], 0.4))
            painter.setFont(cap_font)
            painter.setPen(QColor(tone))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._cap)


class IconButton(Button):
    """A square button that is only an icon; `name` is read out and shown as its tooltip."""

    def __init__(
        self,
        icon: str,
        name: str,
        kind: Kind = "plain",
        *,
        height: int = theme.DENSE_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", kind, icon=icon, name=name, height=height, parent=parent)
