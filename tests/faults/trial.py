"""One job with one fault: run it, let it end, and judge what is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.job import JobState
from tests.waiting import until

from .proxy import Fault, Point, Proxy
from .rig import SETTINGS, App, Server, faults_in, lines_of, picture, running_app

KILLABLE = Path(__file__).with_name("killable.py")


@dataclass(frozen=True)
class Harm:
    """`point` as a string: "before POST /prompt 1", or "commit 3 before" for a write of the app's own."""

    point: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.point}"

    @property
    def is_write(self) -> bool:
        return self.point.split(" ")[0] in ("commit", "replace", "fsync")


@dataclass
class Verdict:
    """`reached`: the point was passed. The other lists hold sentences on what went wrong."""

    harm: Harm
    reached: bool = False
    state: str = ""
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [f"{self.harm}: {text}" for text in (*self.lost, *self.duplicated, *self.false, *self.other)]


class Trial:
    def __init__(self, harm: Harm, home: Path, server: Server, seed: int) -> None:
        self.harm = harm
        self.home = home
        self.server = server
        self.seed = seed
        self.verdict = Verdict(harm)
        self.proxy = Proxy(server.url)
        self.proxy.script = self._script
        self._victim: int | None = None

    def _script(self, point: Point) -> Fault | None:
        if self.verdict.reached or str(point) != self.harm.point:
            return None
        self.verdict.reached = True
        if self.harm.kind == "kill app":
            return Fault(hook=self._kill_app)
        if self.harm.kind == "kill server":
            return Fault("cut", hook=self.server.restart)
        return Fault(self.harm.kind, seconds=1.5)

    async def _kill_app(self) -> None:
        assert self._victim is not None
        os.kill(self._victim, signal.SIGKILL)

    async def run(self) -> Verdict:
        await self.proxy.start()
        try:
            async with asyncio.timeout(150):
                if self.harm.kind == "kill app":
                    await self._in_a_process()
                else:
                    await self._here()
        except TimeoutError:
            self.verdict.lost.append("no end within 150 s")
        except Exception as error:  # noqa: BLE001 - a verdict on every trial, whatever became of it
            self.verdict.other.append(f"{type(error).__name__}: {error}")
        finally:
            await self.proxy.close()
        return self.verdict

    async def _here(self) -> None:
        async with self._connected() as app:
            job = await app.submit(seed=self.seed)
            await app.end_of(job, 120)
            if app.bar_fell():
                self.verdict.other.append("the bar went back")
        await self._judge({job.id})

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[App]:
        """An app whose first attempt to connect may fail: it is tried until it works."""
        async with running_app(self.home, self.proxy.url, connect=False) as app:
            await until(lambda: _connects(app), "a server")
            yield app

    async def _in_a_process(self) -> None:
        given = picture(self.home / "given")
        values = [f"{key}={value}" for key, value in {**SETTINGS, "seed": self.seed}.items()]
        command = ["generate", "image-to-video", "--image", str(given), "--engine", self.proxy.url, "--json"]
        for value in values:
            command += ["--set", value]
        die = self.harm.point if self.harm.is_write else "-"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(KILLABLE),
            str(self.home / "points"),
            die,
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "OELALA_HOME": str(self.home)},
        )
        self._victim = process.pid
        out, err = await process.communicate()
        if self.harm.is_write:
            self.verdict.reached = process.returncode == -signal.SIGKILL
        if process.returncode not in (0, -signal.SIGKILL):
            self.verdict.other.append(f"the app ended with {process.returncode}: {err.decode()[-500:]}")
        rows = lines_of(out.decode().rpartition("\n")[0])
        announced = {row["job_id"] for row in rows if row["event"] == "queued"}
        async with self._connected() as app:
            for job in await app.take_up():
                await app.end_of(job, 120)
        await self._judge(announced)

    async def _judge(self, announced: set[str]) -> None:
        async with running_app(self.home, self.server.url, connect=False) as app:
            jobs = await app.services.jobs.recent()
        verdict = self.verdict
        verdict.lost += [f"job {job_id} is not known any more" for job_id in announced - {job.id for job in jobs}]
        honest = {JobState.DONE, JobState.LOST} if self.harm.kind == "kill server" else {JobState.DONE}
        for job in jobs:
            verdict.state = job.state.value
            if job.state not in honest:
                verdict.lost.append(f"ended {job.state.value}: {job.error.message if job.error else ''}")
            sent = self.proxy.accepted.count(job.id)
            if sent > 1 and not (self.harm.kind == "kill server" and sent == 2):
                verdict.duplicated.append(f"the server took it {sent} times")
            clips = [made.frames for made in job.outputs if made.role.startswith("clip")]
            if any(frames != SETTINGS["num_frames"] for frames in clips):
                verdict.false.append(f"clips of {clips} frames")
        for text in faults_in(self.home, jobs):
            where = verdict.duplicated if "instead of" in text else verdict.other
            where.append(text)


async def _connects(app: App) -> bool:
    with contextlib.suppress(OelalaError):
        await app.engine.connect()
    return app.engine.is_online and app.engine.catalog is not None
