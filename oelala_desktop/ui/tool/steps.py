"""A wish of several steps, from a tool's page: each goes by the settings of the page of its own tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS, Tool
from oelala_desktop.domain.wording import with_choices
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.services.settings.known import form_of, preset_of
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.steps_sheet import Chosen, StepsSheet


class _View(Protocol):
    """As ToolView has them."""

    tool: Tool
    preset: Preset | None

    def wish(self) -> Wish: ...
    def obstacle(self) -> Obstacle | None: ...
    def show_problem(self, obstacle: Obstacle) -> None: ...


class Steps:
    """`start` takes the wish."""

    def __init__(self, view: _View, studio: Studio, start: Callable[[Wish], None]) -> None:
        self._view = view
        self._studio = studio
        self._start = start
        self.sheet: StepsSheet | None = None

    def ask(self, window: QWidget) -> None:
        """What goes on from it; what stands in the way of the first step is said first."""
        view = self._view
        obstacle = view.obstacle()
        if obstacle is not None:
            view.show_problem(obstacle)
            return
        made = view.preset.output if view.preset is not None else view.tool.output
        sheet = self.sheet = StepsSheet(window, view.tool.name, made)
        sheet.started.connect(self._begin)
        sheet.closed.connect(sheet.deleteLater)
        sheet.closed.connect(partial(self._closed, sheet))
        sheet.open_sheet()

    def _closed(self, sheet: StepsSheet) -> None:
        self.sheet = None if self.sheet is sheet else self.sheet

    def _begin(self, chosen: Sequence[Chosen]) -> None:
        wish = self._view.wish()
        usual = str(wish.values.get("prompt") or "")
        self._start(replace(wish, then=tuple(self._step(one, usual) for one in chosen)))

    def _step(self, chosen: Chosen, usual: str) -> Step:
        """`usual` is the prompt of the first step, for a page that has none yet."""
        tool, settings = TOOLS[chosen.tool], self._studio.services.settings
        files = {key for field in tool.fields if field.is_input for key in (field.key, *_parts(field))}
        kept: dict[str, Any] = settings.get(form_of(tool.id))
        values = {key: value for key, value in kept.items() if key not in files and key in tool.known()}
        values.pop("variations", None)
        preset = settings.get(preset_of(tool.id))
        if "prompt" in tool.keys:
            values["prompt"] = chosen.prompt or values.get("prompt") or usual
        return Step(tool.id, with_choices(values | ({"preset": preset} if preset else {})))


def _parts(field: Field) -> list[str]:
    return [part.key for part in companions(field)]
