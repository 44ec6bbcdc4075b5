"""The name under which the first window of a home listens. Apart from `instance`, so that a start that finds nobody
needs no network module before its first paint."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from zlib import crc32


def instance_name(home: Path) -> str:
    """The same for every start of this user on this home."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return f"oelala-{user}-{crc32(str(home).encode(errors='surrogateescape')):08x}-{len(str(home))}"


def may_run_already(home: Path) -> bool:
    """False if certainly nobody listens: on Unix a listener has a socket file in the temporary folder."""
    return sys.platform == "win32" or (Path(tempfile.gettempdir()) / instance_name(home)).exists()
