"""What helps with the prompt of a tool's page: a language model that writes it better, and the words that a LoRA
listens to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.lora_words import trigger_words
from oelala_desktop.domain.models import display_name
from oelala_desktop.domain.preset import Preset
from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.studio import Studio


class PromptHelp:
    """`preset` is the one in force."""

    def __init__(self, form: ToolForm, studio: Studio, preset: Callable[[], Preset | None]) -> None:
        self._form = form
        self._studio = studio
        self._preset = preset
        self._asking: asyncio.Task[None] | None = None
        self._job_id = ""
        form.help_wished.connect(self._wished)

    def _wished(self, what: str, name: str) -> None:
        if what == "improve":
            self.improve()
        elif what == "leave":
            self.leave()
        else:
            self.words_of(name)

    @property
    def is_waiting(self) -> bool:
        """Whether a job writes for this page."""
        return bool(self._job_id)

    @property
    def _prompt(self) -> TextEditor | None:
        editor = self._form.editor("prompt")
        return editor if isinstance(editor, TextEditor) else None

    def improve(self) -> None:
        """Has the prompt written better; what comes is proposed, not taken."""
        preset, editor, proposal = self._preset(), self._prompt, self._form.cards.proposal
        if preset is None or editor is None or proposal is None:
            return
        text = editor.box.text().strip()
        if not text:
            proposal.refuse("Type in a few words what is to be improved.")
            return
        self.leave()
        proposal.wait()
        improver = self._studio.services.improver
        picture = next(iter(names_in(self._form.values().get("image"))), None) or None

        async def ask() -> str:
            engine = await self._studio.services.current.for_new_job()
            job = await improver.ask(preset, text, picture, engine)
            self._job_id = job.id
            return await improver.written(job.id)

        def done(found: str) -> None:
            self._job_id = ""
            if self._form.cards.proposal is not None:
                self._form.cards.proposal.propose(found) if found else self._form.cards.proposal.hide()

        def failed(error: OelalaError) -> bool:
            self._job_id = ""
            if self._form.cards.proposal is not None:
                self._form.cards.proposal.refuse(error.message)
            return True

        self._asking = self._studio.actions.start(ask(), done=done, failed=failed, owner=self._form)

    def leave(self) -> None:
        """It is not wanted any more; a job for it is cancelled."""
        asking, job_id, self._asking, self._job_id = self._asking, self._job_id, None, ""
        if asking is not None and not asking.done():
            asking.cancel()
            if job_id:
                self._studio.actions.start(self._studio.services.jobs.cancel(job_id), failed=lambda _error: True)

    def words_of(self, name: str) -> None:
        """Puts the words that this LoRA listens to at the end of the prompt."""
        engine = self._studio.services.current.engine

        async def read() -> tuple[str, ...]:
            return trigger_words(await engine.port.lora_metadata(name))

        def done(words: tuple[str, ...]) -> None:
            editor = self._prompt
            if editor is None:
                return
            if not words:
                self._studio.notify(f"{display_name(name)} does not say which words it listens to.", "info")
                return
            text = editor.box.text()
            fresh = [word for word in words if word.casefold() not in text.casefold()]
            if fresh:
                joined = ", ".join(fresh)
                editor.box.replace(f"{text.rstrip().rstrip(',')}, {joined}" if text.strip() else joined)
            else:
                self._studio.notify(f"The prompt has the words of {display_name(name)} already.", "info")

        self._studio.actions.start(read(), done=done, owner=self._form)
