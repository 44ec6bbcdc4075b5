"""ComfyUI's `workflow` block."""

from __future__ import annotations

from typing import Any


def to_graph(drawn: dict[str, Any]) -> dict[str, Any]:
    return {}
