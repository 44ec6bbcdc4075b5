"""Parts of the services that need no server: times, names, failures in words, probing, the bus, scopes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.events import JobRemoved, QueuePaused
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.bus import Bus
from oelala_desktop.services.eta import expected_seconds, place_key
from oelala_desktop.services.fetching import result_stem, role_of
from oelala_desktop.services.tasks import TaskScope
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import some_job
from tests.waiting import turn


async def test_time_expected(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    job = some_job(values={"steps": 10, "clip_count": 2})
    work = 848 * 480 * 33 * 10 * 2
    assert amount_of_work(job) == work
    assert await expected_seconds(store, job) is None
    for number, (share, seconds) in enumerate([(0.5, 40), (2, 200), (1, 90), (1.01, 110), (1, 100)]):
        await store.remember_time(place_key(job.engine), job.preset, work * share, seconds, float(number))
        if number == 1:
            assert await expected_seconds(store, job) == pytest.approx(90)
    assert await expected_seconds(store, job) == 100
    await store.close()


def test_engines_are_told_apart() -> None:
    assert place_key(some_job().engine) == "comfyui http://127.0.0.1:1"
    assert place_key(EngineRef("sketch")) == "sketch"


@pytest.mark.parametrize(
    ("filename", "role"),
    [
        ("j1_00001_.mp4", ""),
        ("j1_clip1_00001_.mp4", "clip1"),
        ("j1_clip12_00001.mp4", "clip12"),
        ("j1_joined_00001_.mp4", "joined"),
        ("j2_clip1_00001_.mp4", ""),
        ("../j1_clip1_00001_.mp4", ""),
    ],
)
def test_roles_are_read_off_our_own_prefix(filename: str, role: str) -> None:
    assert role_of(ServerFile(filename, "oelala", "output"), some_job()) == role


def test_a_result_has_a_name_of_ours() -> None:
    assert result_stem(some_job(id="0123abcd-4567-89ab")).endswith("_0123abcd")


def test_the_bus_reaches_whoever_listens_and_bears_one_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()
    heard: list[Any] = []

    def fails(event: JobRemoved) -> None:
        raise ValueError("a listener's own fault")

    bus.subscribe(JobRemoved, fails)
    end = bus.subscribe(JobRemoved, heard.append)
    with caplog.at_level(logging.CRITICAL + 1):
        bus.publish(JobRemoved("a"))
        bus.publish(QueuePaused(True))
        end()
        end()
        bus.publish(JobRemoved("b"))
    assert heard == [JobRemoved("a")]


async def test_a_scope_ends_its_tasks_and_takes_no_more(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    over = asyncio.Event()

    async def work(name: str, end: Awaitable[object]) -> str:
        try:
            await end
        finally:
            ended.append(name)
        return name

    async def fails() -> None:
        raise ValueError("of its own")

    async with TaskScope("test") as scope:
        quick = scope.start(work("quick", turn()), "quick")
        scope.start(work("slow", over.wait()), "slow")
        with caplog.at_level(logging.ERROR):
            await asyncio.gather(scope.start(fails(), "fails"), return_exceptions=True)
            await turn()
        assert await quick == "quick"
    assert ended == ["quick", "slow"]
    assert "test: fails" in caplog.text
    with pytest.raises(RuntimeError, match="closed"):
        scope.start(fails(), "late")
