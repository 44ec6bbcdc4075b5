"""What past jobs tell of the next one."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.queue.eta import expected_seconds, place_key
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import some_job


def test_an_engine_is_remembered_by_its_kind_and_its_address() -> None:
    assert place_key(EngineRef("comfyui", "http://box", "Box")) == "comfyui http://box"
    assert place_key(EngineRef("sketch")) == "sketch"


async def test_only_jobs_of_that_preset_on_that_engine_count(store: JobStore) -> None:
    job = some_job(engine=EngineRef("comfyui", "http://box"))
    work = amount_of_work(job)
    await store.remember_time("comfyui http://other", job.preset, work, 1.0, 1.0)
    await store.remember_time("comfyui http://box", "another.preset", work, 2.0, 1.0)
    assert await expected_seconds(store, job) is None
    await store.remember_time("comfyui http://box", job.preset, work, 40.0, 1.0)
    assert await expected_seconds(store, job) == 40.0


async def test_of_jobs_alike_the_middle_counts_else_all_of_them_scaled(store: JobStore) -> None:
    job = some_job(values={"steps": 10, "clip_count": 2})
    work = 848 * 480 * 33 * 10 * 2
    assert amount_of_work(job) == work
    for number, (share, seconds) in enumerate([(0.5, 40), (2, 200), (1, 90), (1.01, 110), (1, 100)]):
        await store.remember_time(place_key(job.engine), job.preset, work * share, seconds, float(number))
        if number == 1:
            assert await expected_seconds(store, job) == pytest.approx(90)
    assert await expected_seconds(store, job) == 100
