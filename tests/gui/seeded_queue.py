"""A book of jobs in every state that the queue can show, without an engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from PySide6.QtGui import QImage

from oelala_desktop.domain.job import EngineRef, Job, JobError, JobInput, JobState, Output, Progress
from oelala_desktop.storage.paths import shipped
from oelala_desktop.ui.jobs.book import JobBook
from tests.gui.scenery import PALETTES, mountains

PROMPT = "Slow dolly in across the water, mist drifting left, gulls crossing the sun, calm and wide"
MEMORY = "The server ran out of memory in the node KSampler. Fewer frames or a lower resolution help."
RUNNING = Progress(0.31, "KSampler", "high", 2, 3, 130.0)
_SECONDS = 180.0  # that each job takes
_SEEDS = (3207, 12048841, 55340316, 777, 148209 + 3377, 1482093377)


def two_passes() -> dict[str, Any]:
    """The graph of a shipped preset with a high and a low noise pass."""
    return dict(orjson.loads((shipped("workflows") / "image-to-video" / "wan22-14b-distorch2.json").read_bytes()))


def make_job(job_id: str, state: JobState, prompt: str = PROMPT, **changes: object) -> Job:
    job = Job(
        id=job_id,
        tool="image-to-video",
        preset="image-to-video.wan22-14b-distorch2",
        engine=EngineRef("comfyui", "http://127.0.0.1:8188", "studio-pc"),
        state=state,
        values={"prompt": prompt},
        params={},
        graph={},
        prefix="",
        seed=1482093377,
        width=720,
        height=480,
        num_frames=81,
        fps=16,
        created_at=0.0,
        position=0.0,
        started_at=10.0,
        finished_at=202.0 if state.is_final else None,
    )
    return replace(job, **changes)


def result(name: str, frames: int = 81) -> tuple[Output, ...]:
    return (Output(f"/results/{name}.mp4", "video", 848, 480, frames, 16.0),)


def given(name: str = "harbour.jpg") -> tuple[JobInput, ...]:
    return (JobInput("image", f"/inputs/{name}", name, f"/pictures/{name}"),)


def past(count: int = 12) -> list[Job]:
    """Results, the oldest first: the fourth from the end has failed, one is Sketch's."""
    jobs = []
    for at in range(count):
        name = f"r{at}"
        state = JobState.FAILED if at == count - 4 else JobState.DONE
        sketch = EngineRef("sketch", "", "Sketch") if at == count - 3 else None
        jobs.append(
            make_job(
                name,
                state,
                inputs=given(),
                seed=1000 + 7919 * at * at,
                finished_at=100.0 + at,
                outputs=() if state is JobState.FAILED else result(name, (81, 129, 49)[at % 3]),
                error=JobError(MEMORY, "memory", "KSampler") if state is JobState.FAILED else None,
                **({"engine": sketch} if sketch else {}),
            )
        )
    return jobs


def running(progress: Progress = RUNNING) -> Job:
    return make_job("run", JobState.RUNNING, inputs=given(), graph=two_passes(), width=848)


def waiting(count: int = 4) -> list[Job]:
    return [
        make_job(f"w{at}", JobState.QUEUED, PROMPT, inputs=given(), position=float(at), started_at=None)
        for at in range(count)
    ]


def fill(book: JobBook, jobs: Iterable[Job], progress: Progress | None = RUNNING, *, paused: bool = False) -> None:
    """With a picture for each, and a guess for all that waits."""
    book.expected = lambda _job: _SECONDS
    for job in jobs:
        book.keep(job)
    book.set_paused(paused)
    book.arrange()
    if progress is not None:
        book.take_progress({"run": progress})
    for at, job in enumerate(book):
        book.take_picture(job.id, _picture(at), 512)
        if at % 5 == 1 and job.state is JobState.DONE:
            book.set_favourite(job.id, True)


def _picture(at: int) -> QImage:
    return mountains(400, 267, at + 20, list(PALETTES)[at % len(PALETTES)])
