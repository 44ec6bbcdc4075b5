"""Whether files are still where they were made, asked off the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

#: why a button that needs the file cannot be pressed
GONE = "The file was moved or deleted."


async def missing(paths: Iterable[Path]) -> set[Path]:
    """Those of `paths` that are no files (any more)."""
    asked = set(paths)
    return await asyncio.to_thread(lambda: {path for path in asked if not path.is_file()})
