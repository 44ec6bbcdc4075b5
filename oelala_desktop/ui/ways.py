"""What leads to a tool's page from anywhere in the window: settings of another result, the result itself, a job."""

from __future__ import annotations

from collections.abc import Callable

from oelala_desktop.domain.job import Job
from oelala_desktop.domain.tool import PAGED
from oelala_desktop.ui.studio import GoOn, Reuse, Studio
from oelala_desktop.ui.tool.going_on import tool_for, without_preset
from oelala_desktop.ui.tool.view import ToolView


class Ways:
    """`view` is that of the page in view, None for one of no tool, or of a tool without presets."""

    def __init__(self, studio: Studio, view: Callable[[], ToolView | None], show_queue: Callable[[], object]) -> None:
        self._studio = studio
        self._view = view
        self._show_queue = show_queue
        studio.reuse_requested.connect(self._reuse)
        studio.going_on_requested.connect(self._go_on)
        studio.edit_requested.connect(self._edit)
        studio.job_opened.connect(self.open_job)

    def _page_of(self, tool_id: str) -> ToolView | None:
        self._studio.shell.show_page(tool_id)
        return self._view()

    def _reuse(self, reuse: Reuse) -> None:
        if reuse.tool in PAGED and (view := self._page_of(reuse.tool)) is not None:
            view.reuse(reuse)

    def _go_on(self, wish: GoOn) -> None:
        tool = tool_for(wish)
        if tool is None:
            return
        view = self._page_of(tool.id)
        if view is not None:
            view.going.take(wish)
        else:
            self._studio.notify(without_preset(self._studio, tool, wish), "warning")

    def _edit(self, job: Job) -> None:
        view = self._page_of(job.tool) if job.tool in PAGED else None
        if view is not None:
            view.editing.begin(job)

    def open_job(self, job_id: str) -> None:
        async def find() -> None:
            job = await self._studio.services.jobs.find(job_id)
            if job.tool not in PAGED:
                self._show_queue()
            elif (view := self._page_of(job.tool)) is not None:
                view.queue.look_at(job)

        self._studio.actions.start(find())
