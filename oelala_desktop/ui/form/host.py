"""What the parts of a tool's form ask of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from oelala_desktop.domain.field import Field
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.row import FieldRow
from oelala_desktop.ui.widgets.choice import Choice


class FormHost(Protocol):
    """As ToolForm has them; its docstrings say what they mean."""

    tool: Tool
    output: str
    tips: tuple[str, ...]
    commands: Commands

    @property
    def fields(self) -> Mapping[str, Field]: ...
    @property
    def defaults(self) -> Mapping[str, str]: ...
    @property
    def last_seed(self) -> int | None: ...
    def values(self) -> dict[str, Any]: ...
    def effective(self) -> dict[str, Any]: ...
    def choices(self, key: str) -> tuple[Choice, ...]: ...
    def row(self, key: str, *, labelled: bool = True, inline: bool = False) -> FieldRow: ...
    def editor(self, key: str) -> Editor | None: ...
    def edit(self, key: str, value: Any) -> None: ...
    def reset(self, keys: Sequence[str]) -> None: ...
