"""Which preset a page takes for what is given to it, where its tool goes by a picture or a video."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui import focus
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.form.input_editors import KINDS
from oelala_desktop.ui.presets.choosing import pick_preset
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets import dropped

#: takes a file as the input of that key
Take = Callable[[str], object]
_INPUT_OF: Mapping[dropped.Kind, str] = {dropped.PICTURE: "image", dropped.VIDEO: "video"}


class _View(Protocol):
    """As ToolView has them."""

    tool: Tool
    preset: Preset | None
    chosen: str
    form: ToolForm

    def take(self, preset: Preset) -> None: ...
    def choose_preset(self, short_id: str) -> None: ...


class Fitting:
    """A preset that was chosen by hand stays; then another is offered beside what was not taken."""

    def __init__(self, view: _View, studio: Studio) -> None:
        self._view = view
        self._studio = studio
        self._refused: tuple[dropped.Kind, Take] | None = None  # what another preset would take
        self._changed_for = ""  # the input for whose sake the preset was changed last
        view.form.instead_wished.connect(self._take_offered)

    def values(self) -> dict[str, Any]:
        """What the page has, and the file of its one place even where the preset in force does not take that, or where
        it is still looked at."""
        form, place = self._view.form, self._view.form.given.place
        coming = {place: "coming"} if place is not None and place == self._changed_for else {}
        return coming | form.values() | self._hidden()

    def _hidden(self) -> dict[str, Any]:
        tool, form = self._view.tool, self._view.form
        if not tool.takes_either:
            return {}
        hidden = {key: form.kept(key) for key in tool.needs if key not in form.fields}
        return {key: value for key, value in hidden.items() if names_in(value)}

    def key_for(self, kind: dropped.Kind, take: Take) -> str | None:
        """The input of the page's one place for such a file, after a change of preset where that is needed. None where
        it takes no such file now; `take` is then called if another preset is chosen for its sake."""
        view, form = self._view, self._view.form
        place = form.given.place
        self._refused = None
        if place is None or KINDS[form.fields[place].kind] is kind:
            return place
        other = self._first(_INPUT_OF[kind], place)
        if other is None:
            form.show_field_error(place, f"No preset of {view.tool.name} takes a {kind.word} yet.")
        elif view.chosen and view.preset is not None:
            form.show_field_error(place, f"The preset {view.preset.name} takes no {kind.word}.")
            form.given.offer_instead(place, other.name)
            self._refused = (kind, take)
        else:
            return self._change(other, place, view.take)
        return None

    def _change(self, preset: Preset, place: str, take: Callable[[Preset], object]) -> str | None:
        """Its place, to which the keyboard goes if it was in the one before."""
        form = self._view.form
        before, focused = form.given.editor(place), form.window().focusWidget()
        stays = before is not None and focused is not None and before.isAncestorOf(focused)
        form.give(place, None)
        take(preset)
        now = form.given.place
        self._changed_for = now or ""
        after = form.given.editor(now) if now is not None else None
        if stays and after is not None:
            focus.enter(after)
        return now

    def input_for(self, key: str, path: Path) -> str:
        """The input that such a file is, where it is given at `key`."""
        return _INPUT_OF[dropped.kind_of_file(path)] if key == self._view.form.given.place else key

    def kind_of(self, key: str, paths: Sequence[Path]) -> dropped.Kind:
        """What these files are, given at `key`."""
        form = self._view.form
        if key != form.given.place:
            return KINDS[form.fields[key].kind]
        kinds = {dropped.kind_of_file(path) for path in paths}
        return kinds.pop() if len(kinds) == 1 else dropped.EITHER

    def fit(self, take: Take) -> None:
        """After values came from elsewhere: the preset for the file among them. `take` gets the input's key."""
        hidden, place = self._hidden(), self._view.form.given.place
        if place is None or not hidden or names_in(self._view.form.values().get(place)):
            return
        kind = next(kind for kind, key in _INPUT_OF.items() if key in hidden)
        key = self.key_for(kind, take)
        if key is not None:
            take(key)

    def _first(self, key: str, place: str) -> Preset | None:
        """The first that takes such a file and can run; if none can, the first that takes it."""
        tool, services = self._view.tool, self._studio.services
        given = {k: v for k, v in self._view.form.values().items() if k != place} | {key: "given"}
        found = pick_preset(services.registry, tool, services.current.engine.catalog, "", given)
        if found is not None and key in found.fields:
            return found
        return next((preset for preset in services.registry.presets(tool) if key in preset.fields), None)

    def offer_again(self) -> None:
        """Another preset is in force, or more is known of what can run."""
        form, refused = self._view.form, self._refused
        place = form.given.place
        if refused is None or place is None:
            return
        if KINDS[form.fields[place].kind] is refused[0]:
            self._refused = None  # the one that takes it was chosen otherwise
        elif (other := self._first(_INPUT_OF[refused[0]], place)) is not None:
            form.given.offer_instead(place, other.name)

    def _take_offered(self, _key: str) -> None:
        refused, self._refused = self._refused, None
        place = self._view.form.given.place
        other = self._first(_INPUT_OF[refused[0]], place) if refused and place else None
        if refused is None or place is None or other is None:
            return
        now = self._change(other, place, lambda preset: self._view.choose_preset(preset.short_id))
        if now is not None:
            refused[1](now)

    def named(self, obstacle: Obstacle) -> Obstacle:
        """What is missing at the one place is a picture or a video."""
        if obstacle.code == "input_missing" and obstacle.field == self._view.form.given.place:
            return Obstacle(obstacle.field, obstacle.code, {**obstacle.values, "label": dropped.EITHER.word})
        return obstacle
