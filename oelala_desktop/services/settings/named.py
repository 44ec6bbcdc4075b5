"""Prompts and settings that a user saved by name, a list of each for every tool. Blocking; call it off the loop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from oelala_desktop.domain.errors import CannotSave, InvalidInput, NotFound
from oelala_desktop.domain.spelling import nearest
from oelala_desktop.storage.own_json import OwnJson

Kind = Literal["settings", "prompts"]
_KINDS: tuple[Kind, ...] = ("settings", "prompts")
LONGEST_NAME = 100  # characters
_MOST = 1000  # names of a kind, for each tool


class NamedSets:
    """One file; every change brings in what other processes changed. Values are as in a settings file."""

    def __init__(self, path: Path) -> None:
        self._file = OwnJson(path, "saved prompts and settings", sift=_sift)

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what was set aside."""
        return tuple(self._file.notices)

    def names(self, kind: Kind, tool: str) -> tuple[str, ...]:
        return tuple(sorted(self._rows(kind, tool), key=str.casefold))

    def get(self, kind: Kind, tool: str, name: str) -> dict[str, Any]:
        """Raises NotFound with the nearest name."""
        rows = self._rows(kind, tool)
        if name not in rows:
            near = nearest(name, list(rows))
            hint = f" Did you mean “{near}”?" if near else ""
            raise NotFound(f"No {kind} are saved as “{name}” for {tool}.{hint}")
        return rows[name]

    def save(self, kind: Kind, tool: str, name: str, values: Mapping[str, Any]) -> str:
        """In place of what had that name; returns the name as it is kept. Raises InvalidInput or CannotSave."""
        kept = " ".join(name.split())[:LONGEST_NAME]
        if not kept or not kept.isprintable():
            raise InvalidInput("Type a name to save it under.")

        def edit(rows: dict[str, Any]) -> dict[str, Any]:
            if kept not in rows and len(rows) >= _MOST:
                raise CannotSave(f"{_MOST} {kind} are saved for this tool, which is the most. Delete some first.")
            return {**rows, kept: dict(values)}

        self._change(kind, tool, edit)
        return kept

    def delete(self, kind: Kind, tool: str, name: str) -> dict[str, Any]:
        """What it held. Raises NotFound or CannotSave."""
        held = self.get(kind, tool, name)
        self._change(kind, tool, lambda rows: {key: value for key, value in rows.items() if key != name})
        return held

    def _rows(self, kind: Kind, tool: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._file.read().get(kind, {}).get(tool, {})
        return found

    def _change(self, kind: Kind, tool: str, edit: Any) -> None:
        def whole(values: dict[str, Any]) -> dict[str, Any]:
            tools = values.get(kind, {})
            return {**values, kind: {**tools, tool: edit(tools.get(tool, {}))}}

        self._file.change(whole)


def _sift(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Kinds that a newer version may have are left as they are."""
    sound: dict[str, Any] = {key: value for key, value in values.items() if key not in _KINDS}
    odd: list[str] = []
    for kind in _KINDS:
        tools = values.get(kind, {})
        if not isinstance(tools, dict):
            odd.append(kind)
            continue
        for tool, rows in tools.items():
            fit = {name: row for name, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}
            if rows != fit:
                odd.append(f"{kind} of {tool}")
            sound.setdefault(kind, {})[tool] = fit
    return sound, tuple(odd)
