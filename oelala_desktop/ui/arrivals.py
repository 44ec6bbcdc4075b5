"""What comes to the window from outside: dropped beside every field, pasted, or named by a second start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets import dropped

if TYPE_CHECKING:
    from oelala_desktop.ui.pages.tool_form import ToolForm


class Arrivals:
    """`picture_form` shows a page that takes a picture, the one in view if it does, and returns its form; `take_json`
    is for workflows and settings."""

    def __init__(
        self, studio: Studio, picture_form: Callable[[], ToolForm | None], take_json: Callable[[Path], object]
    ) -> None:
        self._studio = studio
        self._picture_form = picture_form
        self._take_json = take_json

    def paste(self) -> None:
        """The clipboard's picture, file or address becomes the start picture."""
        form = self._picture_form()
        if form is not None and not form.paste():
            self._studio.notify("The clipboard holds no picture, file or address.", "warning")

    def take(self, mime: QMimeData) -> None:
        if dropped.only_json(mime):
            self._take_json(Path(mime.urls()[0].toLocalFile()))
            return
        offer = dropped.read(mime)
        if offer is None:
            self._studio.notify("There is no picture, file or address in what was dropped.", "warning")
        elif offer.refusal:
            self._studio.notify(offer.refusal, "warning")
        elif offer.files:
            self.open([str(path) for path in offer.files])
        elif (form := self._picture_form()) is not None:
            if offer.image is not None:
                form.image_pasted.emit("image", offer.image)
            else:
                form.url_dropped.emit("image", offer.url)

    def open(self, files: Sequence[str]) -> None:
        """Pictures to a drop zone, a workflow or settings to where they belong, the others to a sentence."""
        paths = [Path(file) for file in files]
        if len(paths) == 1 and paths[0].suffix.casefold() == ".json":
            self._take_json(paths[0])
            return
        if not any(dropped.looks_like_picture(path) for path in paths):
            self._studio.notify(dropped.refusal(paths), "warning") if paths else None
            return
        form = self._picture_form()
        if form is not None:
            form.files_dropped.emit("image", paths)
