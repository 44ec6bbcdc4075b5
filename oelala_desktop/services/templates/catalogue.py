"""The templates of the engine that new jobs go to: the list, what each of them takes, their pictures and workflows.

All is kept by server, so that it can be looked at while the server is away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.template import Template, TemplateFacts
from oelala_desktop.services.engines.current import CurrentEngine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope


class Templates:
    """Announces TemplatesChanged and TemplateRead. `templates` is a snapshot, in the order of the server's list;
    `server` is the name of the engine whose list it is, `is_offline` whether it is the last kept one, `reason` a
    sentence where there is none, or an old one."""

    def __init__(self, folder: Path, current: CurrentEngine, bus: Bus, scope: TaskScope, clock: Clock = CLOCK) -> None:
        self._folder = folder
        self._current = current
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self.templates: tuple[Template, ...] = ()
        self.server = ""
        self.is_offline = False
        self.reason = ""

    def start(self) -> None:
        """Follows the engine from now on: its list is read when it answers, the facts of all when it has nothing to
        do."""

    def find(self, name: str) -> Template | None:
        return next((template for template in self.templates if template.name == name), None)

    def facts(self, name: str) -> TemplateFacts | None:
        """As far as they are known now."""

    async def look(self, name: str) -> TemplateFacts:
        """Reads the workflow now, ahead of the others. Raises OelalaError."""
        raise NotImplementedError

    async def refresh(self) -> None:
        """Asks the server again. Never raises: what is wrong stands in `reason`."""

    async def picture(self, name: str, number: int = 1) -> Path:
        """The file of its picture, of those that it has. Raises OelalaError."""
        raise NotImplementedError

    async def workflow(self, name: str) -> dict[str, Any]:
        """In the editor's format, or as a graph. Raises OelalaError."""
        raise NotImplementedError

    async def adoption(self, name: str) -> Adoption:
        """What a preset of it could be. Raises OelalaError."""
        raise NotImplementedError

    async def saved(self) -> tuple[str, ...]:
        """Workflows that are saved on the server, by their paths there. Raises OelalaError."""
        raise NotImplementedError

    async def saved_workflow(self, path: str) -> dict[str, Any]:
        """Raises OelalaError."""
        raise NotImplementedError

    async def save_workflow(self, name: str, content: dict[str, Any]) -> str:
        """Saves it among the server's workflows under a name of ours, never in place of another; returns its path
        there. Raises OelalaError."""
        raise NotImplementedError
