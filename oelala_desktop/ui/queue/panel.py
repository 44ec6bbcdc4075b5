"""The queue: what runs, what waits, what failed, what is done; in one list, however long it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
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


class JobList(JobsView):
    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Jobs", parent=parent)
        self.setItemDelegate(RowCell(self))
        self.setUniformItemSizes(True)
        self.entered_row.connect(lambda index: self.acted.emit(self.id_of(index), "open"))
        self._drag = self.make_drag(lambda index: self.visualRect(index).adjusted(16, -4, -16, -4))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self._act_at(event.position()):
            self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag.move(event):
            return
        super().mouseMoveEvent(event)
        self.viewport().update(self.visualRect(self.indexAt(event.position().toPoint())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index, act = self.indexAt(event.position().toPoint()), self._act_at(event.position())
        if self._drag.release(event) or event.button() != Qt.MouseButton.LeftButton or not act:
            return
        if act == "more":
            self.menu_wanted.emit(self.id_of(index), event.globalPosition().toPoint())
        else:
            self.acted.emit(self.id_of(index), act)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self._act_at(event.position()):
            self.acted.emit(self.id_of(index), "open")

    def _act_at(self, where: QPointF) -> str:
        index = self.indexAt(where.toPoint())
        return act_at(self.visualRect(index), where, section_at(index)) if index.isValid() else ""


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
