"""A job that waits, back on the page of its tool: changed there and saved in its place, or left as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from oelala_desktop.domain.chain import LAST, RESULT
from oelala_desktop.domain.errors import CannotSave, OelalaError
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.jobs.words import name_of, step_words
from oelala_desktop.ui.studio import Reuse, Studio, reuse_of
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.tool.intake import Intake
from oelala_desktop.ui.tool.next_draw import NextDraw
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import PAD, Surface
from oelala_desktop.ui.widgets.label import ElidedLabel

if TYPE_CHECKING:
    from oelala_desktop.ui.tool.training import Training


class EditBar(Surface):
    """What is being edited, and the two ways out."""

    save_requested = Signal()
    let_go_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel("", tone="text2")
        self.save = Button("Save", "primary", icon=ROWS["job.save"].icon, name=ROWS["job.save"].text)
        self.leave = Button("Leave it", icon=ROWS["job.let-go"].icon, name=ROWS["job.let-go"].text)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button, wish in ((self.leave, self.let_go_requested), (self.save, self.save_requested)):
            button.setFixedHeight(theme.DENSE_HEIGHT)
            button.clicked.connect(wish)
            row.addWidget(button)


class _Going(Protocol):
    """As GoingOn has it."""

    continued: tuple[str, Path] | None


class _View(Protocol):
    """As ToolView has them."""

    page: ToolPage
    intake: Intake
    commands: Commands
    chosen: str
    next: NextDraw
    training: Training | None

    @property
    def going(self) -> _Going: ...

    def offer(self) -> None: ...
    def choose_preset(self, short_id: str) -> None: ...
    def wish(self) -> Wish: ...
    def reuse(self, reuse: Reuse) -> None: ...
    def edited(self) -> None: ...
    def refused(self, error: OelalaError) -> bool: ...


class Editing(QObject):
    """The job is held while it is here, and keeps its place; if the program ends meanwhile, it is as it was."""

    def __init__(self, view: _View, studio: Studio) -> None:
        super().__init__(view.page)
        self._view = view
        self._studio = studio
        self._jobs = studio.services.jobs
        self._by = f"page of {view.page.form.tool.id}"
        self.job: Job | None = None
        self.bar: EditBar | None = None
        self._saving = ""  # the id of the job that is on its way to the disk
        self._before: dict[str, Any] = {}  # what was on the page, and the preset that was chosen there by hand
        self._chosen = ""
        self._continued: tuple[str, Path] | None = None  # as the page had it
        listen(studio.services.bus, self, JobChanged, self._changed)

    def add_commands(self) -> None:
        self._view.commands.add("job.save", self.save, lambda: self.job is not None)
        self._view.commands.add("job.let-go", self.leave, lambda: self.job is not None)

    def begin(self, job: Job) -> None:
        """Takes it up, if it waits here still; one that was here goes back as it was."""
        self.leave()
        if not self._jobs.hold(job.id, self._by):
            self._studio.notify("Only a job that waits here can be edited; this one does not any more.", "warning")
            return
        self.job = job
        self._before, self._chosen = self._view.page.form.values(), self._view.chosen
        self._continued, self._view.going.continued = self._view.going.continued, None
        self._view.reuse(settings_of(job))
        self._show(job)

    def save(self) -> None:
        """In its place, as the page has it now. What is wrong with it is said, and it stays here."""
        job = self.job
        if job is None or self._saving == job.id:
            return

        def failed(error: OelalaError) -> bool:
            if isinstance(error, CannotSave):
                self._end(job.id)
                return False
            return self._view.refused(error)

        self._saving = job.id
        work = self._save(job.id, self._view.next.fixed(self._view.wish()))
        self._studio.actions.start(work, done=lambda saved: self._saved(job.id, saved), failed=failed)

    async def _save(self, job_id: str, wish: Wish) -> Job | None:
        try:
            if self._view.training is not None:
                await self._view.training.save()
            return await self._jobs.let_go(job_id, self._by, wish)
        finally:
            self._saving = ""

    def leave(self) -> None:
        """It goes back as it was."""
        job = self.job
        if job is not None:
            self._end(job.id)
            self._studio.actions.start(self._jobs.let_go(job.id, self._by))

    def awaited(self) -> dict[str, Any]:
        """What stands for the file that the job waits for."""
        awaits = self.job.awaits if self.job is not None else None
        return {awaits.key: awaits.take} if awaits is not None else {}

    def _saved(self, job_id: str, saved: Job | None) -> None:
        self._end(job_id)
        self._studio.notify("Saved in its place in the queue." if saved else "The job has ended meanwhile.")

    def _changed(self, event: JobChanged) -> None:
        if self.job is not None and event.job.id == self.job.id and event.job.state is not JobState.QUEUED:
            self._end(event.job.id)  # it was cancelled

    def _end(self, job_id: str) -> None:
        """The page has again what it had."""
        if self.job is None or self.job.id != job_id:
            return
        self.job = None
        self._view.going.continued = self._continued
        if self.bar is not None:
            self.bar.hide()
        self._view.page.form.foot.set_saving(False)
        if self._view.chosen != self._chosen:
            self._view.choose_preset(self._chosen)
        self._view.page.form.set_values(self._before)
        self._view.offer()
        self._view.intake.look()
        self._view.edited()

    def _show(self, job: Job) -> None:
        if self.bar is None:
            self.bar = EditBar()
            self.bar.save_requested.connect(self.save)
            self.bar.let_go_requested.connect(self.leave)
            self._view.page.side.insertWidget(1, self.bar)
        step = f", step {step_words(job)}" if job.link is not None else ""
        awaits = "; what it goes by comes from the step before it" if job.awaits is not None else ""
        self.bar.words.setText(f"Editing a waiting job: {name_of(job)}{step}{awaits}")
        self.bar.show()
        self._view.page.form.foot.set_saving(True)


def settings_of(job: Job) -> Reuse:
    """As it was asked for, its texts as they were typed; what is not there yet is left out."""
    reuse = reuse_of(job)
    values = {**reuse.values, **reuse.typed, **({"choices": True} if reuse.typed else {})}
    if job.awaits is not None:  # what follows of the file that it awaits is not settled yet
        values = {**job.awaits.values, "seed": values.get("seed"), "preset": values["preset"]}
    kept = {key: value for key, value in values.items() if not {RESULT, LAST}.intersection(names_in(value))}
    return Reuse(job.tool, kept, otherwise=reuse.otherwise)
