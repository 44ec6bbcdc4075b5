"""Copies of files for elsewhere, with what made them or without. Blocking."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
from collections.abc import Container, Iterable
from itertools import count
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.media import ExportResult, MediaItem
from oelala_desktop.services.files.stripping import strip_metadata

from .companions import companion_of

log = logging.getLogger(__name__)
#: bytes of a file's name
_LONGEST = 255


def export_files(items: Iterable[MediaItem], folder: Path, with_metadata: bool) -> ExportResult:
    """Raises CannotSave when the folder can neither be used nor made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotSave(f"The folder {folder} cannot be used: {error.strerror or error}.") from error
    copied: list[str] = []
    unstripped: list[str] = []
    failed: dict[str, str] = {}
    chosen = {Path(item.path): item for item in items}
    for source, item in chosen.items():
        part = folder / f".{secrets.token_hex(8)}.part"  # short: a name may be as long as a file system takes
        try:
            shutil.copyfile(source, part)
            if not with_metadata and not strip_metadata(part, item.format):
                unstripped.append(item.name)
            shutil.copystat(source, part)
            copied.append(str(_settle(part, folder, source)))
            if with_metadata:
                _take_companion(source, Path(copied[-1]), chosen)
        except (OSError, Unreadable) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            failed[item.name] = f"{item.name} could not be copied: {reason.rstrip('.')}."
        except Exception as error:  # whatever is wrong with one file, the others are copied
            log.exception("%s cannot be exported", item.path)
            failed[item.name] = f"{item.name} could not be copied: {error}."
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
    return ExportResult(tuple(copied), tuple(unstripped), failed)


def _take_companion(source: Path, copy: Path, chosen: Container[Path]) -> None:
    """What made a video may be told by the picture beside it alone, so that goes along under the copy's name, unless it
    is copied for its own sake."""
    beside = companion_of(source)
    target = copy.with_suffix(".png")
    if beside is None or beside in chosen or target.exists():
        return
    try:
        shutil.copy2(beside, target)
    except OSError as error:
        log.warning("%s cannot be copied along with %s: %s", beside.name, source.name, error)


def _settle(part: Path, folder: Path, source: Path) -> Path:
    """Gives the copy its name, or that name with a number; never one that is taken."""
    for number in count(1):
        target = folder / (source.name if number == 1 else _numbered(source, f"_{number}"))
        try:
            target.open("xb").close()
        except FileExistsError:
            continue
        try:
            part.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                target.unlink()  # the name was only taken, there is nothing in it
            raise
        return target
    raise AssertionError  # the numbers do not end


def _numbered(source: Path, mark: str) -> str:
    """The name with a mark behind its stem, cut between two characters where it would grow too long."""
    room = _LONGEST - len(os.fsencode(mark + source.suffix))
    stem = source.stem
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return f"{stem}{mark}{source.suffix}"
