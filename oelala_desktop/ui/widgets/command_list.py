"""The list inside the command palette: which commands fit what was typed, and how a row looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oelala_desktop.ui import icons, painting, theme

_Index = QModelIndex | QPersistentModelIndex


class Command(NamedTuple):
    """An entry of the command palette; `cap` is its shortcut in words."""

    key: str
    title: str
    icon: str = ""
    cap: str = ""


def fits(typed: str, title: str) -> bool:
    """Whether the letters typed stand in `title` in their order, words in any order."""
    folded = title.casefold()
    return all(word in folded for word in typed.casefold().split())


class CommandModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[Command, ...] = ()
        self._shown: tuple[Command, ...] = ()

    def set_commands(self, commands: Sequence[Command]) -> None:
        self._all = tuple(commands)
        self.narrow("")

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        found = [command for command in self._all if fits(typed, command.title)]
        start = typed.casefold()
        self._shown = tuple(sorted(found, key=lambda command: not command.title.casefold().startswith(start)))
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        command = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return command.title
        if role == Qt.ItemDataRole.UserRole:
            return command
        return None

    def key_at(self, row: int) -> str:
        return self._shown[row].key if 0 <= row < len(self._shown) else ""


class CommandRows(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, 40)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        t = theme.tokens()
        command = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painting.begin(painter)
        rect = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painting.rounded(painter, rect.adjusted(0, 2, 0, -2), theme.RADIUS, t.input)
        if command.icon:
            icons.draw(painter, command.icon, QRectF(rect.x() + 12, rect.center().y() - 8, 16, 16), t.text2)
        painter.setFont(theme.font(theme.CONTROL))
        painter.setPen(QColor(t.text))
        painter.drawText(rect.adjusted(40, 0, -96, 0), Qt.AlignmentFlag.AlignVCenter, command.title)
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(QColor(t.text2))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -12, 0), flags, command.cap)
        painter.restore()
