"""What the bus tells of jobs, written into the book: at most thirty times a second, and nothing is asked twice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.eta import amount_of_work, expected_time
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
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.ui.actions import ActionRunner
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.jobs.book import SHOWN_OVER, JobBook
from oelala_desktop.ui.jobs.pictures import ItemOf, JobPictures
from oelala_desktop.ui.playing.on_disk import missing

_ARRANGE_MS = 50  # thousands that come at once are put in order a few times
_LOOK_MS = 300  # changes of the library come in showers


class QueueFeed(QObject):
    """`item_of` finds a result in My Media."""

    def __init__(self, services: Services, actions: ActionRunner, item_of: ItemOf, parent: QObject) -> None:
        super().__init__(parent)
        self.book = JobBook(self)
        self.book.expected = self._expected
        self.pictures = JobPictures(self.book, services.library, actions, item_of)
        self._services = services
        self._actions = actions
        #: (work, seconds) of past jobs, by engine and preset
        self._past: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self._asked: set[tuple[str, str]] = set()
        self._known: dict[tuple[tuple[str, str], float], float | None] = {}  # what follows of it for an amount of work
        self._arranges = Latest(self, lambda _pending: self.book.arrange(), _ARRANGE_MS)
        self._moves = Latest(self, self._take_progress)
        self._looks = Latest(self, self._look, _LOOK_MS)
        bus = services.bus
        listen(bus, self, JobChanged, self._changed)
        listen(bus, self, JobRemoved, lambda event: self._removed(event.job_id))
        listen(bus, self, JobProgressed, lambda event: self._moves.put(event.job_id, event.progress))
        listen(bus, self, JobPreviewed, lambda event: self.pictures.previewed(event.job_id, event.image))
        listen(bus, self, JobFinished, self._finished)
        listen(bus, self, LibraryChanged, self._library_changed)
        listen(bus, self, QueuePaused, lambda event: self.book.set_paused(event.paused))
        self._actions.start(self._load())

    async def _load(self) -> None:
        jobs = self._services.jobs
        for job in await jobs.unfinished():
            self._keep_first(job)
            progress = jobs.progress_of(job.id)
            if progress is not None:
                self._moves.put(job.id, progress)
        self.book.set_paused(jobs.is_paused)
        self.book.arrange()
        for job in await jobs.recent(SHOWN_OVER):
            self._keep_first(job)
        await self._look_for_files()
        self.book.arrange()

    def _keep_first(self, job: Job) -> None:
        """Unless the bus has told of it meanwhile."""
        if job.id not in self.book:
            self.book.keep(job)

    def _look(self, _pending: dict[str, object]) -> None:
        self._actions.start(self._look_for_files())

    async def _look_for_files(self) -> None:
        """A result that is gone cannot be opened."""
        files = {job.id: Path(made.path) for job in self.book if (made := job.main_output)}
        gone = await missing(files.values())
        self.book.set_gone(job_id for job_id, path in files.items() if path in gone)

    def _changed(self, event: JobChanged) -> None:
        if event.job.hidden:
            self._removed(event.job.id)
            return
        self.book.keep(event.job)
        self._arranges.put("all", True)

    def _removed(self, job_id: str) -> None:
        self.book.drop(job_id)
        self._arranges.put("all", True)

    def _take_progress(self, pending: dict[str, object]) -> None:
        self.book.take_progress({key: news for key, news in pending.items() if isinstance(news, Progress)})

    def _finished(self, event: JobFinished) -> None:
        if event.job.state is JobState.DONE:
            self._asked.discard(_kind_of(event.job))  # one more to learn from

    def _library_changed(self, event: LibraryChanged) -> None:
        self.pictures.library_changed(event)
        if event.removed or event.added:
            self._looks.put("files", True)

    # how long a job will take

    def _expected(self, job: Job) -> float | None:
        """What past jobs tell of it; they are asked for when the first of their kind waits."""
        kind, work = _kind_of(job), amount_of_work(job)
        if kind not in self._asked:
            self._asked.add(kind)
            self._actions.start(self._learn(kind))
        if (kind, work) not in self._known:
            self._known[kind, work] = expected_time(self._past.get(kind, ()), work)
        return self._known[kind, work]

    async def _learn(self, kind: tuple[str, str]) -> None:
        self._past[kind] = await self._services.store.times(*kind)
        self._known.clear()
        self.book.foresee()


def _kind_of(job: Job) -> tuple[str, str]:
    return place_key(job.engine), job.preset
