"""Captions that are edited on a page. They are written beside the pictures, as NAME.txt, when that is asked for; until
then they are kept in the home, so that nothing that was typed is lost. Blocking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.training import MOST_CAPTION
from oelala_desktop.storage.own_json import OwnJson
from oelala_desktop.storage.whole_file import write_whole

from .dataset_file import TrainingPicture
from .datasets import read_caption


class CaptionDrafts:
    """What was typed and not saved yet, by the path of the picture, in one file, where each process leaves what others
    wrote."""

    def __init__(self, file: Path) -> None:
        self._file = OwnJson(file, "drafts of captions", sift=_texts)

    def read(self) -> dict[str, str]:
        return self._file.read()

    def keep(self, drafts: Mapping[str, str | None]) -> None:
        """Adds these; None for one that is no draft any more. Raises CannotSave."""
        self._file.change(lambda kept: {path: text for path, text in {**kept, **drafts}.items() if text is not None})


def _texts(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    sound = {path: text for path, text in values.items() if isinstance(text, str)}
    return sound, tuple(values.keys() - sound.keys())


def save_captions(edited: Iterable[tuple[TrainingPicture, str]]) -> None:
    """Writes each beside its picture, an empty one only over one that was there. A text that somebody changed since it
    was read is left as it is. Raises CannotSave, which names the first that was not written; the others are."""
    refused: CannotSave | None = None
    for picture, text in edited:
        try:
            _save(picture, text.strip()[:MOST_CAPTION])
        except CannotSave as error:
            refused = refused or error
    if refused is not None:
        raise refused


def _save(picture: TrainingPicture, text: str) -> None:
    file = picture.caption_file
    try:
        there = read_caption(file)
    except Unreadable as error:
        raise CannotSave(f"{error.message} It was left as it is.") from error
    if there == text:
        return
    if there != picture.caption:
        raise CannotSave(f"{file.name} was changed elsewhere meanwhile; it was left as it is. Open the folder anew.")
    try:
        write_whole(file, text.encode() + b"\n" if text else b"")
    except OSError as error:
        raise CannotSave(f"Cannot save {file.name} into {file.parent}: {error.strerror}.") from error
