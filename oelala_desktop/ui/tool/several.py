"""Several files dropped at once where a job takes one: one job each, if that is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QMessageBox, QWidget

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.wording import lines_in
from oelala_desktop.services.queue.jobs import Refused, Wish
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.question import Answer, ask
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.fitting import Fitting
from oelala_desktop.ui.tool.intake import Intake
from oelala_desktop.ui.widgets.dropped import Kind


class _View(Protocol):
    """As ToolView has them."""

    form: ToolForm
    intake: Intake
    fitting: Fitting

    def wish(self) -> Wish: ...
    def obstacle(self) -> Obstacle | None: ...
    def show_problem(self, obstacle: Obstacle) -> None: ...
    def started(self, jobs: list[Job]) -> None: ...
    def refused(self, error: OelalaError) -> bool: ...


class Several:
    def __init__(self, view: _View, studio: Studio) -> None:
        self._view = view
        self._studio = studio

    def wish_of(self, key: str, path: Path) -> Wish:
        """The page's wish with another file: what was chosen of the one on the page does not hold for it."""
        wish, now = self._view.wish(), self._view.fitting.input_for(key, path)
        dropped = {key, *(part.key for part in companions(self._view.form.fields[key]))}
        dropped |= {"preset"} if now != key else set()
        values = {name: value for name, value in wish.values.items() if name not in dropped}
        return replace(wish, values={**values, now: str(path)}, continues=None)

    def ask(self, window: QWidget, key: str, paths: list[Path]) -> None:
        kind = self._view.fitting.kind_of(key, paths)
        each, first = partial(self._start_each, key, paths), partial(self._view.intake.take, key, paths[0])
        ask_for_each(window, kind, len(paths), each, first, self._together(key, paths))

    def _together(self, key: str, paths: Sequence[Path]) -> Callable[[], object] | None:
        """All of them for one job, where the others have a place beside the first."""
        form = self._view.form
        more = form.given.first(FieldKind.PICTURES) if form.fields[key].kind is FieldKind.PICTURE else None
        if more is None or len(paths) - 1 > (form.fields[more].maximum or len(paths)):
            return None

        def use() -> None:
            self._view.intake.take(key, paths[0])
            form.edit(more, None)
            form.files_dropped.emit(more, list(paths[1:]))

        return use

    def ask_for_lines(self, window: QWidget) -> None:
        """A prompt a line: one job each, if that is meant."""
        obstacle, wish = self._view.obstacle(), self._view.wish()
        if obstacle is not None:
            self._view.show_problem(obstacle)
            return
        lines = lines_in(str(wish.values.get("prompt") or ""))
        wishes = [replace(wish, values={**wish.values, "prompt": line}) for line in lines]
        ask_for_lines(window, len(wishes), partial(self._start, wishes, "lines"))

    def _start_each(self, key: str, paths: list[Path]) -> None:
        """In their order."""
        self._start([self.wish_of(key, path) for path in paths], self._view.fitting.kind_of(key, paths).words)

    def _start(self, wishes: list[Wish], words: str) -> None:
        services = self._studio.services

        async def submit() -> list[Job]:
            engine = await services.current.for_new_job()
            jobs, refused = await services.jobs.submit_each(wishes, engine)
            if refused and not jobs:
                raise refused[0].error
            if refused:
                self._studio.notify(words_for(refused, words, len(jobs)), "warning")
            return jobs

        self._studio.actions.start(submit(), done=self._view.started, failed=self._view.refused)


def ask_for_each(
    window: QWidget,
    kind: Kind,
    count: int,
    each: Callable[[], object],
    first: Callable[[], object],
    together: Callable[[], object] | None = None,
) -> None:
    """`kind` is what each of them is. Calls `each` and then `first`, `first` alone, `together` where all can be used at
    once, or none of them."""

    def both() -> None:
        each()
        first()

    yes = Answer(f"Make {count} jobs", QMessageBox.ButtonRole.AcceptRole, both)
    joint = [Answer("Use them together", QMessageBox.ButtonRole.ActionRole, together)] if together else []
    only = Answer("Use the first only", QMessageBox.ButtonRole.ActionRole, first)
    cancel = Answer("Cancel", QMessageBox.ButtonRole.RejectRole)
    text = f"Make {count} jobs, one for each {kind.word}, with the settings on this page?"
    ask(window, f"Several {kind.words}", text, (yes, *joint, only, cancel), default=0)


def ask_for_lines(window: QWidget, count: int, each: Callable[[], object]) -> None:
    """Calls `each` if so many jobs are meant."""
    yes = Answer(f"Make {count} jobs", QMessageBox.ButtonRole.AcceptRole, each)
    cancel = Answer("Cancel", QMessageBox.ButtonRole.RejectRole)
    text = f"Make {count} jobs, one for each line of the prompt, with the settings on this page?"
    ask(window, "A prompt a line", text, (yes, cancel), default=0)


def words_for(refused: Sequence[Refused], words: str, made: int) -> str:
    """What became of the `words` ("pictures") that no job was made of."""
    count = len(refused)
    of_all = f"{count} of {count + made} {words} {'was' if count == 1 else 'were'} not taken."
    return f"{of_all} {refused[0].error.message}"
