"""A file of the library in the words of popup and viewer."""

from __future__ import annotations

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.services.queue.jobs import JobService
from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery.library_provider import key_of
from oelala_desktop.ui.widgets.facts_pane import ShownFacts


def caption(item: MediaItem) -> str:
    """ "Video with sound · 5.1 s · 480 × 848 · 4.2 MB"."""
    parts = ["Picture" if item.kind != "video" else "Video with sound" if item.has_sound else "Video"]
    if item.length:
        parts.append(wording.seconds(item.length))
    if item.width and item.height:
        parts.append(wording.size(item.width, item.height))
    parts.append(wording.file_size(item.size))
    return " · ".join(parts)


def facts_of(item: MediaItem, info: GenerationInfo, job: Job | None) -> ShownFacts:
    took = job.finished_at - job.started_at if job and job.finished_at and job.started_at else None
    return ShownFacts(key_of(item.id), item.name, caption(item), info, took)


async def job_of(item: MediaItem, jobs: JobService) -> Job | None:
    """The job that made a file, if this app did and still knows it."""
    if item.job_id is None:
        return None
    try:
        return await jobs.find(item.job_id)
    except NotFound:
        return None
