"""Giving a file another name, never over one that exists. Blocking."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from oelala_desktop.domain.errors import CannotSave, InvalidField, NotFound, OelalaError
from oelala_desktop.metadata.beside import companion_names

from .companions import companion_of, is_shared

_FORBIDDEN = frozenset('/\\:*?"<>|')
_LONGEST = 255


class Renamed(NamedTuple):
    """A file's new path, and what its `companion` is called now, if it has one with a new name: it was `moved` from
    there, or copied."""

    path: Path
    companion: Path | None = None
    moved: Path | None = None


def rename_with_companion(path: Path, name: str) -> Renamed:
    """Renames a file, and with it the picture that a saver wrote beside it; that is copied where another video needs it
    too. Either both have their new names afterwards or none. Raises as `rename_file`."""
    beside = companion_of(path)
    if beside is None:
        return Renamed(rename_file(path, name))
    picture = path.with_name(companion_names(_checked(name.strip(), path.suffix))[-1])
    if picture != beside and os.path.lexists(picture):
        raise InvalidField("name", f"There is already a file called {picture.name}, as the picture beside it would be.")
    renamed = rename_file(path, name)
    if picture == beside or renamed == path:
        return Renamed(renamed)
    try:
        if not is_shared(beside, (path, renamed)):
            return Renamed(renamed, rename_file(beside, picture.name), beside)
        shutil.copy2(beside, picture)
    except OelalaError:
        rename_file(renamed, path.name)
        raise
    except OSError as error:
        picture.unlink(missing_ok=True)
        rename_file(renamed, path.name)
        reason = error.strerror or error
        raise CannotSave(f"{beside.name}, which belongs to {path.name}, cannot be copied: {reason}.") from error
    return Renamed(renamed, picture)


def rename_file(path: Path, name: str) -> Path:
    """The new path. The extension stays as it is. Raises InvalidField for a name that cannot be, NotFound if the file
    is gone, CannotSave if the folder refuses."""
    target = path.with_name(_checked(name.strip(), path.suffix))
    if target == path:
        return path
    try:
        try:
            os.link(path, target, follow_symlinks=False)  # unlike a rename, this never replaces a file
        except (OSError, NotImplementedError) as error:
            if isinstance(error, FileExistsError | FileNotFoundError) or target.exists():
                raise
            path.rename(target)  # a file system without links
        else:
            path.unlink()
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is no longer there.") from error
    except OSError as error:
        if target.exists():
            raise InvalidField("name", f"There is already a file called {target.name} in this folder.") from error
        raise CannotSave(f"{path.name} cannot be renamed: {error.strerror or error}.") from error
    return target


def _checked(name: str, suffix: str) -> str:
    stem = name[: -len(suffix)] if suffix and name.casefold().endswith(suffix.casefold()) else name
    full = stem + suffix
    if not stem.strip(". "):
        raise InvalidField("name", "name: type a name.")
    bad = sorted({c for c in stem if c in _FORBIDDEN or ord(c) < 32})
    if bad:
        shown = " ".join(c if c.isprintable() else repr(c) for c in bad)
        raise InvalidField("name", f"name: {shown} cannot be part of a file's name.")
    if stem.startswith("."):
        raise InvalidField("name", "name: a name that begins with a dot hides the file; choose another.")
    try:
        length = len(full.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        raise InvalidField("name", "name: it has half a character in it, which no name can carry.") from None
    if length > _LONGEST:
        raise InvalidField("name", f"name: this is longer than the {_LONGEST} bytes that a name may have.")
    return full
