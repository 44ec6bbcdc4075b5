"""What happens, as lines of the log: jobs from state to state, engines that come and go, notices. No prompts."""

from __future__ import annotations

import logging

from oelala_desktop.domain.events import EngineChanged, JobChanged, JobRemoved, NoticePosted, QueuePaused
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.loop.bus import Bus

log = logging.getLogger(__name__)
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING}


class Journal:
    """Listens from the moment it is made. People are told these things elsewhere, so stderr leaves them out."""

    def __init__(self, bus: Bus) -> None:
        self._jobs: dict[str, JobState] = {}
        self._engines: dict[tuple[str, str], str] = {}
        bus.subscribe(JobChanged, lambda event: self._job(event.job))
        bus.subscribe(JobRemoved, self._removed)
        bus.subscribe(EngineChanged, self._engine)
        bus.subscribe(QueuePaused, lambda event: log.info("queue %s", "paused" if event.paused else "resumed"))
        bus.subscribe(NoticePosted, lambda event: log.log(_LEVELS.get(event.level, logging.INFO), "%s", event.text))

    def _job(self, job: Job) -> None:
        if self._jobs.get(job.id) is job.state:
            return
        self._jobs[job.id] = job.state
        failed = job.state in (JobState.FAILED, JobState.LOST)
        why = f": {job.error.message}" if job.error is not None else ""
        level = logging.ERROR if failed else logging.INFO
        log.log(level, "job %s (%s, %s) %s%s", job.id, job.preset, job.engine.name or job.engine.kind, job.state, why)

    def _removed(self, event: JobRemoved) -> None:
        self._jobs.pop(event.job_id, None)

    def _engine(self, event: EngineChanged) -> None:
        engine = event.engine
        key = (engine.kind, engine.url)
        if self._engines.get(key) == engine.state:
            return
        self._engines[key] = engine.state
        level = logging.WARNING if engine.state == "offline" else logging.INFO
        why = f": {engine.reason}" if engine.reason else ""
        log.log(level, "engine %s (%s) %s%s", engine.name or engine.kind, engine.url, engine.state, why)
