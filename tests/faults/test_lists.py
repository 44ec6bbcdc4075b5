"""The lists of nodes and models, a megabyte and more: read again when the server was started anew or has other models,
not whenever a socket breaks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from oelala_desktop.services.engines import engine as engine_module
from oelala_desktop.services.engines.engine import Engine, Waits

from .hostile import Hostile
from .rig import App, running_app

ONE = {"clip_count": 1}


class Looks:
    """Counts the looks for new lists that have ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, hostile: Hostile) -> None:
        monkeypatch.setattr(engine_module, "WAITS", Waits(first=0.02, longest=0.02, lists_hold=0.0))
        self._hostile = hostile
        self._ended = asyncio.Semaphore(0)
        real = Engine._relearn

        async def relearn(engine: Engine) -> None:
            await real(engine)
            self._ended.release()

        monkeypatch.setattr(Engine, "_relearn", relearn)

    @property
    def read(self) -> int:
        """How often the lists were read."""
        return self._hostile.seen.count("GET /object_info")

    async def first(self) -> None:
        """The socket was opened for the first time."""
        async with asyncio.timeout(20):
            await self._ended.acquire()

    async def after_a_cut(self, app: App) -> int:
        """The socket breaks and is opened again; how often the lists had been read by then."""
        app.engine.renew_socket()
        async with asyncio.timeout(20):
            await self._ended.acquire()
        return self.read


async def test_read_again_only_when_they_may_differ(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(monkeypatch, hostile)
    async with running_app(tmp_path / "home", hostile.url) as app:
        await looks.first()
        await app.end_of(await app.submit(**ONE))
        read = await looks.after_a_cut(app)
        assert [await looks.after_a_cut(app) for _ in range(3)] == [read] * 3
        hostile.say("/models/loras", json.dumps(["new.safetensors"]))
        assert await looks.after_a_cut(app) == read + 1
        assert await looks.after_a_cut(app) == read + 1
        hostile.engine.queue.forget_all()  # what a new start does
        await app.end_of(await app.submit(**ONE, seed=2))
        assert await looks.after_a_cut(app) == read + 2
        assert await looks.after_a_cut(app) == read + 2


async def test_before_any_job_the_log_tells_the_start(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(monkeypatch, hostile)
    async with running_app(tmp_path / "home", hostile.url) as app:
        await looks.first()
        read = looks.read
        # nothing tells one start from another: they are read to be sure
        assert [await looks.after_a_cut(app) for _ in range(2)] == [read + 1, read + 2]
        hostile.say("/internal/logs/raw", json.dumps({"entries": [{"t": "2026-01-01T10:00:00", "m": "hello"}]}))
        assert [await looks.after_a_cut(app) for _ in range(3)] == [read + 3] * 3
        hostile.say("/internal/logs/raw", json.dumps({"entries": [{"t": "2026-01-01T11:00:00", "m": "hello"}]}))
        assert await looks.after_a_cut(app) == read + 4


@pytest.mark.parametrize("odd", ["[]", "{}", '{"entries": [7]}', '{"entries": {}}', "null", "<html>"])
async def test_odd_answers_only_cost_a_read(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    looks = Looks(monkeypatch, hostile)
    for path in ("/internal/logs/raw", "GET /history", "/models"):
        hostile.say(path, odd)
    async with running_app(tmp_path / "home", hostile.url) as app:
        await looks.first()
        read = looks.read
        assert await looks.after_a_cut(app) == read + 1
        assert app.engine.is_online
