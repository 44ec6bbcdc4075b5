"""The queue panel and the queue chip, kept in step with the jobs."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint

from oelala_desktop.domain.job import Job
from oelala_desktop.ui.pages.queue_panel import QueuePanel
from oelala_desktop.ui.queue.acts import QueueActs
from oelala_desktop.ui.queue.jobs_model import JobsModel
from oelala_desktop.ui.studio import Studio


class QueueView(QObject):
    def __init__(self, panel: QueuePanel, studio: Studio) -> None:
        super().__init__(panel)
        self._panel = panel
        self._studio = studio
        self._book = book = studio.queue.book
        self._acts = acts = QueueActs(studio)
        self.jobs = JobsModel(book, book.panel_ids, self)
        panel.show_jobs(self.jobs)
        panel.list.acted.connect(acts.do)
        panel.list.moved.connect(acts.place)
        panel.list.menu_wanted.connect(self._open_menu)
        panel.pause_requested.connect(acts.pause)
        panel.cancel_waiting_requested.connect(acts.cancel_waiting)
        panel.clear_requested.connect(acts.clear_finished)
        panel.free_memory_requested.connect(lambda: studio.actions.start(self._free_memory()))
        book.arranged.connect(self._tell)
        book.changed.connect(lambda _ids: self._tell())

    @property
    def running(self) -> list[Job]:
        return self._book.running

    @property
    def waiting(self) -> list[Job]:
        return self._book.waiting

    def fraction(self) -> float | None:
        return self._book.fraction()

    def cancel_waiting(self) -> None:
        self._acts.cancel_waiting()

    def _tell(self) -> None:
        counts = self._book.counts()
        self._panel.set_counts(counts)
        self._studio.shell.topbar.set_queue(counts.running, counts.waiting, self._book.fraction(), counts.paused)

    def _open_menu(self, job_id: str, where: QPoint) -> None:
        menu = self._acts.menu(self._panel.list, job_id)
        if menu is not None:
            menu.popup(where)

    async def _free_memory(self) -> None:
        await self._studio.services.current.engine.free_memory()
        self._studio.notify("The server was asked to unload its models.")
