"""The line that the command line prints for a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata.reading import read


def report(path: Path) -> dict[str, Any]:
    """`file`, the fields of GenerationInfo and `has_sound`; or `file` and `error` (a sentence) if it cannot be read."""
    try:
        found = read(path)
    except Unreadable as error:
        return {"file": str(path), "error": str(error)}
    return {"file": str(path), **found.info.as_dict(), "has_sound": found.has_sound}
