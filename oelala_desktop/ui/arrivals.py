"""What comes to the window from outside: dropped beside every field, pasted, or named by a second start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets import dropped

if TYPE_CHECKING:
    from oelala_desktop.ui.form.form import ToolForm


class Arrivals:
    """`form_for` gives the form of the page in view if it takes such things, else shows one that does, if any;
    `take_json` is for workflows and settings."""

    def __init__(
        self,
        studio: Studio,
        form_for: Callable[[Sequence[dropped.Kind]], ToolForm | None],
        take_json: Callable[[Path], object],
    ) -> None:
        self._studio = studio
        self._form_for = form_for
        self._take_json = take_json

    def paste(self) -> None:
        """The clipboard's file, picture or address becomes the input of its kind."""
        mime = QGuiApplication.clipboard().mimeData()
        if not self._take(mime):
            self._warn("The clipboard holds no picture, video, sound or address.")

    def take(self, mime: QMimeData) -> None:
        if dropped.only_json(mime):
            self._take_json(Path(mime.urls()[0].toLocalFile()))
        elif not self._take(mime):
            self._warn("There is no picture, video, sound or address in what was dropped.")

    def _take(self, mime: QMimeData) -> bool:
        """False if there is nothing in it for anyone."""
        offers = [offer for kind in dropped.KINDS if (offer := dropped.read(mime, kind=kind)) is not None]
        best = next((offer for offer in offers if not offer.refusal), next(iter(offers), None))
        if best is None:
            return False
        if best.refusal:
            self._warn(best.refusal)
        elif best.files:
            self.open([str(path) for path in best.files])
        else:
            kind = dropped.kind_of_address(best.url) if best.url else dropped.PICTURE
            form = self._form_for([kind])
            key = form.given.taking(kind) if form is not None else None
            if form is None or key is None:
                self._warn(f"This page takes no {kind.word}.")
            elif best.image is not None:
                form.image_pasted.emit(key, best.image)
            else:
                form.url_dropped.emit(key, best.url)
        return True

    def open(self, files: Sequence[str]) -> None:
        """Each file to the input of its kind, a workflow or settings to where they belong, the others to a sentence."""
        paths = [Path(file) for file in files]
        if len(paths) == 1 and paths[0].suffix.casefold() == ".json":
            self._take_json(paths[0])
            return
        kinds = {path: [kind for kind in dropped.KINDS if dropped.looks_like(path, kind)] for path in paths}
        odd = [path for path in paths if not kinds[path]]
        if odd:
            self._warn(dropped.unknown(odd))
        form = self._form_for([kind for path in paths for kind in kinds[path]])
        places: dict[str, list[Path]] = {}
        for path in paths:
            keys = [form.given.taking(kind) for kind in kinds[path]] if form is not None else []
            key = next(filter(None, keys), None)
            if key is not None:
                places.setdefault(key, []).append(path)
            elif kinds[path]:
                self._warn(f"{path.name} is a {kinds[path][0].word}, which this page does not take.")
        for key, mine in places.items():
            if form is not None:
                form.files_dropped.emit(key, mine)

    def _warn(self, sentence: str) -> None:
        self._studio.notify(sentence, "warning")
