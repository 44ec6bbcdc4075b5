"""Clocks jump; what waits or measures goes by the monotonic one. Back-off grows from half a second to fifteen, never in
step with others."""

from __future__ import annotations

import ast
import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

import oelala_desktop
from oelala_desktop.domain.events import EngineChanged
from oelala_desktop.services.engine import jittered

from .proxy import Proxy
from .rig import running_app

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
            if any(isinstance(n, ast.Call) and ast.unparse(n.func) in ("time.time", "datetime.now") for n in inside):
                found.append(function.name)
    return found


@pytest.mark.parametrize("folder", ["comfy", "services"])
def test_no_timer_goes_by_the_time_of_day(folder: str) -> None:
    timers = ("comfy", "driver", "board", "asking", "sending", "collecting", "engine", "fetching", "leftovers", "jobs")
    for path in (_PACKAGE / folder).glob("*.py"):
        if folder == "services" and path.stem not in timers:
            continue
        found = {(path.name, name) for name in _wall_clock_arithmetic(path)} - _FILE_AGES
        assert not found


def test_waits_are_spread() -> None:
    waits = [jittered(4.0) for _ in range(2000)]
    assert 3.0 <= min(waits) < 3.1
    assert 4.9 < max(waits) <= 5.0


def _gaps(proxy: Proxy) -> list[float]:
    return [later - earlier for earlier, later in pairwise(proxy.attempts)]


async def test_attempts_grow_rarer(tmp_path: Path, proxy: Proxy) -> None:
    """Down at start: about 0.5, 1 and 2 s apart, and back at once when the user asks."""
    async with running_app(tmp_path / "home", proxy.url, connect=False) as app:
        said: list[str] = []
        app.services.bus.subscribe(EngineChanged, lambda event: said.append(event.engine.state))
        proxy.refusing = True
        app.engine.start()
        await asyncio.sleep(5)
        gaps = _gaps(proxy)
        assert 2 <= len(gaps) <= 4
        assert 0.3 < gaps[0] < 0.9
        assert gaps[0] < gaps[1] < gaps[2] if len(gaps) > 2 else gaps[0] < gaps[1]
        assert said == ["connecting", "offline"]
        proxy.refusing = False
        app.engine.retry_now()
        async with asyncio.timeout(1):
            await app.engine.wait_online()


async def test_attempts_stay_frequent_while_a_job_is_out(tmp_path: Path, proxy: Proxy) -> None:
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(clip_count=1)
        while not proxy.accepted:
            await asyncio.sleep(0.01)
        proxy.refusing = True
        await proxy.cut_all()
        proxy.attempts.clear()
        await asyncio.sleep(7)
        assert max(_gaps(proxy)) < 2.5
        proxy.refusing = False
        await app.end_of(job)
