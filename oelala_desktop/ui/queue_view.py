"""The queue panel and the queue chip, kept in step with the jobs."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from oelala_desktop.domain.events import (
    JobChanged,
    JobFinished,
    JobPreviewed,
    JobProgressed,
    JobRemoved,
    LibraryChanged,
    QueuePaused,
)
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.services.line import Line
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.images import decode_image, load_image
from oelala_desktop.ui.on_disk import GONE, missing
from oelala_desktop.ui.pages.queue_panel import SHOWN_WAITING, QueuePanel
from oelala_desktop.ui.studio import Studio, reuse_of

_SHOWN = 200
_REFRESH_MS = 100
_RUNNING = (JobState.RUNNING, JobState.FETCHING)
_FAILED = (JobState.FAILED, JobState.LOST)
_WAITING = (JobState.QUEUED, JobState.SENT)


class QueueView(QObject):
    """Holds the newest snapshot of each job that the panel shows."""

    def __init__(self, panel: QueuePanel, studio: Studio) -> None:
        super().__init__(panel)
        self._panel = panel
        self._studio = studio
        self._jobs = studio.services.jobs
        self._known: dict[str, Job] = {}
        self._running: dict[str, Job] = {}
        self._waiting = Line()
        self._over: dict[str, Job] = {}
        self._progress: dict[str, Progress] = {}
        self._failed: set[str] = set()  # jobs nobody has looked at yet
        self._draws = Latest(self, lambda _pending: self._draw(), _REFRESH_MS)
        self._bars = Latest(self, self._draw_progress)
        self._thumbs = Latest(self, self._draw_previews, 500)
        self._looks = Latest(self, lambda _pending: self._run(self._look_for_files()), 300)
        bus = studio.services.bus
        listen(bus, self, JobChanged, self._changed)
        listen(bus, self, JobRemoved, lambda event: self._forget(event.job_id))
        listen(bus, self, JobProgressed, self._progressed)
        listen(bus, self, JobPreviewed, lambda event: self._thumbs.put(event.job_id, event.image))
        listen(bus, self, JobFinished, self._finished)
        listen(bus, self, LibraryChanged, lambda _event: self._looks.put("files", True))
        listen(bus, self, QueuePaused, lambda event: self._paused(event.paused))
        panel.acted.connect(self._act)
        commands = studio.shell.commands
        commands.add("pause", lambda: self._run(self._jobs.pause(not self._jobs.is_paused)))
        commands.add("cancel-waiting", lambda: self._run(self._cancel_waiting()), lambda: bool(self.waiting))
        commands.add("clear-finished", lambda: self._run(self._jobs.clear_finished()), lambda: bool(self._over))
        panel.pause_requested.connect(commands["pause"].trigger)
        panel.cancel_waiting_requested.connect(commands["cancel-waiting"].trigger)
        panel.clear_requested.connect(commands["clear-finished"].trigger)
        panel.free_memory_requested.connect(lambda: commands["free-memory"].trigger())
        panel.thumbnail_wanted.connect(self._want_thumbnail)
        panel.moved.connect(lambda job_id, before: self._run(self._jobs.move(job_id, before or None)))
        studio.shell.panel_opened.connect(lambda name: self.see() if name == "queue" else None)
        self._run(self._load())

    def _run(self, work: object) -> None:
        self._studio.actions.start(work)  # type: ignore[arg-type]

    async def _load(self) -> None:
        for job in [*await self._jobs.unfinished(), *await self._jobs.recent(_SHOWN)]:
            if job.id not in self._known:
                self._keep(job)
        self._paused(self._jobs.is_paused)
        self._draw()
        await self._look_for_files()

    async def _look_for_files(self) -> None:
        """A result that is gone cannot be opened."""
        files = {job.id: Path(made.path) for job in self._known.values() if (made := job.main_output)}
        gone = await missing(files.values())
        self._panel.set_gone({job_id: GONE for job_id, path in files.items() if path in gone})

    @property
    def running(self) -> list[Job]:
        return list(self._running.values())

    @property
    def waiting(self) -> list[Job]:
        """Here or on the server, but not begun; in the order in which they will go."""
        return list(self._waiting)

    @property
    def over(self) -> list[Job]:
        """What ended of late, the last first."""
        return sorted(self._over.values(), key=lambda job: -(job.finished_at or job.created_at))

    def fraction(self) -> float | None:
        """How far the job is that runs now, None if none does."""
        active = next(iter(self._running.values()), None)
        if active is None:
            return None
        progress = self._progress.get(active.id)
        return progress.fraction if progress else 0.0

    def _changed(self, event: JobChanged) -> None:
        if event.job.hidden:
            self._forget(event.job.id)
            return
        self._keep(event.job)
        if event.job.state.is_final:
            self._progress.pop(event.job.id, None)
        self._draws.put("all", True)

    def _keep(self, job: Job) -> None:
        self._drop(job.id)
        if job.state not in _FAILED:
            self._failed.discard(job.id)
        self._known[job.id] = job
        if job.state in _RUNNING:
            self._running[job.id] = job
        elif job.state in _WAITING:
            self._waiting.put(job)
        else:
            self._over[job.id] = job

    def _drop(self, job_id: str) -> None:
        self._known.pop(job_id, None)
        self._running.pop(job_id, None)
        self._waiting.take(job_id)
        self._over.pop(job_id, None)

    def _forget(self, job_id: str) -> None:
        self._drop(job_id)
        self._failed.discard(job_id)
        self._draws.put("all", True)

    def _progressed(self, event: JobProgressed) -> None:
        self._progress[event.job_id] = event.progress
        self._bars.put(event.job_id, event.progress)

    def _draw(self) -> None:
        over = self.over
        for job in over[_SHOWN:]:
            self._drop(job.id)
        shown = (*self._running.values(), *islice(self._waiting, SHOWN_WAITING), *over[:_SHOWN])
        self._panel.set_jobs(shown, more_waiting=max(0, len(self._waiting) - SHOWN_WAITING))
        for job in self.running:
            if job.id in self._progress:
                self._panel.set_progress(job.id, self._progress[job.id])
        self._chip()

    def _draw_progress(self, pending: dict[str, object]) -> None:
        for job_id, progress in pending.items():
            if isinstance(progress, Progress):
                self._panel.set_progress(job_id, progress)
        self._chip()

    def _chip(self) -> None:
        topbar = self._studio.shell.topbar
        counts = len(self._running), len(self._waiting)
        topbar.set_queue(*counts, self.fraction(), self._jobs.is_paused, len(self._failed))

    def _finished(self, event: JobFinished) -> None:
        self._want_thumbnail(event.job.id)
        if event.job.state in _FAILED and not self._panel.isVisible():
            self._failed.add(event.job.id)
            self._chip()

    def see(self, job_id: str = "") -> None:
        """Somebody looked at a job that failed, or at all of them in the panel."""
        self._failed -= {job_id} if job_id else set(self._failed)
        self._chip()

    def _paused(self, paused: bool) -> None:
        self._panel.set_paused(paused)
        self._studio.shell.commands.set_on("pause", paused)
        self._chip()

    # thumbnails

    def _want_thumbnail(self, job_id: str) -> None:
        if self._panel.row(job_id) is not None:
            self._run(self._thumbnail(job_id))

    async def _thumbnail(self, job_id: str) -> None:
        """The result if there is one, else the start picture."""
        job = self._known.get(job_id)
        if job is None:
            return
        image, made = None, job.main_output
        if made is not None and made.is_visual:
            data = await self._studio.thumbnail_of(Path(made.path), covering=True)
            image = await decode_image(data) if data else None
        elif shown := [given for given in job.inputs if given.kind == "picture"]:
            image, _ = await load_image(Path(shown[0].path), 256)
        if image is not None:
            self._panel.set_thumbnail(job_id, image)

    def _draw_previews(self, pending: dict[str, object]) -> None:
        for job_id, data in pending.items():
            if isinstance(data, bytes):
                self._run(self._show_preview(job_id, data))

    async def _show_preview(self, job_id: str, data: bytes) -> None:
        image = await decode_image(data, 256)
        if image is not None:
            self._panel.set_thumbnail(job_id, image)

    # acts

    def _act(self, job_id: str, what: str) -> None:
        job = self._known.get(job_id)
        if job is None:
            return
        if what in ("retry", "retry_new_seed"):
            self._run(self._retry(job, new_seed=what == "retry_new_seed"))
        elif what in ("up", "down", "first", "last"):
            self._move(job, what)
        elif what == "cancel":
            self._run(self._jobs.cancel(job_id))
        else:
            self._look(job, what)

    def _look(self, job: Job, what: str) -> None:
        made = job.main_output
        path = Path(made.path) if made else None
        if what == "copy_error" and job.error:
            QGuiApplication.clipboard().setText("\n".join(filter(None, (job.error.message, job.error.detail))))
        elif what == "error" and job.error:
            self._studio.notify(job.error.message, "error", key=job.id)
        elif what == "folder" and path:
            self._studio.show_in_folder(path)
        elif what == "reuse":
            self._studio.reuse_requested.emit(reuse_of(job))
        elif what == "open":
            self._studio.open_job(job.id)
        elif what == "remove":
            self._run(self._jobs.hide(job.id))

    async def _retry(self, job: Job, *, new_seed: bool) -> None:
        engine = self._studio.services.engines.for_ref(job.engine)
        await self._jobs.retry(job.id, engine, new_seed=new_seed)

    def _move(self, job: Job, where: str) -> None:
        order = [j.id for j in self._waiting if j.state is JobState.QUEUED]
        at = order.index(job.id)
        target = {"up": at - 1, "down": at + 2, "first": 0, "last": len(order)}[where]
        before = order[target] if 0 <= target < len(order) else None
        if where in ("up", "first") and at == 0:
            return
        self._run(self._jobs.move(job.id, before))

    async def _cancel_waiting(self) -> None:
        """All that has not begun; for some seconds it can be had back."""
        done = await self._jobs.cancel_waiting()
        count = len(done.ids) + len(done.asked)
        words = f"{count:,} waiting {'job' if count == 1 else 'jobs'} cancelled." if count else "No job waits."
        self._studio.shell.toasts.post(
            words,
            action="Undo" if done.ids else "",
            act=lambda: self._run(self._jobs.undo_cancel(done.token)),
            shown_ms=int(done.seconds * 1000),
        )
