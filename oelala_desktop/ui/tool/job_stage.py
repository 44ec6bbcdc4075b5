"""One job on the output panel: its preview, its progress, and in the end its result or what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSizeF, Signal
from PySide6.QtGui import QImage

from oelala_desktop.domain.events import (
    EngineChanged,
    JobChanged,
    JobPreviewed,
    JobProgressed,
    LibraryChanged,
    QueuePaused,
)
from oelala_desktop.domain.job import Job, JobError, JobState, Output, Progress
from oelala_desktop.domain.passes import parts_of
from oelala_desktop.domain.training import Losses
from oelala_desktop.ui import wording
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.jobs.order import Section, section_of
from oelala_desktop.ui.jobs.words import name_of
from oelala_desktop.ui.playing.images import decode_image, load_image
from oelala_desktop.ui.playing.on_disk import GONE, missing
from oelala_desktop.ui.playing.sound_wave import draw_waves
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.comparing import first_view, given_of, load_given, views_of
from oelala_desktop.ui.tool.output_panel import OutputPanel

_UNSHOWABLE = "The result is a file of a kind that cannot be shown"
_DAMAGED = "The result cannot be read; its file may be damaged"
_LONGEST = 2048  # pixels of a picture on the stage
_PAUSE_MS = 300  # changes of the library come in showers


def facts_of(job: Job, output: Output, size: int | None) -> str:
    """ "720 × 480 · 81 frames · 16 fps · 5.1 s · 4.2 MB · seed 1 482 093 377 · took 3 min 12 s"; the name instead of
    the size where nothing is seen."""
    seen = wording.size(output.width or job.width, output.height or job.height)
    parts = [seen if output.is_visual else Path(output.path).name]
    if output.frames and output.kind == "video":
        parts.append(wording.frames(output.frames))
        if output.fps:
            parts += [f"{output.fps:g}{wording.NBSP}fps", wording.seconds(output.frames / output.fps)]
    if size:
        parts.append(wording.file_size(size))
    parts.append(f"seed {job.seed}")
    if job.started_at and job.finished_at:
        parts.append(f"took {wording.span(job.finished_at - job.started_at)}")
    return " · ".join(parts)


def said_of(job: Job) -> str:
    """What stands over a result's controls: what it was asked for."""
    return job.asked or str(job.values.get("trigger") or "") or name_of(job)


def facts_before(job: Job) -> str:
    """ "harbour · 848 × 480 · 81 frames · 16 fps · seed 1482093377": of a job that has no result."""
    parts = [name_of(job)]
    if job.width and job.height:
        parts.append(wording.size(job.width, job.height))
    if job.num_frames > 1:
        parts.append(wording.frames(job.num_frames))
        if job.fps:
            parts.append(f"{job.fps:g}{wording.NBSP}fps")
    return " · ".join([*parts, f"seed {job.seed}"])


def state_of(job: Job, *, paused: bool, reachable: bool) -> str:
    """How the stage calls a job that is not over: a key of its states."""
    if job.state is JobState.QUEUED and paused:
        return "paused"
    if not reachable:
        return "away"
    return "running" if section_of(job) is Section.RUNNING else "waiting"


def _labels(job: Job) -> tuple[tuple[str, str], ...]:
    """The parts of a result to choose from, each by its place and a word: "Video", "Sound"."""
    words = {"video": "Video", "image": "Picture", "audio": "Sound", "model": "LoRA"}
    labels = [words.get(output.kind, "File") for output in job.parts]
    several = labels.count("Sound") > 1
    return tuple((str(at), f"{label} {at}" if several and at else label) for at, label in enumerate(labels))


class JobStage(QObject):
    """Shows the job it was last told to follow. `settled` is sent when that job is over, `shown` with the id of that in
    view."""

    settled = Signal(object)  # Job
    shown = Signal(str)
    looked = Signal(object)  # Job, that in view as it stands now

    def __init__(self, panel: OutputPanel, studio: Studio) -> None:
        super().__init__(panel)
        self.job: Job | None = None
        self._part = 0  # of the job's parts, which one is in view
        self._panel = panel
        self._studio = studio
        panel.loudness = studio.loudness
        panel.player_made.connect(lambda player: draw_waves(player, studio.actions))
        panel.part_chosen.connect(self._choose)
        self._decoding = False
        self._next_preview: bytes | None = None
        self._losses: Losses = ()  # as they were drawn last
        self._showing: asyncio.Task[None] | None = None
        self._latest = Latest(self, self._draw)
        bus = studio.services.bus
        listen(bus, self, JobChanged, self._changed)
        listen(bus, self, JobProgressed, self._progressed)
        listen(bus, self, JobPreviewed, self._previewed)
        listen(bus, self, QueuePaused, lambda _event: self._stand())
        listen(bus, self, EngineChanged, lambda _event: self._stand())
        studio.queue.book.changed.connect(self._mark)
        changes = Latest(self, lambda _pending: self._look_again(), _PAUSE_MS)
        listen(bus, self, LibraryChanged, lambda event: changes.put("library", True) if event.removed else None)
        panel.play_failed.connect(lambda _text: self._cannot_play())
        self._stand()

    def follow(self, job: Job) -> None:
        """Shows `job` from where it stands."""
        self._begin(None)
        self.job = job
        self._part = 0
        self._next_preview = None
        self._losses = ()
        self._show(job)
        progress = self._studio.services.jobs.progress_of(job.id)
        if progress and not job.state.is_final:
            self._panel.set_progress(progress)
        self.shown.emit(job.id)

    def _show(self, job: Job) -> None:
        self.looked.emit(job)
        if job.state is JobState.DONE:
            self._begin(self._show_result(job))
        elif job.state in (JobState.FAILED, JobState.LOST):
            error = job.error or JobError("The job failed.")
            self._panel.show_failed(error, facts_before(job), sketch=not job.engine.is_ai)
        elif job.state is JobState.CANCELLED:
            self._stand()
        else:
            self._panel.show_running(
                facts_before(job), state=self._state(job), parts=parts_of(job.graph), sketch=not job.engine.is_ai
            )
            self._stand()

    def _begin(self, work: Coroutine[Any, Any, None] | None) -> None:
        """What is still on its way to the stage comes too late now."""
        if self._showing is not None:
            self._showing.cancel()
        self._showing = self._studio.actions.start(work) if work is not None else None

    def _state(self, job: Job) -> str:
        engine = self._studio.services.engines.for_ref(job.engine)
        return state_of(job, paused=self._studio.services.jobs.is_paused, reachable=engine.state.state != "offline")

    def _stand(self) -> None:
        """The queue was paused or goes on, or the server went or came back."""
        job = self.job
        if job is None or job.state is JobState.CANCELLED:
            self._panel.show_empty(paused=self._studio.services.jobs.is_paused)
        elif not job.state.is_final:
            self._panel.set_running(self._state(job), job.engine.name or job.engine.url)

    def _mark(self, ids: set[str]) -> None:
        if self.job is not None and self.job.id in ids and self.job.state is JobState.DONE:
            self._panel.buttons.set_favourite(self._studio.queue.book.is_favourite(self.job.id))

    async def _show_result(self, job: Job) -> None:
        output = self.output
        if output is None:
            return
        path = Path(output.path)
        size = await _file_size(path)
        facts = facts_of(job, output, size)
        sketch, title = not job.engine.is_ai, said_of(job)
        if size is None:
            self._panel.show_gone(facts, GONE, sketch=sketch)
        elif output.kind == "video":
            length = output.frames / output.fps if output.frames and output.fps else 0.0
            self._panel.show_video(path, facts, fps=output.fps or 16.0, length=length, sketch=sketch, title=title)
        elif output.kind == "model":
            await self._show_trained(job, facts)
        elif output.is_sound:
            self._panel.show_sound(path, facts, sketch=sketch, title=title)
        elif not output.is_visual:
            self._panel.show_words(f"{_UNSHOWABLE}: {path.name}", facts, sketch=sketch)
        else:
            image, _ = await load_image(path, _LONGEST)
            if image is not None:
                self._panel.show_image(image, facts, sketch=sketch, title=title)
            else:
                self._panel.show_words(f"{_DAMAGED}: {path.name}", facts, sketch=sketch)
        self._panel.head.offer_parts(_labels(job), str(self._part))
        if size is not None:
            await self._compare(job, output)
        await self._studio.queue.pictures.look_at(job)
        self._mark({job.id})

    async def _compare(self, job: Job, output: Output) -> None:
        """With what was given, where that is of the same kind."""
        row = given_of(job, output)
        given = await load_given(row, _LONGEST) if row is not None else None
        if given is not None:
            size = QSizeF(output.width or job.width, output.height or job.height)
            views = views_of(size, QSizeF(given.image.size()))
            self._panel.compare_with(given, views, first_view(job.tool, views), size, output.fps or 16.0)

    async def _show_trained(self, job: Job, facts: str) -> None:
        """The curve of its losses stands for a LoRA."""
        curve = next((output for output in job.outputs if output.role == "curve"), None)
        image = self._curve(job)  # finer than what the server drew, where it was watched
        if image is None and curve is not None:
            image, _ = await load_image(Path(curve.path), _LONGEST)
        self._panel.show_trained(image, facts, said_of(job))

    @property
    def output(self) -> Output | None:
        """The file in view, of the finished job in view."""
        if self.job is None or self.job.state is not JobState.DONE:
            return None
        parts = self.job.parts
        return parts[self._part] if self._part < len(parts) else None

    def _choose(self, part: str) -> None:
        result = self._result()
        if result is not None and int(part) != self._part:
            self._part = int(part)
            self._begin(self._show_result(result[0]))

    def _result(self) -> tuple[Job, Output] | None:
        """The finished job in view and its file in view."""
        job, output = self.job, self.output
        return (job, output) if job is not None and output is not None else None

    def _cannot_play(self) -> None:
        result = self._result()
        if result is not None:
            self._begin(self._show_still(*result))

    async def _show_still(self, job: Job, output: Output) -> None:
        """The system's player cannot show this video: its first frame stands for it."""
        path = Path(output.path)
        size = await _file_size(path)
        if size is None:
            await self._show_result(job)
            return
        if output.is_sound:
            words = f"This system cannot play the sound {path.name}; Save as keeps it for another program."
            self._panel.show_words(words, facts_of(job, output, size))
            return
        data = await self._studio.thumbnail_of(path, 1024)
        image = await decode_image(data) if data else None
        if image is not None:
            facts = facts_of(job, output, size)
            self._panel.show_image(image, f"{facts} · this system cannot play the format")

    def _look_again(self) -> None:
        """Files went from the folders: perhaps the one in view."""
        result = self._result()
        if result is not None:
            self._studio.actions.start(self._leave_if_gone(*result))

    async def _leave_if_gone(self, job: Job, output: Output) -> None:
        if await missing([Path(output.path)]) and self._result() == (job, output):
            self._begin(self._show_result(job))

    def _changed(self, event: JobChanged) -> None:
        if self.job is None or event.job.id != self.job.id:
            return
        before, self.job = self.job, event.job
        there = {JobState.SENT, JobState.RUNNING, JobState.FETCHING}
        if event.job.state in there and before.state in there:
            self._stand()  # its preview stays
        elif event.job.state != before.state or facts_before(event.job) != facts_before(before):  # or it was edited
            self._show(event.job)
        if event.job.state.is_final:
            self.settled.emit(event.job)
        if event.job.retried_as:
            self._studio.actions.start(self._follow_again(event.job.id, event.job.retried_as))

    async def _follow_again(self, failed: str, fresh: str) -> None:
        """The same wish goes on under another id, without what failed."""
        job = await self._studio.services.jobs.find(fresh)
        if self.job is not None and self.job.id == failed:
            self.follow(job)

    def _progressed(self, event: JobProgressed) -> None:
        if self.job is not None and event.job_id == self.job.id:
            self._latest.put("progress", (event.job_id, event.progress))

    def _previewed(self, event: JobPreviewed) -> None:
        if self.job is None or event.job_id != self.job.id:
            return
        self._next_preview = event.image
        if not self._decoding:
            self._decoding = True
            self._studio.actions.start(self._decode_previews())

    async def _decode_previews(self) -> None:
        """Only ever the newest: those that came while one was decoded are skipped."""
        try:
            while self._next_preview is not None and self.job is not None:
                job_id, data, self._next_preview = self.job.id, self._next_preview, None
                image = await decode_image(data)
                if image is not None:
                    self._latest.put("preview", (job_id, image))
        finally:
            self._decoding = False

    def _draw(self, pending: dict[str, object]) -> None:
        if self.job is None or self.job.state.is_final:
            return
        for news in pending.values():
            match news:
                case (self.job.id, Progress() as progress):
                    self._panel.set_progress(progress)
                    self._draw_losses(self.job, progress.losses)
                case (self.job.id, QImage() as preview):
                    self._panel.set_preview(preview)

    def _draw_losses(self, job: Job, losses: Losses) -> None:
        if losses and losses is not self._losses:
            self._losses = losses
            image = self._curve(job)
            if image is not None:
                self._panel.set_preview(image)

    def _curve(self, job: Job) -> QImage | None:
        if not self._losses:
            return None
        from oelala_desktop.ui.train.curve import curve_image

        return curve_image(self._losses, int(job.values.get("steps") or 0))


async def _file_size(path: Path) -> int | None:
    def size() -> int | None:
        try:
            return path.stat().st_size
        except OSError:
            return None

    return await asyncio.to_thread(size)
