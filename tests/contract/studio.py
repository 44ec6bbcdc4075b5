"""The services at work on the server under test, with presets that need no model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.events import Event, JobChanged, JobFinished, JobPreviewed, JobProgressed, NoticePosted
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.queue.jobs import Wish
from tests.contract.graphs import clip, slow
from tests.waiting import Signal

PLAIN = """
name = "Plain"
order = 1
[fields.image]
into = ["Start picture.image"]
[fields.width]
into = ["Scale.width"]
[fields.height]
into = ["Scale.height"]
[fields.num_frames]
into = ["Repeat.amount"]
[fields.fps]
into = ["Video.fps"]
[fields.prompt]
[fields.seed]
[fields.scaler]
kind = "line"
default = "lanczos"
into = ["Scale.upscale_method"]
[fields.filename]
into = ["Save video.filename_prefix"]
"""
SLOW = """
name = "Slow"
order = 2
[fields.image]
into = ["Start picture.image"]
[fields.seed]
into = ["Slow.{seed}"]
[fields.filename]
into = ["Save picture.filename_prefix"]
"""


def write_presets(folder: Path, *, rig: bool) -> None:
    """`plain`, a still video, and `slow`, some seconds of progress and previews."""
    tool = folder / "image-to-video"
    tool.mkdir(parents=True)
    slow_graph = slow("x", 0, rig=rig)
    if rig:
        slow_graph["10"]["inputs"]["tag"] = ""
    for name, table, graph in (
        ("plain", PLAIN, clip("x")),
        ("slow", SLOW.format(seed="tag" if rig else "seed"), slow_graph),
    ):
        (tool / f"{name}.toml").write_text(table, "utf-8")
        (tool / f"{name}.json").write_text(json.dumps(graph), "utf-8")


class Studio:
    """Submits, waits, and keeps what was announced."""

    def __init__(self, services: Services, engine: Engine, picture: Path) -> None:
        self.services = services
        self.engine = engine
        self.out = services.paths.output
        self.events: list[Event] = []
        self._news = Signal()
        self._looks = 0
        self._picture = picture
        for kind in (JobChanged, JobProgressed, JobPreviewed, JobFinished, NoticePosted):
            services.bus.subscribe(kind, self.events.append)
            services.bus.subscribe(kind, self._news.tell)
        self._cancels, services.store.cancels = services.store.cancels, self._look  # type: ignore[method-assign]

    async def submit(self, preset: str, **values: Any) -> list[Job]:
        wish = Wish("image-to-video", {"image": str(self._picture), "preset": preset, **values}, self.out)
        return await self.services.jobs.submit(wish, self.engine)

    async def ended(self, *jobs: Job) -> list[Job]:
        async with asyncio.timeout(90):
            return await self.services.jobs.wait_for([job.id for job in jobs])

    async def run(self, preset: str, **values: Any) -> Job:
        return (await self.ended(*await self.submit(preset, **values)))[0]

    async def running(self, job: Job) -> None:
        await self._news.until(lambda: self.progress_of(job), f"job {job.id} at work")

    async def heard(self, wanted: Callable[[Event], bool], what: str) -> None:
        """Returns once something of the kind has been announced."""
        await self._news.until(lambda: any(map(wanted, self.events)), what)

    async def looked(self, times: int = 3) -> None:
        """Returns when the jobs have been looked at so often anew."""
        end = self._looks + times
        await self._news.until(lambda: self._looks >= end, "a look at the jobs")

    async def _look(self) -> frozenset[str]:
        self._looks += 1
        self._news.tell()
        return await self._cancels()

    def progress_of(self, job: Job) -> list[float]:
        """The fractions announced so far that are of a node at work."""
        return [
            e.progress.fraction
            for e in self.events
            if isinstance(e, JobProgressed) and e.job_id == job.id and e.progress.step
        ]

    def states_of(self, job: Job) -> list[JobState]:
        """The states announced, in order, each once."""
        states = [e.job.state for e in self.events if isinstance(e, JobChanged) and e.job.id == job.id]
        return [s for i, s in enumerate(states) if i == 0 or states[i - 1] is not s]

    def files(self) -> list[str]:
        return sorted(p.name for p in self.out.iterdir()) if self.out.is_dir() else []
