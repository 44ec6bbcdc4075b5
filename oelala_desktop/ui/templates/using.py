"""What is done with a template: a preset made of it, opened in ComfyUI, copied."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.template import Template
from oelala_desktop.ui.clipboard import copy_workflow
from oelala_desktop.ui.studio import Studio


class Makes(Protocol):
    """What makes a preset of a workflow, and shows it on its tool's page."""

    def offer(self, name: str, adoption: Adoption) -> object:
        """After the user has chosen its settings."""

    def take_as_it_is(self, name: str, adoption: Adoption) -> object:
        """At once."""

    def edit(self, preset: Preset) -> object:
        """An adopted one, with what was chosen."""


class TemplateActs(QObject):
    def __init__(self, studio: Studio, makes: Makes, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._templates = studio.services.templates
        self._makes = makes

    def use(self, template: Template) -> None:
        """With all the settings that its workflow suggests."""

        async def make() -> None:
            self._makes.take_as_it_is(template.title, await self._templates.adoption(template.name))

        self._studio.actions.start(make())

    def choose(self, template: Template) -> None:
        """With those that the user chooses."""

        async def ask() -> None:
            self._makes.offer(template.title, await self._templates.adoption(template.name))

        self._studio.actions.start(ask())

    @property
    def can_open(self) -> bool:
        """Whether a ComfyUI answers."""
        state = self._studio.services.current.engine.state
        return state.is_ai and state.state == "online"

    def open_in_comfyui(self, template: Template) -> None:
        """Saved among the server's workflows first: no address opens one in the editor."""
        if not self.can_open:
            self._studio.notify("No ComfyUI is connected. The engine panel says how to connect one.", "warning")
            return
        url = self._studio.services.current.engine.state.url

        async def work() -> None:
            workflow = await self._templates.workflow(template.name)
            saved = await self._templates.save_workflow(template.name, workflow)
            QDesktopServices.openUrl(QUrl(url))
            self._studio.notify(f"ComfyUI opens in your browser; the workflow is saved there as {saved}.")

        self._studio.actions.start(work())

    def copy(self, template: Template) -> None:
        async def work() -> None:
            await copy_workflow(await self._templates.workflow(template.name))
            self._studio.notify("Workflow copied.")

        self._studio.actions.start(work())
