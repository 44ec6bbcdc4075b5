"""A list of jobs for views, made of the book in an order of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from oelala_desktop.domain.job import Job
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.jobs.order import Insert, Move, Remove, Section, section_of, steps_between
from oelala_desktop.ui.jobs.words import caption, name_of, spoken
from oelala_desktop.ui.wording import tooltip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Role(IntEnum):
    JOB = Qt.ItemDataRole.UserRole + 1
    SECTION = Qt.ItemDataRole.UserRole + 2  # Section
    PROGRESS = Qt.ItemDataRole.UserRole + 3  # Progress, None before there is any
    FRACTION = Qt.ItemDataRole.UserRole + 4  # 0 to 1
    PASS = Qt.ItemDataRole.UserRole + 5  # "high", "low" or None
    ETA = Qt.ItemDataRole.UserRole + 6  # seconds left, None while unknown
    PICTURE = Qt.ItemDataRole.UserRole + 7  # QPixmap, None until it is there
    TITLE = Qt.ItemDataRole.UserRole + 8
    PLACE = Qt.ItemDataRole.UserRole + 9  # in the line, from 1; 0 for what does not wait
    CAPTION = Qt.ItemDataRole.UserRole + 10
    PARTS = Qt.ItemDataRole.UserRole + 11  # of the bar
    FAVOURITE = Qt.ItemDataRole.UserRole + 12
    GONE = Qt.ItemDataRole.UserRole + 13


#: what changes while a job stands where it is
_STANDING = [Role.PROGRESS, Role.PICTURE, Role.CAPTION, Qt.ItemDataRole.AccessibleTextRole]
_APART = 8


def section_at(index: Index) -> Section:
    """Qt hands on an enumeration of words as the word alone."""
    return Section(index.data(Role.SECTION))


class JobsModel(QAbstractListModel):
    """`order` gives the ids to show. `picture_size` are the pixels that a picture needs to be sharp in the view."""

    def __init__(self, book: JobBook, order: Callable[[], Sequence[str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = book
        self.picture_size = 256
        self._order = order
        self._ids: list[str] = []
        book.arranged.connect(self._arrange)
        book.changed.connect(self._tell)
        self._arrange()

    @property
    def ids(self) -> Sequence[str]:
        return self._ids

    def id_at(self, index: Index) -> str:
        """ "" where there is none."""
        return self._ids[index.row()] if index.isValid() else ""

    def index_of(self, job_id: str) -> QModelIndex:
        return self.index(self._ids.index(job_id)) if job_id in self._ids else QModelIndex()

    def job_at(self, index: Index) -> Job | None:
        return self.book.find(self.id_at(index))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        job = self.job_at(index)
        return self._of(job, role) if job is not None else None

    def _of(self, job: Job, role: int) -> Any:
        book = self.book
        match role:
            case Role.JOB:
                return job
            case Role.SECTION:
                return section_of(job)
            case Role.PICTURE:
                return book.picture(job.id, self.picture_size)
            case Role.PARTS:
                return book.parts(job.id)
            case Role.FAVOURITE:
                return book.is_favourite(job.id)
            case Role.GONE:
                return book.is_gone(job.id)
            case Qt.ItemDataRole.DisplayRole | Role.TITLE:
                return name_of(job)
            case _:
                return self._of_standing(job, role)

    def _of_standing(self, job: Job, role: int) -> Any:
        standing = self.book.standing(job.id)
        progress = standing.progress
        match role:
            case Role.PROGRESS:
                return progress
            case Role.FRACTION:
                return progress.fraction if progress else 0.0
            case Role.PASS:
                return progress.pass_ if progress else None
            case Role.ETA:
                return progress.eta if progress else None
            case Role.PLACE:
                return standing.place
            case Role.CAPTION:
                return caption(job, standing)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(job, standing, favourite=self.book.is_favourite(job.id))
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(spoken(job, standing))
        return None

    def _tell(self, ids: set[str]) -> None:
        """What no row's size goes by, in as few signals as rows lie apart."""
        rows = [row for row, key in enumerate(self._ids) if key in ids]
        if len(rows) > _APART:
            rows = rows[:: len(rows) - 1]
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]), _STANDING)
            return
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row), _STANDING)

    def _arrange(self) -> None:
        for step in steps_between(self._ids, list(self._order())):
            match step:
                case Remove(first, last):
                    self.beginRemoveRows(QModelIndex(), first, last)
                    del self._ids[first : last + 1]
                    self.endRemoveRows()
                case Insert(at, ids):
                    self.beginInsertRows(QModelIndex(), at, at + len(ids) - 1)
                    self._ids[at:at] = ids
                    self.endInsertRows()
                case Move(row, to):
                    self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if to > row else to)
                    self._ids.insert(to, self._ids.pop(row))
                    self.endMoveRows()
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))
