"""Faults of Oelala's own, wherever a message, an answer or a file is handled: what they hit goes on, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.comfy.engine import ComfyEngine
from oelala_desktop.domain.engine import Ended
from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.life import RULES, step
from oelala_desktop.services.library.scanning import Scanner
from oelala_desktop.services.library.watching import Watcher
from oelala_desktop.services.queue.collecting import Collector
from oelala_desktop.services.queue.driver import Driver
from oelala_desktop.services.queue.sending import Sender

from .hostile import Hostile
from .rig import App, Server, faults_in, running_app

ONE = {"clip_count": 1}
Failing = Callable[..., Any]


def fail(*_args: object, **_named: object) -> None:
    raise RuntimeError("a fault of our own")


def failing(real: Callable[..., Awaitable[Any]], times: int) -> Callable[..., Awaitable[Any]]:
    """The real thing, after so many faults."""
    left = times

    async def instead(*given: Any, **named: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            fail()
        return await real(*given, **named)

    return instead


def told_once(app: App, words: str) -> bool:
    return len([text for text in app.notices if text.startswith(words)]) == 1


async def test_every_message_stumbles(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Driver, "hear", fail)
    async with running_app(tmp_path / "home", server.url) as app:
        ended = [await app.end_of(await app.submit(**ONE, seed=n)) for n in range(2)]
        assert told_once(app, "Listening to")
    assert [job.state for job in ended] == [JobState.DONE] * 2
    assert not faults_in(tmp_path / "home", ended, files=1)


async def test_the_socket_s_reader_stumbles(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def messages(*_args: object, **_named: object) -> Any:
        fail()
        yield

    monkeypatch.setattr(ComfyEngine, "events", messages)
    async with running_app(tmp_path / "home", server.url) as app:
        assert (await app.end_of(await app.submit(**ONE))).state is JobState.DONE
        assert told_once(app, "Listening to")


async def test_looking_for_a_server_stumbles(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_app(tmp_path / "home", server.url, connect=False) as app:
        monkeypatch.setattr(app.engine.port, "reach", failing(app.engine.port.reach, 2))
        app.engine.start()
        async with asyncio.timeout(20):
            await app.engine.wait_online()
        assert told_once(app, "Listening to")


async def test_the_watch_stumbles(tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket: the watch alone can tell that the job is over."""

    async def stumble(*_args: object) -> None:
        fail()

    monkeypatch.setattr(Driver, "_obey", stumble)
    hostile.frames = lambda frame: []
    async with running_app(tmp_path / "home", hostile.url) as app:
        assert (await app.end_of(await app.submit(**ONE))).state is JobState.DONE
        assert told_once(app, "Following the jobs")


async def test_asking_stumbles_over_one_job(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    unlucky = set[str]()

    def stumbling(flight: Any, fact: Any, *given: Any) -> Any:
        if flight.job.id in unlucky and isinstance(fact, Ended):
            fail()
        return step(flight, fact, *given)

    monkeypatch.setattr("oelala_desktop.services.queue.board.step", stumbling)
    monkeypatch.setattr("oelala_desktop.services.queue.asking.savers_of", lambda graph, prefix: ())
    async with running_app(tmp_path / "home", server.url, rules=replace(RULES, baffled_tries=3)) as app:
        await app.services.jobs.pause(True)
        first, second = await app.submit(**ONE), await app.submit(**ONE, seed=2)
        unlucky.add(first.id)
        await app.services.jobs.pause(False)
        ended_jobs = [await app.end_of(job) for job in (first, second)]
        assert told_once(app, "Following the jobs")
    assert [job.state for job in ended_jobs] == [JobState.FAILED, JobState.DONE]


async def test_sending_stumbles_over_one_job(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Sender.send_inputs
    unlucky = set[str]()

    async def upload(sender: Sender, job: Any) -> Any:
        if job.id in unlucky:
            fail()
        return await real(sender, job)

    monkeypatch.setattr(Sender, "send_inputs", upload)
    async with running_app(tmp_path / "home", server.url) as app:
        await app.services.jobs.pause(True)
        first, second = await app.submit(**ONE), await app.submit(**ONE, seed=2)
        unlucky.add(first.id)
        await app.services.jobs.pause(False)
        ended = [await app.end_of(job) for job in (first, second)]
        assert told_once(app, "Following the jobs")
    assert [job.state for job in ended] == [JobState.FAILED, JobState.DONE]
    assert ended[0].error is not None
    assert ended[0].error.kind == "bug"


async def test_fetching_stumbles_once(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Collector, "collect", failing(Collector.collect, 1))
    async with running_app(tmp_path / "home", server.url, rules=replace(RULES, after_fault=0.1)) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert told_once(app, "Following the jobs")
    assert job.state is JobState.DONE
    assert not faults_in(tmp_path / "home", [job], files=1)


@pytest.mark.parametrize(
    ("owner", "name", "words"),
    [
        (Scanner, "_begin", "Looking through"),
        (Scanner, "_turn", "Looking through"),
        (Watcher, "_watch", "Watching"),
    ],
)
async def test_the_library_s_loops_stumble(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, words: str
) -> None:
    real, stumbles = getattr(owner, name), [True]

    async def once(*given: Any) -> Any:
        if stumbles:
            stumbles.clear()
            raise LookupError("a fault of our own")
        return await real(*given)

    monkeypatch.setattr(owner, name, once)
    async with running_app(tmp_path / "home", server.url) as app:
        await app.services.library.start()
        job = await app.end_of(await app.submit(**ONE))
        await app.until(lambda: app.services.library.by_path(Path(job.outputs[0].path)), "the result in My Media")
        await app.notice()
        assert told_once(app, words)
