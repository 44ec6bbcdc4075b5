"""The window put together: shell, pages, panels, tray, and what crosses between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.domain.events import JobFinished, NoticePosted, PresetsChanged, SettingChanged, TemplatesChanged
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import PAGED, TOOLS
from oelala_desktop.services.settings.known import APPEARANCE, CLOSE_TO_TRAY, NOTICES, PAGE, REDUCED_MOTION
from oelala_desktop.storage.paths import shipped
from oelala_desktop.ui.arrivals import Arrivals
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.desktop.shown import Desktop
from oelala_desktop.ui.desktop.tray import Tray
from oelala_desktop.ui.engine.log_panel import LogPanel
from oelala_desktop.ui.engine.log_view import LogView
from oelala_desktop.ui.engine.panel import EnginePanel
from oelala_desktop.ui.engine.view import EngineView
from oelala_desktop.ui.jobs.words import title_of
from oelala_desktop.ui.navigation import PAGES, SETTINGS, START_PAGE
from oelala_desktop.ui.notices.panel import ActivityPanel
from oelala_desktop.ui.playing.images import decode_image
from oelala_desktop.ui.queue.panel import QueuePanel
from oelala_desktop.ui.queue.view import QueueView
from oelala_desktop.ui.quit_question import QuitQuestion
from oelala_desktop.ui.settings.page import SettingsPage
from oelala_desktop.ui.settings.view import SECTIONS, SettingsView
from oelala_desktop.ui.shell.remembered import last_page, remembered
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import motion
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.tool.soon_page import SoonPage
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.ways import Ways
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.toast import Level

if TYPE_CHECKING:
    from oelala_desktop.ui.form.form import ToolForm
    from oelala_desktop.ui.json_drops import JsonDrops
    from oelala_desktop.ui.widgets.command_list import Find

_TRAY_MS = 250  # docks and panels are told of progress four times a second
_TRAY_BACK_MS = 3000  # a panel that starts anew is back by then
_LIBRARY_MS = 500  # My Media begins to look through its folders after the start page can be used
_FOUND = 50  # results that the palette finds
P = TypeVar("P", bound=QWidget)


class MainWindow(QObject):
    """`quit_requested` is sent when the user has decided to quit."""

    quit_requested = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio.shell)
        self.studio = studio
        self.shell = studio.shell
        self._services = studio.services
        self._tools: dict[str, ToolView] = {}
        self._add_commands()
        self.desktop = Desktop(self)
        self._question = QuitQuestion()
        studio.workflow_requested.connect(lambda path: self.json_drops.take_carried(Path(path)))
        self._ways = Ways(studio, lambda: self.tool_view, self._show_queue)
        self._arrivals = Arrivals(studio, self._form_for, lambda path: self.json_drops.take(path))
        self.queue = QueueView(self._panel("queue", "Queue", QueuePanel()), studio)
        self.engine = EngineView(self._panel("engine", "Engine", EnginePanel()), studio)
        self.activity = self._panel("activity", "Activity", ActivityPanel(studio.notices))
        self.log = LogView(self._panel("log", "Log", LogPanel(), wide=True), studio)
        self.tray = Tray(self, self.shell.commands)
        self._add_pages()
        self._connect()
        self.shell.show_page(last_page(self._services.settings.get(PAGE)))
        for remark in self._services.remarks:
            self.studio.notify(remark, "warning")

    def _panel(self, name: str, title: str, content: P, *, wide: bool = False) -> P:
        self.shell.add_panel(name, title, content, wide=wide)
        return content

    def _add_pages(self) -> None:
        for tool in (tool for tool in TOOLS.values() if tool.has_page):
            early = self.shell.page(tool.id)
            if isinstance(early, ToolPage) and self._services.registry.presets(tool):
                self._tools[tool.id] = ToolView(early, tool, self.studio)
            else:
                self.shell.add_page(tool.id, partial(self._tool_page, tool.id))
        for page_id in ("media-all", "media-images", "media-videos", "media-favorites", "media-prompts"):
            self.shell.add_page(page_id, partial(self._media_page, page_id))
        self.shell.add_page("templates", self._templates_page)
        self.shell.add_page("settings", self._settings_page)
        self._badge()

    def _badge(self) -> None:
        """What is not there yet says so in the sidebar, and how many templates there are."""
        live = {tool.id for tool in self._services.registry.live_tools()}
        badges = {tool_id: "soon" for tool_id in PAGED - live}
        count = len(self._services.templates.templates)
        self.shell.sidebar.set_badges(badges | {"media-prompts": "NEW", "templates": f"{count:,}" if count else ""})

    def _templates_page(self) -> QWidget:
        from oelala_desktop.ui.templates.page import TemplatesPage

        return TemplatesPage(self.studio, self.json_drops, self._show_preset)

    def _presets_changed(self) -> None:
        """The first preset of a tool brings its page to life, and with the last one it goes."""
        self._badge()
        live = {tool.id for tool in self._services.registry.live_tools()}
        for tool_id in PAGED:
            if tool_id in self._tools and tool_id in live:
                self._tools[tool_id].offer()
            elif (tool_id in self._tools) is not (tool_id in live) and self.shell.page(tool_id) is not None:
                self._tools.pop(tool_id, None)
                self.shell.add_page(tool_id, partial(self._tool_page, tool_id))

    def _tool_page(self, tool_id: str) -> QWidget:
        tool = TOOLS[tool_id]
        if self._services.registry.presets(tool):
            page = ToolPage(tool)
            self._tools[tool_id] = ToolView(page, tool, self.studio)
            return page
        soon = SoonPage(tool.name, PAGES[tool_id].icon)
        soon.open_presets_requested.connect(
            lambda: self.studio.show_in_folder(self._services.paths.own_presets / tool_id)
        )
        return soon

    @cached_property
    def json_drops(self) -> JsonDrops:
        from oelala_desktop.ui.json_drops import JsonDrops

        return JsonDrops(self.studio, self._show_preset, self._take_settings)

    def _show_preset(self, preset: Preset) -> None:
        """Chosen on its tool's page."""
        self.shell.show_page(preset.tool.id)
        self._tools[preset.tool.id].choose_preset(preset.short_id)

    def _take_settings(self, name: str, values: Mapping[str, Any]) -> None:
        """For the tool that they name, else for the page in view."""
        tool = str(values.get("tool") or "")
        if tool in PAGED or self.tool_view is None:
            self.shell.show_page(tool if tool in PAGED else START_PAGE)
        if self.tool_view is not None:
            self.tool_view.settings.take(name, values)

    def _media_page(self, page_id: str) -> QWidget:
        from oelala_desktop.ui.gallery.media_page import make_media_page

        return make_media_page(page_id, self.studio)

    def _show_media(self, path: str) -> None:
        from oelala_desktop.ui.gallery.media_page import MediaPage

        self.shell.show_page("media-all")
        page = self.shell.page("media-all")
        if isinstance(page, MediaPage):
            page.show_file(path)

    async def _look_again(self) -> None:
        """The media folders were set anew."""
        await self._services.settings.flush()
        await self.studio.open_library()
        self._services.library.rescan()

    def _setting_changed(self, event: SettingChanged) -> None:
        settings = self._services.settings
        if event.heard_by == "look":
            self.studio.theme.set_mode(settings.get(APPEARANCE))  # type: ignore[arg-type]
            QApplication.instance().setProperty(motion.REDUCED, settings.get(REDUCED_MOTION))  # type: ignore[union-attr]
        elif event.heard_by == "library":
            self.studio.actions.start(self._look_again())
        elif event.heard_by == "api":
            self.studio.actions.start(self._services.serve_api())

    def _settings_page(self) -> QWidget:
        page = SettingsPage(SECTIONS)
        SettingsView(page, self.studio)
        return page

    def _connect(self) -> None:
        shell, bus, studio = self.shell, self._services.bus, self.studio
        shell.paste_requested.connect(lambda _mime: self._arrivals.paste())
        shell.dropped.connect(self._arrivals.take)
        shell.page_shown.connect(lambda page: self._services.settings.set(PAGE, page))
        shell.panel_opened.connect(lambda name: studio.see_notices() if name == "activity" else None)
        shell.set_close_guard(self._may_close)
        studio.notices_changed.connect(lambda: shell.topbar.set_notices(studio.unseen))
        studio.start_picture_requested.connect(lambda path: self.open_files([path]))
        studio.show_media_requested.connect(self._show_media)
        listen(bus, self, SettingChanged, self._setting_changed)
        listen(bus, self, TemplatesChanged, lambda _event: self._badge())
        listen(bus, self, PresetsChanged, lambda _event: self._presets_changed())
        QTimer.singleShot(_LIBRARY_MS, self, lambda: studio.actions.start(studio.open_library()))
        self.activity.chosen.connect(self._open_notice)
        listen(bus, self, NoticePosted, self._notice)
        listen(bus, self, JobFinished, self._job_finished)
        self.tray.queue_requested.connect(self._show_queue)
        self.tray.notice_clicked.connect(self._open_notice)
        self.desktop.tray_changed.connect(self._tray_changed)
        shell.set_finds(self._finds)
        self._tray_timer = QTimer(self)
        self._tray_timer.setInterval(_TRAY_MS)
        self._tray_timer.timeout.connect(self._update_tray)
        self._tray_timer.start()

    def _add_commands(self) -> None:
        """Those of the whole window; the shell has its own already, and the panels bring theirs."""
        commands = self.shell.commands
        commands.add("clipboard", self._from_clipboard)
        commands.add("toggle-window", self.toggle_window)
        commands.set_on("toggle-window", True)
        commands.add("quit", self.ask_to_quit)

    def _finds(self) -> list[Find]:
        """What was made of late, by its prompt."""
        from oelala_desktop.ui.widgets.command_list import Find

        jobs = self.queue.over[:_FOUND]
        icons = {job.tool: (PAGES.get(job.tool) or SETTINGS).icon for job in jobs}
        return [Find(title_of(job, 80), partial(self._ways.open_job, job.id), icons[job.tool]) for job in jobs]

    def remember(self) -> None:
        """What was typed, geometry and folds; before quitting."""
        for view in self._tools.values():
            view.keep()
        for setting, value in remembered(self.shell):
            self._services.settings.set(setting, value)

    async def keep_drafts(self) -> None:
        """Captions that were typed a moment ago; before quitting."""
        for view in self._tools.values():
            if view.training is not None:
                await view.training.keep()

    # pages

    @property
    def tool_view(self) -> ToolView | None:
        return self._tools.get(self.shell.page_id)

    def _from_clipboard(self) -> None:
        self.show_window()
        self.shell.show_page(START_PAGE)
        self._arrivals.paste()

    def _form_for(self, kinds: Sequence[dropped.Kind]) -> ToolForm | None:
        """That of the page in view if it takes one of these; else, for a picture, the start page's."""
        view = self.tool_view
        takes = view is not None and any(view.form.given.taking(kind) for kind in kinds)
        if not takes and dropped.PICTURE in kinds:
            self.shell.show_page(START_PAGE)
        return self.tool_view.form if self.tool_view is not None else None

    def take_over(self, files: list[str]) -> None:
        """A second start: to the front, with its files."""
        self.show_window()
        self.open_files(files)

    def open_files(self, files: list[str]) -> None:
        """Files from the command line, a second start or My Media."""
        self._arrivals.open(files)

    def start_example(self) -> None:
        """`oelala try`: the example picture on the start page, and its job under way."""
        self.shell.show_page(START_PAGE)
        view = self.tool_view
        if view is not None:
            picture = shipped("resources") / "examples" / "harbour.jpg"
            view.start_with(picture, {"prompt": "slow zoom in, then pan left", "duration": 3.0})

    # notices

    def _notice(self, event: NoticePosted) -> None:
        level: Level = "error" if event.level == "error" else "warning" if event.level == "warning" else "info"
        self.studio.notify(event.text, level, key=event.job_id or "")

    def _open_notice(self, key: str) -> None:
        self.show_window()
        if key:
            self.shell.close_topmost()
            self._ways.open_job(key)

    def _job_finished(self, event: JobFinished) -> None:
        job = event.job
        if job.state is JobState.CANCELLED:
            return
        title = title_of(job, 80)
        failed = job.state is not JobState.DONE
        text = (job.error.message if job.error else "The job failed.") if failed else "is ready"
        words = f"{title}: {text}" if failed else f"“{title}” {text}"
        in_front = self.shell.isActiveWindow()
        seen = in_front and (not failed or self._is_shown(job.id))
        if seen:
            self.queue.see(job.id)
        self.studio.notify(words, "error" if failed else "info", key=job.id, toast=not seen)
        if not in_front and self._services.settings.get(NOTICES):
            self.studio.actions.start(self._tell_desktop(job, title, text if failed else text.capitalize()))

    async def _tell_desktop(self, job: Job, title: str, text: str) -> None:
        """A notice with the result's picture."""
        made = job.main_output
        data = await self.studio.thumbnail_of(Path(made.path)) if made and made.is_visual else None
        picture = await decode_image(data) if data else None
        if not self.tray.notify(title, text, job.id, failed=job.state is not JobState.DONE, picture=picture):
            QApplication.alert(self.shell)

    def _is_shown(self, job_id: str) -> bool:
        """Whether the output panel in view shows this job, so that nothing else need tell of it."""
        view = self.tool_view
        return view is not None and view.stage.job is not None and view.stage.job.id == job_id

    # tray and closing

    def enter_desktop(self) -> None:
        """The icon in the tray, if there is one; what else the desktop shows of a job."""
        self.tray.show()
        self.desktop.connect_to_session()

    def _tray_changed(self, there: bool) -> None:
        if there:
            self.tray.show()
        else:
            self.tray.hide()
            QTimer.singleShot(_TRAY_BACK_MS, self, self._never_lost)

    def _never_lost(self) -> None:
        """A window that hid in a tray which has gone since is shown again."""
        if not self.shell.isVisible() and not self.tray.is_there:
            self.shell.show()

    def _update_tray(self) -> None:
        running, waiting = self.queue.running, self.queue.waiting
        fraction = self.queue.fraction()
        words = ""
        if running:
            words = f"{title_of(running[0], 60)} · {int((fraction or 0) * 100)} %" + (
                f" · {len(waiting)} waiting" if waiting else ""
            )
        self.tray.set_state(words, fraction, self._services.jobs.is_paused)
        self.shell.commands.set_on("toggle-window", self.shell.isVisible())
        self.desktop.show_progress(fraction)

    def show_window(self) -> None:
        self.shell.show()
        self.shell.setWindowState(self.shell.windowState() & ~Qt.WindowState.WindowMinimized)
        self.shell.raise_()
        self.shell.activateWindow()

    def toggle_window(self) -> None:
        if self.shell.isVisible() and not self.shell.isMinimized():
            self.shell.hide()
        else:
            self.show_window()

    def _show_queue(self) -> None:
        self.show_window()
        self.shell.open_panel("queue")

    def _may_close(self) -> bool:
        """Hide if there is a tray to come back from; else quit, after asking if jobs run."""
        if self.tray.is_there and self._services.settings.get(CLOSE_TO_TRAY):
            self.shell.hide()
        else:
            self.ask_to_quit()
        return False

    def ask_to_quit(self) -> None:
        count = len(self.queue.running) + len(self.queue.waiting)
        if count:
            shown = self.shell if self.shell.isVisible() else None
            self._question.ask(shown, count, self.quit_requested.emit)
        else:
            self.quit_requested.emit()
