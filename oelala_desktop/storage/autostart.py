"""Whether the desktop starts the window when its user logs in: an entry in the XDG autostart folder, Linux's own way.

Every call here waits for the disk."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave

from .whole_file import write_whole

_NAME = "oelala.desktop"
_RESERVED = '"`$\\'  # what the Desktop Entry format escapes inside quotes


def is_offered() -> bool:
    return sys.platform.startswith("linux")


def entry_path() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if config.startswith("/") else Path.home() / ".config") / "autostart" / _NAME


def is_on() -> bool:
    return entry_path().is_file()


def set_on(on: bool) -> None:
    """Raises CannotSave when the disk refuses."""
    path = entry_path()
    try:
        if not on:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _entry().encode())
    except OSError as error:
        raise CannotSave(f"{path} cannot be changed: {error.strerror}.") from error


def _entry() -> str:
    command = " ".join(map(_quoted, _command()))
    lines = ("[Desktop Entry]", "Type=Application", "Name=Oelala Desktop", f"Exec={command}", "Icon=oelala")
    return "\n".join((*lines, "Terminal=false", "X-GNOME-Autostart-enabled=true", ""))


def _command() -> list[str]:
    """This program, with the home it has now: who chose one wants the same after the next login."""
    installed = shutil.which("oelala")
    program = [installed] if installed else [sys.executable, "-m", "oelala_desktop"]
    home = os.environ.get("OELALA_HOME")
    return ["env", f"OELALA_HOME={Path(home).expanduser().absolute()}", *program] if home else program


def _quoted(word: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in _RESERVED else letter for letter in word)
    # a string of the format is unescaped once before its quotes are read, hence the doubled backslash
    return '"{}"'.format(escaped.replace("\\", "\\\\").replace("%", "%%"))
