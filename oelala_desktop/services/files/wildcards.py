"""Wildcards: the user's lists for prompts, `name.txt` in one folder, a line a choice. Blocking."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from oelala_desktop.domain.obstacle import Obstructed, obstructed
from oelala_desktop.domain.spelling import nearest
from oelala_desktop.domain.wording import lines_in
from oelala_desktop.storage.plain_file import open_plain

#: bytes of one file
MOST = 4 * 2**20
_MOST_NAMES, _MOST_FOLDERS = 2000, 200  # looked at for the nearest name
_MOST_KEPT = 64


class _Kept(NamedTuple):
    stamp: tuple[int, int]
    lines: tuple[str, ...]


class Wildcards:
    """`folder` is asked each time, since the user may choose another. Safe from any thread."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._kept: dict[Path, _Kept] = {}

    def lines(self, key: str, name: str) -> tuple[str, ...]:
        """Those of `name`, for a text of the setting `key`; a name may have folders in it. Empty lines and
        those that begin with # are none. Raises Obstructed."""
        folder = self._folder()
        path = self._path(folder, key, name)
        try:
            found = self._read(path)
        except FileNotFoundError:
            near = nearest(name, list(islice(_names(folder), _MOST_NAMES)))
            raise obstructed(key, "wildcard_missing", name=name, folder=str(folder), near=near) from None
        except UnicodeDecodeError:
            raise _unreadable(key, name, "it is not UTF-8 text") from None
        except OSError as error:
            raise _unreadable(key, name, error.strerror or "the disk refuses") from error
        if not found:
            raise obstructed(key, "wildcard_empty", name=name)
        return found

    def _path(self, folder: Path, key: str, name: str) -> Path:
        """Links are followed as far as they stay in the folder."""
        path = folder / f"{name.replace(chr(92), '/')}.txt"
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError):  # links in a circle
            inside = False
        if not inside:
            raise obstructed(key, "wildcard_outside", name=name, folder=str(folder))
        return path

    def _read(self, path: Path) -> tuple[str, ...]:
        """Raises OSError and UnicodeDecodeError."""
        facts = path.stat()
        stamp = (facts.st_mtime_ns, facts.st_size)
        kept = self._kept.get(path)
        if kept is not None and kept.stamp == stamp:
            return kept.lines
        with open_plain(path) as file:
            content = file.read(MOST + 1)
        if len(content) > MOST:
            raise OSError(0, f"it is larger than {MOST // 2**20} MiB")
        lines = tuple(lines_in(content.decode("utf-8-sig")))
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[path] = _Kept(stamp, lines)
        return lines


def _unreadable(key: str, name: str, why: str) -> Obstructed:
    return obstructed(key, "wildcard_unreadable", name=name, why=why)


def _names(folder: Path) -> Iterator[str]:
    for where, folders, files in islice(os.walk(folder), _MOST_FOLDERS):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".txt"):
                yield (Path(where) / file).relative_to(folder).with_suffix("").as_posix()
