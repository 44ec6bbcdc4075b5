"""Clocks jump; what waits or measures goes by the monotonic one. Back-off grows from half a second to fifteen, never in
step with others."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest

import oelala_desktop
from oelala_desktop.domain.events import EngineChanged
from oelala_desktop.services import engine
from oelala_desktop.services.engine import jittered
from tests.waiting import Signal

from .proxy import Proxy
from .rig import Server, running_app

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


async def test_attempts_grow_rarer(tmp_path: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Down at start: half a second, then twice as long each time up to fifteen, and at once when the user asks."""
    waits: list[float] = []
    news = Signal()

    def noted(seconds: float) -> float:
        waits.append(seconds)
        news.tell()
        return 0.0 if len(waits) < 8 else 3600.0

    monkeypatch.setattr(engine, "jittered", noted)
    async with running_app(tmp_path / "home", proxy.url, connect=False) as app:
        said: list[str] = []
        app.services.bus.subscribe(EngineChanged, lambda event: said.append(event.engine.state))
        proxy.refusing = True
        app.engine.start()
        await news.until(lambda: len(waits) == 8, "eight attempts")
        assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
        assert proxy.attempts >= 8
        assert said == ["connecting", "offline"]
        proxy.refusing = False
        app.engine.retry_now()
        async with asyncio.timeout(30):
            await app.engine.wait_online()


async def test_attempts_stay_frequent_while_a_job_is_out(
    tmp_path: Path, server: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    news = Signal()

    def noted(seconds: float) -> float:
        waits.append(seconds)
        news.tell()
        return 0.0

    server.brake.hold()
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(clip_count=1)
        await proxy.news.until(lambda: proxy.accepted, "the job on the server")
        monkeypatch.setattr(engine, "jittered", noted)
        proxy.refusing = True
        await proxy.cut_all()
        await news.until(lambda: len(waits) >= 8, "eight attempts")
        assert max(waits) == 1.5
        server.brake.release()
        proxy.refusing = False
        await app.end_of(job)
