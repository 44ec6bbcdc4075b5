"""The queue: what runs, what waits, what is done, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.ui import theme
from oelala_desktop.ui.pages.panel_list import PanelList
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.queue_row import QueueRow
from oelala_desktop.ui.widgets.row_drag import RowDrag

_SECTIONS = ("Running", "Waiting", "Failed", "Finished")
#: how many rows of a section are made; a queue of thousands is told in words
SHOWN_WAITING, _SHOWN_OVER = 100, 50


def section_of(job: Job) -> str:
    if job.state in (JobState.QUEUED, JobState.SENT):
        return "Waiting"
    if job.state in (JobState.FAILED, JobState.LOST):
        return "Failed"
    return "Finished" if job.state.is_final else "Running"


class QueuePanel(QWidget):
    """Rows are kept by job, so that a change repaints one row and moves no focus."""

    acted = Signal(str, str)  # job id, what (see QueueRow)
    pause_requested = Signal()
    cancel_waiting_requested = Signal()
    clear_requested = Signal()
    free_memory_requested = Signal()
    thumbnail_wanted = Signal(str)  # job id of a row that was just made
    moved = Signal(str, str)  # job id, id of the job it goes before ("" for the end)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, QueueRow] = {}
        self._order: list[str] = []  # of the jobs that can be moved
        self._drag = RowDrag(self, lambda: [(job_id, self._rows[job_id]) for job_id in self._order])
        self._drag.moved.connect(self.moved)
        self._pause = Button("Pause", icon="pause", height=theme.DENSE_HEIGHT)
        self._pause.clicked.connect(self.pause_requested)
        self._clear = Button("Clear finished", icon="check", height=theme.DENSE_HEIGHT)
        self._clear.clicked.connect(self.clear_requested)
        self._free = Button("Free memory", icon="memory-stick", height=theme.DENSE_HEIGHT)
        self._free.set_hint("Ask the server to unload its models")
        self._free.clicked.connect(self.free_memory_requested)
        tools = QHBoxLayout()
        tools.setContentsMargins(16, 4, 16, 8)
        tools.setSpacing(8)
        for button in (self._pause, self._clear, self._free):
            tools.addWidget(button)
        tools.addStretch(1)
        self._cancel_all = Button("Cancel all waiting", icon="x", height=theme.DENSE_HEIGHT)
        self._cancel_all.clicked.connect(self.cancel_waiting_requested)
        self._more = Label("", tone="muted", size=theme.CAPTION)
        self._empty = EmptyState("list-video", "The queue is empty", "Jobs wait here until the engine is free.")
        self._list = PanelList()
        self._heads: dict[str, Label] = {}
        self._places: dict[str, QVBoxLayout] = {}
        for section in _SECTIONS:
            self._heads[section] = Label(section, tone="muted", size=theme.CAPTION, weight=600)
            self._places[section] = QVBoxLayout()
            self._places[section].setSpacing(8)
            head = QHBoxLayout()
            head.addWidget(self._heads[section], 1)
            self._list.column.addLayout(head)
            self._list.column.addLayout(self._places[section])
            if section == "Waiting":
                head.addWidget(self._cancel_all)
                self._list.column.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self._empty, 1)
        column.addWidget(self._list, 1)
        self.set_jobs(())

    def set_jobs(self, jobs: Iterable[Job], *, more_waiting: int = 0) -> None:
        """The jobs in the order of the queue; finished ones newest first. So many `more_waiting` stand behind them."""
        wanted: dict[str, list[Job]] = {section: [] for section in _SECTIONS}
        for job in jobs:
            wanted[section_of(job)].append(job)
        more_waiting += max(0, len(wanted["Waiting"]) - SHOWN_WAITING)
        waiting = len(wanted["Waiting"][:SHOWN_WAITING]) + more_waiting
        del wanted["Waiting"][SHOWN_WAITING:], wanted["Failed"][_SHOWN_OVER:], wanted["Finished"][_SHOWN_OVER:]
        keep = {job.id for group in wanted.values() for job in group}
        for job_id in [job_id for job_id in self._rows if job_id not in keep]:
            row = self._rows.pop(job_id)
            for place in self._places.values():
                place.removeWidget(row)
            row.hide()
            row.deleteLater()
        for section, group in wanted.items():
            self._heads[section].setText(f"{section} · {waiting if section == 'Waiting' else len(group):,}")
            self._heads[section].setVisible(bool(group))
            for at, job in enumerate(group):
                self._put(section, at, job)
        self._cancel_all.setVisible(waiting > 0)
        self._more.setText(f"{more_waiting:,} more behind these")
        self._more.setVisible(more_waiting > 0)
        self._order = [job.id for job in wanted["Waiting"] if job.state is JobState.QUEUED]
        self._empty.setVisible(not keep)
        self._list.setVisible(bool(keep))
        self._clear.set_reason("" if wanted["Finished"] or wanted["Failed"] else "Nothing is finished yet.")

    def _put(self, section: str, at: int, job: Job) -> None:
        row = self._rows.get(job.id)
        if row is None:
            row = QueueRow(job)
            row.acted.connect(self.acted)
            self._drag.watch(row)
            self._rows[job.id] = row
            self.thumbnail_wanted.emit(job.id)
        elif row.job is not job:
            row.set_job(job)
        place = self._places[section]
        if place.indexOf(row) != at:
            place.removeWidget(row)
            place.insertWidget(at, row)
            row.show()

    def heading(self, section: str) -> str:
        """What stands above a section: "Waiting · 3"."""
        return self._heads[section].text()

    def row(self, job_id: str) -> QueueRow | None:
        return self._rows.get(job_id)

    def set_progress(self, job_id: str, progress: Progress) -> None:
        row = self._rows.get(job_id)
        if row is not None:
            row.set_progress(progress)

    def set_thumbnail(self, job_id: str, image: QImage) -> None:
        row = self._rows.get(job_id)
        if row is not None:
            row.set_thumbnail(image)

    def set_gone(self, gone: Mapping[str, str]) -> None:
        """Jobs whose result is not there any more, each with the sentence that says so."""
        for job_id, row in self._rows.items():
            row.set_gone(gone.get(job_id, ""))

    def set_paused(self, paused: bool) -> None:
        self._pause.set_icon("play" if paused else "pause")
        self._pause.set_text("Resume" if paused else "Pause")
