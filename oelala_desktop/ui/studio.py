"""Studio: what every page of the window may reach. Services below, the shell around, and one place for notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.domain.reuse import given_to, typed_in
from oelala_desktop.services.settings.known import MUTED, VOLUME
from oelala_desktop.ui.actions import ActionRunner
from oelala_desktop.ui.jobs.feed import QueueFeed
from oelala_desktop.ui.notices.model import Notice, NoticesModel
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.style.appearance import Theme
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.toast import Level

#: a choice that the user is asked for stays longer than a notice
OFFERED_MS = 20_000
_KNOWN_TRIES, _KNOWN_PAUSE = 20, 0.25  # seconds between


@dataclass(frozen=True, slots=True)
class Reuse:
    """Settings to open a tool's page with; `note` says what of them this server lacks."""

    tool: str
    values: dict[str, object]
    note: str = ""
    #: width and height in pixels, where they are to be told if the page has no such size
    size: tuple[int, int] | None = None
    #: by the key of an input, the settings to take where its file is gone
    otherwise: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    #: prompts as they were typed, where those in `values` were drawn from their choices
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoOn:
    """A result that the page of a tool goes on with. `act` is continue, upscale, smoother, edit or reframe; `kind` is
    "video" or "image"."""

    act: str
    path: Path
    kind: str


def reuse_of(job: Job) -> Reuse:
    """What a job was made with."""
    given, otherwise = given_to(job)
    values = {**job.values, **given, "preset": job.preset.partition(".")[2]}
    return Reuse(job.tool, values, otherwise=otherwise, typed=typed_in(job.params))


class Studio(QObject):
    notices_changed = Signal()
    reuse_requested = Signal(object)  # Reuse
    start_picture_requested = Signal(str)  # path
    going_on_requested = Signal(object)  # GoOn
    edit_requested = Signal(object)  # Job that waits
    workflow_requested = Signal(str)  # path of a file whose workflow is to become a preset
    show_media_requested = Signal(str)  # path of a file to show in My Media
    job_opened = Signal(str)  # id of a job to show on its tool's page

    def __init__(self, services: Services, shell: Shell, theme: Theme) -> None:
        super().__init__(shell)
        self.services = services
        self.shell = shell
        self.theme = theme
        self.actions = ActionRunner(services.scope, self.present)
        self.notices = NoticesModel(self)
        self.unseen = 0
        self.queue = QueueFeed(services, self.actions, self.item_of, self)
        settings = services.settings
        self.loudness = Loudness(settings.get(VOLUME), settings.get(MUTED), parent=self)
        self.loudness.changed.connect(self._keep_loudness)

    def _keep_loudness(self) -> None:
        self.services.settings.set(VOLUME, self.loudness.volume)
        self.services.settings.set(MUTED, self.loudness.muted)

    async def open_library(self) -> None:
        """My Media is opened by whoever needs it first; the start of the window does not wait for it."""
        await self.services.library.start()

    def present(self, error: OelalaError) -> None:
        """An error without a place of its own."""
        self.notify(str(error), "error")

    def notify(
        self,
        text: str,
        level: Level = "info",
        *,
        key: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
        toast: bool = True,
    ) -> None:
        """Tells it at the window's foot and keeps it in the activity list. `key` is a job id or empty."""
        self.notices.add(Notice(text, level, time.strftime("%H:%M"), key))
        self.unseen += 1
        self.notices_changed.emit()
        if toast:
            self.shell.toasts.post(text, level, action=action, act=act)

    def see_notices(self) -> None:
        self.unseen = 0
        self.notices_changed.emit()

    def open_job(self, job_id: str) -> None:
        self.job_opened.emit(job_id)

    async def item_of(self, path: Path) -> MediaItem | None:
        """A result in My Media. One that was made just now may take the library a moment to know."""
        await self.open_library()
        for _ in range(_KNOWN_TRIES):
            item = await self.services.library.by_path(path)
            if item is not None:
                return item
            await asyncio.sleep(_KNOWN_PAUSE)
        return None

    async def thumbnail_of(self, path: Path, size: int = 256, *, covering: bool = False) -> bytes | None:
        """An encoded picture of a result, as `Library.thumbnail` gives it."""
        item = await self.item_of(path)
        return None if item is None else await self.services.library.thumbnail(item.id, size, covering=covering)

    def show_in_folder(self, path: Path) -> None:
        """Opens the folder that holds `path` in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
