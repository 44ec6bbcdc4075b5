"""Chains that tests ask for, and the ends of their steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job
from oelala_desktop.services.queue.wishes import Wish

from .desk import JobDesk


def chain(desk: JobDesk, *steps: Step, **values: Any) -> Wish:
    """A picture, then a video of it, unless told otherwise."""
    usual = (Step("image-to-video", {"preset": "wan22-14b", "prompt": "a boat leaves"}),)
    return replace(desk.wish(preset="sdxl", prompt="a harbour", **values), then=steps or usual)


async def submitted(desk: JobDesk, *steps: Step, **values: Any) -> list[Job]:
    return await desk.jobs.submit(chain(desk, *steps, **values), desk.engine)


async def ends(desk: JobDesk, number: int) -> None:
    """The job that the engine got as that one is over: a square picture."""
    handle = (await desk.clock.until(desk.port.has(number)))[number - 1]
    desk.port.contents[f"{handle}.png"] = square(256)
    desk.port.end(handle)


async def told_of(desk: JobDesk, job_id: str, is_so: Callable[[Job], bool]) -> None:
    await desk.clock.until(desk.told.until(JobChanged, lambda event: event.job.id == job_id and is_so(event.job)))


def square(side: int) -> bytes:
    out = BytesIO()
    Image.effect_noise((side, side), 40).save(out, "PNG")
    return out.getvalue()


def photo(folder: Path, name: str = "boat.png", size: tuple[int, int] = (640, 360)) -> Path:
    path = folder / name
    Image.effect_noise(size, 40).save(path)
    return path
