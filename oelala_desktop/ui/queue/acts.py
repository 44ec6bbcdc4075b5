"""What can be done with a job of the queue, wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.studio import Studio, reuse_of
from oelala_desktop.ui.style import theme

_WORDS = {
    "open": "Open the result",
    "cancel": "Cancel this job",
    "retry": ROWS["result.retry"].text,
    "retry_new_seed": "Again with new seed",
    "first": "Move to the front",
    "up": "Move forward",
    "down": "Move back",
    "edit": "Edit on its page",
    "reuse": ROWS["result.reuse"].text,
    "error": "Show the error",
    "copy_error": "Copy the error",
    "folder": ROWS["result.folder"].text,
    "gallery": ROWS["result.gallery"].text,
    "remove": "Remove from the list",
}
#: keys that do the same, told in menus
_KEYS = {"open": "Enter", "cancel": "Del", "remove": "Del"}
_ON_FILE = frozenset({"open", "folder", "gallery"})


def acts_of(state: JobState) -> tuple[str, ...]:
    """What makes sense in a state, the likeliest first."""
    if state is JobState.QUEUED:
        return ("first", "up", "down", "edit", "reuse", "cancel")
    if not state.is_final:
        return ("reuse", "cancel")
    if state is JobState.DONE:
        return ("open", "folder", "gallery", "retry_new_seed", "reuse", "remove")
    return ("retry", "retry_new_seed", "error", "copy_error", "reuse", "remove")


class QueueActs:
    def __init__(self, studio: Studio) -> None:
        self._book = studio.queue.book
        self._studio = studio
        self._jobs = studio.services.jobs

    def do(self, job_id: str, what: str) -> None:
        """`what` is a key of those that `acts_of` gives; "delete" cancels what is not over and takes the rest off the
        list."""
        job = self._book.find(job_id)
        if job is None:
            return
        if what == "delete":
            what = "remove" if job.state.is_final else "cancel"
        acts: dict[str, Callable[[], object]] = {
            "cancel": lambda: self._run(self._jobs.cancel(job.id)),
            "remove": lambda: self._run(self._jobs.hide(job.id)),
            "retry": lambda: self._run(self._retry(job, new_seed=False)),
            "retry_new_seed": lambda: self._run(self._retry(job, new_seed=True)),
            "open": lambda: self._studio.open_job(job.id),
            "edit": lambda: self._studio.edit_requested.emit(job),
            "reuse": lambda: self._studio.reuse_requested.emit(reuse_of(job)),
            "error": lambda: self._tell_error(job),
            "copy_error": lambda: self._copy_error(job),
        }
        made = job.main_output
        if made is not None:
            acts["folder"] = lambda: self._studio.show_in_folder(Path(made.path))
            acts["gallery"] = lambda: self._studio.show_media_requested.emit(made.path)
        if what in ("first", "up", "down"):
            self._move(job, what)
        elif what in acts:
            acts[what]()

    def place(self, job_id: str, before: str) -> None:
        """Before another waiting job, or last ("")."""
        self._run(self._jobs.move(job_id, before or None))

    def menu(self, parent: QWidget, job_id: str) -> QMenu | None:
        job = self._book.find(job_id)
        if job is None:
            return None
        menu = theme.make_menu(parent)
        for what in acts_of(job.state):
            words = f"{_WORDS[what]}\t{_KEYS[what]}" if what in _KEYS else _WORDS[what]
            action = menu.addAction(words)
            action.setEnabled(not (what in _ON_FILE and self._book.is_gone(job.id)))
            action.triggered.connect(lambda _checked=False, what=what: self.do(job.id, what))
        return menu

    def pause(self, paused: bool) -> None:
        self._run(self._jobs.pause(paused))

    def clear_finished(self) -> None:
        self._run(self._jobs.clear_finished())

    def cancel_waiting(self) -> None:
        """All that has not begun; for some seconds it can be had back."""
        self._run(self._cancel_waiting())

    def _run(self, work: Coroutine[Any, Any, object]) -> None:
        self._studio.actions.start(work)

    async def _retry(self, job: Job, *, new_seed: bool) -> None:
        engine = self._studio.services.engines.for_ref(job.engine)
        await self._jobs.retry(job.id, engine, new_seed=new_seed)

    def _move(self, job: Job, where: str) -> None:
        order = [known.id for known in self._book.waiting if known.state is JobState.QUEUED]
        if job.id not in order:
            return
        at = order.index(job.id)
        target = {"up": at - 1, "down": at + 2, "first": 0}[where]
        if (where in ("up", "first") and at == 0) or (where == "down" and at == len(order) - 1):
            return
        self.place(job.id, order[target] if target < len(order) else "")

    def _tell_error(self, job: Job) -> None:
        if job.error:
            self._studio.notify(job.error.message, "error", key=job.id)

    def _copy_error(self, job: Job) -> None:
        if job.error:
            QGuiApplication.clipboard().setText("\n".join(filter(None, (job.error.message, job.error.detail))))

    async def _cancel_waiting(self) -> None:
        done = await self._jobs.cancel_waiting()
        count = len(done.ids) + len(done.asked)
        words = f"{count:,} waiting {'job' if count == 1 else 'jobs'} cancelled." if count else "No job waits."
        self._studio.shell.toasts.post(
            words,
            action="Undo" if done.ids else "",
            act=lambda: self._run(self._jobs.undo_cancel(done.token)),
            shown_ms=int(done.seconds * 1000),
        )
