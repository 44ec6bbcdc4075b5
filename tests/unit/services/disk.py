"""A real jobs database that refuses, or lets somebody wait, when a test says so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import Job
from oelala_desktop.storage.jobs import JobStore

FULL = CannotSave("The disk is full.")


class Disk(JobStore):
    """`refuses` are errors that come of the next calls of that name, instead of it; what `holds` names waits for its
    event first: a method, or the title of a job."""

    def __init__(self, path: Path, **given: Any) -> None:
        super().__init__(path, **given)
        self.refuses: dict[str, list[Exception]] = {}
        self.holds: dict[str, asyncio.Event] = {}
        self.calls: list[str] = []  # names of methods, and the titles of what is saved
        self._came = asyncio.Event()

    async def _come(self, name: str, *titles: str) -> None:
        self.calls += [name, *titles]
        self._came.set()
        for held in (name, *titles):
            if held in self.holds:
                await self.holds[held].wait()
        if self.refuses.get(name):
            raise self.refuses[name].pop(0)

    async def called(self, name: str, count: int = 1) -> None:
        """Returns once that was called so often."""
        async with asyncio.timeout(20):
            while self.calls.count(name) < count:
                self._came.clear()
                await self._came.wait()

    async def save(self, *jobs: Job) -> None:
        await self._come("save", *(job.title for job in jobs))
        await super().save(*jobs)

    async def append(self, *jobs: Job) -> list[Job]:
        await self._come("append")
        return await super().append(*jobs)

    async def place(self, order: Any, at: int) -> list[Job]:
        await self._come("place")
        return await super().place(order, at)

    async def claim(self, job: Job, room: int) -> bool:
        await self._come("claim")
        return await super().claim(job, room)

    async def on_server_of_others(self, job: Job) -> int:
        await self._come("on_server_of_others")
        return await super().on_server_of_others(job)

    async def ask_cancel(self, *job_ids: str) -> None:
        await self._come("ask_cancel")
        await super().ask_cancel(*job_ids)

    async def cancels(self) -> frozenset[str]:
        await self._come("cancels")
        return await super().cancels()

    async def set_flag(self, name: str, value: str) -> None:
        await self._come("set_flag")
        await super().set_flag(name, value)

    async def times(self, engine: str, preset: str) -> list[tuple[float, float]]:
        await self._come("times")
        return await super().times(engine, preset)

    async def remember_size(self, engine: str, preset: str, size: tuple[int, int, int]) -> None:
        await self._come("remember_size")
        await super().remember_size(engine, preset, size)

    async def get(self, job_id: str) -> Job | None:
        await self._come("get")
        return await super().get(job_id)
