"""The list inside the command palette: which commands fit what was typed, and how a row looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.style import icons, painting, theme

_Index = QModelIndex | QPersistentModelIndex


class Find(NamedTuple):
    """An entry of the command palette; `cap` stands at its right, as its shortcut."""

    title: str
    act: Callable[[], object]
    icon: str = ""
    cap: str = ""

    @classmethod
    def of(cls, action: QAction) -> Find:
        """A command."""
        row_id = action.objectName()
        return cls(action.text(), action.trigger, ROWS[row_id].icon, keys.words(row_id))


def fits(typed: str, title: str) -> bool:
    """Whether the letters typed stand in `title` in their order, words in any order."""
    folded = title.casefold()
    return all(word in folded for word in typed.casefold().split())


class CommandModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[Find, ...] = ()
        self._shown: tuple[Find, ...] = ()

    def set_finds(self, finds: Sequence[Find]) -> None:
        self._all = tuple(finds)
        self.narrow("")

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        found = [find for find in self._all if fits(typed, find.title)]
        start = typed.casefold()
        self._shown = tuple(sorted(found, key=lambda find: not find.title.casefold().startswith(start)))
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        find = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return find.title
        if role == Qt.ItemDataRole.UserRole:
            return find
        return None

    def at(self, row: int) -> Find | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None


class CommandRows(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, 40)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        t = theme.tokens()
        find = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painting.begin(painter)
        rect = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painting.rounded(painter, rect.adjusted(0, 2, 0, -2), theme.RADIUS, t.input)
        if find.icon:
            icons.draw(painter, find.icon, QRectF(rect.x() + 12, rect.center().y() - 8, 16, 16), t.text2)
        painter.setFont(theme.font(theme.CONTROL))
        painter.setPen(QColor(t.text))
        words = rect.adjusted(40, 0, -96, 0)
        shown = painting.elided(painter.font(), find.title, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(QColor(t.text2))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -12, 0), flags, find.cap)
        painter.restore()
