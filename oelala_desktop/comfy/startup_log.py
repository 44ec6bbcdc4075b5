"""What ComfyUI's own log tells of node packs that are there but could not be imported."""

from __future__ import annotations

import re
from typing import Any

_FAILED = re.compile(r"seconds \(IMPORT FAILED\): *(.+)")
_REASON = re.compile(r"Cannot import (.+?) module for custom nodes: *(.+)")
_LONGEST = 200  # characters of a reason


def import_failures(answer: Any) -> dict[str, str]:
    """Folder of a pack -> why, as the answer to /internal/logs/raw has it ("" where the log no longer tells why)."""
    rows = answer.get("entries") if isinstance(answer, dict) else None
    texts = [row.get("m") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    log = "".join(text for text in texts if isinstance(text, str))
    found = {_folder(path): "" for path in _FAILED.findall(log)}
    for path, reason in _REASON.findall(log):
        found[_folder(path)] = reason.strip()[:_LONGEST].rstrip(".")
    return found


def _folder(path: str) -> str:
    return re.split(r"[\\/]", path.strip().rstrip("\\/"))[-1]
