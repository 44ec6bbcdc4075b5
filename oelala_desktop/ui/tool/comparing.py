"""The result in view beside what was given for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.job import Job, JobInput, Output
from oelala_desktop.services.inputs.strip import frame_at
from oelala_desktop.ui.playing.images import image_of, load_image

_KINDS = {"video": "video", "image": "picture"}
#: tools whose results are looked at by a wipe unless somebody chose otherwise
_WIPED = frozenset({"video-to-video", "upscaler"})
_NEAR = 0.02  # that two shapes may differ and lie over each other


class Given(NamedTuple):
    """What stands beside a result: a video at `path`, whose part begins at `start`, or a picture. `image` is a frame of
    it."""

    path: Path
    start: float
    image: QImage
    is_video: bool


def given_of(job: Job, output: Output) -> JobInput | None:
    """The first input that is of the kind of that result."""
    return next((row for row in job.inputs if row.kind == _KINDS.get(output.kind)), None)


async def load_given(row: JobInput, longest: int) -> Given | None:
    """None where it cannot be read any more."""
    path, is_video = Path(row.path), row.kind == "video"
    try:
        if is_video:
            image: QImage | None = image_of(await asyncio.to_thread(frame_at, path, row.start))
        else:
            image, _ = await load_image(path, longest)
    except OelalaError:
        return None
    return Given(path, row.start, image, is_video) if image is not None and not image.isNull() else None


def views_of(result: QSizeF, given: QSizeF) -> tuple[str, ...]:
    """How the two can be looked at: over each other only where they are of one shape."""
    if result.isEmpty() or given.isEmpty():
        return ()
    ratio = (result.width() / result.height()) / (given.width() / given.height())
    return ("result", "wipe", "beside") if abs(ratio - 1) <= _NEAR else ("result", "beside")


def first_view(tool: str, views: tuple[str, ...]) -> str:
    return "wipe" if tool in _WIPED and "wipe" in views else "result"
