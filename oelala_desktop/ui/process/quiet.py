"""Decoders inside Qt that write to the terminal what is wrong with a file: the window says it, in words of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtMultimedia import QMediaPlayer

#: libpng and libjpeg speak through Qt's categories
RULES = ("qt.multimedia.*=false", "qt.gui.imageio*=false", "qt.imageformats.*=false")
#: what Qt says of a sound system that is not there has no category of its own
_NO_CATEGORY = "default.warning=false"
_MAPS = Path("/proc/self/maps")
_AV_LOG_QUIET = -8


def new_player(parent: QObject) -> QMediaPlayer:
    """A player without sound that keeps to itself what FFmpeg has to say: that writes past Qt to the terminal."""
    _keep_rules()
    from PySide6.QtMultimedia import QMediaPlayer  # a tenth of a second that start-up must not pay

    player = QMediaPlayer(parent)  # with the first one Qt loads its FFmpeg
    _hush()
    return player


@cache
def _keep_rules() -> None:
    """Once: whoever is `hushed` on another thread must stay so."""
    _set_rules(*RULES)


@contextmanager
def hushed() -> Iterator[None]:
    """While it lasts, Qt's warnings without a category go nowhere, from whichever thread."""
    _keep_rules()
    _set_rules(*RULES, _NO_CATEGORY)
    try:
        yield
    finally:
        _set_rules(*RULES)


def _set_rules(*rules: str) -> None:
    from PySide6.QtCore import QLoggingCategory

    QLoggingCategory.setFilterRules("\n".join(rules))


def _hush() -> None:
    import ctypes

    for library in _libraries():
        try:
            ctypes.CDLL(str(library)).av_log_set_level(_AV_LOG_QUIET)
        except (OSError, AttributeError):
            continue  # it goes on talking, no more


def _libraries() -> Iterator[Path]:
    if _MAPS.exists():
        lines = _MAPS.read_text(errors="replace").splitlines()
        yield from {Path(line.split(maxsplit=5)[-1]) for line in lines if "libavutil" in line}
        return
    import PySide6

    for folder in map(Path, PySide6.__path__):
        yield from (path for pattern in ("avutil*.dll", "Qt/lib/libavutil*.dylib") for path in folder.glob(pattern))
