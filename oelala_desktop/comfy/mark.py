"""A mark of what a server's lists of nodes and models depend on, from a few small answers; the lists themselves are
more than a megabyte."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from oelala_desktop.domain.errors import EngineAnswer

Ask = Callable[[str], Awaitable[Any]]
_PROGRAM = ("comfyui_version", "python_version", "pytorch_version", "os", "argv", "sketch_version")


async def mark_of(ask: Ask, models: Mapping[str, tuple[str, ...]]) -> str:
    """While it is the same so are the lists: nodes change with a new start of the server, choices with its models.
    Empty where nothing tells one start from another."""
    start = await _start(ask)
    if not start:
        return ""
    stats = await ask("/system_stats")
    system = stats.get("system") if isinstance(stats, dict) else None
    program = {key: system.get(key) for key in _PROGRAM} if isinstance(system, dict) else {}
    told = orjson.dumps([start, program, models], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(told, digest_size=16).hexdigest()


async def _start(ask: Ask) -> str:
    """The first job since the server's start, whose id no other start has; before any, the time of its log's first
    line."""
    jobs = await ask("/history?max_items=1&offset=0")
    for job_id, entry in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(entry, dict) and "prompt" in entry:
            return str(job_id)
    try:
        log = await ask("/internal/logs/raw")
    except EngineAnswer:
        return ""
    lines = log.get("entries") if isinstance(log, dict) else None
    first = lines[0] if isinstance(lines, list) and lines else None
    return str(first.get("t") or "") if isinstance(first, dict) else ""
