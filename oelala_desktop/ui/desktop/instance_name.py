"""Where the first window of a home listens: in a folder that only this user can enter, so that nobody else can own the
place. Apart from `instance`, so that a start that finds nobody needs no network module before its first paint."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from zlib import crc32

_LONGEST = 100  # bytes of a socket's path that every Unix takes


def instance_name(home: Path) -> str:
    """The same for every start of this user on this home: the path of a socket, or on Windows the name of a pipe.
    Empty if this user has no folder to put it into; then no start knows of another."""
    name = f"{crc32(str(home).encode(errors='surrogateescape')):08x}-{len(str(home))}"
    if sys.platform == "win32":
        return f"oelala-{os.environ.get('USERNAME', '')}-{name}"
    for folder in _folders(home):
        path = folder / name
        if len(os.fsencode(path)) <= _LONGEST and _is_private(folder):
            return str(path)
    return ""


def may_run_already(home: Path) -> bool:
    """False if certainly nobody listens: on Unix a listener has a socket's file."""
    name = instance_name(home)
    return bool(name) and (sys.platform == "win32" or Path(name).exists())


def _folders(home: Path) -> tuple[Path, ...]:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    own = (runtime / "oelala",) if runtime.is_absolute() else ()
    return (*own, Path(tempfile.gettempdir()) / f"oelala-{os.getuid()}", home / "window")


def _is_private(folder: Path) -> bool:
    """Whether it is this user's own and nobody else's; it is made if it is not there."""
    try:
        folder.mkdir(0o700, exist_ok=True)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
            return False
        if stat.S_IMODE(facts.st_mode) & 0o077:
            folder.chmod(0o700)
        return True
    except OSError:
        return False
