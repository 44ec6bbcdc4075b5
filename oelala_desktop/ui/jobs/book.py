"""The newest snapshot of every job that the window shows, and how each stands. It is told what happened; it asks
nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.domain.passes import Part, parts_of
from oelala_desktop.services.queue.line import Line
from oelala_desktop.ui.jobs.forecast import Forecast, forecast
from oelala_desktop.ui.jobs.order import Section, ended, is_shown, panel_order, section_of, strip_order
from oelala_desktop.ui.jobs.words import Counts, Standing
from oelala_desktop.ui.playing.pixmaps import PixmapCache

#: of jobs that are over so many are known, the newest
SHOWN_OVER = 200
_ETA_STEP = 5.0  # seconds by which a guess must differ to be told anew


class JobBook(QObject):
    """`arranged`: jobs came, went or changed. `changed`: only how these jobs stand did. `picture_wanted`: a job's
    picture is to be shown, at so many pixels, and is not here."""

    arranged = Signal()
    changed = Signal(object)  # set of ids
    picture_wanted = Signal(str, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paused = False
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, Job] = {}
        self._waiting = Line()
        self._over: dict[str, Job] = {}
        self._progress: dict[str, Progress] = {}
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._places: dict[str, int] = {}
        self._gone: frozenset[str] = frozenset()
        self._favourites: dict[str, bool] = {}
        self._pictures = PixmapCache()
        self._forecast = Forecast()
        self._left: tuple[float | None, ...] = ()  # of what runs, as it was last told
        self.expected: Callable[[Job], float | None] = lambda _job: None  # seconds that a job will take

    # what is in it

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._jobs

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def find(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    @property
    def running(self) -> list[Job]:
        return list(self._running.values())

    @property
    def waiting(self) -> list[Job]:
        """Here or on the server, but not begun; in the order in which they will go."""
        return list(self._waiting)

    def fraction(self) -> float | None:
        """How far the job is that runs now, None if none does."""
        active = next(iter(self._running), None)
        if active is None:
            return None
        progress = self._progress.get(active)
        return progress.fraction if progress else 0.0

    def strip_ids(self, tool: str) -> list[str]:
        return strip_order(self._over.values(), self._running.values(), self._waiting, tool=tool, gone=self._gone)

    def panel_ids(self) -> list[str]:
        return panel_order(self._over.values(), self._running.values(), self._waiting)

    def counts(self, tool: str = "") -> Counts:
        """Of all jobs what is not over; of `tool`, or of all, what is done or failed."""
        over = [section_of(job) for job in self._over.values() if not tool or is_shown(job, tool, self._gone)]
        done, failed = over.count(Section.DONE), over.count(Section.FAILED)
        ends = self._forecast.ends
        return Counts(done, len(self._running), len(self._waiting), failed, ends, self.paused, len(self._over))

    # one job

    def standing(self, job_id: str) -> Standing:
        job = self._jobs[job_id]
        after = self._places.get(job.after, 0)
        starts, place = self._forecast.starts.get(job_id), self._places.get(job_id, 0)
        before = self._jobs.get(job.after) if job.after and place else None
        unseen = before is None and job.awaits is not None
        if before is not None and before.state is JobState.DONE:
            before = None
        return Standing(self._progress.get(job_id), place, starts, after, self.paused, before, unseen)

    def parts(self, job_id: str) -> tuple[Part, ...]:
        if job_id not in self._parts:
            self._parts[job_id] = parts_of(self._jobs[job_id].graph)
        return self._parts[job_id]

    def is_gone(self, job_id: str) -> bool:
        """Whether the job's result is not where it was made any more."""
        return job_id in self._gone

    def is_favourite(self, job_id: str) -> bool:
        return self._favourites.get(job_id, False)

    def picture(self, job_id: str, size: int) -> QPixmap | None:
        """What there is of it; one of at least `size` pixels is asked for if that is not here yet."""
        if not self._pictures.has(job_id, size):
            self.picture_wanted.emit(job_id, size)
        return self._pictures.raw(job_id)

    # what happened

    def keep(self, job: Job) -> None:
        """Tell of it with `arrange` when all is kept that came with it."""
        before = self._jobs.get(job.id)
        self.drop(job.id, forget=False)
        self._jobs[job.id] = job
        if before is not None and before.awaits is not None and job.awaits is None:
            self._parts.pop(job.id, None)  # it has a graph now, and a picture to be known by
            self._pictures.drop(job.id)
        section = section_of(job)
        if section is Section.RUNNING:
            self._running[job.id] = job
        elif section is Section.WAITING:
            self._waiting.put(job)
        else:
            self._over[job.id] = job
            self._progress.pop(job.id, None)
            if before is not None and not before.state.is_final:
                self._pictures.drop(job.id)  # that was a preview

    def drop(self, job_id: str, *, forget: bool = True) -> None:
        self._jobs.pop(job_id, None)
        self._running.pop(job_id, None)
        self._waiting.take(job_id)
        self._over.pop(job_id, None)
        if forget:
            for known in (self._progress, self._parts, self._favourites):
                known.pop(job_id, None)
            self._pictures.drop(job_id)

    def arrange(self) -> None:
        for job in sorted(self._over.values(), key=ended, reverse=True)[SHOWN_OVER:]:
            self.drop(job.id)
        self._places = {job.id: at for at, job in enumerate(self._waiting, 1)}
        self._foresee()
        self.arranged.emit()

    def take_progress(self, news: dict[str, Progress]) -> None:
        self._progress |= {key: progress for key, progress in news.items() if key in self._jobs}
        told = set(news)
        left = tuple(self._left_of(job) for job in self._running.values())
        if _differ(left, self._left):
            self._foresee()
            told |= self._places.keys()
        self.changed.emit(told)

    def take_picture(self, job_id: str, image: QImage, size: int) -> None:
        if job_id in self._jobs:
            self._pictures.put(job_id, image, size)
            self.changed.emit({job_id})

    def set_paused(self, paused: bool) -> None:
        self.paused = paused
        self.changed.emit(set(self._places))

    def set_gone(self, gone: Iterable[str]) -> None:
        now = frozenset(gone)
        if now != self._gone:
            self._gone = now
            self.arranged.emit()

    def set_favourite(self, job_id: str, on: bool) -> None:
        if self._favourites.get(job_id, False) != on:
            self._favourites[job_id] = on
            self.changed.emit({job_id})

    def foresee(self) -> None:
        """What jobs are expected to take is another now."""
        self._foresee()
        self.changed.emit(set(self._places))

    def _foresee(self) -> None:
        self._left = tuple(self._left_of(job) for job in self._running.values())
        self._forecast = forecast(self._running.values(), self._waiting, self._left_of, self.expected)

    def _left_of(self, job: Job) -> float | None:
        progress = self._progress.get(job.id)
        return progress.eta if progress else None


def _differ(left: tuple[float | None, ...], before: tuple[float | None, ...]) -> bool:
    """Whether what was told is no longer about right."""
    if len(left) != len(before):
        return True
    pairs = zip(left, before, strict=True)
    return any((a is None) != (b is None) or abs((a or 0.0) - (b or 0.0)) >= _ETA_STEP for a, b in pairs)
