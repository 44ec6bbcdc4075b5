"""What the window has told lately, as a list for views: the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from oelala_desktop.ui.widgets.toast import Level
from oelala_desktop.ui.wording import tooltip

Index = QModelIndex | QPersistentModelIndex
_KEPT = 100
_NOWHERE = QModelIndex()


class Notice(NamedTuple):
    """`when` is in words ("14:02"); `key` says what a click opens, "" for nothing."""

    text: str
    level: Level = "info"
    when: str = ""
    key: str = ""


class Role(IntEnum):
    NOTICE = Qt.ItemDataRole.UserRole + 1


class NoticesModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None, notices: Sequence[Notice] = ()) -> None:
        super().__init__(parent)
        self._notices = list(notices)

    def __len__(self) -> int:
        return len(self._notices)

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._notices)

    def __getitem__(self, at: int) -> Notice:
        return self._notices[at]

    def add(self, notice: Notice) -> None:
        """The oldest goes when there are many."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._notices.insert(0, notice)
        self.endInsertRows()
        if len(self._notices) > _KEPT:
            self.beginRemoveRows(QModelIndex(), _KEPT, len(self._notices) - 1)
            del self._notices[_KEPT:]
            self.endRemoveRows()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._notices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        notice = self._notices[index.row()]
        match role:
            case Role.NOTICE:
                return notice
            case Qt.ItemDataRole.DisplayRole:
                return notice.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{notice.text}, {notice.when}"
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(notice.text)
        return None
