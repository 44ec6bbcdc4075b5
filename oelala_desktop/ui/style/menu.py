"""Menus: a rounded panel, its rows, and the lines between them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionMenuItem

from oelala_desktop.ui.style import icons, painting, theme

_PAD, _RIGHT, _MARK, _GAP = 12, 24, 16, 8
_Kind = QStyleOptionMenuItem.MenuItemType


def draw_panel(painter: QPainter, rect: QRect) -> None:
    t = theme.tokens()
    painter.fillRect(rect, QColor(t.root))  # behind the corners, which no compositor need cut off
    painting.rounded(painter, rect, theme.RADIUS, t.panel, t.border)


def row_size(option: QStyleOptionMenuItem, text: QSize) -> QSize:
    """`text` is the size of the words; the shortcut's width comes from the menu."""
    if option.menuItemType == _Kind.Separator:
        return QSize(text.width(), 9)
    return QSize(text.width() + _left(option) + _RIGHT, max(text.height() + 14, 29))


def _left(option: QStyleOptionMenuItem) -> int:
    return _PAD + (_MARK + _GAP if option.menuHasCheckableItems or option.maxIconWidth > _MARK else 0)


def draw_row(painter: QPainter, option: QStyleOptionMenuItem) -> None:
    t, rect = theme.tokens(), option.rect
    if option.menuItemType == _Kind.Separator:
        painter.fillRect(rect.x() + 8, rect.center().y(), rect.width() - 16, 1, QColor(t.border))
        return
    enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
    if enabled and option.state & QStyle.StateFlag.State_Selected:
        painting.rounded(painter, rect, 6, t.input)
    tone = t.text if enabled else t.muted
    mark = QRectF(rect.x() + _PAD, rect.center().y() - _MARK / 2 + 0.5, _MARK, _MARK)
    if option.checked:
        icons.draw(painter, "check", mark, tone)
    elif not option.icon.isNull():
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        option.icon.paint(painter, mark.toRect(), Qt.AlignmentFlag.AlignCenter, mode)
    words, _, keys = option.text.partition("\t")
    box = QRectF(rect).adjusted(_left(option), 0, -_PAD, 0)
    painter.setFont(option.font)
    painter.setPen(QColor(tone))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic
    painter.drawText(box, flags, words)
    if option.menuItemType == _Kind.SubMenu:
        end = QRectF(rect.right() - _PAD - 13, rect.center().y() - 6.5, 14, 14)
        icons.draw(painter, "chevron-right", end, t.text2)
    elif keys:
        painter.setPen(QColor(t.text2 if enabled else t.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
