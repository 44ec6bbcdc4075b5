"""What every list of jobs answers to: Enter, Delete, Ctrl with an arrow, the menu key; and rows that are dragged."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.ui.jobs.model import JobsModel, Role
from oelala_desktop.ui.widgets.picture_cell import Ghost
from oelala_desktop.ui.widgets.quiet_list import Index, QuietList
from oelala_desktop.ui.widgets.row_drag import RowDrag

_STEPS = {
    QListView.Flow.LeftToRight: {Qt.Key.Key_Left: "up", Qt.Key.Key_Right: "down"},
    QListView.Flow.TopToBottom: {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"},
}


def is_movable(index: QModelIndex) -> bool:
    """Only what waits here has a place to give up."""
    job: Job | None = index.data(Role.JOB)
    return job is not None and job.state is JobState.QUEUED


class JobsView(QuietList):
    """`acted` sends a job's id and what is wished, as QueueActs takes it."""

    acted = Signal(str, str)
    moved = Signal(str, str)  # id, id of the job that it goes before ("" for the end)
    menu_wanted = Signal(str, QPoint)  # global

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.deleted_row.connect(lambda index: self.acted.emit(self.id_of(index), "delete"))

    def make_drag(
        self, box: Callable[[QModelIndex], QRect], ghost: Callable[[QModelIndex], Ghost | None] = lambda _index: None
    ) -> RowDrag:
        drag = RowDrag(self, is_movable, ghost, box)
        drag.moved.connect(lambda row, before: self.moved.emit(self.id_of(row), self.id_of(before)))
        return drag

    @property
    def jobs(self) -> JobsModel | None:
        model = self.model()
        return model if isinstance(model, JobsModel) else None

    def id_of(self, index: Index) -> str:
        return self.jobs.id_at(index) if self.jobs is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS[self.flow()].get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.acted.emit(self.id_of(self.currentIndex()), step)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            where = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(self.id_of(index), self.viewport().mapToGlobal(where))
