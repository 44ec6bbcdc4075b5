"""The templates of the engine that new jobs go to: the list, what each of them takes, their pictures and workflows.

All is kept by server, so that it can be looked at while the server is away. What a template takes is read from its
workflow, one after the other while the engine has nothing to do, and at once for who looks at one."""

from __future__ import annotations

import asyncio
import logging
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError, EngineUnreachable, NotFound, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected, TemplateRead, TemplatesChanged
from oelala_desktop.domain.template import Template, TemplateFacts, TemplateList
from oelala_desktop.domain.workflow import is_workflow
from oelala_desktop.metadata import sniff
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from oelala_desktop.storage.template_files import TemplateFiles

from .facts import FactsBook

log = logging.getLogger(__name__)
_PICTURES = frozenset({"webp", "png", "jpeg", "gif"})
_AT_ONCE = 4  # pictures fetched from a server
_PAUSE = 0.1  # seconds between two workflows that nobody waits for,
_BUSY = 5.0  # and until a busy engine is looked at again
_FAILED = 60.0  # seconds before the rest is tried after one that did not come
_LONGEST_WORDS = 160  # characters of a preset's description
_LONGEST_NAME = 80  # characters of a saved workflow's


class Templates:
    """Announces TemplatesChanged and TemplateRead. `templates` is a snapshot, in the order of the server's list;
    `server` is the name of the engine whose list it is, `is_offline` whether it is the last kept one, `reason` a
    sentence where there is none, or an old one."""

    def __init__(
        self, folder: Path, engine: Callable[[], Engine], bus: Bus, scope: TaskScope, clock: Clock = CLOCK
    ) -> None:
        self._files = TemplateFiles(folder)
        self._engine = engine
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self._faults = Supervisor(bus, "Reading templates", clock=clock)
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._pictures = asyncio.Semaphore(_AT_ONCE)
        self._of = ""  # the server whose list it is
        self._mark = ""
        self._seen: object = None  # the engine's lists when its templates were asked for
        self._book = FactsBook(self._files, self._tell_read)
        self._reading: dict[str, asyncio.Task[TemplateFacts | OelalaError]] = {}
        self.templates: tuple[Template, ...] = ()
        self.server = ""
        self.is_offline = False
        self.reason = ""

    def start(self) -> None:
        """Follows the engine from now on: its list is read when it answers, the facts of all when it has nothing to
        do."""
        self._bus.subscribe(EngineSelected, self._hear)
        self._bus.subscribe(EngineChanged, self._hear)
        self._news.set()
        self._scope.start(self._faults.keep(self._follow), "templates")

    async def keep(self) -> None:
        """Writes down what was read, which it does by itself now and then."""
        await self._book.keep()

    # what there is

    def find(self, name: str) -> Template | None:
        return next((template for template in self.templates if template.name == name), None)

    def facts(self, name: str) -> TemplateFacts | None:
        """As far as they are known now."""
        return self._book.facts(name)

    async def refresh(self) -> None:
        """Asks the server again. Never raises: what is wrong stands in `reason`."""
        async with self._turn:
            engine = self._engine()
            before = (self.templates, self.server, self.is_offline, self.reason)
            await self._take_up(engine)
            lists = engine.lists
            try:
                found = await engine.port.templates()
            except OelalaError as error:
                self.is_offline = bool(self.templates)
                self.reason = _reason(engine, error)
                self._seen = lists if isinstance(error, EngineAnswer) else None
            else:
                if engine is self._engine():
                    await self._take(engine, found)
                    self._seen = lists
            if (self.templates, self.server, self.is_offline, self.reason) != before:
                self._bus.publish(TemplatesChanged())
        if engine is self._engine():
            await self._settle(engine)

    async def _take_up(self, engine: Engine) -> None:
        """What is kept of that engine's, where another's was shown so far."""
        key = _key(engine)
        if key == self._of:
            return
        await asyncio.to_thread(self._files.sweep, key)
        kept = await asyncio.to_thread(self._files.list, key)
        await self._book.open(key)
        self._of, self._mark, self._seen = key, kept.mark, None
        self.templates, self.server = kept.templates, engine.name
        self.is_offline, self.reason = bool(kept.templates), ""

    async def _take(self, engine: Engine, found: TemplateList) -> None:
        if (found.templates, found.mark) != (self.templates, self._mark):
            await asyncio.to_thread(self._files.keep_list, self._of, found)
        self.templates, self._mark = found.templates, found.mark
        self.server, self.is_offline, self.reason = engine.name, False, ""

    async def _settle(self, engine: Engine) -> None:
        """How the model files stand, anew."""
        if engine.catalog is None:
            return
        try:
            files = await engine.port.model_files()
        except EngineError as error:
            log.info("no model files of %s: %s", engine.ref.name, error)
            files = {}
        await self._book.settle(engine.catalog, files)

    # one of them

    async def look(self, name: str) -> TemplateFacts:
        """Reads the workflow now, ahead of the others. Raises OelalaError."""
        self._found(name)
        task = self._reading.get(name)
        if task is None:
            task = self._reading[name] = self._scope.start(self._outcome(name), f"template {name}")
            task.add_done_callback(lambda _: self._reading.pop(name, None))
        outcome = await asyncio.shield(task)
        if isinstance(outcome, OelalaError):
            raise outcome
        return outcome

    async def _outcome(self, name: str) -> TemplateFacts | OelalaError:
        """An error as a value: to the scope of a task it would be a fault of ours."""
        try:
            return await self._read(name)
        except OelalaError as error:
            return error

    async def _read(self, name: str) -> TemplateFacts:
        engine = self._engine_of_list()
        catalog = engine.catalog
        known = self._book.facts(name)
        if catalog is None:
            if known is not None:
                return known
            raise EngineUnreachable(f"What {self.server} has is not known while it does not answer.", kind="closed")
        template = self._found(name)
        workflow = await self.workflow(name)
        return await self._book.read(name, self._stamp(template), workflow, catalog)

    async def workflow(self, name: str) -> dict[str, Any]:
        """In the editor's format, or as a graph. One that bears no date, as those of node packs, is asked for anew
        where that can be. Raises OelalaError."""
        template = self._found(name)
        server, stamp = self._of, self._stamp(template)
        kept = await asyncio.to_thread(self._files.workflow, server, name, stamp)
        if kept is not None and template.date:
            return kept
        try:
            found = await self._engine_of_list().port.template(name)
        except EngineUnreachable:
            kept = kept or await asyncio.to_thread(self._files.workflow, server, name, None)
            if kept is None:
                raise
            return kept
        if is_workflow(found):  # what stands there instead of one for a while would be taken for it ever after
            await asyncio.to_thread(self._files.keep_workflow, server, name, stamp, found)
        return found

    async def adoption(self, name: str) -> Adoption:
        """What a preset of it could be. Raises OelalaError."""
        workflow = await self.workflow(name)
        catalog = await self._engine().catalog_soon()
        adoption = await asyncio.to_thread(adopt, workflow, catalog)
        return replace(adoption, description=_first_sentence(self._found(name).description))

    async def picture(self, name: str, number: int = 1) -> Path:
        """The file of its picture, of those that it has. Raises OelalaError."""
        template = self._found(name)
        if not 1 <= number <= template.pictures:
            raise NotFound(f"The template {template.title} has no picture {number}.")
        path = self._files.picture(self._of, name, number, self._stamp(template), template.picture_type)
        if await asyncio.to_thread(path.is_file):
            return path
        async with self._pictures:
            content = await self._engine_of_list().port.template_picture(template, number)
        if sniff(content[:64]) not in _PICTURES:
            raise EngineAnswer(f"What {self.server} gives as the picture of {template.title} is none.")
        try:
            await asyncio.to_thread(self._files.keep_picture, path, content)
        except OSError as error:
            raise CannotSave(f"The picture cannot be kept in {path.parent}: {error.strerror}.") from error
        return path

    # what users saved there

    async def saved(self) -> tuple[str, ...]:
        """Workflows that are saved on the server, by their paths there. Raises OelalaError."""
        return await self._engine().port.saved_workflows()

    async def saved_workflow(self, path: str) -> dict[str, Any]:
        """Raises OelalaError."""
        return await self._engine().port.saved_workflow(path)

    async def saved_adoption(self, path: str) -> Adoption:
        """What a preset of a saved one could be. Raises OelalaError."""
        workflow = await self.saved_workflow(path)
        catalog = await self._engine().catalog_soon()
        return await asyncio.to_thread(adopt, workflow, catalog)

    async def save_workflow(self, name: str, content: dict[str, Any]) -> str:
        """Saves it among the server's workflows under a name of ours, never in place of another; returns its path
        there. Raises OelalaError."""
        plain = re.sub(r"[^\w-]+", "_", name, flags=re.ASCII).strip("_")[:_LONGEST_NAME] or "workflow"
        plain = plain if plain.startswith("oelala_") else f"oelala_{plain}"
        return await self._engine().port.save_workflow(plain, content)

    # in the background

    def _hear(self, _: EngineSelected | EngineChanged) -> None:
        engine = self._engine()
        if _key(engine) != self._of or (engine.is_online and engine.lists is not self._seen):
            self._news.set()
        elif engine.state.state == "offline" and not self.is_offline and self.templates:
            self.is_offline, self.reason, self._seen = True, engine.state.reason, None
            self._bus.publish(TemplatesChanged())

    async def _follow(self) -> None:
        """From one news of the engine to the next."""
        self._news.clear()
        engine = self._engine()
        if engine.is_online and engine.lists is not None:
            if engine.lists is not self._seen:
                await self.refresh()
        elif _key(engine) != self._of:
            await self._show_kept(engine)
        await self._read_all()
        await self._news.wait()

    async def _show_kept(self, engine: Engine) -> None:
        """While it is not known whether the server answers."""
        async with self._turn:
            await self._take_up(engine)
        self._bus.publish(TemplatesChanged())

    async def _read_all(self) -> None:
        """What is not known yet, or was found beside other nodes; those that most people use first."""
        order = sorted(self.templates, key=lambda template: (not template.is_open, -template.uses))
        for template in order:
            if self._news.is_set():
                break
            engine, catalog = self._engine(), self._engine().catalog
            if catalog is None or not engine.is_online or self._book.knows(template.name, self._stamp(template)):
                continue
            while engine.state.queue_remaining and not await self._clock.wait(self._news, _BUSY):
                pass
            if self._news.is_set():
                break
            try:
                await self.look(template.name)
            except OelalaError as error:
                log.info("the template %s is not read: %s", template.name, error)
                await self._clock.wait(self._news, _PAUSE if isinstance(error, EngineAnswer) else _FAILED)
            await self._clock.wait(self._news, _PAUSE)
        await self.keep()

    def _tell_read(self, name: str) -> None:
        self._bus.publish(TemplateRead(name))

    # plumbing

    def _found(self, name: str) -> Template:
        template = self.find(name)
        if template is None:
            raise NotFound(f"{self.server or 'The engine'} has no template named {name}.")
        return template

    def _engine_of_list(self) -> Engine:
        engine = self._engine()
        if _key(engine) != self._of:
            raise EngineUnreachable(f"{self.server} is not the engine that is connected now.", kind="closed")
        return engine

    def _stamp(self, template: Template) -> str:
        """Of its workflow: another when that may be another."""
        return f"{self._mark} {template.date} {template.size}"


def _key(engine: Engine) -> str:
    return f"{engine.ref.kind} {engine.ref.url}"


def _reason(engine: Engine, error: OelalaError) -> str:
    return error.message if isinstance(error, EngineAnswer) or not engine.state.reason else engine.state.reason


def _first_sentence(text: str) -> str:
    """Of a description that is meant to be read at leisure, what fits beside a name."""
    end = text.find(". ")
    return textwrap.shorten(text[: end + 1] if end >= 0 else text, _LONGEST_WORDS, placeholder="…")
