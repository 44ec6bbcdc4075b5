"""The list of pictures to learn from: a small picture and what is said of it, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from oelala_desktop.services.inputs.dataset_file import TrainingPicture
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.quiet_list import Index, QuietList

ROW = 64
SIDE = 52  # pixels of a small picture
_PAD = 6
_PICTURE = Qt.ItemDataRole.UserRole
_NO_CAPTION = "No caption"


class Captions(QAbstractListModel):
    """`edits` are what was typed and is not saved, by the path of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: tuple[TrainingPicture, ...] = ()
        self.edits: dict[str, str] = {}
        self._small: dict[Path, QPixmap] = {}

    def set_pictures(self, pictures: Sequence[TrainingPicture]) -> None:
        self.beginResetModel()
        self.pictures = tuple(pictures)
        known = {one.path: one for one in self.pictures}
        self._small = {path: made for path, made in self._small.items() if path in known}
        self.edits = {
            path: text
            for path, text in self.edits.items()
            if (one := known.get(Path(path))) and text.strip() != one.caption
        }
        self.endResetModel()

    def set_edits(self, edits: dict[str, str]) -> None:
        """Those of pictures that are here."""
        self.edits = {**edits, **self.edits}
        self.set_pictures(self.pictures)

    def caption(self, row: int) -> str:
        picture = self.pictures[row]
        return self.edits.get(str(picture.path), picture.caption)

    def edit(self, row: int, text: str) -> None:
        picture = self.pictures[row]
        if text.strip() == picture.caption:
            self.edits.pop(str(picture.path), None)
        else:
            self.edits[str(picture.path)] = text
        index = self.index(row)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.DisplayRole])

    def edited(self) -> list[tuple[TrainingPicture, str]]:
        return [(one, self.edits[str(one.path)]) for one in self.pictures if str(one.path) in self.edits]

    def uncaptioned(self) -> int:
        return sum(not self.caption(row).strip() for row, one in enumerate(self.pictures) if not one.fault)

    def show_small(self, path: Path, image: QImage) -> None:
        self._small[path] = QPixmap.fromImage(image)
        row = next((row for row, one in enumerate(self.pictures) if one.path == path), -1)
        if row >= 0:
            index = self.index(row)
            self.dataChanged.emit(index, index, [_PICTURE])

    def lacks_small(self, row: int) -> bool:
        one = self.pictures[row]
        return one.kept is not None and one.path not in self._small

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.pictures):
            return None
        picture = self.pictures[index.row()]
        if role == _PICTURE:
            return self._small.get(picture.path)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.caption(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{picture.path.name}: {picture.fault or self.caption(index.row()) or _NO_CAPTION}"
        return None


class CaptionCell(QStyledItemDelegate):
    def __init__(self, view: CaptionList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, state, model = theme.tokens(), option.state, self._view.captions
        picture = model.pictures[index.row()]
        box = QRectF(option.rect).adjusted(0, 1, -8, -1)
        painter.save()
        painting.begin(painter)
        if state & QStyle.StateFlag.State_Selected:
            painting.rounded(painter, box, theme.RADIUS, t.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painting.rounded(painter, box, theme.RADIUS, t.input)
        place = QRectF(box.x() + _PAD, box.y() + (box.height() - SIDE) / 2, SIDE, SIDE)
        small = index.data(_PICTURE)
        if small is None:
            painting.rounded(painter, place, 6, t.track)
        else:
            painting.cover(painter, place, small, 6)
        text = box.adjusted(SIDE + 2 * _PAD + 4, 6, -_PAD, -6)
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(QColor(t.text2 if str(picture.path) not in model.edits else t.accent_text))
        mark = " · not saved" if str(picture.path) in model.edits else ""
        painter.drawText(
            text, Qt.AlignmentFlag.AlignTop, painting.elided(painter.font(), f"{picture.path.name}{mark}", text.width())
        )
        caption = " ".join(model.caption(index.row()).split())
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(t.error_text if picture.fault else t.text if caption else t.muted))
        below = text.adjusted(0, 17, 0, 0)
        words = picture.fault or caption or _NO_CAPTION
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, painting.elided(painter.font(), words, below.width()))
        if state & QStyle.StateFlag.State_HasFocus and self._view.shows_ring:
            painting.ring(painter, box, theme.RADIUS, t.accent)
        painter.restore()


class CaptionList(QuietList):
    """`wanted` has the rows on screen whose small pictures are not there yet; `chosen` the row that is current."""

    wanted = Signal(list)
    chosen = Signal(int)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Pictures with captions", parent=parent)
        self.captions = Captions()
        self.setModel(self.captions)
        self.setItemDelegate(CaptionCell(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.look())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(current.row())

    def look(self) -> None:
        """Asks for the small pictures of what is in view."""
        first, count = self.verticalScrollBar().value() // ROW, self.viewport().height() // ROW + 2
        rows = [
            row for row in range(first, min(first + count, self.captions.rowCount())) if self.captions.lacks_small(row)
        ]
        if rows:
            self.wanted.emit(rows)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.look()
