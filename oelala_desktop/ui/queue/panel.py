"""The queue: what runs, what waits, what failed, what is done; in one list, however long it is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.jobs.model import JobsModel, section_at
from oelala_desktop.ui.jobs.words import Counts, summary
from oelala_desktop.ui.queue.jobs_view import JobsView
from oelala_desktop.ui.queue.row_cell import RowCell, act_at
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import ElidedLabel

#: seconds in which a row that has come under the pointer by itself takes no press of its buttons
_STEADY = 0.3
_NOTHING = ("", "")


class JobList(JobsView):
    """Its rows move by themselves, so a press is of the row that was meant: one that slides under the pointer must lie
    there a while, and the second click of two does nothing to a row's buttons. `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__("Jobs", parent=parent)
        self._clock = clock
        self._slid_at = self._came_at = -math.inf  # any rows, and one under the pointer
        self._pointer, self._below = QPoint(-1, -1), ""  # where that was last, and the id of the job there
        self._pressed = _NOTHING
        self.setItemDelegate(RowCell(self))
        self.setUniformItemSizes(True)
        self.entered_row.connect(lambda index: self.acted.emit(self.id_of(index), "open"))
        self._drag = self.make_drag(lambda index: self.visualRect(index).adjusted(16, -4, -16, -4))

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            for slid in (model.rowsInserted, model.rowsRemoved, model.rowsMoved):
                slid.connect(self._slide)

    def _slide(self, *_rows: object) -> None:
        self._slid_at = self._clock()

    def _point(self, where: QPointF) -> None:
        """The pointer is there now. Where it was before, another row may lie by now."""
        if self.id_of(self.indexAt(self._pointer)) != self._below:
            self._came_at = self._slid_at
        self._pointer = where.toPoint()
        self._below = self.id_of(self.indexAt(self._pointer))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())
        super().mousePressEvent(event)
        target = self._target(event.position())
        self._pressed = target if self._clock() - self._came_at >= _STEADY else _NOTHING
        if not target[1]:
            self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())
        if self._drag.move(event):
            return
        super().mouseMoveEvent(event)
        self.viewport().update(self.visualRect(self.indexAt(event.position().toPoint())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, _NOTHING
        job_id, act = target = self._target(event.position())
        if self._drag.release(event) or event.button() != Qt.MouseButton.LeftButton or not act or target != pressed:
            return
        if act == "more":
            self.menu_wanted.emit(job_id, event.globalPosition().toPoint())
        else:
            self.acted.emit(job_id, act)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self._target(event.position())[1]:
            self.acted.emit(self.id_of(index), "open")

    def _target(self, where: QPointF) -> tuple[str, str]:
        """The job there, and what a press there does."""
        index = self.indexAt(where.toPoint())
        act = act_at(self.visualRect(index), where, section_at(index)) if index.isValid() else ""
        return self.id_of(index), act


class QueuePanel(QWidget):
    pause_requested = Signal()
    cancel_waiting_requested = Signal()
    clear_requested = Signal()
    free_memory_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paused = False
        self._pause = Button("Pause", icon="pause", height=theme.DENSE_HEIGHT)
        self._pause.clicked.connect(self.pause_requested)
        self._clear = Button("Clear finished", icon="check", height=theme.DENSE_HEIGHT)
        self._clear.clicked.connect(self.clear_requested)
        self._free = Button("Free memory", icon="memory-stick", height=theme.DENSE_HEIGHT)
        self._free.set_hint("Ask the server to unload its models")
        self._free.clicked.connect(self.free_memory_requested)
        self._cancel_all = Button("Cancel all waiting", icon="x", height=theme.DENSE_HEIGHT)
        self._cancel_all.clicked.connect(self.cancel_waiting_requested)
        self._summary = ElidedLabel("", tone="muted", size=theme.CAPTION)
        self.list = JobList()
        self._faces = QStackedLayout()
        self._faces.addWidget(
            EmptyState("list-video", "The queue is empty", "Jobs wait here until the engine is free.")
        )
        self._faces.addWidget(self.list)
        tools, counts = QHBoxLayout(), QHBoxLayout()
        for row, bottom in ((tools, 0), (counts, 4)):
            row.setContentsMargins(16, 4, 16, bottom)
            row.setSpacing(8)
        for button in (self._pause, self._clear, self._free):
            tools.addWidget(button)
        tools.addStretch(1)
        counts.addWidget(self._summary, 1)
        counts.addWidget(self._cancel_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(tools)
        column.addLayout(counts)
        column.addLayout(self._faces, 1)
        self.set_counts(Counts())

    @property
    def summary(self) -> str:
        """What stands above the list."""
        return self._summary.text()

    def show_jobs(self, model: JobsModel) -> None:
        self.list.setModel(model)

    def set_counts(self, counts: Counts) -> None:
        """What stands above the list, and what there is to act on."""
        self._summary.setText(summary(counts))
        self._cancel_all.set_reason("" if counts.waiting else "No job waits.")
        self._clear.set_reason("" if counts.over else "Nothing is finished yet.")
        model = self.list.model()
        self._faces.setCurrentIndex(1 if model is not None and model.rowCount() else 0)
        if counts.paused != self._paused:
            self._paused = counts.paused
            self._pause.set_icon("play" if counts.paused else "pause")
            self._pause.set_text("Resume" if counts.paused else "Pause")
