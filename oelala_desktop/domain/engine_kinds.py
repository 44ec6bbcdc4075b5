"""The kinds of engine that a job can be bound to, and what is known of each without asking it."""

from __future__ import annotations

from collections.abc import Mapping

COMFYUI, SKETCH = "comfyui", "sketch"
_RUNS_AI: Mapping[str, bool] = {COMFYUI: True, SKETCH: False}


def runs_ai(kind: str) -> bool:
    """Whether models run there; a kind that a later version wrote down is taken for one where they do."""
    return _RUNS_AI.get(kind, True)
