"""Files to send."""

from __future__ import annotations

from pathlib import Path


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sent"
    path.write_bytes(content)
    return path
