"""Captions that are edited on a page. They are written beside the pictures, as NAME.txt, when that is asked for; until
then they are kept in the home, so that nothing that was typed is lost. Blocking."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.training import MOST_CAPTION
from oelala_desktop.storage.plain_file import read_plain
from oelala_desktop.storage.whole_file import write_whole

from .dataset_file import TrainingPicture
from .datasets import read_caption

_MOST = 64 * 2**20  # bytes


class CaptionDrafts:
    """What was typed and not saved yet, by the path of the picture, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def read(self) -> dict[str, str]:
        try:
            content = read_plain(self._file)
            rows = orjson.loads(content) if len(content) <= _MOST else {}
        except (OSError, ValueError):
            return {}
        return {str(k): v for k, v in rows.items() if isinstance(v, str)} if isinstance(rows, dict) else {}

    def keep(self, drafts: Mapping[str, str | None]) -> None:
        """Adds these; None for one that is no draft any more. Raises CannotSave."""
        with self._lock:
            kept = {path: text for path, text in {**self.read(), **drafts}.items() if text is not None}
            try:
                write_whole(self._file, orjson.dumps(kept))
            except OSError as error:
                words = f"What was typed cannot be kept in {self._file}: {error.strerror}."
                raise CannotSave(words) from error


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
