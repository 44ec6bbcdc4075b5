"""What a page that trains has beside the others: captions that are edited and saved, and what is done with a LoRA."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from oelala_desktop.domain.errors import CannotSave, OelalaError
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.engines.loras import put_lora
from oelala_desktop.services.inputs.captions import CaptionDrafts, save_captions
from oelala_desktop.services.queue.fetching import lora_name
from oelala_desktop.services.queue.leftovers import short_id
from oelala_desktop.ui.form.dataset_editor import DatasetEditor
from oelala_desktop.ui.playing.images import load_image
from oelala_desktop.ui.studio import Reuse, Studio
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.train.captions import SIDE
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import ElidedLabel

if TYPE_CHECKING:
    from oelala_desktop.ui.form.form import ToolForm
    from oelala_desktop.ui.tool.intake import Intake

log = logging.getLogger(__name__)

_KEEP_MS = 600  # after the last letter that what was typed is kept
_SAMPLES = "text-to-image"  # the tool of a first sample; its preset of the same name makes it
_NONE = "A LoRA that was trained can be used from here."
_STRENGTH = 1.0


class LoraBar(QWidget):
    """What is done with the LoRA in view. It is always there, so that no state changes a height."""

    acted = Signal(str)  # use, try

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel(_NONE, tone="text2")
        self.use = Button("Use it", icon="folder-input", height=theme.DENSE_HEIGHT)
        self.use.set_hint("Puts it among the LoRAs of this server")
        self.use.clicked.connect(lambda: self.acted.emit("use"))
        self.try_it = Button("Try it", icon="wand-sparkles", height=theme.DENSE_HEIGHT)
        self.try_it.set_hint("Opens Text to Image with it chosen")
        self.try_it.clicked.connect(lambda: self.acted.emit("try"))
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.use)
        row.addWidget(self.try_it)
        self.show_lora("", "", "")

    def show_lora(self, name: str, why_not_used: str, why_not_tried: str) -> None:
        self.words.setText(name or _NONE)
        self.use.set_reason(why_not_used if name else "There is no LoRA in view.")
        self.try_it.set_reason(why_not_tried if name else "There is no LoRA in view.")


class Training(QObject):
    def __init__(self, form: ToolForm, intake: Intake, studio: Studio, bar: LoraBar) -> None:
        super().__init__(form)
        self._form = form
        self._intake = intake
        self._studio = studio
        self._bar = bar
        self._drafts = CaptionDrafts(studio.services.paths.caption_drafts)
        self._loading: set[Path] = set()
        self._job: Job | None = None
        self._kept: set[str] = set()  # paths whose drafts lie in the home
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_MS)
        self._keeping.timeout.connect(lambda: studio.actions.start(self._keep()))
        bar.acted.connect(self._act)
        intake.changed.connect(lambda: studio.actions.start(self._recall()))

    # captions

    @property
    def _editor(self) -> DatasetEditor | None:
        key = self._form.given.first(FieldKind.DATASET)
        editor = self._form.given.editor(key) if key else None
        return editor if isinstance(editor, DatasetEditor) else None

    def take_up(self) -> None:
        """The form has other editors now."""
        editor = self._editor
        if editor is None or editor.property("taken_up"):
            return
        editor.setProperty("taken_up", True)
        editor.typed.connect(self._keeping.start)
        editor.save_wished.connect(lambda: self._studio.actions.start(self.save()))
        editor.source.list.wanted.connect(
            lambda rows: self._studio.actions.start(self._load(editor, rows), owner=editor)
        )
        self._studio.actions.start(self._recall())

    async def _recall(self) -> None:
        """Other pictures are in view: what was typed of them and not saved."""
        drafts = await asyncio.to_thread(self._drafts.read)
        self._kept = set(drafts)
        editor = self._editor  # the form may have others by now
        if editor is not None:
            editor.source.set_edits(drafts)
            editor.source.list.look()

    async def _keep(self) -> None:
        editor = self._editor
        if editor is None:
            return
        captions = editor.source.list.captions
        here = {str(one.path) for one in captions.pictures}
        gone = dict.fromkeys((self._kept & here) - captions.edits.keys())
        await asyncio.to_thread(self._drafts.keep, {**gone, **captions.edits})
        self._kept = self._kept - gone.keys() | captions.edits.keys()

    async def keep(self) -> None:
        """What was typed last, now rather than in a moment: the window is closing, and nobody can be told any more."""
        if self._keeping.isActive():
            self._keeping.stop()
            try:
                await self._keep()
            except CannotSave as error:
                log.warning("%s", error)

    async def save(self) -> None:
        """Writes what was edited beside the pictures. Raises CannotSave; what was not written stays a draft."""
        editor = self._editor
        edited = editor.source.list.captions.edited() if editor is not None else []
        if editor is None or not edited:
            return
        self._keeping.stop()
        try:
            await asyncio.to_thread(save_captions, edited)
        finally:
            await self._intake.look_again(editor.field)
            await self._keep()

    async def _load(self, editor: DatasetEditor, rows: list[int]) -> None:
        """Small pictures, a few at a time, as they come into view."""
        pictures = editor.source.list.captions.pictures
        for row in rows:
            one = pictures[row] if row < len(pictures) else None
            if one is None or one.kept is None or one.path in self._loading:
                continue
            self._loading.add(one.path)
            try:
                image, _ = await load_image(one.kept.path, 2 * SIDE)
            finally:
                self._loading.discard(one.path)
            if image is not None:
                editor.source.show_small(one.path, image)

    # the LoRA in view

    def show(self, job: Job | None) -> None:
        """`job` is in view."""
        self._job = job
        made = job.main_output if job is not None and job.state is JobState.DONE else None
        if job is None or made is None or made.kind != "model":
            self._bar.show_lora("", "", "")
            return
        lora = self._listed(job)
        use = f"It is there already, as {lora}." if lora else ""
        tried = "" if lora else "It is not among the LoRAs of this server yet: Use it puts it there."
        self._bar.show_lora(Path(made.path).name, use, tried)

    def _name(self, job: Job) -> str:
        """What it is called on a server: as no other training of that name calls its own."""
        made, name = job.main_output, lora_name(job)
        return f"{name} {short_id(job)}" if name else Path(made.path).stem if made else ""

    def _listed(self, job: Job) -> str:
        """The engine's name for it, where it lists it."""
        catalog = self._studio.services.current.engine.catalog
        made = job.main_output
        names = {f"{self._name(job)}.safetensors", Path(made.path).name if made else ""}
        listed = catalog.loras if catalog is not None else ()
        return next((name for name in listed if name.replace("\\", "/").rpartition("/")[2] in names), "")

    def _act(self, what: str) -> None:
        job = self._job
        if job is None or job.main_output is None:
            return
        if what == "use":
            self._studio.actions.start(self._use(job, Path(job.main_output.path)))
        else:
            self._try(job)

    async def _use(self, job: Job, path: Path) -> None:
        engine = self._studio.services.current.engine
        try:
            name = await put_lora(engine, path, self._name(job))
        except OelalaError as error:
            self._studio.notify(error.message, "warning")
            return
        self._studio.notify(f"{name} is among the LoRAs of {engine.name} now.")
        self.show(self._job)

    def _try(self, job: Job) -> None:
        """A sample is a job of its own, on the page that makes pictures."""
        values: dict[str, object] = {
            "lora_configs": [{"high": self._listed(job), "strength": _STRENGTH, "enabled": True}],
            "prompt": str(job.values.get("trigger") or ""),
        }
        trained = job.preset.partition(".")[2]
        made = {preset.short_id for preset in self._studio.services.registry.presets(TOOLS[_SAMPLES])}
        note = "" if trained in made else f"Choose a preset of the model that it was trained on ({trained})."
        values |= {"preset": trained} if trained in made else {}
        if job.values.get("checkpoint"):
            values["checkpoint"] = job.values["checkpoint"]
        self._studio.reuse_requested.emit(Reuse(_SAMPLES, values, note))
