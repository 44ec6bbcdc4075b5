"""The page of a tool at work: its form filled from presets and engine, its jobs shown, its values kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from oelala_desktop.domain.errors import EngineRejected, InvalidField, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.obstacle import Obstacle, Obstructed
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.domain.wording import with_choices
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.services.settings.known import COLUMN, folds_of, form_of, preset_of
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.clipboard import copy_workflow
from oelala_desktop.ui.playing.full_screen import FullScreen
from oelala_desktop.ui.presets import choosing as preset_form
from oelala_desktop.ui.studio import Reuse, Studio, reuse_of
from oelala_desktop.ui.tool.commands import add_tool_commands
from oelala_desktop.ui.tool.editing import Editing
from oelala_desktop.ui.tool.fitting import Fitting
from oelala_desktop.ui.tool.going_on import GoingOn
from oelala_desktop.ui.tool.intake import Intake
from oelala_desktop.ui.tool.job_stage import JobStage
from oelala_desktop.ui.tool.living_queue import LivingQueue
from oelala_desktop.ui.tool.next_draw import NextDraw
from oelala_desktop.ui.tool.obstacle_words import TO_BEGIN, words_at_field, words_for
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.tool.prompt_help import PromptHelp
from oelala_desktop.ui.tool.saving import save_as
from oelala_desktop.ui.tool.settings_in_out import SettingsInOut
from oelala_desktop.ui.tool.several import Several
from oelala_desktop.ui.tool.sizing import expected_words, sizing_of
from oelala_desktop.ui.tool.steps import Steps

_SAVE_MS = 500


class ToolView(QObject):
    """Brings a ToolPage to life, which may have been on screen before the services were there."""

    def __init__(self, page: ToolPage, tool: Tool, studio: Studio) -> None:
        super().__init__(page)
        self.tool = tool
        self._studio = studio
        self._services = studio.services
        self.preset: Preset | None = None
        self.chosen = self._services.settings.get(preset_of(tool.id))
        self.page = page
        self.form = page.form
        self.output = page.output
        self.stage = JobStage(self.output, studio)
        self.queue = LivingQueue(page.queue, self.stage, studio, tool)
        self.fitting = Fitting(self, studio)
        self.intake = Intake(self.form, studio, self.fitting)
        self.several = Several(self, studio)
        self.steps = Steps(self, studio, self._start)
        self.settings = SettingsInOut(self, studio)
        self.next = NextDraw(self.form, studio)
        self.prompt_help = PromptHelp(self.form, studio, lambda: self.preset)
        self.going = GoingOn(self, studio)
        self.editing = Editing(self, studio)
        page.columns.choose(self._services.settings.get(COLUMN))
        page.columns.width_chosen.connect(partial(self._services.settings.set, COLUMN))
        self.commands = add_tool_commands(self, self._act)
        self.editing.add_commands()
        self._told = ""  # the input at which an obstacle is said
        self._folds = folds_of(tool.id)
        opened: list[str] = self._services.settings.get(self._folds)
        self.form.open_folds(opened)
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(_SAVE_MS)
        self._saving.timeout.connect(self._remember)
        self._saving.timeout.connect(self._weigh)
        self.training = self.page.make_training(self.intake, self.stage, studio)
        self._connect()
        typed = self.form.values()  # what was typed before the services were there
        kept: dict[str, Any] = self._services.settings.get(form_of(tool.id))
        self.form.set_values(kept | typed)
        if typed.get("prompt"):
            self.intake.typed = True
        self.offer()
        self.intake.look()

    def _connect(self) -> None:
        form, output, page, bus = self.form, self.output, self.page, self._services.bus
        form.generate_requested.connect(self.generate)
        page.connect_requested.connect(partial(self._studio.shell.open_panel, "engine"))
        form.changed.connect(self._changed)
        form.preset_chosen.connect(self.choose_preset)
        form.other_pasted.connect(self._studio.shell.dropped)
        form.menu_chosen.connect(self._chosen)
        form.folded.connect(self._saving.start)
        self.intake.several.connect(lambda key, paths: self.several.ask(page.window(), key, paths))
        self.intake.changed.connect(self._given)
        output.acted.connect(self._act)
        self.stage.settled.connect(self._settled)
        listen(bus, self, EngineChanged, lambda _event: self.offer())
        listen(bus, self, EngineSelected, lambda _event: self.offer())

    def _chosen(self, what: str) -> None:
        """In the form's menus."""
        if what == "each-line":
            self.several.ask_for_lines(self.page.window())
        elif what == "steps":
            self.steps.ask(self.page.window())
        else:
            self.settings.menu(what)

    # the form

    def offer(self) -> None:
        """Presets and lists as the engine in force has them now."""
        engine = self._services.current.engine
        catalog, registry = engine.catalog, self._services.registry
        self.page.show_needs(preset_form.all_lacking(registry, self.tool, catalog) if not engine.state.is_ai else None)
        preset = preset_form.pick_preset(registry, self.tool, catalog, self.chosen, self.fitting.values())
        if preset is not None:
            self.take(preset)

    def take(self, preset: Preset) -> None:
        """The form is that preset's from now on; what is set stays set."""
        if preset != self.preset:
            self._use(preset)
        catalog = self._services.current.engine.catalog
        self._list_presets()
        self.fitting.offer_again()
        if catalog is not None:
            preset_form.offer_choices(self.form, preset, catalog)
        self._check()

    def _list_presets(self) -> None:
        """Those that take what is given come first."""
        catalog, given = self._services.current.engine.catalog, self.form.values()
        if self.preset is not None:
            choices = preset_form.preset_choices(self._services.registry, self.tool, catalog, given)
            self.form.set_presets(choices, self.preset.short_id)

    def _use(self, preset: Preset) -> None:
        self.preset = preset
        self.page.set_output(preset.output)
        self.form.set_result(preset.output, preset.tips)
        self.form.following = preset_form.following_rules(preset)
        self.form.set_fields(preset_form.shown_fields(preset))
        self.form.set_sizing(sizing_of(preset), has_sound=preset.sound)
        if self.training is not None:
            self.training.take_up()
        self.intake.look()
        QTimer.singleShot(_SAVE_MS, self, self._weigh)

    def choose_preset(self, short_id: str) -> None:
        """The user's choice; it is remembered."""
        self.chosen = short_id
        self._services.settings.set(preset_of(self.tool.id), short_id)
        preset = next((p for p in self._services.registry.presets(self.tool) if p.short_id == short_id), None)
        if preset is not None:
            self.take(preset)
        else:
            self._check()

    def edited(self) -> None:
        self._saving.start()
        self._check()

    def _changed(self, key: str) -> None:
        field = self.form.fields.get(key)
        if field is not None and field.is_input:
            self._list_presets()
        self.edited()

    def _given(self) -> None:
        """A file came in."""
        self._list_presets()
        self.edited()

    def _check(self) -> None:
        """Generate is enabled when nothing that is known already stands in its way."""
        obstacle = self.obstacle()
        self.form.set_generate_reason(words_for(obstacle, self._engine_name) if obstacle else "")
        self.page.tell_ready(obstacle, self._engine_name)
        self._tell_at_input(obstacle)
        self.going.look()
        self.next.look()

    def _tell_at_input(self, obstacle: Obstacle | None) -> None:
        """What stands in the way because of a file that is given is said beside it at once."""
        place = self.form.place_of(obstacle.field) if obstacle and obstacle.code not in TO_BEGIN else ""
        key = place if place and self.form.fields[place].is_input else ""
        if self._told and self._told != key:
            self.form.show_field_error(self._told, "")
            self.form.given.offer_smaller(self._told, False)
        self._told = key
        if obstacle and key:
            self.form.show_field_error(key, words_at_field(obstacle, self._engine_name), into_view=False)
            self.form.given.offer_smaller(key, bool(obstacle.values.get("smaller")))

    def obstacle(self) -> Obstacle | None:
        """What stands in the way of the wish as the page shows it."""
        if self.preset is None:
            return Obstacle("preset", "no_preset", {"tool": self.tool.name})
        values, found = self.form.values(), self._plan(self.preset)
        if isinstance(found, Obstacle):
            return self.fitting.named(found)
        if not self.preset.inputs and "prompt" in self.form.fields and not values.get("prompt"):
            return Obstacle("prompt", "nothing_said")
        return None

    def _plan(self, preset: Preset) -> Plan | Obstacle:
        catalog = self._services.current.engine.catalog
        return plan(self.tool, (preset,), self.editing.awaited() | self.form.values(), self.form.given.facts(), catalog)

    def _planned(self) -> Plan | None:
        found = self._plan(self.preset) if self.preset is not None else None
        return found if isinstance(found, Plan) else None

    @property
    def file_wanted(self) -> str | None:
        """The input whose file is still to be chosen."""
        obstacle = self.obstacle()
        return obstacle.field if obstacle is not None and obstacle.code == "input_missing" else None

    @property
    def _engine_name(self) -> str:
        return self._services.current.engine.state.name

    def keep(self) -> None:
        """Remembers what was typed now rather than in a moment: the window is closing."""
        if self._saving.isActive():
            self._saving.stop()
            self._remember()

    def _remember(self) -> None:
        self._services.settings.set(form_of(self.tool.id), self.form.values())
        self._services.settings.set(self._folds, sorted(self.form.opened_folds()))

    def _weigh(self) -> None:
        """Says beforehand when this size is more than the engine has managed so far."""
        if self.preset is None:
            return
        size, preset_id = self.form.frame_size(), self.preset.id
        engine = self._services.current.engine
        work = self._services.jobs.memory_advice(preset_id, size, engine)
        self._studio.actions.start(work, done=lambda said: self.form.set_size_warning(" ".join(map(str, said))))
        if "factor" in self.form.fields:
            self._studio.actions.start(self._expect(), done=lambda said: self.form.cards.tell_expected(said))

    async def _expect(self) -> str:
        """What past jobs let expect of the wish as it stands."""
        engine = self._services.current.engine
        found, job = self._planned(), self.stage.job
        if found is None:
            return ""
        newest = job if job is not None and job.state is JobState.DONE and job.engine == engine.ref else None
        return expected_words(await self._services.jobs.expected(found.request, engine, newest))

    # starting jobs

    def generate(self) -> None:
        """One press, one job (or as many as there are variations); or the one that is edited is saved."""
        obstacle = self.obstacle()
        if obstacle is not None:
            self.show_problem(obstacle)
        elif self.editing.job is not None:
            self.editing.save()
        else:
            self._start(self.next.fixed(self.wish()))

    def start_with(self, picture: Path, values: dict[str, object]) -> None:
        """Fills the page and presses Generate."""
        self.form.set_values(self.form.values() | values)
        key = self.intake.start
        if key is not None:
            self.intake.take(key, picture)
            self._start(self.several.wish_of(key, picture))

    def wish(self) -> Wish:
        values: dict[str, Any] = with_choices(self.form.values())
        # before the engine has said what it can run, the choice is left to the moment when it has
        if self.preset is not None and (self.chosen or self._services.current.engine.catalog is not None):
            values["preset"] = self.preset.short_id
        return self.going.continuing(Wish(self.tool.id, values, self._services.paths.output))

    def _start(self, wish: Wish) -> None:
        for key in self.form.fields:
            self.form.show_field_error(key, "")
        self._studio.actions.start(self._submit(wish), done=self.started, failed=self.refused)

    async def _submit(self, wish: Wish) -> list[Job]:
        if self.training is not None:
            await self.training.save()
        engine = await self._services.current.for_new_job()
        return await self._services.jobs.submit(wish, engine)

    def started(self, jobs: list[Job]) -> None:
        self.queue.started(jobs[0])
        self.form.set_last_seed(jobs[0].seed)

    def show_problem(self, obstacle: Obstacle) -> None:
        if self.form.place_of(obstacle.field):
            self.form.show_field_error(obstacle.field, words_at_field(obstacle, self._engine_name))
        elif obstacle.field == "preset":
            self.form.show_preset()
        else:
            self._studio.notify(words_for(obstacle, self._engine_name), "warning")

    def refused(self, error: OelalaError) -> bool:
        """At its field where it has one; the presenter's otherwise."""
        if isinstance(error, Obstructed) and self.form.place_of(error.field):
            self.show_problem(error.obstacle)
            return True
        if isinstance(error, InvalidField) and self.form.place_of(error.field):
            self.form.show_field_error(error.field, error.message)
            return True
        if isinstance(error, EngineRejected):
            for key, sentence in error.fields.items():
                self.form.show_field_error(key, sentence)
        return False

    # jobs that end

    def _settled(self, job: Job) -> None:
        self._weigh()  # there is one more to go by
        if job.state is JobState.FAILED and job.error:
            for key, sentence in job.error.fields.items():
                self.form.show_field_error(key, sentence)

    def _act(self, what: str) -> None:
        job = self.stage.job
        if what == "queue":
            self._studio.shell.open_panel("queue")
        elif what == "history":  # what tools like this one made, newest first
            self._studio.shell.show_page("media-videos" if self.form.output == "video" else "media-images")
        elif what == "browse":
            if self.file_wanted is not None:
                self.intake.browse(self.file_wanted)
        elif job is not None:
            self._act_on(job, what)

    def _act_on(self, job: Job, what: str) -> None:
        main, output = job.main_output, self.stage.output or job.main_output
        path = Path(output.path) if output else None
        seen = Path(main.path) if main else None
        actions: dict[str, Callable[[], object]] = {
            "cancel": lambda: self._studio.actions.start(self._services.jobs.cancel(job.id)),
            "retry": lambda: self._retry(job),
            "again": lambda: self._retry(job, new_seed=True),
            "reuse": lambda: self.reuse(reuse_of(job)),
            "copy_prompt": lambda: QGuiApplication.clipboard().setText(job.prompt),
            "copy_seed": lambda: QGuiApplication.clipboard().setText(str(job.seed)),
            "copy_workflow": lambda: self._studio.actions.start(copy_workflow(job.graph)),
        }
        if path is not None and seen is not None:
            actions |= {
                "save": lambda: save_as(self._studio, self.page.window(), path),
                "folder": lambda: self._studio.show_in_folder(path),
                "gallery": lambda: self._studio.show_media_requested.emit(str(seen)),
                "full_screen": self._full_screen,
                "favorite": lambda: self._studio.actions.start(self._favorite(seen)),
            }
            actions |= self.going.acts_on(path, output.kind if output else "", self._shown_frame)
        if what in actions:
            actions[what]()

    def _shown_frame(self) -> QImage | None:
        return self.output.player.current_image() if self.output.player is not None else None

    def _retry(self, job: Job, *, new_seed: bool = False) -> None:
        async def again() -> Job:
            engine = self._services.engines.for_ref(job.engine)
            return await self._services.jobs.retry(job.id, engine, new_seed=new_seed)

        self._studio.actions.start(again(), done=self.queue.started)

    async def _favorite(self, path: Path) -> None:
        item = await self._studio.item_of(path)
        if item is not None:
            await self._services.library.set_favorite([item.id], not item.favorite)

    def _full_screen(self) -> None:
        output, player = self.stage.output, self.output.player
        if output is not None and output.kind == "video":
            fps, path = output.fps or 16.0, Path(output.path)
            FullScreen(path, fps=fps, length=(output.frames or 0) / fps, parent=self.page.window(), beside=player)

    # settings in and out

    def reuse(self, reuse: Reuse) -> None:
        """Every value of another job or file, as far as this tool has the setting."""
        self.settings.reuse(reuse)
