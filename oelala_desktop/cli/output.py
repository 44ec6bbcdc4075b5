"""How the command line shows jobs: a bar for a person, JSON lines for a program."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from oelala_desktop.domain.events import (
    EngineChanged,
    EngineState,
    JobChanged,
    JobFinished,
    JobPreviewed,
    JobProgressed,
    NoticePosted,
)
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.services.loop.bus import Bus

_STATE_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.SENT: "sent",
    JobState.RUNNING: "running",
    JobState.FETCHING: "fetching the result",
}


def print_json(row: Mapping[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False, default=str), flush=True)


class EngineWatch:
    """Tells when an engine that has been seen at work stops answering, and when it answers again: once each."""

    def __init__(self, bus: Bus, tell: Callable[[EngineState], None]) -> None:
        self._tell = tell
        self._known: dict[tuple[str, str], str] = {}
        bus.subscribe(EngineChanged, lambda event: self.see(event.engine))

    def see(self, state: EngineState) -> None:
        place = (state.kind, state.name)
        known = self._known.get(place)
        if state.state == "online" or (state.state == "offline" and known is not None):
            self._known[place] = state.state
            if known not in (None, state.state):
                self._tell(state)


class JsonLines:
    """One object a line for each thing that happens to the jobs in `ids`, and to the engines that have them."""

    def __init__(self, bus: Bus) -> None:
        self.ids: set[str] = set()
        self.engines = EngineWatch(bus, _engine_line)
        bus.subscribe(JobProgressed, self._progress)
        bus.subscribe(JobPreviewed, self._preview)
        bus.subscribe(JobFinished, self._finished)
        bus.subscribe(JobChanged, lambda event: _see_again(self, event.job))
        bus.subscribe(NoticePosted, _notice)

    def queued(self, job: Job) -> None:
        self.ids.add(job.id)
        print_json({"event": "queued", **job.as_dict()})

    def _progress(self, event: JobProgressed) -> None:
        if event.job_id in self.ids:
            p = event.progress
            row = {"progress": round(p.fraction, 4), "node": p.node, "pass": p.pass_, "step": p.step, "steps": p.steps}
            loss = {} if p.loss is None else {"loss": p.loss}
            print_json({"event": "progress", "job_id": event.job_id, **row, "eta_s": p.eta, "ahead": p.ahead, **loss})

    def _preview(self, event: JobPreviewed) -> None:
        if event.job_id in self.ids:
            row = {"mime": event.mime, "bytes": len(event.image)}
            print_json({"event": "preview", "job_id": event.job_id, **row})

    def _finished(self, event: JobFinished) -> None:
        if event.job.id in self.ids:
            name = "finished" if event.job.state is JobState.DONE else "failed"
            print_json({"event": name, **event.job.as_dict()})


class Bar:
    """A progress bar on stderr; on what is no terminal, a line whenever something new begins."""

    def __init__(self, bus: Bus) -> None:
        self.ids: set[str] = set()
        self._terminal = sys.stderr.isatty()
        self._last = ""
        self._ahead = 0
        self._drawn = 0.0
        self.engines = EngineWatch(bus, lambda state: self._line(engine_words(state)))
        bus.subscribe(JobProgressed, self._progress)
        bus.subscribe(JobChanged, self._changed)
        bus.subscribe(JobFinished, self._finished)
        bus.subscribe(NoticePosted, _notice)

    def queued(self, job: Job) -> None:
        self.ids.add(job.id)
        size = f"{job.width} × {job.height}, " if job.width else ""  # else the result will tell
        length = f"{job.num_frames} frames at {job.fps:g} fps, " if job.fps and job.num_frames else ""
        self._line(f"{job.preset} on {job.engine.name}: {size}{length}seed {job.seed}")
        if "prompt_choices" in job.params:
            self._line(f"  {job.values.get('prompt')}")

    def _progress(self, event: JobProgressed) -> None:
        if event.job_id in self.ids:
            self._draw(event.progress)

    def _draw(self, progress: Progress) -> None:
        now = time.monotonic()
        words = progress_words(progress)
        if not self._terminal:
            if progress.ahead and progress.ahead != self._ahead:
                self._line(words.capitalize())
            self._ahead = progress.ahead or 0
            if progress.node and progress.node != self._last:
                self._line(progress.node)
                self._last = progress.node
            return
        if now - self._drawn < 0.05:
            return
        self._drawn = now
        width = max(10, min(40, shutil.get_terminal_size().columns - 50))
        full = int(progress.fraction * width)
        bar = "█" * full + "░" * (width - full)
        print(f"\r\x1b[K{bar} {progress.fraction:4.0%}  {words}", end="", file=sys.stderr, flush=True)

    def _changed(self, event: JobChanged) -> None:
        _see_again(self, event.job)
        if event.job.id in self.ids and event.job.state is JobState.FETCHING:
            self._line(_STATE_WORDS[JobState.FETCHING].capitalize() + " …")

    def _finished(self, event: JobFinished) -> None:
        if event.job.id in self.ids and event.job.state is not JobState.DONE:
            error = event.job.error
            self._line(error.message if error else f"The job was {event.job.state.value}.")

    def _line(self, text: str) -> None:
        start = "\r\x1b[K" if self._terminal else ""
        print(f"{start}{text}", file=sys.stderr, flush=True)


def _see_again(show: JsonLines | Bar, job: Job) -> None:
    """A job that was made of one in view, at once, comes into view too."""
    if job.retry_of in show.ids and job.id not in show.ids:
        show.queued(job)


def _notice(event: NoticePosted) -> None:
    print(event.text, file=sys.stderr, flush=True)


def _engine_line(state: EngineState) -> None:
    print(engine_words(state), file=sys.stderr, flush=True)
    row = {"kind": state.kind, "url": state.url or None, "name": state.name}
    print_json({"event": "engine", "engine": row, "state": state.state, "reason": state.reason or None})


def engine_words(state: EngineState) -> str:
    """One line on an engine that has come back, or gone."""
    if state.state == "online":
        return f"{state.name} answers again."
    return f"{state.reason or f'{state.name} does not answer.'} The job goes on when it is back."


def progress_words(progress: Progress) -> str:
    """ "High noise pass 2/3 · about 40 s"."""
    if progress.ahead:
        return f"behind {progress.ahead} {'job' if progress.ahead == 1 else 'jobs'} of others"
    words = progress.node or "starting"
    if progress.step is not None:
        words += f" {progress.step}/{progress.steps}"
    return words + (f" · about {duration_words(progress.eta)}" if progress.eta and progress.eta >= 1 else "")


def duration_words(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
