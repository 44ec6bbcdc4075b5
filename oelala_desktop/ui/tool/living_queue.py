"""The queue's card brought to life, and the stage that follows it unless somebody looks at something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint

from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.jobs.model import JobsModel
from oelala_desktop.ui.jobs.order import Section, ended, is_shown, section_of
from oelala_desktop.ui.queue.acts import QueueActs
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.job_stage import JobStage
from oelala_desktop.ui.tool.queue_card import QueueCard


def to_follow(running: Sequence[Job], tool: str, shown: Job | None) -> Job | None:
    """The job of `tool` that runs and is not `shown` yet."""
    mine = [job for job in running if job.tool == tool]
    if not mine or (shown is not None and any(job.id == shown.id for job in mine)):
        return None
    return mine[0]


def came_after(job: Job, tool: str, shown: Job | None) -> bool:
    """Whether `job` ended after that in view did: it ran too shortly to be followed, or beside the other."""
    if job.tool != tool or shown is None or not shown.state.is_final or not is_shown(job, tool, frozenset()):
        return False
    return job.state.is_final and ended(job) > ended(shown)


class LivingQueue(QObject):
    def __init__(self, card: QueueCard, stage: JobStage, studio: Studio, tool: Tool) -> None:
        super().__init__(card)
        self._card = card
        self._stage = stage
        self._studio = studio
        self._tool = tool
        self._book = book = studio.queue.book
        self._acts = acts = QueueActs(studio)
        self.following = True
        self.jobs = JobsModel(book, partial(book.strip_ids, tool.id), self)
        strip = card.strip
        strip.show_jobs(self.jobs)
        strip.opened.connect(self._opened)
        strip.acted.connect(acts.do)
        strip.moved.connect(acts.place)
        strip.menu_wanted.connect(self._open_menu)
        stage.shown.connect(strip.set_shown)
        card.follow_toggled.connect(self.follow)
        card.pause_requested.connect(acts.pause)
        card.menu_acts.connect(self._act)
        listen(studio.services.bus, self, JobChanged, self._heard)
        book.arranged.connect(self._arranged)
        book.changed.connect(lambda _ids: self._count())
        self._arranged()

    def look_at(self, job: Job) -> None:
        """That job on the stage, on which it stays; what runs goes on to be followed."""
        if section_of(job) is not Section.RUNNING:
            self._set_following(False)
        self._stage.follow(job)

    def _opened(self, job_id: str) -> None:
        job = self._book.find(job_id)
        if job is not None and job.tool == self._tool.id:
            self.look_at(job)
        elif job is not None:
            self._studio.open_job(job_id)  # on the page of its tool

    def follow(self, on: bool) -> None:
        self._set_following(on)
        if on:
            self._arranged()
            self._card.strip.keep_in_view()

    def started(self, job: Job) -> None:
        """A job was made here: it is shown unless something else is going on on the stage."""
        current = self._stage.job
        if current is None or current.state.is_final:
            self._set_following(True)
            self._stage.follow(job)

    def _set_following(self, on: bool) -> None:
        self.following = on
        self._card.set_following(on)

    def _arranged(self) -> None:
        self._count()
        self._follow()

    def _heard(self, event: JobChanged) -> None:
        self._follow()
        if self.following and came_after(event.job, self._tool.id, self._stage.job):
            self._stage.follow(event.job)

    def _follow(self) -> None:
        job = to_follow(self._book.running, self._tool.id, self._stage.job) if self.following else None
        if job is not None:
            self._stage.follow(job)

    def _count(self) -> None:
        self._card.set_counts(self._book.counts(self._tool.id))

    def _act(self, what: str) -> None:
        if what == "clear":
            self._acts.clear_finished()
        elif what == "cancel_waiting":
            self._acts.cancel_waiting()
        else:
            self._studio.shell.open_panel("queue")

    def _open_menu(self, job_id: str, where: QPoint) -> None:
        menu = self._acts.menu(self._card.strip, job_id)
        if menu is not None:
            menu.popup(where)
