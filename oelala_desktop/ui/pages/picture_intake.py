"""Pictures on their way into a form: read and checked off the window's thread, refused at the field in one sentence,
their own prompt offered to an untouched prompt box."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from oelala_desktop.domain.advising import of_inputs
from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.inputs import Given, Inputs
from oelala_desktop.services.inputs.store import Taken
from oelala_desktop.services.known_settings import typed_of
from oelala_desktop.services.url_import import fetch_picture
from oelala_desktop.ui.fields import PictureEditor
from oelala_desktop.ui.images import image_of, keep_image, load_image
from oelala_desktop.ui.pages.tool_form import ToolForm
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets.dropped import looks_like_picture, refusal

_PREVIEW = 1024  # longest side of what the form shows


class PictureIntake(QObject):
    several = Signal(list)  # list[Path]: more than one file was dropped on the start picture
    changed = Signal()

    def __init__(self, form: ToolForm, studio: Studio) -> None:
        super().__init__(form)
        self._form = form
        self._studio = studio
        self._inputs = studio.services.inputs
        self._facts: dict[str, tuple[Given, ...]] = {}
        self._typed_setting = typed_of(form.tool.id)
        self._shown: dict[str, tuple[QImage, str, tuple[int, int]]] = {}
        #: whether a person has written in the prompt box, or cleared it, since a picture last filled it
        self.typed = studio.services.settings.get(self._typed_setting)
        form.changed.connect(lambda key: self._set_typed(True) if key == "prompt" else None)
        form.files_dropped.connect(self._dropped)
        form.image_pasted.connect(self.take_image)
        form.url_dropped.connect(self._fetch)
        form.media_requested.connect(self._pick)

    def _dropped(self, key: str, paths: list[Path]) -> None:
        others = [path for path in paths if not looks_like_picture(path)]
        if others and len(others) < len(paths):
            self._studio.notify(refusal(others), "warning")
            paths = [path for path in paths if path not in others]
        if len(paths) > 1 and key == "image":
            self.several.emit(paths)
        elif paths:
            self.take(key, paths[0])

    def facts(self) -> Inputs:
        """What is known of what the form has."""
        values = self._form.values()
        return {key: given for key, given in self._facts.items() if values.get(key)}

    def _set_typed(self, typed: bool) -> None:
        if typed != self.typed:
            self.typed = typed
            self._studio.services.settings.set(self._typed_setting, typed)

    def _pick(self, key: str) -> None:
        from oelala_desktop.ui.gallery.picker import open_picker

        open_picker(self._studio, partial(self.take, key))

    def restore(self, values: Mapping[str, Any]) -> None:
        """Pictures of the last run, if their files are still there."""
        for key in ("image", "end_image"):
            if values.get(key):
                self.take(key, Path(str(values[key])), quiet=True)

    def show_again(self) -> None:
        """The form was built anew: its picture fields show what they showed."""
        for key, (image, name, size) in self._shown.items():
            if self._form.values().get(key):
                self._form.set_picture(key, image, name, size)

    def take(self, key: str, path: Path, *, quiet: bool = False, fill: bool = True) -> None:
        """Uses a file as picture; `quiet` drops one that cannot be used without a word, and leaves the prompt alone as
        `fill` False does."""

        def refused(error: OelalaError) -> bool:
            if quiet:
                self._form.set_value(key, None)
                self._form.set_picture(key, None)
            else:
                self._form.show_field_error(key, error.message)
            self.changed.emit()
            return True

        self._studio.actions.start(self._take(key, path, fill=fill and not quiet), failed=refused)

    async def _take(self, key: str, path: Path, *, fill: bool = True) -> None:
        kind = self._form.fields[key].kind
        await self._show(key, await asyncio.to_thread(self._inputs.take, path, kind, key), fill=fill)

    async def _show(self, key: str, taken: Taken, *, fill: bool = True) -> None:
        image = await self._image_of(taken)
        size = (taken.given.width, taken.given.height)
        self._facts[key] = (taken.given,)
        self._shown[key] = (image, taken.given.name, size)
        self._form.set_value(key, str(taken.path))
        self._form.set_picture(key, image, taken.given.name, size)
        self._form.set_picture_note(key, " ".join(str(said) for said in of_inputs({key: (taken.given,)})))
        self.changed.emit()
        if key == "image" and fill and not self.typed and taken.kept is not None:
            self._fill_prompt(taken.kept.prompt)

    async def _image_of(self, taken: Taken) -> QImage:
        """As it was decoded when it was taken; what was kept before is read again, small."""
        if taken.preview is not None:
            return await asyncio.to_thread(image_of, taken.preview)
        image, _ = await load_image(taken.path, _PREVIEW)
        return image if image is not None else QImage()

    def _fill_prompt(self, prompt: str) -> None:
        """With what made the picture."""
        if prompt and "prompt" in self._form.fields:
            self._form.set_value("prompt", prompt[: int(self._form.fields["prompt"].maximum or len(prompt))])
            self._form.set_picture_note("image", "Prompt filled from this picture")
            self.changed.emit()

    def take_image(self, key: str, image: QImage) -> None:
        """Pixels without a file: pasted, or a frame of a video."""

        async def work() -> None:
            await self._show(key, await keep_image(image, self._inputs, "pasted.png"))

        self._studio.actions.start(work(), failed=lambda error: self._refuse(key, error))

    def _fetch(self, key: str, url: str) -> None:
        services = self._studio.services

        async def work() -> None:
            engine = services.current.engine.state.url
            await self._take(key, await fetch_picture(url, services.paths.inputs, engine_url=engine))

        self._studio.actions.start(work(), failed=lambda error: self._refuse(key, error))

    def _refuse(self, key: str, error: OelalaError) -> bool:
        self._form.show_field_error(key, error.message)
        return True

    def browse(self) -> None:
        row = self._form.row("image") if "image" in self._form.fields else None
        if row is not None and isinstance(row.editor, PictureEditor):
            row.editor.source.zone.browse()
