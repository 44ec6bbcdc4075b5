"""The queue panel, the queue chip and the queue's commands, kept in step with the jobs."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint

from oelala_desktop.domain.events import JobChanged, JobFinished, JobRemoved
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.jobs.model import JobsModel
from oelala_desktop.ui.queue.acts import QueueActs
from oelala_desktop.ui.queue.panel import QueuePanel
from oelala_desktop.ui.studio import Studio

_FAILED = (JobState.FAILED, JobState.LOST)


class QueueView(QObject):
    def __init__(self, panel: QueuePanel, studio: Studio) -> None:
        super().__init__(panel)
        self._panel = panel
        self._studio = studio
        self._book = book = studio.queue.book
        self._acts = acts = QueueActs(studio)
        self._failed: set[str] = set()  # jobs nobody has looked at yet
        self.jobs = JobsModel(book, book.panel_ids, self)
        panel.show_jobs(self.jobs)
        panel.list.acted.connect(acts.do)
        panel.list.moved.connect(acts.place)
        panel.list.menu_wanted.connect(self._open_menu)
        commands = studio.shell.commands
        commands.add("pause", lambda: acts.pause(not studio.services.jobs.is_paused))
        commands.add("cancel-waiting", acts.cancel_waiting, lambda: bool(self.waiting))
        commands.add("clear-finished", acts.clear_finished, lambda: bool(self.over))
        panel.pause_requested.connect(commands["pause"].trigger)
        panel.cancel_waiting_requested.connect(commands["cancel-waiting"].trigger)
        panel.clear_requested.connect(commands["clear-finished"].trigger)
        panel.free_memory_requested.connect(lambda: commands["free-memory"].trigger())
        book.arranged.connect(self._tell)
        book.changed.connect(lambda _ids: self._tell())
        bus = studio.services.bus
        listen(bus, self, JobFinished, self._finished)
        listen(bus, self, JobRemoved, lambda event: self._gone(event.job_id))
        listen(bus, self, JobChanged, lambda event: self._gone(event.job.id) if event.job.retried_as else None)
        studio.shell.panel_opened.connect(lambda name: self.see() if name == "queue" else None)

    @property
    def running(self) -> list[Job]:
        return self._book.running

    @property
    def waiting(self) -> list[Job]:
        return self._book.waiting

    @property
    def over(self) -> list[Job]:
        """What ended of late, the last first."""
        over = (job for job in self._book if job.state.is_final)
        return sorted(over, key=lambda job: -(job.finished_at or job.created_at))

    def fraction(self) -> float | None:
        return self._book.fraction()

    def see(self, job_id: str = "") -> None:
        """Somebody looked at a job that failed, or at all of them in the panel."""
        self._failed -= {job_id} if job_id else set(self._failed)
        self._tell()

    def _finished(self, event: JobFinished) -> None:
        if event.job.state in _FAILED and not self._panel.isVisible():
            self._failed.add(event.job.id)
            self._tell()

    def _gone(self, job_id: str) -> None:
        if job_id in self._failed:
            self.see(job_id)

    def _tell(self) -> None:
        counts = self._book.counts()
        self._panel.set_counts(counts)
        self._studio.shell.commands.set_on("pause", counts.paused)
        topbar = self._studio.shell.topbar
        topbar.set_queue(counts.running, counts.waiting, self._book.fraction(), counts.paused, len(self._failed))

    def _open_menu(self, job_id: str, where: QPoint) -> None:
        menu = self._acts.menu(self._panel.list, job_id)
        if menu is not None:
            menu.popup(where)
