"""Whether a folder takes files. Blocking."""

from __future__ import annotations

import tempfile
from pathlib import Path


def check_takes_files(folder: Path) -> None:
    """Makes the folder if it is not there. Raises OSError where it takes none; leaves nothing behind."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):  # under a name of its own: others may look at the same time
        pass
