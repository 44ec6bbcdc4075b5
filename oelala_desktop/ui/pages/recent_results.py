"""The strip of a tool's newest results, as far as their files are still there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.job import Job, JobState, Output
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui import wording
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.images import decode_image
from oelala_desktop.ui.on_disk import missing
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets.recent_strip import RecentItem, RecentStrip

_SHOWN = 12
_PAUSE_MS = 300  # changes of the library come in showers


class RecentResults(QObject):
    opened = Signal(object)  # Job

    def __init__(self, strip: RecentStrip, studio: Studio, tool: Tool) -> None:
        super().__init__(strip)
        self._strip = strip
        self._studio = studio
        self._tool = tool
        self._jobs: dict[str, Job] = {}
        strip.opened.connect(self._open)
        strip.pixmap_wanted.connect(lambda key: studio.actions.start(self._picture(key)))
        changes = Latest(self, lambda _pending: self.refresh(), _PAUSE_MS)
        listen(studio.services.bus, self, LibraryChanged, lambda _event: changes.put("library", True))
        self.refresh()

    def refresh(self) -> None:
        self._studio.actions.start(self._refresh())

    async def _refresh(self) -> None:
        jobs = await self._studio.services.jobs.recent(100)
        done = [(j, j.main_output) for j in jobs if j.tool == self._tool.id and j.state is JobState.DONE]
        seen = [(job, made) for job, made in done if made is not None and made.is_visual]
        gone = await missing(Path(made.path) for _, made in seen)
        shown = [(job, made) for job, made in seen if Path(made.path) not in gone][:_SHOWN]
        self._jobs = {job.id: job for job, _ in shown}
        self._strip.set_items([self._item(job, made) for job, made in shown])

    def _item(self, job: Job, output: Output) -> RecentItem:
        length = output.frames / output.fps if output.kind == "video" and output.frames and output.fps else None
        badge = wording.seconds(length) if length else ""
        path = Path(output.path)
        return RecentItem(job.id, path.name, path, badge, not job.engine.is_ai)

    def _open(self, key: str) -> None:
        if key in self._jobs:
            self.opened.emit(self._jobs[key])

    async def _picture(self, key: str) -> None:
        made = self._jobs[key].main_output if key in self._jobs else None
        if made is None:
            return
        data = await self._studio.thumbnail_of(Path(made.path), covering=True)
        image = await decode_image(data) if data else None
        if image is not None:
            self._strip.set_image(key, image)
