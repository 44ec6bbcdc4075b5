"""Files on their way into a form: looked at off the window's thread, refused at their field in one sentence. What a
picture was made with is offered to an untouched prompt box."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from oelala_desktop.domain.advising import of_inputs
from oelala_desktop.domain.errors import InvalidMedia, OelalaError
from oelala_desktop.domain.field import TIMED_KINDS, Field, FieldKind
from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.wording import literal
from oelala_desktop.services.inputs import datasets
from oelala_desktop.services.inputs.store import Taken
from oelala_desktop.services.settings.known import typed_of
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.form.input_editors import Shown
from oelala_desktop.ui.playing.images import image_of, keep_image, load_image
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.fitting import Fitting, Take
from oelala_desktop.ui.widgets import dropped

_PREVIEW = 1024  # longest side of what the form shows
_PICTURED = (FieldKind.PICTURE, FieldKind.PICTURES)
Values = Mapping[str, Any]
_NOTHING: Mapping[str, Values] = {}


class Intake(QObject):
    several = Signal(str, list)  # key, list[Path]: more than one file was dropped on what each job needs one of
    changed = Signal()

    def __init__(self, form: ToolForm, studio: Studio, fitting: Fitting) -> None:
        super().__init__(form)
        self._form = form
        self._fitting = fitting
        self._studio = studio
        self._inputs = studio.services.inputs
        self._newest: dict[str, object] = {}  # by key, what came last
        self._typed_setting = typed_of(form.tool.id)
        #: whether a person has written in the prompt box, or cleared it, since a picture last filled it
        self.typed = studio.services.settings.get(self._typed_setting)
        form.changed.connect(self._edited)
        form.files_dropped.connect(self._dropped)
        form.image_pasted.connect(self.take_image)
        form.url_dropped.connect(self._fetch)
        form.media_requested.connect(self._pick)
        form.mask_wished.connect(self._mask)
        form.preset_wished.connect(self._make_preset)
        self._originals: dict[str, str] = {}  # by key, of pictures that carry a workflow

    def _edited(self, key: str) -> None:
        if key == "prompt":
            self._set_typed(True)
        self._newest.pop(key, None)  # what is on its way is not wanted any more

    def _begin(self, key: str) -> object:
        """A mark of what comes in now; what came before it and is looked at still is dropped."""
        self._newest[key] = mark = object()
        return mark

    def _set_typed(self, typed: bool) -> None:
        if typed != self.typed:
            self.typed = typed
            self._studio.services.settings.set(self._typed_setting, typed)

    @property
    def start(self) -> str | None:
        """The input of the picture that it all begins with."""
        return self._form.given.first(*_PICTURED)

    # ways in

    def _dropped(self, key: str, paths: list[Path]) -> None:
        field = self._form.fields[key]
        kind = self._form.given.kind(key)
        others = [path for path in paths if not dropped.looks_like(path, kind)]
        if others and len(others) < len(paths):
            self._studio.notify(dropped.refusal(others, kind), "warning")
            paths = [path for path in paths if path not in others]
        if field.kind is FieldKind.DATASET:
            self._start(key, self._take_folder(field, [str(path) for path in paths]))
        elif field.kind is FieldKind.PICTURES:
            self._start(key, self._take_each(field, paths))
        elif len(paths) > 1 and key in (self._form.given.place, self._begins(field)):
            self.several.emit(key, paths)
        elif paths:
            self.take(key, paths[0])

    def _begins(self, field: Field) -> str | None:
        """The first input of that kind, of which each job needs one."""
        return self._form.given.first(field.kind) if field.kind is not FieldKind.MASK else None

    def _key_for(self, key: str, kind: dropped.Kind, take: Take) -> str | None:
        """Where such a thing goes that was given at `key`; None for nowhere, which is said there."""
        return self._fitting.key_for(kind, take) if key == self._form.given.place else key

    def take(self, key: str, path: Path, *, fill: bool = True) -> None:
        """Uses a file; `fill` False leaves the prompt alone."""
        now = self._key_for(key, dropped.kind_of_file(path), lambda other: self._use(other, path, fill=fill))
        if now is not None:
            self._use(now, path, fill=fill)

    def _use(self, key: str, path: Path, *, fill: bool = True) -> None:
        self._start(key, self._take(self._form.fields[key], path, self._begin(key), fill=fill))

    def take_image(self, key: str, image: QImage) -> None:
        """Pixels without a file: pasted, or a frame of a video."""
        now = self._key_for(key, dropped.PICTURE, lambda other: self._use_image(other, image))
        if now is not None:
            self._use_image(now, image)

    def _use_image(self, key: str, image: QImage) -> None:
        field, mark = self._form.fields[key], self._begin(key)

        async def work() -> None:
            await self._give(field, await keep_image(image, self._inputs, "pasted.png", field.kind), mark)

        self._start(key, work())

    def _fetch(self, key: str, url: str) -> None:
        now = self._key_for(key, dropped.kind_of_address(url), lambda other: self._fetch(other, url))
        if now is not None:
            self._fetch_as(now, url)

    def _fetch_as(self, key: str, url: str) -> None:
        from oelala_desktop.services.inputs.url_import import fetch_file

        field, services, mark = self._form.fields[key], self._studio.services, self._begin(key)

        async def work() -> None:
            engine = services.current.engine.state.url
            self._form.given.busy(key, "fetching…")
            try:
                most = self._inputs.most_bytes()
                path = await fetch_file(url, services.paths.inputs, field.kind, key, most, engine_url=engine)
            finally:
                self._form.given.busy(key, "")
            await self._take(field, path, mark)

        self._start(key, work())

    def _pick(self, key: str) -> None:
        from oelala_desktop.ui.gallery.picker import open_picker

        open_picker(self._studio, partial(self.take, key), self._form.given.kind(key))

    def _mask(self, key: str, how: str) -> None:
        from oelala_desktop.ui.tool.masking import make_mask

        def give(work: Callable[[], Taken]) -> None:
            mark = self._begin(key)

            async def keep() -> None:
                await self._give(self._form.fields[key], await asyncio.to_thread(work), mark)

            self._start(key, keep())

        self._start(key, make_mask(how, key, self._form, self._inputs, give))

    def _make_preset(self, key: str) -> None:
        self._studio.workflow_requested.emit(self._originals.get(key, ""))

    def browse(self, key: str) -> None:
        editor = self._form.given.editor(key)
        if editor is not None:
            editor.browse()

    def _start(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        def refused(error: OelalaError) -> bool:
            self._form.show_field_error(key, error.message)
            return True

        self._studio.actions.start(work, failed=refused)

    # what came in

    async def _take_each(self, field: Field, paths: Sequence[Path]) -> None:
        """One after another, so that they stay in order; what is wrong with one keeps none of the others out."""
        wrong: OelalaError | None = None
        for path in paths:
            try:
                await self._take(field, path, self._begin(field.key))
            except OelalaError as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong

    async def _take_folder(self, field: Field, names: Sequence[str]) -> None:
        """Pictures with captions, as they lie in a folder, or as files."""
        key, form, mark = field.key, self._form, self._begin(field.key)
        form.given.busy(key, "looking at the pictures…")
        try:
            found = await asyncio.to_thread(datasets.look, self._inputs, names, key)
        finally:
            form.given.busy(key, "")
        if key not in form.fields or self._newest.get(key) is not mark:
            return
        form.given.know(key, names[0], Shown(found.given(), QImage(), pictures=found.pictures))
        form.give(key, names[0] if len(names) == 1 else list(names))
        form.show_field_error(key, "")
        self.changed.emit()

    async def look_again(self, field: Field) -> None:
        """What lies there was changed from here. Raises what `look` raises."""
        names = names_in(self._form.values().get(field.key))
        if names:
            await self._take_folder(field, names)

    async def _take(self, field: Field, path: Path, mark: object, *, fill: bool = True) -> None:
        taken = await asyncio.to_thread(self._inputs.take, path, field.kind, field.key, preview=True)
        await self._give(field, taken, mark, fill=fill)

    async def _give(self, field: Field, taken: Taken, mark: object, *, fill: bool = True) -> None:
        key, name, form = field.key, str(taken.path), self._form
        shown = await self._look_of(taken)
        if key not in form.fields:
            return  # the preset is another one by now
        if field.kind is not FieldKind.PICTURES and self._newest.get(key) is not mark:
            return  # another came meanwhile
        if field.kind is FieldKind.PICTURES:
            names = names_in(form.values().get(key))
            if field.maximum and len(names) >= field.maximum:
                raise InvalidMedia(key, f"{field.maximum:g} pictures are the most here. Remove one first.")
            form.given.know(key, name, shown)
            form.give(key, [*names, name])
        else:
            form.given.know(key, name, shown)
            form.give(key, name)
        form.show_field_error(key, "")
        form.given.note(key, " ".join(map(str, of_inputs({key: (taken.given,)}))))
        if taken.kept is not None and taken.kept.has_workflow:
            self._originals[key] = taken.kept.original
            form.given.offer_preset(key, True)
        self._complete(field, name, shown)
        self.changed.emit()
        if key == self.start and fill and not self.typed and taken.kept is not None:
            self._fill_prompt(key, taken.kept.prompt)

    async def _look_of(self, taken: Taken) -> Shown:
        """As it was decoded when it was taken; what was kept before is read again, small."""
        if taken.preview is not None:
            image = await asyncio.to_thread(image_of, taken.preview)
        elif taken.kept is not None and taken.given.kind in ("picture", "mask"):
            image = (await load_image(taken.path, _PREVIEW))[0] or QImage()
        else:
            image = QImage()
        return Shown(taken.given, image, mask=taken.kept.mask if taken.kept is not None else "")

    def _complete(self, field: Field, name: str, shown: Shown) -> None:
        """Frames and peaks come after the facts."""
        if field.kind in TIMED_KINDS:
            from oelala_desktop.ui.tool.strips import load_strip

            self._studio.actions.start(load_strip(self._form, field.key, name, shown), owner=self._form)

    def _fill_prompt(self, key: str, prompt: str) -> None:
        """With what made the picture."""
        if prompt and "prompt" in self._form.fields:
            most = int(self._form.fields["prompt"].maximum or len(prompt))
            self._form.set_value("prompt", literal(prompt[:most])[:most])
            self._form.given.note(key, "Prompt filled from this picture")
            self.changed.emit()

    # what the form has already

    def look(self, *, quiet: bool = True, otherwise: Mapping[str, Values] = _NOTHING) -> None:
        """Looks at the files that the values name and nothing is known of. One that cannot be used goes, `quiet` says
        whether without a word; but where there is something else in its stead, by key, those values are taken."""
        for field in list(self._form.fields.values()):
            names = names_in(self._form.values().get(field.key)) if field.is_input else ()
            if field.kind is FieldKind.DATASET:
                if names and names[0] not in self._form.given.shown(field.key):
                    self._start(field.key, self._take_folder(field, names))
                continue
            if any(name not in self._form.given.shown(field.key) for name in names):
                self._studio.actions.start(self._look(field, names, quiet, otherwise))

    async def _look(
        self, field: Field, names: Sequence[str], quiet: bool, otherwise: Mapping[str, Values] = _NOTHING
    ) -> None:
        key, form = field.key, self._form
        found: list[tuple[str, Shown]] = []
        wrong: OelalaError | None = None
        for name in names:
            try:
                taken = await asyncio.to_thread(self._inputs.take, Path(name), field.kind, key, preview=True)
                found.append((str(taken.path), await self._look_of(taken)))
            except OelalaError as error:
                wrong = wrong or error
        if key not in form.fields or names_in(form.values().get(key)) != tuple(names):
            return  # changed meanwhile
        if wrong is not None and key in otherwise:
            await self._look_instead(otherwise[key], quiet)
            return
        paths = [path for path, _ in found]
        for path, shown in found:
            form.given.know(key, path, shown)
        if not paths:
            form.give(key, None)
        else:
            form.set_value(key, paths if field.kind is FieldKind.PICTURES else paths[0])
        for path, shown in found:
            self._complete(field, path, shown)
        self.changed.emit()
        # a picture was kept when it was given; a video or sound may lie on a drive that is not there now
        if wrong is not None and (not quiet or field.kind in TIMED_KINDS):
            form.show_field_error(key, wrong.message)

    async def _look_instead(self, instead: Values, quiet: bool) -> None:
        """Takes these values, and looks at every file among them: with a part of a picture comes that of its mask."""
        form = self._form
        form.set_values({key: value for key, value in {**form.values(), **instead}.items() if value is not None})
        for field in [form.fields[key] for key in instead if key in form.fields]:
            if field.is_input:
                await self._look(field, names_in(form.values().get(field.key)), quiet)
