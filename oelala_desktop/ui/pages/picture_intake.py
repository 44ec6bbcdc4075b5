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

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.metadata import read
from oelala_desktop.services.pictures import read_picture
from oelala_desktop.services.url_import import fetch_picture
from oelala_desktop.ui.fields import PictureEditor
from oelala_desktop.ui.images import load_image, save_png
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
        self._typed_key = f"typed.{form.tool.id}"
        self._shown: dict[str, tuple[QImage, str, tuple[int, int]]] = {}
        #: whether a person has written in the prompt box, or cleared it, since a picture last filled it
        self.typed = bool(studio.services.settings.get(self._typed_key, False))
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

    def _set_typed(self, typed: bool) -> None:
        if typed != self.typed:
            self.typed = typed
            self._studio.services.settings.set(self._typed_key, typed)

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
        limit = self._studio.services.jobs.max_picture_bytes()
        picture = await asyncio.to_thread(read_picture, path, key, max_bytes=limit)
        image, _ = await load_image(path, _PREVIEW)
        if image is None:  # a kind that Qt does not read; what will be uploaded is plain
            image = await asyncio.to_thread(QImage.fromData, picture.content)
        size = (picture.width, picture.height)
        self._shown[key] = (image, path.name, size)
        self._form.set_value(key, str(path))
        self._form.set_picture(key, image, path.name, size)
        self._form.set_picture_note(key, picture.warning)
        self.changed.emit()
        if key == "image" and fill and not self.typed:
            await self._fill_prompt(path)

    async def _fill_prompt(self, path: Path) -> None:
        """With what made the picture."""
        try:
            info = (await asyncio.to_thread(read, path)).info
        except OelalaError:
            return
        prompt = (info.prompt or "")[:2048]
        if prompt and "prompt" in self._form.fields:
            self._form.set_value("prompt", prompt)
            self._form.set_picture_note("image", "Prompt filled from this picture")
            self.changed.emit()

    def take_image(self, key: str, image: QImage) -> None:
        """Pixels without a file (pasted, or a frame of a video): kept as a PNG under the home folder."""
        folder = self._studio.services.paths.pictures

        async def work() -> None:
            await self._take(key, await save_png(image, folder, "pasted"))

        self._studio.actions.start(work(), failed=lambda error: self._refuse(key, error))

    def _fetch(self, key: str, url: str) -> None:
        services = self._studio.services

        async def work() -> None:
            engine = services.current.engine.state.url
            await self._take(key, await fetch_picture(url, services.paths.pictures, engine_url=engine))

        self._studio.actions.start(work(), failed=lambda error: self._refuse(key, error))

    def _refuse(self, key: str, error: OelalaError) -> bool:
        self._form.show_field_error(key, error.message)
        return True

    def browse(self) -> None:
        row = self._form.row("image") if "image" in self._form.fields else None
        if row is not None and isinstance(row.editor, PictureEditor):
            row.editor.source.zone.browse()
