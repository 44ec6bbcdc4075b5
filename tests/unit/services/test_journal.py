"""What happens, as lines of the log."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from oelala_desktop.domain.events import EngineChanged, EngineState, JobChanged, JobRemoved, NoticePosted, QueuePaused
from oelala_desktop.domain.job import EngineRef, JobError, JobState
from oelala_desktop.services.health.journal import Journal
from oelala_desktop.services.loop.bus import Bus
from tests.unit.domain.samples import some_job

S = JobState


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records]


@pytest.fixture
def journal(bus: Bus, caplog: pytest.LogCaptureFixture) -> Journal:
    caplog.set_level(logging.INFO, "oelala_desktop.services.health.journal")
    return Journal(bus)


@pytest.mark.usefixtures("journal")
def test_a_job_has_a_line_for_each_state_and_no_prompt(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    job = some_job(title="secret", values={"prompt": "secret"})
    for state in (S.QUEUED, S.QUEUED, S.SENT):
        bus.publish(JobChanged(replace(job, state=state)))
    failed = replace(job, state=S.FAILED, error=JobError("It broke."), engine=EngineRef("sketch"))
    bus.publish(JobChanged(failed))
    bus.publish(JobChanged(replace(job, id="j2", state=S.LOST)))
    bus.publish(JobChanged(replace(job, id="j3", state=S.CANCELLED)))
    assert told(caplog) == [
        (logging.INFO, "job j1 (image-to-video.sketch, ComfyUI) queued"),
        (logging.INFO, "job j1 (image-to-video.sketch, ComfyUI) sent"),
        (logging.ERROR, "job j1 (image-to-video.sketch, sketch) failed: It broke."),
        (logging.ERROR, "job j2 (image-to-video.sketch, ComfyUI) lost"),
        (logging.INFO, "job j3 (image-to-video.sketch, ComfyUI) cancelled"),
    ]


@pytest.mark.usefixtures("journal")
def test_a_job_that_was_removed_is_a_new_one(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    bus.publish(JobRemoved("j1"))
    bus.publish(JobChanged(some_job()))
    bus.publish(JobRemoved("j1"))
    bus.publish(JobChanged(some_job()))
    assert len(told(caplog)) == 2


@pytest.mark.usefixtures("journal")
def test_an_engine_has_a_line_when_it_comes_and_when_it_goes(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    state = EngineState("comfyui", "http://box", "Box", "online")
    bus.publish(EngineChanged(state))
    bus.publish(EngineChanged(replace(state, queue_remaining=3)))
    bus.publish(EngineChanged(replace(state, state="offline", reason="It is down.")))
    bus.publish(EngineChanged(replace(state, url="http://other", name="")))
    assert told(caplog) == [
        (logging.INFO, "engine Box (http://box) online"),
        (logging.WARNING, "engine Box (http://box) offline: It is down."),
        (logging.INFO, "engine comfyui (http://other) online"),
    ]


@pytest.mark.usefixtures("journal")
def test_notices_and_pauses_are_noted(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    for level in ("error", "warning", "info", "another"):
        bus.publish(NoticePosted(level, f"An {level}."))
    bus.publish(QueuePaused(True))
    bus.publish(QueuePaused(False))
    assert told(caplog) == [
        (logging.ERROR, "An error."),
        (logging.WARNING, "An warning."),
        (logging.INFO, "An info."),
        (logging.INFO, "An another."),
        (logging.INFO, "queue paused"),
        (logging.INFO, "queue resumed"),
    ]
