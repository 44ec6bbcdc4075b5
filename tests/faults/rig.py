"""What the fault tests are built from: a Sketch that can be killed and started again at the same address, the whole app
with its own home, and the questions asked of what is left when a job is over."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
from PIL import Image

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.events import (
    EngineChanged,
    JobChanged,
    JobFinished,
    JobProgressed,
    LibraryChanged,
    MediaAdded,
    NoticePosted,
)
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.life import RULES, Rules
from oelala_desktop.metadata import check_complete
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.library.folders import SUFFIXES
from oelala_desktop.services.queue.fetching import job_of
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.sketch import PROTOCOL_VERSION
from oelala_desktop.storage.paths import Paths
from tests.ports import free_port
from tests.sketch.holdable import Brake
from tests.waiting import PATIENCE, Signal, until_sync

T = TypeVar("T")

#: a small job with everything in it: a picture up, two clips and their join down
SETTINGS: Mapping[str, Any] = {
    "prompt": "zoom in",
    "preset": "sketch",
    "resolution": "480p",
    "aspect_ratio": "1:1",
    "num_frames": 5,
    "fps": 8,
    "clip_count": 2,
    "seed": 7,
}
FILES = 3
_SECONDS = {name: value for name, value in asdict(RULES).items() if isinstance(value, float) and name != "line_wait"}
#: everything that is waited for takes a tenth of its time
QUICK = replace(RULES, **{name: value / 10 for name, value in _SECONDS.items()})


class Server:
    """A Sketch of the test's own, which may behave as an earlier ComfyUI. Its folders stay when it is killed, as a real
    server's would."""

    def __init__(self, base: Path, *, protocol: str = PROTOCOL_VERSION) -> None:
        self.base = base
        self.protocol = protocol
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.brake = Brake(base.with_name(f"{base.name}.hold"))
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [*self.brake.command, "--port", str(self.port), "--idle-exit", "0"]
        command += ["--base-dir", str(self.base), "--protocol", self.protocol]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "listening" in line, line

    def kill(self) -> None:
        """SIGKILL: queue and history are gone, files stay."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    async def restart(self) -> None:
        await asyncio.to_thread(self.kill)
        await asyncio.to_thread(self.start)

    def clear(self) -> None:
        """As one that has just been started, which it is if it does not run: no job, no history, no results kept."""
        self.brake.release()
        if self._process is None:
            self.start()
            return
        with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as http:
            for path, wish in (("/queue", {"clear": True}), ("/interrupt", {}), ("/free", {"free_memory": True})):
                http.post(path, json=wish).raise_for_status()
            until_sync(lambda: not http.get("/queue").json()["queue_running"], "the end of the job of an earlier test")
            http.post("/history", json={"clear": True}).raise_for_status()


def picture(folder: Path, size: tuple[int, int] = (128, 128)) -> Path:
    path = folder / "start.png"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


class App:
    """The services of one process, and what they said."""

    def __init__(self, services: Services, engine: Engine) -> None:
        self.services = services
        self.engine = engine
        self.bars: dict[str, list[float]] = {}
        self.states: defaultdict[str, list[JobState]] = defaultdict(list)  # of each job, as announced
        self.ahead: list[int | None] = []
        self.counted: list[int] = []  # jobs on the server, as it told
        self.notices: list[str] = []
        self._news = Signal()
        self._looks = 0
        bus = services.bus
        bus.subscribe(JobProgressed, self._progressed)
        bus.subscribe(JobChanged, lambda event: self.states[event.job.id].append(event.job.state))
        bus.subscribe(NoticePosted, lambda event: self.notices.append(event.text))
        bus.subscribe(EngineChanged, lambda event: self.counted.append(event.engine.queue_remaining or 0))
        for kind in (JobChanged, JobFinished, JobProgressed, NoticePosted, EngineChanged, MediaAdded, LibraryChanged):
            bus.subscribe(kind, self._news.tell)
        self._cancels, services.store.cancels = services.store.cancels, self._look  # type: ignore[method-assign]

    def _progressed(self, event: JobProgressed) -> None:
        self.bars.setdefault(event.job_id, []).append(event.progress.fraction)
        self.ahead.append(event.progress.ahead)

    async def _look(self) -> frozenset[str]:
        self._looks += 1
        self._news.tell()
        return await self._cancels()

    async def until(self, condition: Callable[[], Awaitable[T] | T], what: str, seconds: float = PATIENCE) -> T:
        """Looks whenever something is announced."""
        return await self._news.until(condition, what, seconds)

    async def looked(self, times: int = 5) -> None:
        """Returns when it has looked after its jobs so often anew: time enough for whatever it does by itself."""
        end = self._looks + times
        await self.until(lambda: self._looks >= end, "a look at the jobs")

    async def running(self, job: Job) -> None:
        await self.until(lambda: JobState.RUNNING in self.states[job.id], f"job {job.id} running")

    async def there(self, count: int) -> None:
        """So many jobs are on the server, whoever's they are."""
        await self.until(lambda: self.engine.state.queue_remaining == count, f"{count} jobs on the server")

    async def notice(self) -> str:
        """The first, once it is there."""
        await self.until(lambda: self.notices, "a notice")
        return self.notices[0]

    async def submit(self, **changes: Any) -> Job:
        return (await self.submit_all(**changes))[0]

    async def submit_all(self, *, tool: str = "image-to-video", out: Path | None = None, **changes: Any) -> list[Job]:
        values = {"image": str(picture(self.services.paths.data / "given")), **SETTINGS, **changes}
        values = {key: value for key, value in values.items() if value is not None}
        return await self.services.jobs.submit(Wish(tool, values, out or self.services.paths.output), self.engine)

    async def take_up(self) -> list[Job]:
        """What a start does: adopts what others left and drives it."""
        jobs = await self.services.jobs.adopt()
        await self.services.jobs.recall_pause()
        self.services.jobs.take_up(jobs, self.engine)
        return jobs

    async def end_of(self, job: Job, seconds: float = 90.0) -> Job:
        async with asyncio.timeout(seconds):
            return (await self.services.jobs.wait_for([job.id]))[0]

    def bar_fell(self) -> bool:
        return any(later < earlier for bar in self.bars.values() for earlier, later in pairwise(bar))


@asynccontextmanager
async def running_app(home: Path, url: str, *, connect: bool = True, rules: Rules = QUICK) -> AsyncIterator[App]:
    async with Services(Paths(home, home / "output")) as services:
        services.jobs.rules = rules
        engine = services.engines.named(url)
        app = App(services, engine)
        if connect:
            await engine.connect()
        yield app


def faults_in(home: Path, jobs: list[Job], *, files: int = FILES, output: Path | None = None) -> list[str]:
    """What is wrong with the files of these finished jobs; empty when nothing is."""
    found = []
    output = output or home / "output"
    parts = [p.name for folder in (home, output) for p in folder.rglob("*.part*")]
    if parts:
        found.append(f"left behind: {parts}")
    lying = Counter(job_of(path) for path in output.glob("oelala_*") if path.suffix[1:] in SUFFIXES)
    for job in jobs:
        if job.state is not JobState.DONE:
            if lying.get(job.id):
                found.append(f"{job.state.value}, but has {lying[job.id]} files")
            continue
        if len(job.outputs) != files or lying.get(job.id) != files:
            found.append(f"done with {len(job.outputs)} outputs and {lying.get(job.id, 0)} files instead of {files}")
        for made in job.outputs:
            if made.is_visual:
                check_complete(Path(made.path))
    strangers = set(lying) - {job.id for job in jobs}
    if strangers:
        found.append(f"files of nobody: {strangers}")
    return found


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
