"""Clocks jump; what waits or measures goes by the monotonic one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import oelala_desktop

_PACKAGE = Path(oelala_desktop.__file__).parent
#: file ages are wall-clock times on both sides
_FILE_AGES = {("leftovers.py", "_is_old")}


def _wall_clock_arithmetic(path: Path) -> list[str]:
    """Functions that subtract from, or compare with, the time of day."""
    found = []
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            inside = ast.walk(node) if isinstance(node, ast.BinOp | ast.Compare) else ()
            if any(isinstance(n, ast.Call) and _is_time_of_day(ast.unparse(n.func)) for n in inside):
                found.append(function.name)
    return found


def _is_time_of_day(called: str) -> bool:
    return called in ("time.time", "datetime.now") or called.endswith("clock.wall")


@pytest.mark.parametrize("folder", ["comfy", "services"])
def test_no_timer_goes_by_the_time_of_day(folder: str) -> None:
    timers = (
        "driver", "board", "asking", "sending", "collecting", "engine", "fetching", "leftovers", "jobs", "queue",
        "inability", "tasks", "lanes", "complaints",
    )  # fmt: skip
    for path in (_PACKAGE / folder).glob("*.py"):
        if folder == "services" and path.stem not in timers:
            continue
        found = {(path.name, name) for name in _wall_clock_arithmetic(path)} - _FILE_AGES
        assert not found
