"""Settings on their way into a tool's page and out of it: of another job or file, from a settings file, to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtWidgets import QFileDialog

from oelala_desktop.domain.errors import InvalidField, OelalaError
from oelala_desktop.domain.inputs import companions, names_in
from oelala_desktop.domain.measuring import with_duration
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.reuse import not_kept_note
from oelala_desktop.domain.tool import Tool
from oelala_desktop.domain.wording import WORDED, literal
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.studio import OFFERED_MS, Reuse, Studio
from oelala_desktop.ui.tool.fitting import Fitting
from oelala_desktop.ui.tool.intake import Intake
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.tool.saved import Saved
from oelala_desktop.ui.tool.settings_file import read_settings_file, write_settings_file

_NOTHING: Mapping[str, Any] = {}


class _View(Protocol):
    """As ToolView has them."""

    tool: Tool
    preset: Preset | None
    chosen: str
    form: ToolForm
    page: ToolPage
    intake: Intake
    fitting: Fitting

    def edited(self) -> None: ...
    def wish(self) -> Wish: ...
    def choose_preset(self, short_id: str) -> None: ...


class SettingsInOut:
    def __init__(self, view: _View, studio: Studio) -> None:
        self._view = view
        self._form = view.form
        self._studio = studio
        self.saved = Saved(studio, view.tool.id, self._inputs, self._all, self._take_saved)

    def _inputs(self) -> frozenset[str]:
        """Keys of what is given as files, and of what comes with them."""
        fields = [field for field in self._form.fields.values() if field.is_input]
        return frozenset(key for field in fields for key in (field.key, *(part.key for part in companions(field))))

    def _all(self) -> dict[str, Any]:
        return self._form.effective() | dict(self._view.wish().values)

    def _take_saved(self, name: str, values: Mapping[str, Any]) -> None:
        """Prompts alone change nothing else of the page."""
        if values.keys() <= {"prompt", "negative_prompt"}:
            self._form.set_values({**self._form.values(), **values})
            self._view.edited()
        else:
            self.take(f"“{name}”", values)

    def reuse(self, reuse: Reuse, *, keep_inputs: bool = False) -> None:
        """Every value of another job or file, as far as the preset in force has the setting; what it has not is told.
        The preset that made it is chosen if it can run. `keep_inputs` leaves the files on the page where there are no
        others."""
        view, form = self._view, self._form
        notes = [reuse.note, self._choose_preset(str(reuse.values.get("preset") or ""))]
        fields = {field.key: field for field in view.tool.fields} | (dict(view.preset.fields) if view.preset else {})
        known = fields | {part.key: part for field in fields.values() for part in companions(field)}
        values = _as_typed({k: v for k, v in reuse.values.items() if k in known and v is not None})
        for key in [key for key, field in fields.items() if field.is_input and key in values]:
            lost = [name for name in names_in(values[key]) if not _is_whole(name)]
            if lost:
                notes.append(f"{lost[0]} was not taken: its whole path is needed.")
                values.pop(key)
        if view.preset is not None:
            try:
                values = with_duration(view.preset, values)
            except InvalidField as error:
                notes.append(error.message)
                values.pop("num_frames")
            notes.append(not_kept_note(view.preset, values))
        view.intake.typed = bool(values.get("prompt"))
        kept = self._given(without=values) if keep_inputs else {}
        form.set_values(kept | values)
        look = partial(view.intake.look, quiet=False, otherwise=reuse.otherwise)
        view.fitting.fit(lambda _key: look())
        look()
        notes.append(self._size_note(reuse.size))
        if any(notes):
            self._studio.notify(" ".join(filter(None, notes)), "warning")
        view.edited()
        if reuse.typed:
            self._offer_typed(reuse)

    def _offer_typed(self, reuse: Reuse) -> None:
        """The prompts are as they were drawn."""
        again = replace(reuse, values={**reuse.values, **reuse.typed, "choices": True}, typed={})
        self._studio.shell.toasts.post(
            "The prompt is as it was drawn from choices.",
            action="Use the choices",
            act=lambda: self.reuse(again),
            shown_ms=OFFERED_MS,
        )

    def _given(self, *, without: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """The files on the page, and what comes with them, of inputs that `without` has nothing of."""
        values = self._form.values()
        keys: list[str] = []
        tool = self._view.tool
        taken = self._form.given.place if tool.takes_either and any(map(without.get, tool.needs)) else None
        for field in self._form.fields.values():
            if field.is_input and field.key != taken and not without.get(field.key):
                keys += [field.key, *(part.key for part in companions(field))]
        return {key: values[key] for key in keys if key in values}

    def _choose_preset(self, name: str) -> str:
        """A sentence if that one is not to be had."""
        view, services = self._view, self._studio.services
        if not name or (view.preset is not None and view.preset.short_id == name and view.chosen == name):
            return ""
        made = next((p for p in services.registry.presets(view.tool) if p.short_id == name), None)
        if made is None:
            return f"The preset {name}, which made it, is not among yours."
        engine = services.current.engine
        if engine.catalog is not None and made.missing(engine.catalog):
            return f"{made.name}, which made it, cannot run on {engine.state.name or 'this engine'}."
        view.choose_preset(name)
        return ""

    def _size_note(self, size: tuple[int, int] | None) -> str:
        width, height, _ = self._form.frame_size()
        if size is None or size == (width, height) or not (width and height):  # it may follow what is not given yet
            return ""
        return f"It was {size[0]} × {size[1]}; the nearest here is {width} × {height}."

    def menu(self, what: str) -> None:
        """saved-prompts, saved-settings, export, import or reset."""
        if what in ("saved-prompts", "saved-settings"):
            self.saved.open("prompts" if what == "saved-prompts" else "settings", self._view.page.window())
            return
        if what == "reset":
            prompt = {key: value for key, value in self._form.values().items() if key == "prompt"}
            self._form.set_values(self._given() | prompt)
            self._view.edited()
            return
        dialog = QFileDialog(self._view.page.window(), "Export settings" if what == "export" else "Import settings")
        dialog.setNameFilter("Settings (*.json)")
        dialog.setDefaultSuffix("json")
        if what == "export":
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.selectFile(f"{self._view.tool.id}.json")
        dialog.fileSelected.connect(partial(self.file, what))
        dialog.open()

    def file(self, what: str, name: str) -> None:
        """Exports to the file of that name, or imports from it."""
        path = Path(name)
        if what == "export":
            values = self._all()
            self._studio.actions.start(write_settings_file(path, values, self._form.fields))
        else:
            self._studio.actions.start(read_settings_file(path), done=partial(self.take, path.name))

    def take(self, name: str, values: Mapping[str, Any]) -> None:
        """All settings of a file called `name`, or none and a sentence on what is wrong with them."""
        given = {key: value for key, value in values.items() if key != "tool"}
        try:
            preset = self._named(str(given.get("preset") or ""))
            checked = self._view.tool.check(given, preset.fields if preset else None)
            if preset is not None:
                checked = with_duration(preset, checked)
        except OelalaError as error:
            self._studio.notify(f"{name}: {error.message}", "error")
            return
        named = {"preset": preset.short_id} if preset else {}
        self.reuse(Reuse(self._view.tool.id, checked | named), keep_inputs=True)
        self._studio.notify(f"Settings taken from {name}.")

    def _named(self, name: str) -> Preset | None:
        """Raises NotFound."""
        return self._studio.services.registry.find(name, self._view.tool) if name else self._view.preset


def _as_typed(values: dict[str, Any]) -> dict[str, Any]:
    """Prompts without choices as one types them here, where every prompt may have some."""
    if values.pop("choices", False):
        return values
    return values | {key: literal(values[key]) for key in WORDED if isinstance(values.get(key), str)}


def _is_whole(name: str) -> bool:
    return Path(name).is_absolute() or name.startswith("~")
