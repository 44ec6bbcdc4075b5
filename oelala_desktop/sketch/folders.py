"""The folders that a ComfyUI server has, in a private place that goes when the engine ends."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oelala_desktop.sketch.private_folder import private_folder

KINDS = ("output", "input", "temp")
_MADE = (*KINDS, "user")


@dataclass(frozen=True)
class SaveTarget:
    """Where a saver may write: the folder (made), the stem, the next free number, and the folder's wire name."""

    folder: Path
    stem: str
    counter: int
    subfolder: str


@dataclass(frozen=True)
class Folders:
    """`input`, `output`, `temp` and `user` below one base folder. Paths handed out are absolute."""

    base: Path

    @property
    def input(self) -> Path:
        return self.base / "input"

    @property
    def output(self) -> Path:
        return self.base / "output"

    @property
    def temp(self) -> Path:
        return self.base / "temp"

    @property
    def user(self) -> Path:
        """What an editor keeps: saved workflows."""
        return self.base / "user"

    def by_kind(self, kind: str) -> Path | None:
        """The folder for `input`, `output` or `temp`; None for any other word."""
        return self.base / kind if kind in KINDS else None

    def annotated(self, name: str) -> tuple[str, Path | None]:
        """Split `file.png [output]` into name and folder; the folder is None when the name carries no mark."""
        for kind in KINDS:
            mark = f"[{kind}]"
            if name.endswith(mark):
                return name[: -len(mark) - 1], self.base / kind
        return name, None

    def source(self, name: str) -> Path | None:
        """The file that a loader's input names, or None when it is missing or lies outside its folder."""
        bare, folder = self.annotated(name)
        root = self.input if folder is None else folder
        if "\0" in bare:
            return None
        path = Path(os.path.normpath(root / bare))
        if not path.is_relative_to(root) or not path.is_file():
            return None
        return path

    def saved(self, file: Mapping[str, Any]) -> Path | None:
        """A saved file by its `filename`, `subfolder` and `type`, or None when it is gone."""
        root = self.by_kind(file["type"])
        path = None if root is None else root / file["subfolder"] / file["filename"]
        return path if path is not None and path.is_file() else None

    def discard(self, files: Iterable[Mapping[str, Any]], kept: Iterable[Mapping[str, Any]]) -> None:
        """Delete saved files, with the picture that stands beside a film, but those that others still name."""
        needed = {self.saved(file) for file in kept}
        for file in files:
            path = self.saved(file)
            if path is None or path in needed:
                continue
            path.unlink(missing_ok=True)
            if "workflow" in file:
                path.with_name(file["workflow"]).unlink(missing_ok=True)

    def listing(self, suffixes: frozenset[str]) -> list[str]:
        """The names directly in `input` that end in one of these suffixes, sorted."""
        return sorted(p.name for p in self.input.iterdir() if p.suffix.lower() in suffixes and p.is_file())


@contextmanager
def open_folders(base: Path | None) -> Iterator[Folders]:
    """Make the folders (mode 0700) for as long as the block runs, then remove them.

    Without a base a fresh temporary folder is used. With one, only the four folders below it are removed, and
    the base itself when we made it and nothing else is in it.
    """
    if base is None:
        with private_folder(Path(tempfile.gettempdir())) as private:
            yield _make_kinds(private)
        return
    made = not base.exists()
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    base = base.resolve()
    try:
        yield _make_kinds(base)
    finally:
        for kind in _MADE:
            shutil.rmtree(base / kind, ignore_errors=True)
        if made and not any(base.iterdir()):
            base.rmdir()


def _make_kinds(base: Path) -> Folders:
    for kind in _MADE:
        (base / kind).mkdir(mode=0o700, exist_ok=True)
    return Folders(base)


def fill_pattern(prefix: str, width: int, height: int) -> str:
    """Replace %width%, %height%, the clock's words and `%date:yyyy-MM-dd%` in a filename prefix."""
    now = time.localtime()
    words = {
        "%width%": str(width),
        "%height%": str(height),
        "%year%": str(now.tm_year),
        "%month%": f"{now.tm_mon:02}",
        "%day%": f"{now.tm_mday:02}",
        "%hour%": f"{now.tm_hour:02}",
        "%minute%": f"{now.tm_min:02}",
        "%second%": f"{now.tm_sec:02}",
    }
    for word, value in words.items():
        prefix = prefix.replace(word, value)
    return re.sub(r"%date(?::([^%]*))?%", lambda match: _date(match[1] or "yyyyMMddhhmmss", now), prefix)


def _date(pattern: str, now: time.struct_time) -> str:
    parts = {
        "yyyy": f"{now.tm_year:04}",
        "yy": f"{now.tm_year % 100:02}",
        "MM": f"{now.tm_mon:02}",
        "dd": f"{now.tm_mday:02}",
        "hh": f"{now.tm_hour:02}",
        "mm": f"{now.tm_min:02}",
        "ss": f"{now.tm_sec:02}",
    }
    return re.sub("yyyy|yy|MM|dd|hh|mm|ss", lambda match: parts[match[0]], pattern)


def save_target(root: Path, prefix: str, width: int, height: int, *, bare: bool = False) -> SaveTarget:
    """Find the next free `prefix_00001_` name below a folder, as ComfyUI counts them.

    `bare` counts names that have no underscore after the number: those of sounds and of Video Helper Suite.
    Raises ValueError when the prefix leads out of the folder.
    """
    filled = os.path.normpath(fill_pattern(prefix, width, height))
    subfolder, stem = os.path.split(filled)
    folder = Path(os.path.normpath(root / subfolder))
    if not folder.is_relative_to(root):
        raise ValueError(f"The filename prefix {prefix!r} leads out of the output folder.")
    folder.mkdir(parents=True, exist_ok=True)
    tail = r"\D*\..+" if bare else r"_.*"
    numbered = re.compile(re.escape(stem) + r"_(\d+)" + tail, re.DOTALL)
    taken = [int(match[1]) for entry in folder.iterdir() if (match := numbered.fullmatch(entry.name))]
    return SaveTarget(folder, stem, max(taken, default=0) + 1, subfolder)
