"""What a kept folder of pictures with captions says, in a file of its own beside the kept pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

from oelala_desktop.domain.engine import FolderFile
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.training import CAPTION_SUFFIX
from oelala_desktop.storage.plain_file import read_plain

from .kept import Kept

_MOST = 64 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class TrainingPicture:
    """One picture of a folder. `path` is the user's own file, `caption_file` where its caption lies or would lie;
    `kept` is None where it cannot be used, and `fault` the sentence that says why. Shown `repeat` times for each."""

    path: Path
    caption_file: Path
    caption: str = ""
    repeat: int = 1
    kept: Kept | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """`folder` is None where files were given by themselves."""

    folder: Path | None
    pictures: tuple[TrainingPicture, ...]

    @property
    def damaged(self) -> tuple[TrainingPicture, ...]:
        return tuple(picture for picture in self.pictures if picture.fault)

    @property
    def name(self) -> str:
        count = len(self.pictures)
        return self.folder.name if self.folder else f"{count} picture{'s' if count > 1 else ''}"

    def given(self) -> Given:
        """Of those that can be used."""
        kept = [(picture, picture.kept) for picture in self.pictures if picture.kept is not None]
        uncaptioned = sum(not picture.caption for picture, _ in kept)
        size = max((one.given.size for _, one in kept), default=0)
        return Given(self.name, "dataset", size=size, count=len(kept), uncaptioned=uncaptioned)


class Row(NamedTuple):
    """A picture in the kept file: the kept picture's name, how often it is shown, its own name and its caption."""

    file: str
    repeat: int
    name: str
    caption: str


def manifest(rows: Iterable[Row]) -> bytes:
    return orjson.dumps({"pictures": [row._asdict() for row in rows]})


def read_rows(path: Path) -> tuple[Row, ...]:
    """What a kept file says; nothing where it cannot be read."""
    try:
        content = read_plain(path)
        pictures = orjson.loads(content)["pictures"] if len(content) <= _MOST else []
        return tuple(_row(picture) for picture in pictures)
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def _row(picture: Mapping[str, object]) -> Row:
    file, name, caption, repeat = (picture[key] for key in ("file", "name", "caption", "repeat"))
    if not isinstance(file, str) or Path(file).name != file or not isinstance(repeat, int):
        raise ValueError("no kept picture")
    return Row(file, repeat, str(name), str(caption))


def files_of(path: Path) -> Iterator[FolderFile]:
    """What goes up to a server: numbered, so that every name fits everywhere, each picture with its caption; those that
    are shown several times in a folder whose name says so, as trainers read it."""
    for number, row in enumerate(read_rows(path), 1):
        inside = f"{row.repeat}_pictures/" if row.repeat > 1 else ""
        stem = f"{inside}{number:04}"
        yield FolderFile(stem + Path(row.file).suffix, str(path.with_name(row.file)))
        if row.caption:
            yield FolderFile(stem + CAPTION_SUFFIX, content=row.caption.encode())
