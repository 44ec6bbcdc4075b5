"""The templates that the grid shows, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from oelala_desktop.domain.template import Template
from oelala_desktop.ui.templates.card import Card
from oelala_desktop.ui.wording import tooltip

Index = QModelIndex | QPersistentModelIndex
CARD = Qt.ItemDataRole.UserRole


class TemplatesModel(QAbstractListModel):
    """`make` says what stands on a template's card now; it is asked for those that are looked at."""

    def __init__(self, make: Callable[[Template], Card], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.templates: Sequence[Template] = ()
        self._rows: dict[str, int] = {}
        self._cards: dict[str, Card] = {}

    def show_templates(self, templates: Sequence[Template]) -> None:
        """What stays where it is is not told anew, so that a list that is looked at does not jump."""
        if [t.name for t in templates] == [t.name for t in self.templates]:
            changed = any(new is not old for new, old in zip_longest(templates, self.templates))
            self.templates = templates
            if changed:
                self.forget()
            return
        self.beginResetModel()
        self.templates = templates
        self._rows = {template.name: row for row, template in enumerate(templates)}
        self._cards = {}
        self.endResetModel()

    def forget(self, name: str = "") -> None:
        """Something else stands on that card now, or on all."""
        if not name:
            self._cards = {}
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1), [CARD])
        elif self._cards.pop(name, None) is not None and name in self._rows:
            index = self.index(self._rows[name])
            self.dataChanged.emit(index, index, [CARD])

    def row_of(self, name: str) -> int:
        return self._rows.get(name, -1)

    def name_at(self, index: Index) -> str:
        return self.templates[index.row()].name if 0 <= index.row() < len(self.templates) else ""

    def card(self, row: int) -> Card:
        template = self.templates[row]
        card = self._cards.get(template.name)
        if card is None:
            card = self._cards[template.name] = self._make(template)
        return card

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.templates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.templates):
            return None
        if role == CARD:
            return self.card(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.templates[index.row()].title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.card(index.row()).spoken
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.templates[index.row()].description
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self.templates[index.row()].title)
        return None
