"""The presets there are, tool by tool, each under its tool's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui.templates.words import Sign
from oelala_desktop.ui.wording import tooltip

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


class Heading(NamedTuple):
    tool: Tool
    presets: int


class Line(NamedTuple):
    """A preset: `origin` says where it is from, `takes` what goes into it."""

    preset: Preset
    origin: str
    takes: tuple[Sign, ...]
    is_own: bool
    is_on: bool

    @property
    def spoken(self) -> str:
        goes_in = ", ".join(said.text for said in self.takes)
        return f"{self.preset.name}, {self.preset.tool.name}, {self.origin}, takes {goes_in}"


Row = Heading | Line


class PresetsModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, index: Index) -> Row | None:
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def line_at(self, index: Index) -> Line | None:
        row = self.row_at(index)
        return row if isinstance(row, Line) else None

    def index_of(self, preset_id: str) -> QModelIndex:
        rows = (at for at, row in enumerate(self._rows) if isinstance(row, Line) and row.preset.id == preset_id)
        return self.index(next(rows, -1))

    def lines_of(self, tool: Tool) -> list[Line]:
        return [row for row in self._rows if isinstance(row, Line) and row.preset.tool == tool]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.line_at(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW:
            return row
        if isinstance(row, Heading):
            return row.tool.name if role == Qt.ItemDataRole.DisplayRole else None
        found = {
            Qt.ItemDataRole.DisplayRole: row.preset.name,
            Qt.ItemDataRole.AccessibleTextRole: row.spoken,
            Qt.ItemDataRole.AccessibleDescriptionRole: row.preset.description,
            Qt.ItemDataRole.ToolTipRole: tooltip(row.preset.description),
            Qt.ItemDataRole.CheckStateRole: Qt.CheckState.Checked if row.is_on else Qt.CheckState.Unchecked,
        }
        return found.get(Qt.ItemDataRole(role))
